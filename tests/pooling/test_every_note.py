"""Every caveat of the table can be issued: one analysis for each, by ``evidence.pool`` or ``evidence.regress``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pytest

import evidence
from evidence.pooling.notes import codes
from evidence.pooling.result import Context, Note
from evidence.pooling.subgroups import Subgroups
from tests.sensitivity.patient_table import made_up

THIN = ([1, 1, 6, 1, 2, 3, 1, 1, 3, 1, 1, 9, 1, 1, 0], [1, 1, 6, 1, 2, 3, 1, 1, 3, 1, 1, 28, 1, 1, 1])
EVEN = ([3, 10, 5, 21], [12, 20, 40, 25])
CALM = ([3, 5, 8], [10, 15, 25])
SEVERAL = ["a", "a", "b", "c"]


def counted(data: tuple[list[int], list[int]], name: str, studies: list[str] | None = None, **options: Any) -> Any:
    return evidence.pool(evidence.Counts(*data, studies=studies), model=evidence.model(name, **options))


def timed(events: list[int], time: list[float], name: str = "poisson-normal", **options: Any) -> Any:
    return evidence.pool(evidence.Rates(events, time), model=evidence.model(name, **options))


def calibrated(events: list[int], n: list[int]) -> Any:
    return evidence.calibration(evidence.Counts(events, n), evidence.model("beta-binomial", limits="t"), draws=200)


def regressed(
    data: tuple[list[int], list[int]], name: str, studies: list[str] | None = None, on: Any = None, **options: Any
) -> Any:
    """On ``on``, one value (or row of values) for each arm; the arm's own number if not given."""
    values = np.column_stack([np.ones(len(data[0])), np.arange(len(data[0])) if on is None else on])
    names = ("intercept", *"abc"[: values.shape[1] - 1])
    counts = evidence.Counts(*data, studies=studies)
    return evidence.regress(counts, evidence.Design(names, values), model=evidence.regression(name, **options))


def regressed_selection(arm: Mapping[str, Any]) -> Any:
    """On the dose of four arms, known for the last three, and for the first if ``arm`` has it."""
    columns = ({"study": "A", "dose": None, **arm}, *({"study": name, "dose": i} for i, name in enumerate("BCD")))
    context = Context("r", "o", "Outcome", "patient", 4, 4, None, 0)
    chosen = Chosen(evidence.Counts(*EVEN), columns, None, None, context, {})
    return evidence.regress(
        chosen.counts, evidence.design_of(chosen, ["dose"]), model=evidence.regression("inverse-variance")
    )


@dataclass(frozen=True)
class Chosen:
    """Arms of a review, as ``evidence.select`` returns them."""

    counts: Any
    study_columns: tuple[Mapping[str, Any], ...]
    groups: Mapping[str, tuple[int, ...]] | None
    by: str | None
    context: Context
    group_contexts: Mapping[str, Context]


def filtered(**options: Any) -> Any:
    """Six reports behind a publication filter."""
    counts = evidence.Counts([1, 6, 2, 0, 9, 1], [1, 6, 2, 1, 28, 1])
    return evidence.publication_filter(counts, evidence.model("beta-binomial", limits="wald"), **options)


def selected(arm: Mapping[str, Any], treated: int | None = None, by: str | None = None) -> Any:
    """Four arms, the first of which is known like this; with ``by`` it is a group of its own."""
    columns = ({"study": "A 2020", **arm}, *({"study": name} for name in ("B", "C", "D")))
    context = Context("r", "o", "Outcome", "patient", 4, 4, treated, 0)
    groups = {"first": (0,), "rest": (1, 2, 3)} if by else None
    contexts = dict.fromkeys(groups or {}, context)
    chosen = Chosen(evidence.Counts(*EVEN), columns, groups, by, context, contexts)
    return evidence.pool(chosen, model="common-effect")


MODEL = evidence.model("common-effect")


def grouped_thinly() -> Any:
    """Two groups of two studies."""
    context = Context("r", "o", "Outcome", "patient", 4, 4, None, 0)
    groups = {"first": (0, 1), "rest": (2, 3)}
    columns = tuple({"study": name} for name in "ABCD")
    chosen = Chosen(evidence.Counts(*EVEN), columns, groups, "route", context, dict.fromkeys(groups, context))
    return evidence.pool(chosen, model="inverse-variance")


def grouped(name: str) -> Any:
    """Two groups of three studies, and one study by itself."""
    context = Context("r", "o", "Outcome", "patient", 7, 7, None, 0)
    groups = {"first": (0, 1, 2), "rest": (3, 4, 5), "one": (6,)}
    columns = tuple({"study": study} for study in "ABCDEFG")
    counts = evidence.Counts([3, 5, 8, 9, 2, 7, 1], [10, 15, 25, 12, 8, 11, 4])
    chosen = Chosen(counts, columns, groups, "route", context, dict.fromkeys(groups, context))
    return evidence.pool(chosen, model=evidence.model(name, prediction="none") if name != "common-effect" else name)


logistic = partial(counted, name="logistic-normal")
classical = partial(counted, name="inverse-variance")
of_rates = partial(timed, name="inverse-variance")
by_logits = partial(regressed, name="logistic-normal")
by_effects = partial(regressed, name="inverse-variance")
#: The second covariate is nearly the first.
CLOSE = [[i, i + 0.02 * (-1) ** i] for i in range(8)]

#: Code -> an analysis that must say it.
ISSUED: Mapping[str, Callable[[], Any]] = {
    "few-studies": lambda: logistic(([3, 4], [9, 8])),
    "few-studies-rates": lambda: timed([3, 4], [9.0, 8.0]),
    "little-information": lambda: logistic(EVEN),
    "single-study": lambda: logistic(([3], [9])),
    "tau-not-identified": lambda: logistic(([1, 0, 1, 1], [1, 1, 1, 1])),
    "tau-weak": lambda: logistic(([1, 0, 3, 1], [1, 1, 6, 1]), prediction="none"),
    "tau-zero": lambda: logistic(CALM, prediction="none"),
    "tau-infinite": lambda: logistic(([2, 0, 3, 0], [2, 4, 3, 1]), prediction="none"),
    "all-zero": lambda: logistic(([0, 0, 0], [5, 6, 7]), prediction="none"),
    "all-events": lambda: logistic(([5, 6, 7], [5, 6, 7]), prediction="none"),
    "all-or-none": lambda: logistic(([2, 0, 3, 0], [2, 4, 3, 1]), prediction="none"),
    "limit-open": lambda: logistic(([2, 0, 3, 0], [2, 4, 3, 1]), prediction="none"),
    "weakly-identified": lambda: logistic(THIN, prediction="none"),
    "mean-median-apart": lambda: logistic(THIN, prediction="none"),
    "dominant-study": lambda: logistic(([3, 5, 40], [9, 8, 90]), prediction="none"),
    "informative-size": lambda: logistic(THIN, prediction="none"),
    "singletons": lambda: logistic(THIN, prediction="none"),
    "outcome-missing": lambda: selected({}, treated=150),
    "low-confidence": lambda: selected({"confidence": "low"}),
    "abstract-only": lambda: selected({"source_seen": "abstract"}),
    "overlap": lambda: selected({"possible_overlap": "B"}),
    "mixed-concomitant": lambda: selected({"concomitant_therapy": "bosentan"}),
    "no-year": lambda: selected({"year": None}),
    "added-last": lambda: evidence.cumulative(evidence.Counts(*EVEN), MODEL, years=[2001, None, 2003, 2002]),
    "added-in-table-order": lambda: evidence.cumulative(evidence.Counts([1, 2, 3], [4, 4, 5]), MODEL, by="size"),
    "limits-of-two": lambda: evidence.leave_one_out(evidence.Counts(*CALM), "logistic-normal"),
    "random-subsets": lambda: evidence.subsets(evidence.Counts([1] * 17, [2] * 17), MODEL, drawn=5),
    "subsets-not-drawn": lambda: evidence.subsets(evidence.Counts(*EVEN), "beta-binomial"),
    "prior-dominated": lambda: counted(([1, 0, 1], [1, 1, 1]), "bayesian"),
    "clipped": lambda: classical(THIN, measure="PR"),
    "harmonic-mean": lambda: classical(EVEN, measure="PFT", back="harmonic"),
    "hk-q-below-1": lambda: classical(CALM, limits="hk"),
    "hk-narrower-than-wald": lambda: classical(CALM, limits="hk"),
    "i2-caveat": lambda: classical(([10, 500, 900], [1000, 1000, 1000])),
    "correction-everywhere": lambda: classical(EVEN, to="all"),
    "correction": lambda: classical(THIN),
    "several-arms": lambda: logistic(EVEN, studies=SEVERAL, prediction="none"),
    "few-clusters": lambda: classical(EVEN, studies=SEVERAL),
    "prediction-without-spread": lambda: classical(CALM),
    "prediction-bayes": lambda: logistic(CALM),
    "prediction-narrower": lambda: logistic(CALM),
    "prediction-wide": lambda: classical(([1, 39, 20, 2], [40, 40, 40, 40])),
    "common-effect-with-heterogeneity": lambda: counted(EVEN, "common-effect"),
    "tau-common": lambda: grouped_thinly(),
    "subgroup-single": lambda: selected({"route": "first"}, by="route"),
    "not-randomised": lambda: selected({"route": "first"}, by="route"),
    "groups-not-tested": lambda: grouped("beta-binomial"),
    "tested-without-spread": lambda: grouped("common-effect"),
    "single-study-rates": lambda: timed([3], [9.0]),
    "no-prediction": lambda: timed([3, 4], [9.0, 8.0]),
    "mean-extrapolated": lambda: timed([0, 0, 187], [1.0, 1.0, 1.0]),
    "mean-limit-far": lambda: timed([5, 8, 3, 30], [100.0, 90.0, 100.0, 110.0]),
    "clipped-rates": lambda: of_rates([0, 1, 9], [1.0, 1.0, 1.0], measure="IR"),
    "correction-rates": lambda: of_rates([0, 1, 9], [1.0, 1.0, 1.0], measure="IRLN"),
    "correction-everywhere-rates": lambda: of_rates([2, 1, 9], [1.0, 1.0, 1.0], measure="IRLN", to="all"),
    "harmonic-mean-rates": lambda: of_rates([20, 10, 9], [1.0, 1.0, 1.0], measure="IRFT", back="harmonic"),
    "i2-caveat-rates": lambda: of_rates([20, 400, 900], [10.0, 10.0, 10.0], measure="IRLN"),
    "common-effect-with-heterogeneity-rates": lambda: timed([20, 400, 900], [10.0, 10.0, 10.0], "common-effect"),
    "not-randomised-covariates": lambda: by_logits(EVEN),
    "few-studies-per-covariate": lambda: by_logits(EVEN),
    "covariate-missing": lambda: regressed_selection({}),
    "nearly-singular": lambda: by_effects((EVEN[0] * 2, EVEN[1] * 2), on=CLOSE),
    "simulated-boundary": lambda: calibrated([2, 0, 1], [2, 4, 3]),
    "simulated-tau": lambda: calibrated([1, 0, 1], [1, 1, 1]),
    "permutation-coarse": lambda: by_effects(CALM, permutations=50),
    "several-arms-independent": lambda: by_effects((EVEN[0] * 2, EVEN[1] * 2), studies=SEVERAL + list("defg")),
    "several-arms-robust": lambda: by_effects((EVEN[0] * 2, EVEN[1] * 2), studies=SEVERAL + list("defg"), limits="cr2"),
    "several-arms-shared": lambda: by_logits((EVEN[0] * 2, EVEN[1] * 2), studies=SEVERAL + list("defg"), limits="wald"),
    "tau-not-identified-regression": lambda: by_logits(([1, 0, 1, 0, 1, 0], [1] * 6), limits="wald"),
    "egger-invalid": lambda: evidence.egger(evidence.Counts(*THIN), evidence.model("inverse-variance")),
    "patients-described": lambda: evidence.patients(made_up(), ["complete"], ["sex"]),
    "filter-not-identified": filtered,
    "filter-none-exempt": filtered,
    "filter-exempt": lambda: filtered(exempt=["4"]),
    "coefficient-open": lambda: by_logits(([0, 4, 1, 3, 5, 0], [4, 4, 2, 3, 5, 6]), on=[0, 0, 0, 1, 1, 1]),
}


def notes_of(result: Any) -> list[Note]:
    if isinstance(result, Subgroups):
        return [*result.overall.notes, *(note for _, pooled in result.groups for note in pooled.notes)]
    return list(result.notes)


def test_no_code_is_without_an_analysis() -> None:
    assert set(ISSUED) == set(codes())


@pytest.mark.parametrize("code", ISSUED)
def test_the_note_is_issued(code: str) -> None:
    found = {note.code: note for note in notes_of(ISSUED[code]())}
    assert code in found, sorted(found)
    assert found[code].text.endswith(".")
    assert "{" not in found[code].text and "nan" not in found[code].text
