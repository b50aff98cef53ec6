"""One outcome in two versions: what each pools, and which studies came in or went out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from ..errors import ComputeError, DataError, UsageError
from ..outcomes import Selection, select
from ..pooling import pool
from ..pooling.result import Interval, Pooled
from ..review.certainty import certainties, certainty_of
from ..review.review import Review
from .counted_rows import CountedRow
from .exclusions import decisions_of, reports_by_study
from .renames import Rename
from .requests import Request
from .sources import PoolArm, Side
from .version import NOW

#: Why a study is in that no table of the earlier version has; why one is out that none of the later one has.
NEW, GONE = "new study", "no longer in the review"


@dataclass(frozen=True, slots=True)
class End:
    """What one version says of an outcome.

    Attributes:
        label: Of the version. title, unit: Of the outcome. model: Title of the model.
        k, n, events, treated: Counts; 0 where nothing can be pooled.
        observed: The counts as a sentence part. reason: Why there is no estimate, or None.
        value, ci: The printed proportion with its limits; None where counts alone are shown.
        what: What it is a proportion of: average study, or the model's own centre.
        side: The pool, for the sources of a difference.
        tau: Between-study standard deviation on the model's scale, or None.
        certainty: Level of certainty on which raters settled, or None.
        pi: Prediction interval of a new study's proportion, or None. i2: A fraction, or None where the model has none.
    """

    label: str
    title: str
    unit: str
    model: str
    k: int
    n: int
    events: int
    treated: int | None
    observed: str
    reason: str | None
    value: float | None
    ci: Interval | None
    what: str
    side: Side
    tau: float | None = None
    certainty: str | None = None
    pi: Interval | None = None
    i2: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "version": self.label,
            "model": self.model,
            "k": self.k,
            "events": self.events,
            "n": self.n,
            "treated": self.treated,
            "observed_share": self.events / self.n if self.n else None,
            "proportion": self.value,
            "what": self.what if self.value is not None else None,
            "ci": None if self.ci is None else self.ci.to_dict(),
            "none": self.reason,
        }


@dataclass(frozen=True, slots=True)
class Moved:
    """A study whose inclusion in the pool of an outcome changed.

    Attributes:
        study: Its id. label: Printed name. direction: in or out.
        why: ``new study``, ``no longer in the review``, or why it was left out ``before: ...``, or is now.
    """

    study: str
    label: str
    direction: Literal["in", "out"]
    why: str


def end_of(label: str, review: Review, request: Request, renames: Sequence[Rename] = ()) -> End:
    """What a version says of an outcome; ids that were renamed later are called as they are now.

    Where arms can't be chosen or pooled, the version has no estimate, and why is its reason.
    """
    spec = review.settings.outcomes.get(request.outcome)
    title, unit = (spec.title, spec.unit) if spec else (request.outcome, "patient")
    model = request.model
    names = {(one.table, one.old): one.new for one in renames}
    studies = {names.get(("studies", row["study_id"]), row["study_id"]): row for row in review.rows("studies")}
    labels = {name: str(row["label"]) for name, row in studies.items()}
    years = {name: row.get("year") for name, row in studies.items()}
    screened = reports_by_study(review.rows("reports"), names), decisions_of(review.rows("screening"), names)
    side = Side((), model, labels, reports=screened[0], decisions=screened[1])
    nothing = End(
        label,
        title,
        unit,
        model.title,
        0,
        0,
        0,
        None,
        f"no {unit} counted",
        None,
        None,
        None,
        "",
        side,
    )
    if spec is None:
        return _without(nothing, f"The version does not have the outcome {request.outcome}.")
    try:
        selection = select(review, request.outcome, request.where, time=request.time)
        pooled = pool(selection, model, request.study_limits)
    except DataError as error:
        # Its message begins with an id, which stays as it is.
        return _without(nothing, f"{error.problems[0].message}: {error.problems[0].mend}.")
    except (ComputeError, UsageError) as error:
        return _without(nothing, f"{error.problems[0].message[:1].upper()}{error.problems[0].message[1:]}.")
    assert isinstance(pooled, Pooled)
    left_out = {names.get(("arms", one.arm_id), one.arm_id): one.text for one in selection.left_out}
    counted = _counted(review, request.outcome, names)
    arms = _arms(selection, counted, names)
    side = replace(nothing.side, arms=arms, left_out=left_out, years=years, counted=counted)
    return _end(label, (title, unit), pooled, side, _certainty(review, request))


def end_now(review: Review, request: Request, selection: Selection, pooled: Pooled) -> End:
    """What the tables as they are say of an outcome that is pooled already.

    Args:
        review: The tables. request: What is done. selection: The arms. pooled: Their result.
    """
    spec = review.settings.outcomes[request.outcome]
    studies = {str(row["study_id"]): str(row["label"]) for row in review.rows("studies")}
    counted = _counted(review, request.outcome, {})
    side = Side(_arms(selection, counted, {}), request.model, studies, counted=counted)
    return _end(NOW, (spec.title, spec.unit), pooled, side, _certainty(review, request))


def _without(end: End, reason: str) -> End:
    return replace(end, reason=reason)


def _end(label: str, outcome: tuple[str, str], pooled: Pooled, side: Side, certainty: str | None) -> End:
    shown = pooled.headline.kind != "observed"
    by_mean = pooled.mean is not None
    value, ci = (pooled.mean, pooled.mean_ci) if by_mean else (pooled.estimate, pooled.ci)
    return End(
        label,
        *outcome,
        pooled.model.title,
        pooled.k,
        pooled.n,
        pooled.events,
        pooled.context.treated if pooled.context else None,
        pooled.headline.observed,
        None if shown else pooled.headline.reason,
        value if shown else None,
        ci if shown else None,
        "average study" if by_mean else str(pooled.model.centre),
        side,
        pooled.heterogeneity.tau if shown and pooled.heterogeneity else None,
        certainty,
        pooled.pi if shown else None,
        pooled.heterogeneity.i2 if shown and pooled.heterogeneity else None,
    )


def _certainty(review: Review, request: Request) -> str | None:
    rated = certainty_of(certainties(review), request.outcome, request.where)
    return None if rated is None else rated.level


def _arms(
    selection: Selection, counted: Mapping[str, tuple[CountedRow, ...]], names: Mapping[tuple[str, str], str]
) -> tuple[PoolArm, ...]:
    counts = selection.counts
    found = zip(
        counts.keys, counts.studies, counts.labels, counts.events, counts.n, selection.study_columns, strict=True
    )
    return tuple(
        PoolArm(
            arm_id := names.get(("arms", key), key),
            names.get(("studies", study), study),
            label,
            int(events),
            int(n),
            next((row for row in counted[arm_id] if row.place == (counts.unit, cells["timepoint_months"])), None),
        )
        for key, study, label, events, n, cells in found
    )


def _counted(review: Review, outcome: str, names: Mapping[tuple[str, str], str]) -> dict[str, tuple[CountedRow, ...]]:
    """Rows of an outcome by arm, of every arm of the review."""
    found: dict[str, list[CountedRow]] = {row["arm_id"]: [] for row in review.rows("arms")}
    for row in review.rows("outcomes"):
        if row["outcome"] == outcome:
            months = row["timepoint_months"]
            counts = int(row["events"]), int(row["total"])
            found[row["arm_id"]].append(CountedRow(row["unit"], *counts, None if months is None else float(months)))
    return {names.get(("arms", key), key): tuple(sorted(rows, key=str)) for key, rows in found.items()}


def moved_studies(before: End, after: End) -> tuple[Moved, ...]:
    """Studies that are in one pool alone, those that came in first."""
    old, new = ({arm.study: arm for arm in end.side.arms} for end in (before, after))
    came = [
        Moved(study, after.side.studies[study], "in", _why(arm, (after.side, before.side), NEW, "before: "))
        for study, arm in new.items()
        if study not in old
    ]
    went = [
        Moved(study, before.side.studies[study], "out", _why(arm, (before.side, after.side), GONE, ""))
        for study, arm in old.items()
        if study not in new
    ]
    return (*came, *went)


def _why(arm: PoolArm, sides: tuple[Side, Side], absent: str, when: str) -> str:
    """Why a study is in the pool of the first side alone."""
    having, without = sides
    if arm.study not in without.studies:
        screened = without.excluded(arm.study, having)
        return f"{when}{screened}" if screened else absent
    return f"{when}{without.left_out.get(arm.arm_id, 'its arm was not there' if when else 'its arm is gone')}"
