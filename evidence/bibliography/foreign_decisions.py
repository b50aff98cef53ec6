"""Decisions that were made in ASReview, Rayyan or Covidence, and the citations they are about."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ..errors import DataError, Problem, usage
from ..rows import parse_rows, unreadable
from . import cleaning
from .citations import Citation
from .importing import read_record_file
from .record import Record
from .screening import WORDS, Decision, Stage, Word

#: Columns that hold ids of ours, by the names that our exports and other programs give them.
_IDS = ("report_id", "record_id", "key", "ref", "id")
_LABELS = ("asreview_label", "included", "label_included", "final_included", "label", "decision")
#: Columns with a note of the person who decided.
_NOTES = ("asreview_note", "asreview_notes")
_SAID: Mapping[Word | None, str] = {
    "include": "1; 1.0; include; included; yes; relevant; true",
    "exclude": "0; 0.0; exclude; excluded; no; irrelevant; false",
    "unsure": "unsure; maybe; undecided",
    None: "; -1; -1.0; nan; na; not seen; not_seen",
}
_WORDS = {text: word for word, texts in _SAID.items() for text in texts.split("; ")}
_RIS_LABEL = re.compile(r"ASReview_(relevant|irrelevant|not_seen)", re.IGNORECASE)
_VOTE = re.compile(r'"([^"]*)"\s*=>\s*"(included|excluded|maybe)"', re.IGNORECASE)
_RAYYAN = re.compile(r"RAYYAN-INCLUSION:\s*\{([^}]*)\}", re.IGNORECASE)
_RAYYAN_REASONS = re.compile(r"RAYYAN-EXCLUSION-REASONS:\s*([^|]*)", re.IGNORECASE)
_COVIDENCE_REASON = re.compile(r"Exclusion reason:\s*([^;]*)", re.IGNORECASE)

Cells = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Labelled:
    """One record of the file of another program.

    Attributes:
        record: What it says of the publication; its ``line`` is where it starts.
        cells: What else it says, by column or tag in lower case with ``_`` for spaces.
        votes: Name of a person -> decision; the name is empty where the file names nobody.
        reason: Why, in the words of the file.
        unread: A decision in words that are not known.
    """

    record: Record
    cells: Cells
    votes: Mapping[str, Word]
    reason: str | None = None
    unread: str | None = None

    @property
    def ids(self) -> tuple[str, ...]:
        """What may be an id of ours."""
        return tuple(filter(None, (*(self.cells.get(name) for name in _IDS), self.record.accession)))

    @property
    def told(self) -> str:
        """The record as a reader knows it."""
        return (self.record.title or "")[:60] or self.record.doi or next(iter(self.ids), "a record without title")


@dataclass(frozen=True, slots=True)
class Foreign:
    """The decisions of a file, matched to citations.

    Attributes:
        decisions: To be taken over. records: Records in the file; ``repeated``, ``undecided`` and ``left`` of them.
        repeated: Those that say the same as an earlier one of the same citation.
        undecided: Those without a decision.
        left: Those with a decision that was not taken over, or that can't be read.
        problems: Why not, with their lines; one for all records of a citation that contradict each other.
    """

    decisions: tuple[Decision, ...]
    records: int
    repeated: int
    undecided: int
    left: int
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Taking:
    """How decisions are taken over.

    Attributes:
        stage: What was judged. date: Day written beside them.
        reasons: The review's words, code -> meaning.
        voter: Name in the file whose decisions are meant; None where it names one person or nobody.
        word: What was decided on every record of the file, for files that are lists of the included or excluded.
    """

    stage: Stage
    date: str
    reasons: Mapping[str, str]
    voter: str | None = None
    word: Word | None = None


def read_decisions(path: Path, citations: Sequence[Citation], taking: Taking) -> Foreign:
    """The decisions in a CSV, TSV or RIS file of another program.

    Raises:
        DataError: the file can't be read. UsageError: it holds no decisions, or those of several people.
    """
    labelled, problems = read_labelled(path)
    voter = _voter(labelled, taking.voter, path)
    if taking.word is not None:
        labelled = [replace(one, votes={voter: taking.word}) for one in labelled]
    if not any(one.votes for one in labelled):
        mend = "say what was decided on all of them: --decision include, exclude or unsure; or check the columns"
        raise usage(f"{path} holds no decisions", mend, "no-decisions")
    yearless = not any(one.record.year for one in labelled)
    match, file = matcher(citations, yearless), str(path)
    said: dict[str, list[tuple[Labelled, Decision]]] = defaultdict(list)
    reported = len(problems)
    problems += [_unread(one, file) for one in labelled if one.unread and not one.votes]
    for one in labelled:
        if (word := one.votes.get(voter)) is None:
            continue
        found = match(one)
        made = _decision(one, found, word, taking, file) if isinstance(found, str) else _unmatched(one, found, file)
        if isinstance(made, Problem):
            problems.append(made)
        else:
            said[made.report_id].append((one, made))
    left, repeated, decisions = len(problems), 0, list[Decision]()
    for rows in said.values():
        if len({made.decision for _, made in rows}) > 1 or len({made.reason for _, made in rows if made.reason}) > 1:
            problems.append(_contradicting(rows, file))
            left += len(rows)
        else:
            repeated += len(rows) - 1
            decisions.append(_as_one([made for _, made in rows]))
    undecided = sum(voter not in one.votes and not one.unread for one in labelled)
    return Foreign(tuple(decisions), len(labelled) + reported, repeated, undecided, left, tuple(problems))


def read_labelled(path: Path) -> tuple[list[Labelled], list[Problem]]:
    """The records of a file in any format with what was decided on each, and a problem for each that can't be read.

    Raises:
        DataError: the file can't be read.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataError(unreadable(path, error)) from error
    read = read_record_file(content, str(path))
    if read.batch.reported and not read.batch.records:
        raise DataError(read.batch.reported)
    if read.batch.found:
        records = [
            _labelled(record, {name: " | ".join(said) for name, said in record.other.items()})
            for record in read.batch.records
        ]
        return records, list(read.batch.reported)
    raw = parse_rows(content, str(path))
    if not {_column(name) for name in raw.header} & set(_IDS) or not raw.complete:
        raise DataError([one for one in (*read.problems, *raw.problems) if one.severity == "error"] or read.problems)
    return [_labelled(Record(line=line), dict(zip(raw.header, cells, strict=True))) for line, cells in raw.rows], []


def _column(name: str) -> str:
    return re.sub(r"[^a-z0-9#]+", "_", name.casefold()).strip("_")


def _labelled(record: Record, said: Cells) -> Labelled:
    cells = {_column(name): cell for name, cell in said.items()}
    notes = " | ".join(cell for name in ("notes", "note", "n1", "customizations") if (cell := cells.get(name)))
    if voted := _RAYYAN.search(notes):
        reasons = _RAYYAN_REASONS.search(notes)
        votes = {name: _WORDS[vote.casefold()] for name, vote in _VOTE.findall(voted[1])}
        return Labelled(record, cells, _spoken(votes), reasons[1].strip() if reasons else None)
    if label := _RIS_LABEL.search(notes):
        return Labelled(record, cells, _spoken({"": _WORDS[label[1].casefold().replace("_", " ")]}))
    if reason := _COVIDENCE_REASON.search(notes):
        return Labelled(record, cells, {"": "exclude"}, reason[1].strip())
    told = next((cells[name] for name in _LABELS if name in cells), "").strip().casefold()
    unread = None if told in _WORDS else told
    return Labelled(record, cells, _spoken({"": _WORDS.get(told)}), cells.get("reason") or None, unread)


def _spoken(votes: Mapping[str, Word | None]) -> dict[str, Word]:
    return {name: word for name, word in votes.items() if word is not None}


def _voter(labelled: Iterable[Labelled], asked: str | None, path: Path) -> str:
    """Whose decisions of the file are meant."""
    names = list(dict.fromkeys(name for one in labelled for name in one.votes))
    if asked is not None:
        same = [name for name in names if name.casefold() == asked.casefold()]
        if same:
            return same[0]
        shown = ", ".join(name for name in names if name) or "nobody"
        raise usage(f"{path} holds no decisions of {asked!r}", f"it names {shown}: --voter NAME", "unknown-voter")
    if len(names) > 1:
        mend = f"say whose are meant, one import for each: --voter {names[0]!r}"
        raise usage(f"{path} holds the decisions of {', '.join(names)}", mend, "several-voters")
    return names[0] if names else ""


def _decision(one: Labelled, report_id: str, word: Word, taking: Taking, file: str) -> Decision | Problem:
    code = reason_code(one.reason, taking.reasons) if word != "include" else None
    notes = _notes(one, code, word, taking.reasons)
    if taking.stage == "full_text" and word != "include" and not code:
        told = f"the reason {one.reason!r} is not a word of the review" if one.reason else "no reason is given"
        mend = "add it under [vocabulary.screening.reason] in review.toml and import again, or decide on it here"
        message = f"{one.told}: {word} at full text, but {told}; not taken over"
        return Problem("reason-unknown", message, mend, file, one.record.line, severity="warning")
    return Decision(report_id, taking.stage, word, code, taking.date, notes)


def _notes(one: Labelled, code: str | None, word: Word, reasons: Mapping[str, str]) -> str | None:
    """What the file says and the decision does not: reasons beside the one that is taken, and a note of ASReview."""
    further = [] if word == "include" else _further(one.reason or "", code, reasons)
    notes = (one.cells.get(name, "").strip() for name in _NOTES)
    return "; ".join((*further, *filter(None, notes))) or None


def _further(text: str, code: str | None, reasons: Mapping[str, str]) -> list[str]:
    """Reasons of a text that are not the one that was found in it; all where none was."""
    if code is None:
        return [text] if text else []
    if reason_code(re.sub(r"[,;]", " ", text), reasons) == code:  # a meaning that has a comma
        return []
    parts = [part.strip() for part in re.split(r"[,;]", text)]
    return [part for part in parts if part and reason_code(part, reasons) != code]


def reason_code(text: str | None, reasons: Mapping[str, str]) -> str | None:
    """The code of the review whose name or meaning is the same words; of several reasons the first that is known."""
    known = {_letters(name): code for code, meaning in reasons.items() for name in (meaning, code) if name}
    parts = [text or "", *re.split(r"[,;]", text or "")]
    return next((known[_letters(part)] for part in parts if _letters(part) in known), None)


def _unread(one: Labelled, file: str) -> Problem:
    message = f"{one.told}: the decision {one.unread!r} is not known; not taken over"
    mend = "write include, exclude, unsure or nothing; or 1, 0 or nothing"
    return Problem("label-unknown", message, mend, file, one.record.line, severity="warning")


def _contradicting(rows: Sequence[tuple[Labelled, Decision]], file: str) -> Problem:
    """Records of one citation of which each says something else: none of them is taken for the others."""
    said = [
        (f"line {one.record.line}: " if one.record.line else "")
        + made.decision
        + (f", {made.reason}" if made.reason else "")
        for one, made in rows
    ]
    (first, made), shown = rows[0], "; ".join(said[:6]) + ("; ..." if len(said) > 6 else "")
    message = f"{first.told}: {len(rows)} records of one citation, {made.report_id}, differ ({shown}); not taken over"
    mend = (
        f"decide on it here: --report {made.report_id}; or, if they are not one publication: evidence dedupe --decide"
    )
    return Problem("decided-twice", message, mend, file, first.record.line, severity="warning")


def _as_one(made: Sequence[Decision]) -> Decision:
    """What all records of a citation say: one of them may have no reason, and notes are of all."""
    reason = next((one.reason for one in made if one.reason), None)
    notes = "; ".join(dict.fromkeys(one.notes for one in made if one.notes)) or None
    return replace(made[0], reason=reason, notes=notes)


def _unmatched(one: Labelled, found: tuple[str, ...], file: str) -> Problem:
    if found:
        message = f"{one.told}: may be {' or '.join(found)}; not taken over"
        mend = "decide on it here, or give the file a column report_id"
        return Problem("several-citations", message, mend, file, one.record.line, severity="warning")
    message = f"{one.told}: no citation of the review has its id, DOI, PMID, or title and year; not taken over"
    mend = "import the records first (evidence import), or give the file a column report_id"
    return Problem("no-citation", message, mend, file, one.record.line, severity="warning")


def matcher(citations: Sequence[Citation], yearless: bool = False) -> Callable[[Labelled], str | tuple[str, ...]]:
    """What finds the citation of a record: by our id, DOI, PMID, else by title and year.

    Args:
        yearless: The file says no years at all: the title alone counts, where the first author does not contradict.

    Returns:
        A function of a record: the report id; or the ids that it may be where identifiers point to different ones, or
        title and year fit several; none of them where nothing fits.
    """
    by: dict[str, dict[str, set[str]]] = {name: defaultdict(set) for name in ("id", "doi", "pmid", "title")}
    for one in citations:
        for name in (one.report_id, *one.members):
            by["id"][name].add(one.report_id)
        for kind, value in (("doi", one.record.doi), ("pmid", one.record.pmid)):
            if value:
                by[kind][value].add(one.report_id)
        if one.record.title:
            by["title"][f"{_letters(one.record.title)} {'' if yearless else one.record.year}"].add(one.report_id)
    records = {one.report_id: one.record for one in citations}

    def match(one: Labelled) -> str | tuple[str, ...]:
        record = one.record
        sure = {found for name in one.ids for found in by["id"].get(name, ())}
        sure |= by["doi"].get(record.doi or "", set()) | by["pmid"].get(record.pmid or "", set())
        if not sure and (title := _letters(record.title or "")):
            sure = by["title"].get(f"{title} {'' if yearless else record.year}", set())
            sure = {name for name in sure if not (yearless and _contradict(record, records[name]))}
        return next(iter(sure)) if len(sure) == 1 else tuple(sorted(sure))

    return match


def _contradict(one: Record, other: Record) -> bool:
    """Whether an identifier, or the name of the first author, is another one."""
    if any(mine and theirs and mine != theirs for mine, theirs in ((one.doi, other.doi), (one.pmid, other.pmid))):
        return True
    names = [set(_letters(record.authors[0]).split()) for record in (one, other) if record.authors]
    return len(names) == 2 and not any(len(name) > 1 for name in names[0] & names[1])


def _letters(text: str) -> str:
    """Letters and digits only, without case and accents: what two ways of writing have in common."""
    plain = unicodedata.normalize("NFKD", cleaning.plain(text)).casefold()
    return " ".join(re.findall(r"[^\W_]+", "".join(c for c in plain if not unicodedata.combining(c))))


def word_named(name: str) -> Word:
    """A decision by its name.

    Raises:
        UsageError: there is no such decision.
    """
    from ..errors import unknown

    found = next((word for word in WORDS if word == name), None)
    if found is None:
        raise unknown("decision", name, WORDS)
    return found
