"""Where each citation stands: to be screened, wanted in full, in conflict, decided; by one screener or several."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations
from typing import Any, Literal

from ..errors import usage
from .citations import Citation
from .screening import CONSENSUS, STAGES, Decision, Decisions, Screened, Stage, Word
from .streams import DIFFER

#: What became of a citation at one stage.
Standing = Literal["open", "conflict", "settled"]
#: Where a citation stands on the whole; ``tabled``: it is decided in screening.csv, and no screener speaks of it.
State = Literal["to_screen", "conflict", "wanted", "excluded", "included", "awaiting", "tabled"]

ORDERS = ("imported", "year", "random:SEED")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the screeners say of one citation at one stage.

    Attributes:
        standing: ``open`` where too few have spoken, ``conflict`` where they differ, ``settled``.
        decision: What is settled; at ``title_abstract`` ``include`` stands for unsure as well: it is read in full.
        reason, notes: Of what is settled. By title and abstract two may exclude for different reasons, of which none is
            the reason: the notes name them, behind :data:`DIFFER`.
    """

    standing: Standing
    decision: Word | None = None
    reason: str | None = None
    notes: str | None = None


@dataclass(frozen=True)
class Screening:
    """The citations of a review and what was decided on them.

    Attributes:
        citations: All of them, in the order of importing.
        screened: The files of the screeners.
        needed: Screeners that each citation needs; each sees none of the others' decisions.
        tabled: Report ids that screening.csv has a row for.
    """

    citations: tuple[Citation, ...]
    screened: Screened
    needed: int = 1
    tabled: frozenset[str] = frozenset()

    @cached_property
    def by_id(self) -> dict[str, Citation]:
        """Report id -> citation."""
        return {citation.report_id: citation for citation in self.citations}

    @cached_property
    def alias(self) -> dict[str, str]:
        """Id of each record that is not the first of its group -> report id of the group."""
        return {member: one.report_id for one in self.citations for member in one.members if member != one.report_id}

    @cached_property
    def said(self) -> Screened:
        """What was decided, by today's groups: a word on a record that is a duplicate by now counts for its group."""
        screeners = {name: self._grouped(own) for name, own in self.screened.screeners.items()}
        return Screened(screeners, self._grouped(self.screened.consensus))

    def _grouped(self, decisions: Decisions) -> Decisions:
        if not any(report_id in self.alias for report_id, _ in decisions):
            return decisions
        found: dict[tuple[str, Stage], Decision] = {}
        for (report_id, stage), decision in decisions.items():
            key = (self.alias.get(report_id, report_id), stage)
            found.pop(key, None)
            found[key] = replace(decision, report_id=key[0])
        return found

    @cached_property
    def spoken_of(self) -> frozenset[str]:
        """Report ids on which a screener, or all together, decided anything."""
        files = (*self.said.screeners.values(), self.said.consensus)
        return frozenset(report_id for decisions in files for report_id, _ in decisions)

    def with_file(self, name: str, decisions: Decisions) -> Screening:
        """The same with another content of one screener's file, or of the consensus."""
        if name == CONSENSUS:
            return replace(self, screened=replace(self.screened, consensus=decisions))
        screeners = {**self.screened.screeners, name: decisions}
        return replace(self, screened=replace(self.screened, screeners=dict(sorted(screeners.items()))))

    def verdict(self, report_id: str, stage: Stage) -> Verdict:
        """What is settled of a citation at a stage: by consensus, else where all who spoke agree."""
        if (together := self.said.consensus.get((report_id, stage))) is not None:
            return _verdict([together], stage)
        words = list(self.said.words(report_id, stage).values())
        if words and _differ(words, stage):
            return Verdict("conflict")
        if len(words) < self.needed or not words:
            return Verdict("open")
        return _verdict(words, stage)

    def state(self, report_id: str) -> State:
        """Where a citation stands; what is said of the full text goes before what is said of the abstract."""
        if report_id not in self.spoken_of:
            return "tabled" if report_id in self.tabled else "to_screen"
        full = self.verdict(report_id, "full_text")
        if full.standing == "settled" and full.decision is not None:
            return _FULL_TEXT[full.decision]
        first = self.verdict(report_id, "title_abstract")
        if "conflict" in (full.standing, first.standing):
            return "conflict"
        if first.standing == "open":
            return "wanted" if self._read_in_full(report_id) else "to_screen"
        return "excluded" if first.decision == "exclude" else "wanted"

    def _read_in_full(self, report_id: str) -> bool:
        """Whether somebody has judged the full text."""
        return bool(self.said.words(report_id, "full_text"))

    def at(self, stage: Stage) -> list[Citation]:
        """Citations that are, or were, to be judged at a stage."""
        if stage == "title_abstract":
            return [one for one in self.citations if self.state(one.report_id) != "tabled"]
        return [
            one
            for one in self.citations
            if self.state(one.report_id) == "wanted"
            or self._read_in_full(one.report_id)
            or (one.report_id, stage) in self.said.consensus
        ]

    def asks(self, name: str, stage: Stage, report_id: str) -> bool:
        """Whether a screener has still to judge a citation: what enough others have judged is not asked again."""
        if (report_id, stage) in self.said.of(name):
            return False
        wanted: State = "to_screen" if stage == "title_abstract" else "wanted"
        return self.state(report_id) == wanted and len(self.said.words(report_id, stage)) < self.needed

    def queue(self, name: str, stage: Stage) -> list[Citation]:
        """What a screener has still to judge at a stage."""
        return [one for one in self.citations if self.asks(name, stage, one.report_id)]

    def judged(self, name: str, stage: Stage) -> int:
        """Citations that a screener has judged at a stage."""
        return sum((one.report_id, stage) in self.said.of(name) for one in self.citations)

    def conflicts(self, stage: Stage) -> list[Citation]:
        """Citations on which the screeners differ at a stage and have not settled."""
        return [
            one
            for one in self.citations
            if self.verdict(one.report_id, stage).standing == "conflict" and self.state(one.report_id) == "conflict"
        ]

    def counts(self) -> Counter[State]:
        """How many citations stand where."""
        return Counter(self.state(one.report_id) for one in self.citations)

    def pairs(self, stage: Stage) -> Iterator[tuple[str, str, list[tuple[str, str]]]]:
        """Each two screeners with the citations that both judged: what each said before anything was settled.

        At ``title_abstract`` unsure counts as include: both send a report on to be read in full.
        """
        for first, second in combinations(self.said.screeners, 2):
            mine, theirs = self.said.screeners[first], self.said.screeners[second]
            both = [key for key in mine if key[1] == stage and key in theirs]
            if both:
                yield first, second, [(_told(mine[key], stage), _told(theirs[key], stage)) for key in both]


_FULL_TEXT: dict[Word, State] = {"include": "included", "exclude": "excluded", "unsure": "awaiting"}


def _told(decision: Decision, stage: Stage) -> Word:
    return "exclude" if decision.decision == "exclude" else "include" if stage == STAGES[0] else decision.decision


def _differ(words: Sequence[Decision], stage: Stage) -> bool:
    """Whether they decided differently; in full, also why: one reason is printed for each report."""
    if len({_told(word, stage) for word in words}) > 1:
        return True
    return stage == "full_text" and len({word.reason for word in words if word.decision != "include"}) > 1


def _verdict(words: Sequence[Decision], stage: Stage) -> Verdict:
    told = _told(words[0], stage)
    reasons = list(dict.fromkeys(word.reason for word in words if word.reason)) if told != "include" else []
    differ = [f"{DIFFER}: {', '.join(reasons)}"] if len(reasons) > 1 else []
    notes = "; ".join((*differ, *dict.fromkeys(word.notes for word in words if word.notes))) or None
    return Verdict("settled", told, reasons[0] if len(reasons) == 1 else None, notes)


def ordered(citations: Sequence[Citation], order: str) -> list[Citation]:
    """Citations as they were imported, the newest year first, or in the random order of a seed.

    The place of a citation in a random order is its own: later imports fall in between and move none of the others.

    Raises:
        UsageError: there is no such order.
    """
    name, _, seed = order.partition(":")
    keys: dict[str, Callable[[Citation], tuple[Any, ...]]] = {
        "year": lambda one: (one.record.year is None, -(one.record.year or 0)),
        "random": lambda one: (hashlib.sha256(f"{seed}\n{one.report_id}".encode()).digest(),),
    }
    if order == "imported":
        return list(citations)
    if order == "year" or (name == "random" and seed):
        return sorted(citations, key=keys[name])
    raise usage(f"the order {order!r} is not known", f"use {', '.join(ORDERS[:-1])} or random:1", "unknown-order")
