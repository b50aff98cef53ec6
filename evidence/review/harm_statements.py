"""What reports say about adverse events, arm by arm: numbers, that there were none, or nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .arm_columns import outcome_rows
from .reading import plain

if TYPE_CHECKING:
    from .review import Review

#: Names and titles of outcomes that count patients with adverse events of whatever kind.
_ANY = re.compile(
    r"((any|all) )?(treatment.(related|emergent) )?"
    r"(adverse|side|unwanted|untoward)[ -](drug )?(event|effect|reaction)s?"
    r"|(any|all) (complication|harm|toxicity|toxic effect)s?",
    re.IGNORECASE,
)
PATIENT = "patient"


@dataclass(frozen=True, slots=True)
class Said:
    """What one arm's report says of one event.

    Attributes:
        events: Patients with it; None = it happened, number not given. total: Patients observed.
        serious: Called serious. rows: Rows of adverse_events.csv behind it.
    """

    events: int | None
    total: int
    serious: bool = False
    rows: int = 1


@dataclass(frozen=True, slots=True)
class Statements:
    """Everything said about adverse events.

    Attributes:
        events: (system organ class or None, term) -> arm_id -> what is said.
        free: Arms in which nothing happened beside what ``events`` names -> 0 of how many.
        any_title: Term of the row of patients with any adverse event.
        classes: System organ classes in the order of the codebook.
    """

    events: Mapping[tuple[str | None, str], Mapping[str, Said]]
    free: Mapping[str, Said]
    any_title: str
    classes: tuple[str, ...]


def telling_arms(review: Review) -> frozenset[str]:
    """Arms with any statement about adverse events: a row of adverse_events, or of an outcome about them."""
    settings = review.settings
    harms = {outcome.name for outcome in settings.outcomes.values() if outcome.speaks_of(settings.harm_words)}
    arms = {str(row["arm_id"]) for row in _rows(review)}
    return frozenset(arms | {str(row["arm_id"]) for row in outcome_rows(review) if row["outcome"] in harms})


def statements_of(review: Review) -> Statements:
    """What is said of each event in each arm, and in which arms nothing else happened."""
    outcomes = [outcome for outcome in review.settings.outcomes.values() if is_any_harm(outcome.name, outcome.title)]
    title = outcomes[0].title if outcomes else "Any adverse event"
    names = {outcome.name for outcome in outcomes if outcome.unit == PATIENT}
    events: dict[tuple[str | None, str], dict[str, Said]] = {}
    anything = _any_event(review, names)
    if anything:
        events[None, title] = anything
    rows = _rows(review)
    spelt = _spellings(rows)
    for row in rows:
        term = str(row["term"])
        if is_any_harm(term) or _folded(term) == _folded(title):
            kept = events.setdefault((None, title), {})
            if row["arm_id"] not in anything:
                kept[row["arm_id"]] = _joined(kept.get(row["arm_id"]), row)
            continue
        key = spelt[_folded(term), row["system_organ_class"]]
        event = events.setdefault(key, {})
        event[row["arm_id"]] = _joined(event.get(row["arm_id"]), row)
    spec = review.codebook["adverse_events"].column("system_organ_class")
    return Statements(events, _free(events, title, rows), title, tuple(spec.terms) if spec else ())


def _rows(review: Review) -> list[dict[str, Any]]:
    frame = review.tables["adverse_events"]
    columns = {str(name): plain(frame[name]) for name in frame.columns}
    return [{name: values[i] for name, values in columns.items()} for i in range(len(frame))]


def is_any_harm(*texts: str) -> bool:
    """Whether one of these names, titles or terms stands for adverse events of whatever kind."""
    return any(_ANY.fullmatch(" ".join(text.replace("_", " ").split())) for text in texts)


def _any_event(review: Review, names: set[str]) -> dict[str, Said]:
    """Arm -> patients with any adverse event; of several rows the most patients, none only if every row says so."""
    found: dict[str, Said] = {}
    for row in outcome_rows(review):
        if row["outcome"] in names and row["unit"] == PATIENT:
            one, before = Said(int(row["events"]), int(row["total"])), found.get(row["arm_id"])
            found[row["arm_id"]] = one if before is None else _larger(before, one)
    return found


def _larger(one: Said, other: Said) -> Said:
    """The statement with more patients; of two without any that of fewer observed patients."""
    if (one.events or 0) == (other.events or 0):
        return one if one.total <= other.total else other
    return one if (one.events or 0) > (other.events or 0) else other


def _joined(before: Said | None, row: Mapping[str, Any]) -> Said:
    """A row beside earlier ones of the same arm and event: patients may be the same, so the larger number is kept."""
    events = None if row["events"] is None else int(row["events"])
    one = Said(events, int(row["total"]), row["serious"] == "yes")
    if before is None:
        return one
    numbered = [said for said in (before, one) if said.events is not None]
    kept = _larger(*numbered) if len(numbered) == 2 else (numbered or [before])[0]
    if kept.events == 0 and len(numbered) == 1:
        kept = before if before.events is None else one
    return Said(kept.events, kept.total, before.serious or one.serious, before.rows + 1)


def _folded(term: str) -> str:
    return " ".join(term.split()).casefold()


def _spellings(rows: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str | None], tuple[str | None, str]]:
    """(folded term, class as in its row) -> (class, term as first written); a term without a class takes that of the
    same term elsewhere where there is only one.
    """
    written: dict[str, str] = {}
    classes: dict[str, list[str]] = {}
    for row in rows:
        folded = _folded(row["term"])
        written.setdefault(folded, " ".join(row["term"].split()))
        known = classes.setdefault(folded, [])
        if row["system_organ_class"] is not None and row["system_organ_class"] not in known:
            known.append(row["system_organ_class"])
    found: dict[tuple[str, str | None], tuple[str | None, str]] = {}
    for folded, names in classes.items():
        found[folded, None] = (names[0] if len(names) == 1 else None, written[folded])
        found.update({(folded, name): (name, written[folded]) for name in names})
    return found


def _free(
    events: Mapping[tuple[str | None, str], Mapping[str, Said]], title: str, rows: Iterable[Mapping[str, Any]]
) -> dict[str, Said]:
    """Arms whose report says that there was no event, or none beside the named ones.

    An arm with a row that contradicts "none at all" is not among them.
    """
    happened = {arm for event in events.values() for arm, said in event.items() if said.events != 0}
    anything = events.get((None, title), {})
    free = {arm: Said(0, said.total, rows=0) for arm, said in anything.items() if arm not in happened}
    for row in rows:
        if row["no_other_event"] == "yes" and not is_any_harm(row["term"]):
            before = free.get(row["arm_id"])
            total = int(row["total"]) if before is None else min(before.total, int(row["total"]))
            free[row["arm_id"]] = Said(0, total, rows=0)
    return free
