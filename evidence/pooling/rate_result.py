"""The result of pooling rates: studies with exact Poisson limits, the notes that hold for rates, the headline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .. import display
from ..counts import Rates
from ..measures.rate import poisson_limits
from . import notes as thresholds
from .assemble import Parts
from .notes import note
from .rate_rows import EXACT
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
    """The result of pooling rates: every estimate and limit is in events per ``time_unit``; there is no n (0)."""

    time_unit: str = "year"

    @property
    def time(self) -> float:
        """Time at risk of all studies."""
        return sum(study.time for study in self.studies if isinstance(study, StudyRate))

    def to_dict(self) -> dict[str, Any]:
        """Every number at full precision; None where there is none, never NaN."""
        return Pooled.to_dict(self) | {"n": None, "time": self.time, "time_unit": self.time_unit}

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
        notes=(*parts.notes, *_notes(arms, parts)),
        model=model,
        headline=_headline(arms, parts),
        time_unit=rates.time_unit,
    )


def one_rates_analysis(data: Any, name: str) -> Rates:
    """The arms present of one analysis.

    Raises:
        DataError: counts instead of rates, a stack, or no arm with any time.
    """
    from ..errors import data_error

    if not isinstance(data, Rates):
        raise data_error(f"{name} pools rates, and these are counts out of n", "give Rates(events, time)", "not-rates")
    if data.shape != ():
        raise data_error(
            f"fit() takes one analysis, not a stack of shape {data.shape}", "use estimate() for a stack", "shape"
        )
    arms = data.present()
    if arms.k == 0:
        raise data_error("no study has any time at risk", "give at least one study with time > 0", "no-studies")
    return arms


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


def _notes(arms: Rates, parts: Parts) -> list[Note]:
    studies = arms.by_study()
    if parts.status == "single-study":
        return [note("single-study")]
    found = []
    if studies.k < FEW_STUDIES:
        found.append(note("few-studies-rates", k=studies.k))
    elif studies.k <= thresholds.LITTLE_INFORMATION_K:
        found.append(note("little-information", k=studies.k))
    if parts.status in ("all-zero", "tau-zero"):
        found.append(note(parts.status))
    share = studies.time / studies.time.sum()
    if share.max() > thresholds.DOMINANT_SHARE:
        units = f"{arms.time_unit}s"
        found.append(
            note(
                "dominant-study",
                label=studies.labels[int(share.argmax())],
                share=display.percent(float(share.max())),
                units=units,
            )
        )
    for what, ci in (("average study (mean)", parts.mean_ci), ("typical study (median)", parts.ci)):
        if ci is not None and ci.open and parts.status in ("ok", "tau-zero"):
            found.append(note("limit-open", sides=" and ".join(ci.open), what=what))
    return found


def _headline(arms: Rates, parts: Parts) -> Headline:
    x, time = int(arms.events.sum()), float(arms.time.sum())
    k = arms.by_study().k
    each = f"per {arms.time_unit}"
    observed = (
        f"{display.plural(x, arms.unit)} in {time:,.6g} {arms.time_unit}s ({display.significant(x / time)} {each})"
    )
    reason = None
    if k < FEW_STUDIES:
        reason = "Fewer than 3 studies: the counts are shown and not pooled."
    elif parts.status == "all-zero":
        reason = "No events: exact limits of the total."
    if reason is not None or parts.mean is None or parts.mean_ci is None:
        return Headline("observed", observed, f"{observed}. {reason or ''}".strip(), False, reason)
    low, high = display.significant(parts.mean_ci.lower), display.significant(parts.mean_ci.upper)
    text = (
        f"{observed}; in the average study {display.significant(parts.mean)} {each}"
        f" ({parts.mean_ci.level:.0%} CI {low} to {high})."
    )
    return Headline("mean", observed, text, True)


def _rate_lines(pooled: PooledRate) -> list[str]:
    each = f"per {pooled.time_unit}"
    lines = [f"{pooled.model.title}; {display.plural(pooled.k, 'study', 'studies')}", pooled.headline.observed]
    if pooled.headline.kind == "observed":
        return [*lines, pooled.headline.reason or ""]
    for what, value, ci in (
        ("average study (mean)", pooled.mean, pooled.mean_ci),
        (pooled.model.centre, pooled.estimate, pooled.ci),
    ):
        if value is not None and ci is not None and not (what == pooled.model.centre and value == pooled.mean):
            lines.append(f"{what} {display.significant(value)} {each}, {ci.level:.0%} CI {_rate_limits(ci)}")
    if pooled.pi is not None:
        lines.append(f"{pooled.pi.level:.0%} prediction interval {_rate_limits(pooled.pi)}")
    spread = pooled.heterogeneity
    if spread is not None and spread.tau is not None:
        lines.append(f"tau {display.number(spread.tau, 3)}")
    return lines


def _rate_limits(ci: Interval) -> str:
    return f"[{display.significant(ci.lower)}, {display.significant(ci.upper)}] ({ci.method})"
