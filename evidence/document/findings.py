"""Everything a document says, computed once: each section only words it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from ..analysis import Analysis, OutcomeAnalysis
from ..errors import EvidenceError
from ..pooling.result import Pooled
from .changes import Changes, find_changes
from .citation_style import style_of
from .citing import check_style
from .claimed import CheckedClaim
from .claims import check_claims
from .concluding import Concluded, conclude
from .drawing import Drawing
from .picturing import check_figures, draw_outcome, draw_review
from .questioning import Answered, Progress, ask_questions, check_questions, draw_answer, put_off
from .remembering import Remembering

if TYPE_CHECKING:
    from pathlib import Path

    from ..bibliography.flow import Flow
    from ..outcomes import Selection
    from ..pooling.subgroups import Subgroups
    from ..review.review import Review
    from ..sensitivity.missing import Bounds
    from ..sensitivity.standing import Standing


@dataclass(frozen=True, slots=True)
class Grouped:
    """An outcome by the values of one column: the result, and the arms it was made from."""

    result: Subgroups
    selection: Selection


@dataclass(frozen=True, slots=True)
class OutcomeFindings:
    """One outcome.

    Attributes:
        request: What the analysis asks for.
        spec: The outcome as the review defines it (name, title, definition, unit, part_of).
        selection: The arms, in and left out.
        pooled: Result of all arms.
        subgroups: For each column of ``request.by``: the result, and the arms it was made from.
        standing: The same counts by every method.
        unread: Label -> the counts with unread extents counted one way or the other.
        bounds: None where every treated patient has a count, or where units are not patients.
        figures: Drawn figures.
        concluded: The conclusions that the analysis draws from it.
        answers: To the questions asked of it. put_off: Titles of questions that only the first outcome was asked.
    """

    request: OutcomeAnalysis
    spec: Any
    selection: Selection
    pooled: Pooled
    subgroups: tuple[Grouped, ...]
    standing: Standing
    unread: Mapping[str, Selection] = field(default_factory=dict)
    bounds: Bounds | None = None
    figures: tuple[Drawing, ...] = ()
    concluded: tuple[Concluded, ...] = ()
    answers: tuple[Answered, ...] = ()
    put_off: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """File names and anchors of the outcome start with it."""
        return self.request.outcome if not self.request.where else self.request.outcome + _suffix(self.request)

    @property
    def is_pooled(self) -> bool:
        """Whether there is a pooled number to speak of."""
        return self.pooled.headline.kind != "observed"


@dataclass(frozen=True, slots=True)
class Findings:
    """What sections are made from.

    Attributes:
        analysis, review: The request and the data.
        outcomes: In the order of the analysis.
        flow: Reports found, screened, in and out.
        claims: Claims of earlier reviews beside our counts.
        figures: Section -> drawings of the whole review that stand there.
        changes: What is new since earlier versions of the review; None where there are none.
    """

    analysis: Analysis
    review: Review
    outcomes: tuple[OutcomeFindings, ...]
    flow: Flow
    claims: tuple[CheckedClaim, ...] = field(default=())
    figures: Mapping[str, tuple[Drawing, ...]] = field(default_factory=dict)
    changes: Changes | None = None

    @property
    def title(self) -> str:
        """Title of the document."""
        return self.analysis.title or str(self.review.settings.title)

    @property
    def banner(self) -> str | None:
        """The sentence that every output must carry."""
        return self.review.settings.banner

    @property
    def treated(self) -> int:
        """Patients treated in all included studies."""
        return int(self.review.tables["studies"]["n_treated"].sum())


def find(
    analysis: Analysis, review: Review, progress: Progress = lambda step: None, kept: Path | None = None
) -> Findings:
    """Select, pool, vary and draw everything that the analysis asks for.

    Args:
        analysis, review: The request and the data.
        progress: Told each step.
        kept: Folder in which costly answers are looked up and kept; None = everything is computed, nothing written.

    Raises:
        EvidenceError: with file and line of the outcome that can't be analysed.
    """
    check_questions(analysis)
    check_figures(analysis)
    check_style(style_of(analysis), review.references)
    # All counts before the first model: a column or value that there is not is told at once.
    counted = [_counted(analysis, review, request) for request in analysis.outcomes]
    outcomes: list[OutcomeFindings] = []
    for request, (selection, grouped) in zip(analysis.outcomes, counted, strict=True):
        progress(f"{request.outcome}: pooling")
        try:
            found = _outcome(review, request, selection, grouped)
            progress(f"{request.outcome}: drawing")
            drawings = draw_outcome(analysis, review, found)
            found = replace(found, figures=drawings, put_off=put_off(request, not outcomes))
            found = _concluded(review, found, progress)
            answers = ask_questions(analysis, review, request, found.selection, progress, kept)
            outcomes.append(replace(found, answers=tuple(_drawn(analysis, found, one, progress) for one in answers)))
        except EvidenceError as error:
            raise analysis.place(error, request) from error
    from ..updates.previous import flow_of

    progress("claims and flow")
    figures = draw_review(analysis, review, progress)
    changes = find_changes(analysis, review, [found.name for found in outcomes], progress)
    return Findings(
        analysis, review, tuple(outcomes), flow_of(review), check_claims(review, analysis), figures, changes
    )


def _drawn(analysis: Analysis, found: OutcomeFindings, answered: Answered, progress: Progress) -> Answered:
    progress(f"{found.request.outcome}: drawing {answered.name}")
    banner = found.selection.context.banner
    model = str(found.pooled.model.title)
    drawing = draw_answer(answered, found.name, found.spec.title, banner, model, analysis.style)
    return replace(answered, drawing=drawing)


def _concluded(review: Review, found: OutcomeFindings, progress: Progress) -> OutcomeFindings:
    if not found.request.conclusions:
        return found
    progress(f"{found.request.outcome}: conclusions")
    return replace(found, concluded=conclude(review, found.request, found.selection, found.pooled))


def _counted(analysis: Analysis, review: Review, request: OutcomeAnalysis) -> tuple[Selection, tuple[Selection, ...]]:
    """The counts of an outcome, of all arms and of each grouping."""
    from ..measures.limits import check_study_limits

    try:
        check_study_limits(request.study_limits)
        return _select(review, request), tuple(_select(review, request, column) for column in request.by)
    except EvidenceError as error:
        raise analysis.place(error, request) from error


def _outcome(
    review: Review, request: OutcomeAnalysis, selection: Selection, counted: Sequence[Selection]
) -> OutcomeFindings:
    from ..pooling import pool
    from ..pooling.subgroups import Subgroups
    from ..sensitivity.missing import treated_bounds, unread_extents
    from ..sensitivity.standing import standing

    model: Any = Remembering(request.model)
    pooled = pool(selection, model, request.study_limits)
    if isinstance(pooled, Subgroups):
        pooled = pooled.overall
    groups = []
    for grouped in counted:
        result = pool(grouped, model, request.study_limits, request.group_tau)
        if isinstance(result, Subgroups):
            groups.append(Grouped(result, grouped))
    spec = review.settings.outcomes[request.outcome]
    alternatives = unread_extents(review, request.outcome, request.where, request.time, selection)
    return OutcomeFindings(
        request,
        spec,
        selection,
        pooled,
        tuple(groups),
        standing(selection, alternatives, model),
        alternatives,
        treated_bounds(review, selection, alternatives),
    )


def _select(review: Review, request: OutcomeAnalysis, by: str | None = None) -> Selection:
    from ..outcomes import select

    options: dict[str, Any] = {"where": request.where, "by": by}
    if request.time is not None:
        options["time"] = request.time
    if by in request.cut:
        options["cut"] = request.cut[str(by)]
    return select(review, request.outcome, **options)


def _suffix(request: OutcomeAnalysis) -> str:
    parts = [f"{column}-{value}" for column, value in request.where.items()]
    return "-" + "-".join("".join(c if c.isalnum() else "_" for c in part) for part in parts)
