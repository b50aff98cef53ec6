"""The words and numbers of a PRISMA 2020 flow diagram, before anything is placed.

Wording of the boxes: Page 2021, 10.1136/bmj.n71.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ..bibliography.flow import Flow, Included
from ..bibliography.streams import INDEXED, NO_REASON, NOT_RETRIEVED, Stream
from ..display import plural
from ..review.settings import ReviewSettings

PHASES = ("Identification", "Screening", "Included")
#: A space at which no line is broken.
HELD = "\N{NO-BREAK SPACE}"
#: Sources named one by one; of more, the rest is counted.
MOST_SOURCES = 8
SOURCE = "Boxes after PRISMA 2020 (Page 2021, 10.1136/bmj.n71); every number is counted from the review's tables."
_KINDS = {
    "database": "Databases",
    "register": "Registers",
    "website": "Websites",
    "organisation": "Organisations",
    "citation": "Citation searching",
}


@dataclass(frozen=True, slots=True)
class Words:
    """One paragraph of a box, set in by so many steps."""

    text: str
    step: int = 0


@dataclass(frozen=True, slots=True)
class Box:
    """One box: its paragraphs."""

    words: tuple[Words, ...]

    @property
    def said(self) -> str:
        """The box as one sentence."""
        return "; ".join(one.text.rstrip(":") for one in self.words).replace(HELD, " ") + "."


@dataclass(frozen=True, slots=True)
class Step:
    """A box and those that leave beside it; ``rank`` is its row: 0 identified, 1 screened, 2 sought, 3 assessed."""

    rank: int
    main: Box
    beside: tuple[Box, ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """One way in which studies came in, with its steps from top to bottom."""

    title: str
    steps: tuple[Step, ...]
    ends: bool = False

    @property
    def wide(self) -> bool:
        """Whether any of its boxes has others beside it."""
        return any(step.beside for step in self.steps)


@dataclass(frozen=True, slots=True)
class Diagram:
    """Everything said.

    Attributes:
        previous: What was in before, None in a first version. columns: The ways; one with ``ends`` leads nowhere.
        included: What the search brought in. total: With what was in before, None in a first version.
        warnings: Numbers that don't agree. footnotes: What is not recorded and how to add it.
    """

    previous: Column | None
    columns: tuple[Column, ...]
    included: Box
    total: Box | None
    warnings: tuple[str, ...]
    footnotes: tuple[str, ...]


def diagram(flow: Flow, settings: ReviewSettings) -> Diagram:
    """The diagram of a review."""
    new = "new " if flow.previous else ""
    columns = []
    if all(stream.way != "databases" for stream in flow.streams):
        none = Step(0, Box((Words("No database or register was searched"),)))
        columns.append(Column(_title(new, "databases and registers"), (none,), ends=True))
    columns += [Column(_title(new, one.title), tuple(_steps(one, settings))) for one in flow.streams]
    previous = total = None
    included = Box(_included(flow.included, "Studies included in review", "Reports of included studies"))
    if flow.previous:
        before = (
            "Studies included in previous version of review",
            "Reports of studies included in previous version of review",
        )
        previous = Column("Previous studies", (Step(0, Box(_included(flow.previous, *before))),))
        more = {
            "Further reports of studies included before": flow.further,
            "Studies of the previous version no longer included": flow.since.gone if flow.since else 0,
        }
        further = tuple(Words(_n(what, n)) for what, n in more.items() if n)
        included = Box(
            (*_included(flow.new, "New studies included in review", "Reports of new included studies"), *further)
        )
        names = ("Total studies included in review", "Reports of total included studies")
        total = Box((*_included(flow.included, *names), *_described(flow)))
    else:
        included = Box((*included.words, *_described(flow)))
    return Diagram(
        previous, tuple(columns), included, total, tuple(_warnings(flow)), (*_footnotes(flow, settings), SOURCE)
    )


def _title(new: str, way: str) -> str:
    return f"Identification of {new}studies via {way}"


def _n(text: str, n: int | None) -> str:
    return f"{text} ({_number(n)})"


def _number(n: int | None) -> str:
    """``n = 12`` in one piece: no line breaks between them."""
    return "n not recorded".replace(" ", HELD) if n is None else f"n = {n:,}".replace(" ", HELD)


def _included(found: Included, studies: str, reports: str) -> tuple[Words, ...]:
    return (
        Words(_n(studies, found.studies)),
        Words(_n(reports, found.reports)),
        Words(_n("Arms", found.arms)),
        Words(_n("Patients treated", found.treated)),
        *([Words(_n("counted in another study too", found.repeated), 1)] if found.repeated else []),
    )


def _described(flow: Flow) -> tuple[Words, ...]:
    return (Words(_n("Patients described one by one", flow.described)),) if flow.described else ()


def _steps(stream: Stream, settings: ReviewSettings) -> Iterator[Step]:
    indexed = stream.way == "databases"
    removed = _removed(stream)
    show = indexed or any(n is not None for n in stream.removed)
    yield Step(0, Box((Words("Records identified from:"), *_sources(stream))), (removed,) if show else ())
    if indexed or stream.at("title_abstract") or stream.unstaged:
        out = (
            *_out(stream, "title_abstract", "Records", settings),
            *_left("Records still to be screened", stream.to_screen),
        )
        yield Step(1, Box((Words(_n("Records screened", stream.screened)),)), out)
    if stream.unstaged:
        yield Step(
            2,
            Box((Words("Reports sought for retrieval, reports assessed for eligibility" + f" ({_number(None)})"),)),
            (
                *_retrieval(stream, settings),
                *_out(stream, "full_text", "Reports", settings),
                *_out(stream, None, "Records or reports, stage not recorded,", settings),
            ),
        )
        return
    sought = (*_retrieval(stream, settings), *_left("Reports still to be sought or read", stream.to_read))
    yield Step(2, Box((Words(_n("Reports sought for retrieval", stream.sought)),)), sought)
    out = (
        *_out(stream, "full_text", "Reports", settings),
        *_left("Reports included, their study still to be entered", stream.to_enter),
    )
    yield Step(3, Box((Words(_n("Reports assessed for eligibility", stream.assessed)),)), out)


def _sources(stream: Stream) -> Iterator[Words]:
    """Kinds with their numbers, and the sources of each."""
    by_kind: dict[str, list[int]] = {}
    for i, source in enumerate(stream.sources):
        by_kind.setdefault(_KINDS.get(source.kind or "", "Other sources"), []).append(i)
    left = MOST_SOURCES
    for kind, members in by_kind.items():
        numbers = [stream.sources[i].records for i in members]
        known = None if None in numbers else sum(n or 0 for n in numbers)
        yield Words(_n(kind, known), 1)
        shown = members[: max(left, 0)]
        left -= len(shown)
        for i in shown:
            source = stream.sources[i]
            seen = f", {source.screened:,} screened" if source.records is None else ""
            yield Words(f"{source.name} ({_number(source.records)}{seen})", 2)
        if len(members) > len(shown):
            yield Words(f"and {plural(len(members) - len(shown), 'further source')}", 2)
    unnamed = sum(n for n in stream.decisions.values()) if not stream.sources else 0
    if unnamed:
        yield Words(f"Source not stated ({_number(None)}, {unnamed:,} screened)", 1)


def _removed(stream: Stream) -> Box:
    duplicates, automation, otherwise = stream.removed
    return Box(
        (
            Words("Records removed before screening:"),
            Words(_n("Duplicate records removed", duplicates), 1),
            Words(_n("Records marked as ineligible by automation tools", automation), 1),
            Words(_n("Records removed for other reasons", otherwise), 1),
        )
    )


def _left(what: str, n: int) -> tuple[Box, ...]:
    """A box for what is not done yet."""
    return (Box((Words(_n(what, n)),)),) if n else ()


def _retrieval(stream: Stream, settings: ReviewSettings) -> tuple[Box, ...]:
    found = stream.not_retrieved
    known = found or NOT_RETRIEVED in settings.vocabulary.get(("screening", "reason"), {})
    n = sum(found.values()) if known else None
    words = [Words(_n("Reports not retrieved", n))]
    words += [Words(_n(_plain(decision), amount), 1) for decision, amount in found.items() if decision != "excluded"]
    return (Box(tuple(words)),)


def _out(stream: Stream, stage: str | None, what: str, settings: ReviewSettings) -> tuple[Box, ...]:
    """What left at a stage: excluded, awaiting; taken in without a look at the report."""
    meanings = settings.vocabulary.get(("screening", "reason"), {})
    boxes = []
    for decision, says in (("excluded", "excluded"), ("awaiting_classification", "awaiting classification")):
        reasons = stream.rows(decision, stage)
        # Without reasons nobody was excluded, unless the stage of some rows is not known.
        if reasons or (decision == "excluded" and stage is not None and not stream.unstaged):
            head = Words(_n(f"{what} {says}", sum(reasons.values())))
            told = {} if stage == "title_abstract" and set(reasons) == {NO_REASON} else reasons
            rows = [Words(_n(_capital(meanings.get(reason) or _plain(reason)), n), 1) for reason, n in told.items()]
            boxes.append(Box((head, *rows)))
    if stage != "full_text":
        taken = sum(sum(stream.rows(decision, stage).values()) for decision in ("included", "duplicate_report"))
        if taken:
            how = "by title or abstract" if stage else "stage not recorded"
            boxes.append(Box((Words(_n(f"Reports of included studies, {how}", taken)),)))
    return tuple(boxes)


def _warnings(flow: Flow) -> Iterator[str]:
    for stream in flow.streams:
        if stream.gap:
            removed = sum(n or 0 for n in stream.removed)
            left = f" and {stream.to_screen:,} to be screened" if stream.to_screen else ""
            yield (
                f"Does not add up ({stream.title}): {stream.records or 0:,} records less {removed:,} removed are not"
                f" the {stream.screened:,} screened{left}; correct searches.csv, or complete screening.csv."
            )
    for difference in flow.differences:
        yield f"Does not add up: {difference}"


def _footnotes(flow: Flow, settings: ReviewSettings) -> Iterator[str]:
    if flow.since is not None:
        yield " ".join((f"Previous version: {flow.since.label}.", *flow.since.notes, *flow.since.said))
    indexed = [stream for stream in flow.streams if stream.way == "databases"]
    if any(stream.records is None for stream in flow.streams) or any(None in stream.removed for stream in indexed):
        yield (
            "Records found or removed, not recorded: keep a search log, searches.csv, with a row for each search:"
            " search_id, source (as in screening.csv), kind (database, register, website, organisation, citation,"
            " other), records, duplicates_removed, automation_removed, otherwise_removed; 0 = none."
        )
    meanings: Mapping[str, str] = settings.vocabulary.get(("screening", "reason"), {})
    if any(stream.not_retrieved for stream in flow.streams) and meanings.get(NOT_RETRIEVED):
        yield f"Not retrieved: {meanings[NOT_RETRIEVED]}."
    sought = any(stream.screened and not stream.not_retrieved for stream in flow.streams)
    if sought and NOT_RETRIEVED not in meanings:
        yield (
            "Reports not retrieved, not recorded: add not_retrieved to the words of screening.reason in review.toml,"
            " and give it as the reason of those reports at the stage full_text."
        )
    if unstaged := sum(stream.unstaged for stream in flow.streams):
        yield f"Stage not recorded of {plural(unstaged, 'record')}: fill stage in screening.csv."
    kinds = {source.kind for stream in flow.streams for source in stream.sources}
    if None in kinds and kinds & set(INDEXED):
        yield "Other sources: those that neither searches.csv nor the databases of review.toml name."


def _plain(code: str) -> str:
    return code.replace("_", " ")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
