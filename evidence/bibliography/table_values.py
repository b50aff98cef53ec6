"""Cells with several values, or with several parts of a record, taken apart."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from . import cleaning

_INITIALS = re.compile(r".*\S\s+(?:[^\W\d_]\.?[\s-]?){1,4}\.?(?:\s(?:Jr|Sr|2nd|3rd|I{1,3})\.?)?")
#: ``Adeli K.Lewis G. F.``, as R's tables of EndNote libraries have it: a name begins right behind an initial.
_RUN_TOGETHER = re.compile(r"(?<=\b[^\W\d_]\.)(?=[^\W\d_]['\u2019]?[^\W\d_])")
_ONLY_INITIALS = re.compile(r"(?:[^\W\d_]\.?[\s-]?){1,4}")
_ESCAPED = re.compile(r"'+[=+\-@]")
_STARTS_FORMULA = re.compile(r"'*[=+\-@]")
_ISSN = re.compile(r"[?&](?:rft\.)?issn=([\dXx-]{8,9})(?:&|$)")
_NOTED_PMID = re.compile(r"\bPMID:?\s*(\d{1,8})\b")
_NO_AUTHOR = re.compile(r"\[?No author (?:names?|ids?|found).*|\[?No author\]?", re.IGNORECASE)
#: Scopus' number of an author, behind the name.
_ID = re.compile(r"\s*\(\d{6,}\)\s*$")
_EMBASE = re.compile(
    r"(?P<journal>.+?) \((?P<year>[12]\d{3})\)(?: (?P<volume>[^\s:()]+))?(?::(?P<issue>[^\s()]+))?"
    r"(?: \((?P<pages>[^()]*\d[^()]*)\))?[.,]?(?: (?:Article Number: (?P<number>[^\s.]+)|Date of Publication|\().*)?",
    re.DOTALL,
)
_PUBMED = re.compile(r";(?P<volume>[^\s:;(]+)?(?:\((?P<issue>[^)]*)\))?:(?P<pages>[^\s.;]+)")


@dataclass(frozen=True, slots=True)
class Cited:
    """What a cell says that holds a whole citation; "" where it says nothing."""

    journal: str = ""
    year: str = ""
    volume: str = ""
    issue: str = ""
    pages: str = ""


def unescaped(cell: str) -> str:
    """A cell without the apostrophe by which :func:`escaped` kept a spreadsheet from taking it for a formula."""
    return cell[1:] if _ESCAPED.match(cell) else cell


def escaped(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: an apostrophe before ``=``, ``+``, ``-`` and ``@``."""
    return f"'{cell}" if _STARTS_FORMULA.match(cell) else cell


def joined(items: Sequence[str], read: Callable[[str], tuple[str, ...]]) -> str:
    """Several values in one cell: ``"; "`` between, and ``;`` behind one that ``read`` would take for several."""
    text = "; ".join(items)
    return f"{text};" if items and read(text) != tuple(items) else text


def people(cell: str) -> tuple[str, ...]:
    """The names of a cell: separated by semicolons, lines or ``and``, or by commas where these don't part a name."""
    return cleaning.people(_names(cell))


def _names(cell: str) -> list[str]:
    listed = _listed(cell)
    if listed is not None or _NO_AUTHOR.fullmatch(cell):
        return listed or []
    if ";" in cell or "\n" in cell:
        parts = [part for part in re.split(r"[;\n]", cell) if part.strip()]
        numbered = all(_ID.search(part) for part in parts)
        return [_ID.sub("", part) for part in parts] if numbered else parts
    run_together = _RUN_TOGETHER.split(cell)
    if len(run_together) > 1 and "," not in cell and all(_INITIALS.fullmatch(part.strip()) for part in run_together):
        return run_together
    parts = re.split(r"\s+and\s+|\s+&\s+(?=[^,]+,)", cell)
    if len(parts) > 1:
        return [name for part in parts for name in _by_commas(part)]
    return _by_commas(cell)


def _by_commas(cell: str) -> list[str]:
    parts = [part for part in (piece.strip() for piece in cell.split(",")) if part]
    if len(parts) < 2:
        return parts
    if len(parts) % 2 == 0 and all(_ONLY_INITIALS.fullmatch(part) for part in parts[1::2]):
        return [f"{family}, {given}" for family, given in zip(parts[::2], parts[1::2], strict=True)]
    if _INITIALS.fullmatch(parts[0]) or (len(parts) > 2 and all(" " in part for part in parts)):
        return parts
    return [cell]


def keywords(*cells: str) -> tuple[str, ...]:
    """The keywords of cells: separated by semicolons or lines, else by commas that are not in brackets."""
    found: list[str] = []
    for cell in cells:
        listed = _listed(cell)
        pattern = r"[;\n]" if ";" in cell or "\n" in cell else r",(?![^()]*\))"
        found += listed if listed is not None else re.split(pattern, cell)
    return cleaning.keywords(found)


def _listed(cell: str) -> list[str] | None:
    """The items of a list as Python writes it; None where the cell is none."""
    if not (cell.startswith("[") and cell.endswith("]")):
        return None
    try:
        found = ast.literal_eval(cell)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None
    return [str(item) for item in found] if isinstance(found, list) else None


def cited(source: str, citation: str) -> Cited:
    """What Embase's ``Source`` and PubMed's ``Citation`` say."""
    found = _EMBASE.fullmatch(" ".join(source.split()))
    if found:
        parts = {name: value or "" for name, value in found.groupdict().items()}
        number = parts.pop("number")
        return Cited(**{**parts, "pages": parts["pages"] or number})
    found = _PUBMED.search(citation)
    if found:
        return Cited(volume=found["volume"] or "", issue=found["issue"] or "", pages=found["pages"] or "")
    return Cited()


def resolver_issn(url: str) -> str:
    """The ISSN in the address of a link resolver; "" where there is none."""
    found = _ISSN.search(url)
    return found[1] if found else ""


def noted_pmid(note: str) -> str | None:
    """PubMed's number in a note, as Zotero keeps it: ``PMID: 123``."""
    found = _NOTED_PMID.search(note)
    return found[1] if found else None
