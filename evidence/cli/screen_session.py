"""One citation after another: keys to decisions, each in its file before the next is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from ..bibliography.final_rows import write_final
from ..bibliography.screening import (
    CONSENSUS,
    Decision,
    ScreenedFiles,
    Stage,
    Word,
)
from ..bibliography.screening_states import Screening
from . import screen_page as page
from .keys import BACKSPACE, CLOSED, ENTER, ESCAPE, RESIZED, Keys, Lines

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

Item = tuple[str, Stage]
WORDS: Mapping[str, Word] = {"i": "include", "e": "exclude", "u": "unsure"}
#: Keys that show further pages.
_PAGES = {" ": 1, "down": 1, "up": -1}


@dataclass(slots=True)
class Session:
    """What is being screened, by whom, and how far it is.

    Attributes:
        review: Folder. title: Of the head. name: Screener, or ``consensus`` where conflicts are settled together.
        screening: The citations and all decisions by now.
        items: What is to be asked, in order. trail: What was shown, earlier sessions first. begin, at: Places in it.
        reasons: The review's words, code -> meaning. highlight: Words to mark.
        done: Items decided now. note: Typed before a decision. sheet: Page of what is shown. message: For the screener.
    """

    review: Path
    title: str
    name: str
    screening: Screening
    items: Sequence[Item]
    trail: list[Item]
    reasons: Mapping[str, str]
    highlight: Sequence[str]
    console: Console
    files: ScreenedFiles
    begin: int
    keys: Keys = field(default_factory=Lines)
    at: int = 0
    sheet: int = 0
    note: str | None = None
    message: str = ""
    skipped: set[Item] = field(default_factory=set)
    done: dict[Item, None] = field(default_factory=dict)

    def run(self) -> None:
        """Ask until everything is decided, or the screener quits."""
        self.at = self.begin
        if not self.keys.single and self._asks_any():
            typer.echo(page.start_in_lines(self.reasons, {stage for _, stage in self.items}))
        while True:
            item = self._current()
            if item is None:
                if not self._finished():
                    return
                continue
            pages = self._show(item)
            if not self._press(item, self.keys.key(), pages):
                return

    def _finished(self) -> bool:
        """Say that all is decided; whether the screener goes back from there."""
        told = "Nothing is left to decide here."
        while True:
            if self.keys.single:
                from rich.text import Text

                head = page.Head(f"{self.title} · {self.name}", f"{len(self.done)} decided now, 0 to go")
                page.draw(self.console, head, [Text(told, "bold")], 0, "[b]ack  [q]uit")
            else:
                typer.echo(told)
            key = self.keys.key()
            if key.casefold() == "b" and self.trail:
                self.at, self.message = len(self.trail) - 1, ""
                return True
            if key != RESIZED:
                return False

    def _current(self) -> Item | None:
        """What is shown: a place of the trail that was gone back to, else the next that is to be asked."""
        if self.at < len(self.trail):
            return self.trail[self.at]
        left = [item for item in self.items if self._asks(item)]
        fresh = next((item for item in left if item not in self.skipped), None)
        if fresh is None and left and self.keys.single:
            self.skipped.clear()
            fresh = left[0]
        if fresh is not None:
            self.trail.append(fresh)
        return fresh

    def _asks_any(self) -> bool:
        return self.at < len(self.trail) or any(map(self._asks, self.items))

    def _asks(self, item: Item) -> bool:
        report_id, stage = item
        if self.name == CONSENSUS:
            return item not in self.screening.screened.consensus
        return self.screening.asks(self.name, stage, report_id)

    def _decision(self, item: Item) -> Decision | None:
        return self.screening.said.of(self.name).get(item)

    def _said(self, item: Item) -> dict[str, Decision]:
        """What is shown of decisions: one's own only; those of all where a conflict is settled."""
        said = self.screening.said.words(*item) if self.name == CONSENSUS else {}
        own = self._decision(item)
        return said | ({self.name: own} if own else {})

    def _head(self, item: Item) -> page.Head:
        left = sum(self._asks(one) for one in self.items)
        total = f"{len(self.done)} decided now, {left} to go"
        return page.Head(f"{self.title} · {page.STAGES[item[1]]} · {self.name}", total)

    def _show(self, item: Item) -> int:
        citation = self.screening.by_id[item[0]]
        if not self.keys.single:
            typer.echo("\n" + page.in_lines(citation, self._said(item)))
            return 1
        return self._draw(item, page.body(citation, self.highlight, self._said(item)), page.KEYS)

    def _draw(self, item: Item, parts: Sequence[Text], foot: str) -> int:
        told = [self.message] if self.message else []
        told += [f"note: {self.note}"] if self.note else []
        return page.draw(self.console, self._head(item), parts, self.sheet, "\n".join((*told, foot)))

    def _press(self, item: Item, key: str, pages: int) -> bool:
        """What a key does; False where it ends the session."""
        key = key if len(key) > 1 else key.casefold()
        if key in ("q", CLOSED):
            return False
        if key in WORDS:
            self._decide(item, WORDS[key])
        elif key in _PAGES and pages > 1:
            self.sheet += _PAGES[key]
        elif key in (handlers := self._handlers()):
            handlers[key](item)
        elif key not in (RESIZED, ESCAPE, BACKSPACE, ENTER, "unknown", *_PAGES):
            self._say(f"{key[:20]!r} is no key here: ? tells all of them")
        return True

    def _handlers(self) -> dict[str, Callable[[Item], None]]:
        return {
            "b": self._back,
            "s": self._skip,
            "x": self._take_back,
            "n": self._type_note,
            "o": self._address,
            "?": self._help,
        }

    def _say(self, text: str) -> None:
        self.message = text
        if not self.keys.single:
            typer.echo(f"  {text}")

    def _decide(self, item: Item, word: Word) -> None:
        reason: str | None = None
        if word == "exclude" or (word == "unsure" and item[1] == "full_text"):
            asked = self._reason(item, word)
            if asked is None:
                return
            reason = asked or None
        known = self._decision(item)
        notes = self.note or (known.notes if known else None)
        made = Decision(*item, word, reason, date.today().isoformat(), notes)
        self._keep(item, made)
        self._forward()
        self._say(f"{item[0]}: {word}{f', {reason}' if reason else ''}")

    def _keep(self, item: Item, made: Decision | None) -> None:
        """Write a decision, or take it back; the tables follow where something is settled by it."""
        before = self.screening
        if made is None:
            decisions = self.files.take_back(self.name, *item)
            self.done.pop(item, None)
        else:
            decisions = self.files.record(self.name, [made])
            self.done[item] = None
        others = Screening(before.citations, self.files.screened(), before.needed, before.tabled)
        self.screening = others.with_file(self.name, decisions)
        write_final(self.review, before, self.screening, [item[0]])

    def _reason(self, item: Item, word: Word) -> str | None:
        """A code of the review's words, empty where none is given; None where the screener goes back."""
        needed = item[1] == "full_text"
        if not self.reasons:
            return self._free_reason(needed)
        self.message, self.sheet, citation = "", 0, self.screening.by_id[item[0]]
        codes = page.offered(self.reasons, item[1])
        if not self.keys.single:
            typer.echo(f"  {page.QUESTIONS[word]} A number; ? lists the reasons")
        while True:
            key = self._turned(item, page.reasons_body(citation, self.reasons, item[1], word), "")
            if key in (ESCAPE, BACKSPACE, CLOSED):
                self.sheet = 0
                return None
            if key == ENTER and not needed:
                return ""
            if found := codes.get(key) or codes.get(key.casefold()) or (key if key in codes.values() else None):
                return found
            if key == "?" and not self.keys.single:
                typer.echo("\n".join(f"  {line}" for line in page.reason_lines(self.reasons, item[1])))
            elif key not in _PAGES:
                self._say(_refused(key, self.reasons, needed))

    def _free_reason(self, needed: bool) -> str | None:
        """A reason in words, where the review declares none."""
        while True:
            typed = self.keys.text("reason: ")
            if typed or typed is None or not needed:
                return typed

    def _forward(self) -> None:
        self.at, self.sheet, self.note, self.message = self.at + 1, 0, None, ""

    def _back(self, _item: Item) -> None:
        if self.at == 0:
            self._say("this is the first")
            return
        if self.at == len(self.trail) - 1 and self._decision(self.trail[-1]) is None:
            self.trail.pop()
        self.at, self.sheet, self.note, self.message = self.at - 1, 0, None, ""

    def _skip(self, item: Item) -> None:
        if self._decision(item) is None:
            self.skipped.add(item)
        self._forward()

    def _take_back(self, item: Item) -> None:
        if self._decision(item) is None:
            self._say("nothing is decided on it")
            return
        self._keep(item, None)
        self._say(f"{item[0]}: taken back")

    def _type_note(self, item: Item) -> None:
        known = self._decision(item)
        typed = self.keys.text("note: ", self.note or (known.notes if known else None) or "")
        if typed is None:
            return
        if known is None:
            self.note = typed or None
        else:
            self._keep(item, Decision(*item, known.decision, known.reason, known.date, typed or None))
        self._say("noted")

    def _address(self, item: Item) -> None:
        record = self.screening.by_id[item[0]].record
        pubmed = f"https://pubmed.ncbi.nlm.nih.gov/{record.pmid}/" if record.pmid else None
        self._say((f"https://doi.org/{record.doi}" if record.doi else record.url or pubmed) or "no address is known")

    def _help(self, item: Item) -> None:
        if not self.keys.single:
            typer.echo(page.HELP)
            return
        self.sheet = 0
        self._turned(item, page.help_body(), "any other key: back")
        self.sheet = 0

    def _turned(self, item: Item, parts: Sequence[Text], foot: str) -> str:
        """The next key that turns no page, while these parts are shown where there is a terminal."""
        while True:
            pages = self._draw(item, parts, foot) if self.keys.single else 1
            key = self.keys.key()
            if key in _PAGES and pages > 1:
                self.sheet += _PAGES[key]
            elif key != RESIZED:
                return key


def _refused(key: str, reasons: Mapping[str, str], needed: bool) -> str:
    """Why what was typed is no reason, and what is."""
    other = "or escape to go back" if needed else "Enter for none, or escape to go back"
    told = "give the number of a reason, " + other
    if key in reasons:
        return f"{key} is a reason of reports that were sought, at full text: {told}"
    return f"{key[:40]!r} is no reason of the review: {told}" if len(key) > 1 and key != ENTER else told
