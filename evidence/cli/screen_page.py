"""One citation as a page of the terminal: wrapped to its width, cut to its height."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from string import ascii_lowercase, ascii_uppercase
from textwrap import fill
from typing import TYPE_CHECKING

from ..bibliography.citations import Citation
from ..bibliography.screening import Decision, Stage, Word
from ..bibliography.streams import NOT_RETRIEVED
from .keys import window_size

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

STAGES: Mapping[Stage, str] = {"title_abstract": "title and abstract", "full_text": "full text"}
#: Longest line of running text: longer ones are hard to follow.
_WIDEST = 100
#: Authors shown of a long list.
_AUTHORS = 8
#: What a reason is asked for.
QUESTIONS: Mapping[Word, str] = {
    "exclude": "Why is it not included?",
    "unsure": "It awaits classification: what keeps it from being included or excluded?",
}
#: Marks of reasons, in order.
MARKS = "123456789" + ascii_lowercase + ascii_uppercase

KEYS = "[i]nclude  [e]xclude  [u]nsure  [b]ack  [n]ote  [o]pen  [?] help  [q]uit"
HELP = """i  include: at title and abstract, wanted in full
e  exclude, then the number of the reason; at title and abstract Enter gives none
u  unsure: at title and abstract it is read in full; at full text it awaits classification, and the number of a
   reason says what is missing: a word such as unclear, declared under [vocabulary.screening.reason]
b  back to the one before, whose decision can be changed
s  skip: leave it as it is and go on
x  take the decision back
n  note beside the decision
o  the address of the report
space, arrows  further pages
q  quit: everything is saved after every key

Each decision is in records/screened/ as soon as it is made."""


@dataclass(frozen=True, slots=True)
class Head:
    """What stands at the top: what is screened, and how far it is."""

    left: str
    right: str


def body(citation: Citation, highlight: Sequence[str], said: Mapping[str, Decision]) -> list[Text]:
    """The parts of a citation, from its title to its abstract, before they are wrapped.

    Args:
        highlight: Words to mark. said: Name -> decision, shown below the title: one's own, or in a conflict all.
    """
    from rich.text import Text

    record = citation.record
    parts = [_marked(record.title or "[no title]", highlight, "bold")]
    parts += [Text(f"{name}: {_told(one)}", "bold") for name, one in said.items()]
    names = [*record.authors[:_AUTHORS], *(["and others"] if len(record.authors) > _AUTHORS else [])]
    parts.append(Text("; ".join(names) or "[no authors]"))
    parts.append(Text(_place(citation) or "[no journal, no year]"))
    numbers = [citation.report_id, record.doi, record.pmid and f"PMID {record.pmid}", record.pmcid]
    found = "; ".join(citation.sources)
    parts.append(Text(" · ".join(filter(None, (*numbers, found))), "dim"))
    parts.append(Text(""))
    for piece in re.split(r"\n+", record.abstract or "[no abstract in the record]"):
        parts.append(_marked(piece, highlight, ""))
    if record.keywords:
        parts += [Text(""), _marked("; ".join(record.keywords), highlight, "dim")]
    return parts


def _place(citation: Citation) -> str:
    record = citation.record
    volume = f"{record.volume or ''}{f'({record.issue})' if record.issue else ''}"
    numbers = ":".join(filter(None, (volume, record.pages)))
    kind = record.kind if record.kind not in (None, "article", "other") else None
    parts = (record.journal, str(record.year) if record.year else None, numbers, record.language, kind)
    return " · ".join(filter(None, parts))


def _told(decision: Decision) -> str:
    text = decision.decision + (f", {decision.reason}" if decision.reason else "")
    return f"{text} ({decision.notes})" if decision.notes else text


def _marked(text: str, words: Sequence[str], style: str) -> Text:
    from rich.text import Text

    marked = Text(text, style)
    if words:
        marked.highlight_regex(re.compile("|".join(re.escape(word) for word in words), re.IGNORECASE), "bold underline")
    return marked


def offered(reasons: Mapping[str, str], stage: Stage) -> dict[str, str]:
    """Mark -> code of the reasons of a stage; a mark is the same at both, and no report was sought at the first."""
    marked = zip(MARKS, reasons, strict=False)
    return {mark: code for mark, code in marked if stage == "full_text" or code != NOT_RETRIEVED}


def reason_lines(reasons: Mapping[str, str], stage: Stage) -> list[str]:
    """The reasons of a stage with their marks and meanings."""
    marked = offered(reasons, stage).items()
    meanings = ((mark, code.replace("_", " "), reasons[code]) for mark, code in marked)
    return [f"{mark}  {code}{f': {meaning}' if meaning else ''}" for mark, code, meaning in meanings]


def reasons_body(citation: Citation, reasons: Mapping[str, str], stage: Stage, word: Word) -> list[Text]:
    """The reasons with their marks, below the title that they are about."""
    from rich.text import Text

    title = citation.record.title or "[no title]"
    lines = [Text(title, "bold"), Text(""), Text(QUESTIONS[word]), Text("")]
    lines += [Text(line) for line in reason_lines(reasons, stage)]
    lines += [Text(""), Text("Escape: back" if stage == "full_text" else "Enter: no reason  Escape: back", "dim")]
    return lines


def help_body() -> list[Text]:
    """What each key does."""
    from rich.text import Text

    return [Text(line) for line in HELP.split("\n")]


def draw(console: Console, head: Head, parts: Sequence[Text], page: int, foot: str) -> int:
    """Draw a page over the whole window.

    Returns:
        The number of pages that the parts take.
    """
    from rich.console import ConsoleDimensions
    from rich.text import Text

    console.size = ConsoleDimensions(*window_size())
    width, height = console.size
    room = min(width, _WIDEST)
    lines = [line for part in parts for line in (part.wrap(console, room) if part.plain else [part])]
    top = _top(head, width)
    below = list(Text(foot, "dim").wrap(console, width))
    free = max(1, height - len(top) - len(below) - 1)
    pages = max(1, -(-len(lines) // free))
    shown = lines[page % pages * free :][:free]
    more = Text(f"page {page % pages + 1} of {pages}: space".rjust(room) if pages > 1 else "", "dim")
    console.clear()
    blank = [Text("")] * (free - len(shown))
    for i, line in enumerate([*top, *shown, *blank, more, *below]):
        console.print(line, end="\n" if i < len(top) + free + len(below) else "", overflow="crop", no_wrap=True)
    return pages


def _top(head: Head, width: int) -> list[Text]:
    """The head in one line, or in two where the window is narrow; a rule below."""
    from rich.text import Text

    gap = width - len(head.left) - len(head.right)
    if gap >= 2:
        lines = [Text(head.left + " " * gap + head.right, "bold")]
    else:
        lines = [Text(head.left[:width], "bold"), Text(head.right[:width], "bold")]
    return [*lines, Text("─" * width, "dim")]


def in_lines(citation: Citation, said: Mapping[str, Decision]) -> str:
    """A citation in a few lines with its abstract, for a reader without a terminal."""
    record = citation.record
    lines = [f"{citation.report_id}: {record.title or '[no title]'}"]
    lines += [f"  {name}: {_told(one)}" for name, one in said.items()]
    place = " · ".join(filter(None, ("; ".join(record.authors[:_AUTHORS]), _place(citation), record.doi)))
    lines.append(f"  {place}" if place else "  [nothing else is known of it]")
    for piece in re.split(r"\n+", record.abstract or "[no abstract in the record]"):
        lines.append(fill(piece, _WIDEST, initial_indent="  ", subsequent_indent="  "))
    return "\n".join(lines)


def start_in_lines(reasons: Mapping[str, str], stages: Collection[Stage]) -> str:
    """What a reader without a terminal is told once: the keys, and the reasons of the stages."""
    lines = [KEYS]
    if reasons:
        stage: Stage = "full_text" if "full_text" in stages else "title_abstract"
        lines += ["reasons:", *(f"  {line}" for line in reason_lines(reasons, stage))]
    return "\n".join(lines)
