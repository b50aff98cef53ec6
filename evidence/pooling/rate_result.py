"""The result of pooling rates: studies with exact Poisson limits, the notes that hold for rates, the headline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .. import display
from ..counts import Rates, plural_of
from ..measures.rate import poisson_limits
from . import notes as thresholds
from .assemble import Parts, narrower
from .headline import pooled_number
from .notes import note
from .rate_boundaries import EXACT
from .result import Headline, Interval, Note, Pooled, StudyEffect

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class StudyRate(StudyEffect):
    """One arm in a pool of rates: ``estimate`` and ``ci`` are events per unit of ``time``; there is no n (0)."""

    time: float = 0.0

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        # The zero-argument form of super is lost where slots make a second class.
        return StudyEffect.to_dict(self) | {"n": None, "time": self.time}


@dataclass(frozen=True, slots=True)
class PooledRate(Pooled):
    """The result of pooling rates: every estimate and limit is in events per ``time_unit``; there is no n (0).

    Attributes:
        unit_name: What is counted, in the singular.
        time_unit: What time is counted in, in the singular.
    """

    unit_name: str = "event"
    time_unit: str = "time unit"

    @property
    def unit(self) -> str:
        """What is counted, in the singular."""
        return self.context.unit if self.context else self.unit_name

    @property
    def time(self) -> float:
        """Time at risk of all studies."""
        return sum(study.time for study in self.studies if isinstance(study, StudyRate))

    def to_dict(self) -> dict[str, Any]:
        """Every number at full precision; None where there is none, never NaN."""
        return Pooled.to_dict(self) | {
            "n": None,
            "unit": self.unit,
            "time": self.time,
            "time_unit": self.time_unit,
        }

    def to_frame(self) -> pd.DataFrame:
        """One row per arm: label, events, time, estimate, lower, upper, weight."""
        frame = Pooled.to_frame(self)
        time = [study.time for study in self.studies if isinstance(study, StudyRate)]
        return frame.assign(n=time).rename(columns={"n": "time"})

    def __str__(self) -> str:
        return "\n".join(_rate_lines(self))


#: A pooled value rests on as many studies as with proportions.
FEW_STUDIES = thresholds.FEW_STUDIES


def assemble_rates(model: Any, rates: Rates, parts: Parts) -> PooledRate:
    """The result of one analysis; the arguments as of ``assemble``."""
    arms = rates.present()
    studies = _studies(arms, model.level, parts)
    weak = _weakness(parts)
    return PooledRate(
        estimate=parts.estimate,
        ci=parts.ci,
        mean=parts.mean,
        mean_ci=parts.mean_ci,
        pi=parts.pi,
        status=parts.status,
        analysis=parts.analysis,
        heterogeneity=parts.heterogeneity,
        log_likelihood=parts.log_likelihood,
        studies=studies,
        notes=(*parts.notes, *_notes(arms, parts, weak, model.level)),
        model=model,
        headline=_headline(arms, parts, model, weak is None),
        unit_name=rates.unit,
        time_unit=rates.time_unit,
    )


def _studies(arms: Rates, level: float, parts: Parts) -> tuple[StudyRate, ...]:
    lower, upper = poisson_limits(arms.events, arms.time, level)
    return tuple(
        StudyRate(
            key=arms.keys[i],
            label=arms.labels[i],
            study=arms.studies[i],
            events=int(arms.events[i]),
            n=0,
            estimate=float(arms.events[i] / arms.time[i]),
            ci=Interval(float(lower[i]), float(upper[i]), level, EXACT),
            weight=None if parts.weights is None else float(parts.weights[i]),
            time=float(arms.time[i]),
        )
        for i in range(arms.k)
    )


def _weakness(parts: Parts) -> str | None:
    """Why the typical study is too weakly identified to be printed in a summary, or None."""
    spread, analysis = parts.heterogeneity, parts.analysis
    if not parts.median or parts.estimate is None or parts.ci is None:
        return None
    if spread is not None and spread.tau is not None and spread.tau > thresholds.WEAK_TAU:
        return f"tau is {display.number(spread.tau, 2)}, above {thresholds.WEAK_TAU}"
    if analysis is not None and analysis["se"] is not None and analysis["se"] > thresholds.WEAK_SE:
        return f"its standard error on the log rate is {display.number(analysis['se'], 1)}, above {thresholds.WEAK_SE}"
    if parts.ci.upper > thresholds.WEAK_FOLD * parts.ci.lower:
        return f"its limits are more than {thresholds.WEAK_FOLD:g}-fold apart"
    return None


def _notes(arms: Rates, parts: Parts, weak: str | None, level: float) -> list[Note]:
    studies = arms.by_study()
    if parts.status == "single-study":
        return [note("single-study-rates")]
    found = []
    if studies.k < FEW_STUDIES:
        found.append(note("few-studies-rates", k=studies.k))
    elif studies.k <= thresholds.LITTLE_INFORMATION_K:
        found.append(note("little-information", k=studies.k))
    if parts.status in ("all-zero", "tau-zero"):
        found.append(note(parts.status))
    share = studies.time / studies.time.sum()
    if share.max() > thresholds.DOMINANT_SHARE:
        label, shown = studies.labels[int(share.argmax())], display.percent(float(share.max()))
        found.append(note("dominant-study", label=label, share=shown, units=arms.time_units))
    if _extrapolated(studies, parts):
        found.append(note("mean-extrapolated"))
    elif parts.mean_ci is not None and _far(studies, parts, level):
        upper = f"{display.significant(parts.mean_ci.upper)} per {arms.time_unit}"
        found.append(note("mean-limit-far", upper=upper))
    if weak is not None:
        found.append(note("weakly-identified", why=weak))
    found += narrower(parts)
    for what, ci in (("average study (mean)", parts.mean_ci), ("typical study (median)", parts.ci)):
        if ci is not None and ci.open and parts.status in ("ok", "tau-zero"):
            found.append(note("limit-open", sides=" and ".join(ci.open), what=what))
    return found


def _extrapolated(studies: Rates, parts: Parts) -> bool:
    """Whether the mean of log-normal rates lies above the rate of every study, drawn there by the spread alone."""
    if parts.mean is None or parts.estimate is None or parts.mean <= parts.estimate:
        return False
    return bool(parts.mean > (studies.events / studies.time).max() * (1 + 1e-9))


def _far(studies: Rates, parts: Parts, level: float) -> bool:
    """Whether the mean's upper limit was reached, but above the exact limits of every study's own rate."""
    if parts.mean_ci is None or parts.mean_ci.open or parts.status not in ("ok", "tau-zero"):
        return False
    _, upper = poisson_limits(studies.events, studies.time, level)
    return bool(parts.mean_ci.upper > upper.max())


def _headline(arms: Rates, parts: Parts, model: Any, show_median: bool) -> Headline:
    x, time = int(arms.events.sum()), float(arms.time.sum())
    studies = arms.by_study()
    each = f"per {arms.time_unit}"
    amount = amount_of_time(time, arms.time_unit)
    observed = f"{display.plural(x, arms.unit, arms.units)} in {amount} ({display.significant(x / time)} {each})"
    reason = None
    if studies.k < FEW_STUDIES:
        reason = "Fewer than 3 studies: the counts are shown and not pooled."
    elif parts.status == "all-zero":
        reason = "No events: exact limits of the total."
    elif _extrapolated(studies, parts):
        reason = "The average study's rate would lie above that of every study: the counts are shown."
    number = pooled_number(parts.mean, parts.mean_ci, parts.estimate, parts.ci, model.centre)
    if reason is not None or number is None:
        reason = reason or "The model has no pooled rate for these data."
        return Headline("observed", observed, f"{observed}. {reason}", False, reason)
    what, value, ci = number
    low, high = display.significant(ci.lower), display.significant(ci.upper)
    far = "; the upper limit lies above those of every study" if _far(studies, parts, model.level) else ""
    text = f"{observed}. {what} {display.significant(value)} {each} ({ci.level:.0%} CI {low} to {high}{far})."
    return Headline("mean", observed, text, show_median)


def pooled_rates(pooled: PooledRate) -> list[tuple[str, float, Interval]]:
    """The pooled rates that may be shown, by name: the mean first, then the model's own centre where it differs."""
    found = []
    common = pooled.mean == pooled.estimate and "median" not in pooled.model.centre
    if pooled.mean is not None and pooled.mean_ci is not None:
        found.append((pooled.model.centre if common else "average study (mean)", pooled.mean, pooled.mean_ci))
    shown = pooled.headline.show_median or pooled.mean is None
    if shown and pooled.estimate is not None and pooled.ci is not None and pooled.estimate != pooled.mean:
        found.append((pooled.model.centre, pooled.estimate, pooled.ci))
    return found


def unprinted_median(pooled: PooledRate) -> str | None:
    """The name of a median that is too weakly identified to be printed, or None."""
    hidden = not pooled.headline.show_median and pooled.headline.kind != "observed" and pooled.mean is not None
    return pooled.model.centre if hidden and pooled.estimate is not None else None


def amount_of_time(time: float, unit: str) -> str:
    """``1 year``, ``25.8 years``, ``25.8 x 1000 days``."""
    times = " x " if unit[:1].isdigit() else " "
    return f"{time:,.6g}{times}{unit if time == 1 else plural_of(unit)}"


def rate_interval(ci: Interval) -> str:
    """``[0.85, 4.33]``; ``no limit`` where one was never reached."""
    return f"[{display.significant(ci.lower)}, {display.significant(ci.upper)}]"


def _rate_lines(pooled: PooledRate) -> list[str]:
    each = f"per {pooled.time_unit}"
    lines = [f"{pooled.model.title}; {display.plural(pooled.k, 'study', 'studies')}", pooled.headline.observed]
    if pooled.headline.kind == "observed":
        lines.append(pooled.headline.reason or "")
        if pooled.status in ("single-study", "all-zero") and pooled.ci is not None:
            lines.append(f"{pooled.ci.level:.0%} limits {rate_interval(pooled.ci)} ({pooled.ci.formula})")
        return lines
    lines += [
        f"{what} {display.significant(value)} {each}, {ci.level:.0%} CI {rate_interval(ci)} ({ci.formula})"
        for what, value, ci in pooled_rates(pooled)
    ]
    if hidden := unprinted_median(pooled):
        lines.append(f"{hidden}: too weakly identified to be printed")
    if pooled.pi is not None:
        lines.append(f"{pooled.pi.level:.0%} prediction interval {rate_interval(pooled.pi)} ({pooled.pi.formula})")
    lines += [found.text for found in pooled.notes if found.code == "no-prediction"]
    spread = pooled.heterogeneity
    if spread is not None and spread.tau is not None:
        text = f"tau {display.number(spread.tau, 3)}"
        if spread.tau_ci is not None:
            lower, upper = spread.tau_ci["lower"], spread.tau_ci["upper"]
            high = "no limit" if upper is None else display.number(upper, 3)
            text += f" [{display.number(lower, 3)}, {high}] ({spread.tau_ci['method']})"
        lines.append(text + ("" if spread.i2 is None else f"; I2 {display.percent(spread.i2)}"))
    return lines
