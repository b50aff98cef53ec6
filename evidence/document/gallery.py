"""Every kind of figure on one page, drawn of the analyses that are named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from ..analysis import Analysis, OutcomeAnalysis
from ..errors import ComputeError, EvidenceError, UsageError
from .blocks import Block, Code, FigureBlock, Heading, Paragraph, Section, paragraph
from .changes import find_news
from .document import Document, assemble
from .questioning import Progress

if TYPE_CHECKING:
    from ..figures import Figure, Kind
    from ..outcomes import Selection
    from ..review.review import Review
    from ..updates.news import News

TITLE = "Figures"
INTRODUCTION = (
    "Every kind of figure, drawn of the first outcome of each review with its defaults. The line above a figure is the"
    " command that draws it."
)


@dataclass(frozen=True, slots=True)
class Variant:
    """A figure with options that are shown beside its defaults.

    Attributes:
        title: What is different. style: Name of the look. options: Of the figure.
    """

    title: str
    style: str = "default"
    options: Mapping[str, Any] = field(default_factory=dict)


#: Figure -> further ways in which it is shown.
VARIANTS: Mapping[str, tuple[Variant, ...]] = {
    "forest": (
        Variant("In the look of JAMA", "jama"),
        Variant("In the look of BMJ", "bmj"),
        Variant("As RevMan 5 prints it, on a part of the axis", "revman5", {"axis": (0.0, 0.8)}),
        Variant(
            "By size, with the prediction interval as a shade", "lancet", {"sort": "size", "prediction_as": "shade"}
        ),
        Variant(
            "Per 1000, prediction as a density, with the years",
            options={"scale": "per-1000", "prediction_as": "density", "columns": ["year"]},
        ),
        Variant("On one column of a journal", options={"width": "column"}),
        Variant("With what each arm's patients did, as far as it was read", options={"responses": True}),
        Variant(
            "With risk of bias beside the rows", options={"risk_of_bias": "jbi-case-series", "right": ["estimate_ci"]}
        ),
    ),
}


@dataclass(frozen=True, slots=True)
class _Subject:
    """One analysis with what its figures are drawn of."""

    analysis: Analysis
    review: Review
    request: OutcomeAnalysis
    selection: Selection
    result: Any
    news: News | None

    @property
    def title(self) -> str:
        return self.analysis.title or str(self.review.settings.title)

    @property
    def folder(self) -> str:
        return str(self.selection.context.review)


def make_gallery(analyses: Sequence[Analysis], progress: Progress = lambda step: None) -> Document:
    """A document with a section for each kind of figure; where one can't be drawn, it says why.

    Raises:
        EvidenceError: a review that can't be read, or an outcome that can't be pooled.
    """
    from ..figures import FIGURES

    subjects = [_subject(analysis) for analysis in analyses]
    banners = dict.fromkeys(str(s.review.settings.banner) for s in subjects if s.review.settings.banner)
    sections = tuple(
        Section(name, kind.title, tuple(_blocks(name, kind, subjects, progress))) for name, kind in FIGURES.items()
    )
    first = replace(sections[0], blocks=(paragraph(INTRODUCTION), *sections[0].blocks))
    return assemble(TITLE, " ".join(banners) or None, (first, *sections[1:]), {})


def _subject(analysis: Analysis) -> _Subject:
    from ..outcomes import select
    from ..pooling import pool
    from ..review.review import read_review

    review, request = read_review(analysis.review), analysis.outcomes[0]
    try:
        selection = select(review, request.outcome, where=request.where)
        grouped = select(review, request.outcome, where=request.where, by=request.by[0]) if request.by else selection
        result = pool(grouped, request.model, request.study_limits, request.group_tau)
    except EvidenceError as error:
        raise analysis.place(error, request) from error
    return _Subject(analysis, review, request, selection, result, find_news(analysis, review, lambda step: None))


def _blocks(name: str, kind: Kind, subjects: Sequence[_Subject], progress: Progress) -> Iterator[Block]:
    for i, one in enumerate(subjects):
        subject = _shared_out(one) if kind.of == "change" else one
        yield Heading(subject.title)
        for j, variant in enumerate((Variant(""), *VARIANTS.get(name, ()))):
            progress(f"{subject.analysis.name}: {name} {variant.title}".rstrip())
            if variant.title:
                yield Heading(variant.title, 4)
            yield paragraph(Code(_command(name, kind, subject, variant)))
            yield _drawn(f"{name}-{i + 1}-{j + 1}", kind, subject, variant)


def _shared_out(subject: _Subject) -> _Subject:
    """With the first outcome whose change since the latest version can be shared out, if there is one."""
    told = subject.news.told[0].outcomes if subject.news and subject.news.told else ()
    pairs = zip(subject.analysis.outcomes, told, strict=bool(told))
    found = next((request for request, explained in pairs if explained.parts is not None), subject.request)
    return replace(subject, request=found)


def _command(name: str, kind: Kind, subject: _Subject, variant: Variant) -> str:
    """What draws the figure again."""
    parts = ["evidence draw", name, subject.folder]
    if kind.of != "review":
        parts.append(f"--outcome {subject.request.outcome}")
    if kind.shows_groups and subject.request.by:
        parts.append(f"--by {subject.request.by[0]}")
    parts += [f"--option {option}={_typed(value)}" for option, value in _options(kind, subject, variant).items()]
    return " ".join([*parts, *([f"--style {variant.style}"] if variant.style != "default" else [])])


def _typed(value: Any) -> str:
    text = ",".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    text = text.lower() if isinstance(value, bool) else text
    return f'"{text}"' if " " in text else text


def _options(kind: Kind, subject: _Subject, variant: Variant) -> dict[str, Any]:
    """The variant's options; of a question those with which the analysis asks it."""
    asked = subject.request.sensitivity if kind.of == "question" else ()
    own = next((dict(one.options) for one in asked if one.question == kind.home), {})
    return {**own, **variant.options}


def _drawn(name: str, kind: Kind, subject: _Subject, variant: Variant) -> Block:
    try:
        figure = _figure(kind, subject, variant)
    except (UsageError, ComputeError) as error:
        return paragraph(f"Not drawn: {error.problems[0].message}.", kind="caution")
    if isinstance(figure, str):
        return Paragraph((f"Not drawn: {figure}",), "caution")
    return FigureBlock(name, figure.to_svg(), figure.alt, f"{kind.title}.")


def _figure(kind: Kind, subject: _Subject, variant: Variant) -> Figure[Any] | str:
    """The figure, or why there is none."""
    from ..figures.forest_company import Origin
    from ..figures.kinds import OF_VERSIONS

    options = _options(kind, subject, variant)
    if kind.of == "review":
        return kind.draw(subject.review, variant.style, options)
    if kind.of == "question":
        return _of_question(kind, subject, variant.style, options)
    if kind.of in OF_VERSIONS:
        return _of_versions(kind, subject, variant.style, options)
    origin = Origin(subject.review, subject.request.outcome, subject.request.where)
    return kind.draw(subject.result, variant.style, options, origin)


def _of_versions(kind: Kind, subject: _Subject, style: str, options: Mapping[str, Any]) -> Figure[Any] | str:
    if subject.news is None or not subject.news.told:
        return "the review has no earlier version"
    which = subject.analysis.outcomes.index(subject.request)
    changes, histories = subject.news.told[0].outcomes, subject.news.histories
    return kind.draw(changes[which] if kind.of == "change" else histories[which], style, options)


def _of_question(kind: Kind, subject: _Subject, style: str, options: Mapping[str, Any]) -> Figure[Any] | str:
    from ..figures import answer_figure
    from ..sensitivity.answer import NotAsked
    from ..sensitivity.asked import Asked
    from ..sensitivity.questions import QUESTIONS, ask
    from ..sensitivity.store import beside

    request = subject.request
    found = ask(
        kind.home,
        Asked(
            subject.selection,
            request.model,
            subject.review,
            request.outcome,
            request.where,
            request.time,
            options=options,
            store=beside(subject.analysis.path),
        ),
    )
    if isinstance(found, NotAsked):
        return found.reason
    context, title = subject.selection.context, QUESTIONS[kind.home].title
    return answer_figure(found, style, f"{context.title}: {title[:1].lower()}{title[1:]}", context.banner)
