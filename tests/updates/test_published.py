"""Published results are read with their digits, in the forms in which papers print them."""

from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.errors import UsageError
from evidence.updates.published import Printed
from evidence.updates.reading_published import read_published

#: Text -> estimate, lower, upper as (value, digits), and the level.
FORMS = {
    "0.26 [0.16, 0.38]": ((0.26, 2), (0.16, 2), (0.38, 2), 0.95),
    "26% (16-38)": ((0.26, 2), (0.16, 2), (0.38, 2), 0.95),
    "26 (16,38)": ((0.26, 2), (0.16, 2), (0.38, 2), 0.95),
    "26.1% (95% CI 15.9 to 38.4; I2 = 45%)": ((0.261, 3), (0.159, 3), (0.384, 3), 0.95),
    "26.1% [95% confidence interval (CI): 15.9, 38.4]": ((0.261, 3), (0.159, 3), (0.384, 3), 0.95),
    "26,1 % (15,9–38,4)": ((0.261, 3), (0.159, 3), (0.384, 3), 0.95),
    "0,26 [0,16; 0,38]": ((0.26, 2), (0.16, 2), (0.38, 2), 0.95),
    "0,26 [0,16, 0,38]": ((0.26, 2), (0.16, 2), (0.38, 2), 0.95),
    "0·26 (0·16–0·38)": ((0.26, 2), (0.16, 2), (0.38, 2), 0.95),
    "0.774 95%-CI [0.6580; 0.8590]": ((0.774, 3), (0.658, 4), (0.859, 4), 0.95),
    "0.2612 0.1591 0.3840": ((0.2612, 4), (0.1591, 4), (0.384, 4), 0.95),
    "pooled prevalence 26% (90% CI: 16% to 38%)": ((0.26, 2), (0.16, 2), (0.38, 2), 0.9),
    "68% CI 60-75": ((0.68, 2), (0.60, 2), (0.75, 2), 0.95),
    "0.05 [-0.02, 0.12]": ((0.05, 2), (-0.02, 2), (0.12, 2), 0.95),
    "100% (97-100)": ((1.0, 2), (0.97, 2), (1.0, 2), 0.95),
    "4.24 (3.1-5.2) per 10,000": ((0.000424, 6), (0.00031, 5), (0.00052, 5), 0.95),
    "0.86 [0.66, 1.06]": ((0.86, 2), (0.66, 2), (1.06, 2), 0.95),
    "0.9 [0.2, 3.4]": ((0.009, 3), (0.002, 3), (0.034, 3), 0.95),
    "0.30": ((0.3, 2), None, None, 0.95),
    "[0.16, 0.38]": (None, (0.16, 2), (0.38, 2), 0.95),
    "0.16–0.38": (None, (0.16, 2), (0.38, 2), 0.95),
    "ES=0.26; 95% CI=0.16–0.38; I²=80.1%, p<0.001": ((0.26, 2), (0.16, 2), (0.38, 2), 0.95),
    "26.3 percent (90 per cent CI 16.0 to 38.2)": ((0.263, 3), (0.16, 3), (0.382, 3), 0.9),
    "26,3% (IC95% 16,0 a 38,2)": ((0.263, 3), (0.16, 3), (0.382, 3), 0.95),
    "26% (CI 95% 16–38)": ((0.26, 2), (0.16, 2), (0.38, 2), 0.95),
    "26% (95% C.I. 16%-38%)": ((0.26, 2), (0.16, 2), (0.38, 2), 0.95),
    "Random-effects model 0.2612 [0.1591; 0.3840] -- --": ((0.2612, 4), (0.1591, 4), (0.384, 4), 0.95),
    ".26 (.16, .38)": ((0.26, 2), (0.16, 2), (0.38, 2), 0.95),
    "0,26 (0,16,0,38)": ((0.26, 2), (0.16, 2), (0.38, 2), 0.95),
    "0.26 (LCL 0.16, UCL 0.38)": ((0.26, 2), (0.16, 2), (0.38, 2), 0.95),
    "26.1% (15.9…38.4), I² > 90%": ((0.261, 3), (0.159, 3), (0.384, 3), 0.95),
    "0.26 (0.16～0.38)": ((0.26, 2), (0.16, 2), (0.38, 2), 0.95),
    "2.6 (1.6-3.8) per 1000 patients": ((0.0026, 4), (0.0016, 4), (0.0038, 4), 0.95),
    "2.6‰ (1.6-3.8)": ((0.0026, 4), (0.0016, 4), (0.0038, 4), 0.95),
    "2.6/1000 (1.6-3.8)": ((0.0026, 4), (0.0016, 4), (0.0038, 4), 0.95),
    "median 26% (IQR 16-38)": ((0.26, 2), (0.16, 2), (0.38, 2), 0.95),
    "1 (0.95-1)": ((1.0, 2), (0.95, 2), (1.0, 2), 0.95),
}


@pytest.mark.parametrize("text", FORMS)
def test_forms(text: str) -> None:
    *numbers, level = FORMS[text]
    found = read_published(text)
    for part, wanted in zip((found.estimate, found.lower, found.upper), numbers, strict=True):
        assert (part is None) == (wanted is None)
        if part is not None and wanted is not None:
            assert part.value == pytest.approx(wanted[0], rel=1e-12)  # a division by a power of ten
            assert part.digits == wanted[1]
    assert found.level == level


def test_heterogeneity_and_counts() -> None:
    found = read_published("26% (16–38), I² = 45.2%, τ² = 0.12, Q(13) = 45.1, k = 14, n = 1,234, p < 0.001")
    assert found.i2 == Printed(0.452, 3, "45.2")
    assert found.tau2 == Printed(0.12, 2, "0.12")
    assert found.q == Printed(45.1, 1, "45.1")
    assert (found.studies, found.units) == (14, 1234)
    own = read_published("26% (16-38; I2 = 45% [95% CI 20-63]; tau2 = 0.12 (0.01-0.5))")
    assert (own.lower, own.i2) == (Printed(0.16, 2, "16"), Printed(0.45, 2, "45"))
    assert read_published("0.26; I-squared 0.45; tau 0.3").i2 == Printed(0.45, 2, "0.45")


@pytest.mark.parametrize(
    ("text", "limits", "level"),
    [
        ("26% (16-38), 95% PI 5-70", ((0.05, 2), (0.7, 2)), 0.95),
        ("26% (95% CI 16-38; 80% prediction interval: 5.5 to 60%)", ((0.055, 3), (0.6, 2)), 0.8),
        ("0.26 [0.17; 1.66]; 95% PI 0.02 to 12.31", ((0.02, 2), (12.31, 2)), 0.95),
        ("0.26 [0.16; 0.38] [0.05; 0.60]", ((0.05, 2), (0.6, 2)), 0.95),
        ("0.26 (90% CI 0.16-0.38, PI: 0.05-0.60); I2 = 80%", ((0.05, 2), (0.6, 2)), 0.9),
    ],
)
def test_prediction_intervals(text: str, limits: tuple[tuple[float, int], ...], level: float) -> None:
    found = read_published(text)
    for part, wanted in zip((found.pi_lower, found.pi_upper), limits, strict=True):
        assert part is not None and part.digits == wanted[1]
        assert part.value == pytest.approx(wanted[0], rel=1e-12)
    assert found.estimate is not None and found.estimate.value == 0.26
    assert found.predicts == level
    assert found.to_dict()["pi_lower"]["value"] == limits[0][0]


def test_events_errors_and_deviations() -> None:
    share = read_published("26.1% (120/460; 95% CI 22-30)")
    assert (share.events, share.units) == (120, 460)
    assert read_published("26.1% (120 of 460, 22-30)").units == 460
    assert read_published("0.26 (0.16-0.38), Q(11) = 45.2").studies == 12
    assert read_published("0.26 (0.16-0.38), Q = 45.2 (df = 11)").studies == 12
    assert read_published("26.3 ± 4.2%").half == Printed(0.042, 3, "4.2")
    assert read_published("0.26 (SE 0.05)").se == Printed(0.05, 2, "0.05")
    assert read_published("mean 26% (SD 12)").sd == Printed(0.12, 2, "12")
    long = "I^2 (total heterogeneity / total variability): 45.2%; 0.26 (0.16-0.38)"
    assert read_published(long).i2 == Printed(0.452, 3, "45.2")


def test_level() -> None:
    assert read_published("0.26 [0.16, 0.38]", 0.9).level == 0.9
    with pytest.raises(UsageError, match="has 90 % limits"):
        read_published("0.26 (90% CI 0.16-0.38)", 0.95)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("abc", "can't read 'abc'"),
        ("", "holds no number"),
        ("I2 = 45%", "neither an estimate nor limits"),
        ("26 (30-38)", "does not lie between"),
        ("0.26 (16-38%)", "does not lie between"),
        ("126%", "is no proportion"),
        ("3 per 7", "not a power of ten"),
        ("26% (16-38), 95% PI 20-70", "does not hold the estimate"),
        ("26% (16-38) (5-70), 95% PI 4-70", "two prediction intervals"),
        ("0.26 0.16 0.38 100.00", "does not lie between"),
        ("<1% (0-3)", "can't read '<'"),
        ("31.2% vs 22.5% (20 to 41)", "can't read 'vs'"),
        ("31.2% in 22.5 to 41.0 and 5", "can't read 'in'"),
        ("odds ratio 0.5 (0.2-0.8)", "can't read 'odds ratio'"),
        ("0.3 0.2; 0.4, 0.5, 0.6, 0.7", "among 0.3, 0.2, 0.4"),
    ],
)
def test_what_cannot_be_read(text: str, says: str) -> None:
    with pytest.raises(UsageError, match=says) as caught:
        read_published(text)
    assert caught.value.problems[0].mend


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("pooled rate, 31.2%; 95% CI, 22.5%-41.0%; I2, 78.4%", {"i2": 0.784}),
        ("approximately 31.2% (95% CI 22.5 to 41.0), very low certainty", {}),
        ("31.2% (22.5% - 41.0%; n = 12 studies)", {"studies": 12}),
        ("The pooled proportion of complete response was 31.2% (22.5-41.0; 340 patients)", {"units": 340}),
        ("31.2% (22.5–41.0, P < 0.01; I2 = 78.4%, P heterogeneity < 0.01; Egger p = 0.23)", {"i2": 0.784}),
        ("31.2% (22.5, 41.0; Freeman-Tukey)", {}),
        ("312 per 1,000 patients (225 to 410)", {"units": None}),
        ("31.2% of 340 patients (22.5-41.0)", {}),
    ],
)
def test_words_around_the_numbers(text: str, parts: dict[str, float | None]) -> None:
    found = read_published(text)
    printed = [part.value for part in (found.estimate, found.lower, found.upper) if part is not None]
    assert printed == [0.312, 0.225, 0.41]
    for name, value in parts.items():
        given = getattr(found, name)
        assert (given.value if name == "i2" else given) == value


@pytest.mark.parametrize(
    ("value", "printed", "ways"),
    [
        (0.2612, "0.26", {"half-up", "half-even", "truncated", "twice"}),
        (0.2648, "0.26", {"half-up", "half-even", "truncated"}),
        (0.2648, "0.27", {"twice"}),
        (0.2667, "0.27", {"half-up", "half-even", "twice"}),
        (0.2667, "0.26", {"truncated"}),
        (0.125, "0.12", {"half-even", "truncated"}),
        (0.125, "0.13", {"half-up", "twice"}),
        (0.135, "0.14", {"half-up", "half-even", "twice"}),
        (0.2667, "0.25", set()),
        (0.3, "0.30", {"half-up", "half-even", "truncated", "twice"}),
    ],
)
def test_roundings(value: float, printed: str, ways: set[str]) -> None:
    assert Printed(float(printed), 2, printed).roundings(value) == ways


@given(value=st.floats(0.0, 1.0), digits=st.integers(1, 5))
def test_every_way_of_rounding_is_recognised(value: float, digits: int) -> None:
    for way, mode in (("half-up", ROUND_HALF_UP), ("half-even", ROUND_HALF_EVEN), ("truncated", ROUND_DOWN)):
        text = str(Decimal(value).quantize(Decimal(1).scaleb(-digits), rounding=mode))
        tie = abs(value * 10**digits % 1 - 0.5) < 1e-6 or abs((value * 10**digits + 0.5) % 1 - 0.5) < 1e-6
        # At a tie, or on a whole unit, to rounding errors of the arithmetic, the next digit is right too.
        assert tie or way in Printed(float(text), digits, text).roundings(value)
