"""References and citations as a style prints them, by citeproc-py, as runs of text that need no escaping yet."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from ..bibliography.reading import Reference
from ..errors import DataError, EvidenceError, Problem
from .blocks import Emphasis, Link, Run, Strong, Text, plain, text
from .citation_style import CitationStyle, own_style
from .citeproc_parts import LetteredYear, Marks, any_case, with_number
from .csl_json import (
    BOLD,
    BOLD_END,
    CITED,
    CITED_END,
    END,
    ITALIC,
    ITALIC_END,
    LESS,
    LINK,
    LINK_END,
    MARKS,
    MORE,
    NUMBER,
    NUMBER_END,
    RAISED,
    RAISED_END,
    YEAR,
    clean,
    csl_item,
)
from .references import DOI, Entry

Cluster = tuple[str, ...]
_CLOSING = f'[{ITALIC_END}{BOLD_END}{RAISED_END}”’"]*'


@dataclass(frozen=True, slots=True)
class Printed:
    """What a style makes of the citations of a document.

    Attributes:
        entries: The references in the order of their list.
        citations: Keys that are cited together -> what stands in the text, with a link to each reference.
        numbered: Whether the list has numbers.
    """

    entries: tuple[Entry, ...] = ()
    citations: Mapping[Cluster, Text] = field(default_factory=dict)
    numbered: bool = True


def print_references(clusters: Sequence[Cluster], sources: Mapping[str, Reference], style: CitationStyle) -> Printed:
    """The list of references and the citations.

    Args:
        clusters: Keys cited together, in reading order, with repeats.
        sources: Every reference by key.
        style: How they are printed.

    Raises:
        KeyError: a key is cited that has no reference.
        DataError: the style can't be printed.
    """
    keys = tuple(dict.fromkeys(key for cluster in clusters for key in cluster))
    if not keys:
        return Printed(numbered=style.numbered)
    chosen = [sources[key] for key in keys]
    try:
        with warnings.catch_warnings(), any_case():
            warnings.simplefilter("ignore")
            return _Press(keys, chosen, style).printed(tuple(dict.fromkeys(clusters)))
    except EvidenceError:
        raise
    except Exception as error:  # whatever a style makes the library do: it is the style that must be changed
        message = f"the style can't be printed: {type(error).__name__}: {error}"
        mend = "choose another style, or leave csl out for our own"
        raise DataError(Problem("style-fails", message, mend, style.file)) from error


def check_style(style: CitationStyle, sources: Mapping[str, Reference]) -> None:
    """Print one reference, so that a style that can't be printed is refused before anything is computed.

    Raises:
        DataError: it can't be printed.
    """
    print_references([(key,) for key in list(sources)[:1]], sources, style)


class _Press:
    """One style with the references of one document."""

    def __init__(self, keys: Sequence[str], sources: Sequence[Reference], style: CitationStyle) -> None:
        from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle
        from citeproc.source.json import CiteProcJSON

        self.style, self.names = style, {key: f"r{i}" for i, key in enumerate(keys)}
        self.sources = {self.names[source.key]: source for source in sources}
        self.items = CiteProcJSON([csl_item(source, name) for name, source in self.sources.items()])
        self.csl = CitationStylesStyle(BytesIO(style.content), validate=False)
        self.bibliography = CitationStylesBibliography(self.csl, self.items, Marks)
        self.make_citation, self.make_item = Citation, CitationItem
        for name in self.sources:
            self.bibliography.register(Citation([CitationItem(name)]))
        self.bibliography.sort()
        self.more = str(self.csl.root.get_single_term("et-al")).strip() or "et al."
        self.joins = str(self.csl.root.get_single_term("and")).strip() or "and"

    def printed(self, clusters: Sequence[Cluster]) -> Printed:
        """Everything, years told apart first where the style does that."""
        if self.csl.root.citation.get("disambiguate-add-year-suffix") == "true":
            self._tell_years_apart()
        by_name = {name: key for key, name in self.names.items()}
        entries = tuple(Entry(by_name[item.key], self._entry(item)) for item in self.bibliography.items)
        return Printed(entries, {cluster: self._citation(cluster) for cluster in clusters}, self.style.numbered)

    def _cite(self, names: Sequence[str]) -> str:
        cited = [self.make_item(n, prefix=f"{CITED}{n[1:]}{CITED}", suffix=CITED_END) for n in names]
        citation = self.make_citation(cited)
        self.bibliography.register(citation)
        return str(self.csl.render_citation(citation, [], lambda item: None) or "")

    def _tell_years_apart(self) -> None:
        """Letters for references that the text would name alike, in the order of the list."""
        alike: dict[str, list[str]] = {}
        for name in self.bibliography.keys:
            printed = re.sub(f"{CITED}\\d+{CITED}", "", self._cite([name]))
            alike.setdefault(self._bare(printed), []).append(name)
        own = bool(self.csl.root.xpath_search("//cs:text[@variable='year-suffix']"))
        for names in alike.values():
            for i, name in enumerate(names if len(names) > 1 else ()):
                self._letter(self.items[name], _letters(i), own)

    def _letter(self, item: Any, letter: str, own: bool) -> None:
        """Give it its letter: in the variable that the style prints, else behind the year."""
        date = item["issued"]
        if own:
            item["year_suffix"] = letter if "year" in date else f"-{letter}"
        elif "year" in date:
            date["year"] = LetteredYear(date["year"], letter)
        else:
            date["text"] = f"{date['text']}-{letter}"

    def _citation(self, cluster: Cluster) -> Text:
        """What stands in the text; a number that a style raises stands in brackets, where it can't be misread."""
        raw = self._cite([self.names[key] for key in dict.fromkeys(cluster)])
        numbers = {name: i for i, name in enumerate(self.bibliography.keys, start=1)}
        runs: list[Run] = []
        parts = re.split(f"{CITED}(\\d+){CITED}(.*?){CITED_END}", raw, flags=re.DOTALL)
        for between, index, words in zip(parts[::3], [*parts[1::3], None], [*parts[2::3], None], strict=True):
            runs.append(self._bare(between))
            if index is not None and words is not None:
                runs.append(Link(self._bare(words), f"#ref-{numbers[f'r{index}']}"))
        links = [run for run in runs if isinstance(run, Link)]
        if self.style.numbered and RAISED in raw and not re.search(r"[\[(]", raw):
            runs = ["[", *[part for link in links for part in (", ", link)][1:], "]"]
        if len(links) < len(set(cluster)) or any(not link.text.strip() for link in links):
            message = "the style prints nothing in the text for one of the references"
            raise DataError(Problem("style-fails", message, "choose another style", self.style.file))
        return text(*runs)

    def _entry(self, item: Any) -> Text:
        source = self.sources[item.key]
        raw = "".join(map(str, self.csl.render_bibliography([with_number(item)])))
        raw = re.sub(f"^[^{NUMBER}]{{0,3}}{NUMBER}\\d+{NUMBER_END}[^\\w{ITALIC}{BOLD}{RAISED}{LINK}“‘(\\[]*", "", raw)
        raw = self._tidy(raw).strip()
        if not self._bare(raw):
            # A style may have nothing for a kind of reference: it is printed in ours rather than not at all.
            return print_references([(source.key,)], {source.key: source}, own_style()).entries[0].text
        runs = _runs(raw if source.year else _said_once(raw), source)
        note = clean(source.fields.get("note", "")).replace(LESS, "<")
        if note and note.rstrip(".") not in plain(runs):
            runs = text(*runs, f" {note.rstrip('.')}.")
        return runs

    def _tidy(self, raw: str) -> str:
        """The authors that are not named as the style says it, and no second full stop after one."""
        joins = f"(?:(?:{re.escape(self.joins)}|&)\\s+)?"
        raw = re.sub(f"{joins}{MORE}(\\.?)", lambda found: self.more + ("" if self.more[-1:] == "." else found[1]), raw)
        raw = re.sub(f"([.!?])({END}{_CLOSING})\\.", r"\1\2", raw)
        raw = re.sub(f"([,;:])({END}{_CLOSING})\\1", r"\1\2", raw)
        # An initial, or et al., with the full stop of the style behind its own.
        raw = re.sub(f"((?:\\b\\w|\\bal)\\.{_CLOSING})\\.(?!\\.)", r"\1", raw)
        return raw.replace(END, "")

    def _bare(self, raw: str) -> str:
        words = re.sub(f"[{NUMBER}{NUMBER_END}]", "", self._tidy(raw)).replace(LESS, "<")
        return re.sub(MARKS, "", words)


def _letters(i: int) -> str:
    """``a`` to ``z``, then ``aa``."""
    return (_letters(i // 26 - 1) if i >= 26 else "") + chr(ord("a") + i % 26)


def _said_once(raw: str) -> str:
    """An entry that says once that the year was not seen: a style prints year and day apart, and would say it twice."""
    unseen = f"{re.escape(YEAR)}(?:-[a-z]+(?![a-z]))?"
    head, *rest = re.split(f"(?<={re.escape(YEAR)})", raw, maxsplit=1)
    return head + re.sub(f"[\\s,.;]*{unseen}", "", rest[0]) if rest else raw


def _runs(raw: str, source: Reference) -> Text:
    """Marks as runs: bold before italic where both are on, addresses as links."""
    return text(*_merged(_pieces(raw, source)))


def _pieces(raw: str, source: Reference) -> Iterator[Run]:
    address = f"((?:https?://(?:dx\\.)?doi\\.org/|doi:\\s?)?{LINK}[^{LINK_END}]*{LINK_END})"
    italic = bold = 0
    for part in re.split(f"{address}|([{ITALIC}{ITALIC_END}{BOLD}{BOLD_END}])", raw):
        if not part:
            continue
        if part in (ITALIC, ITALIC_END):
            italic += 1 if part == ITALIC else -1
        elif part in (BOLD, BOLD_END):
            bold += 1 if part == BOLD else -1
        elif LINK in part:
            words = re.sub(MARKS, "", part.replace(LESS, "<"))
            is_doi = bool(source.doi) and words.endswith(source.doi or "") and words != source.url
            yield Link(words, DOI + str(source.doi) if is_doi else str(source.url))
        else:
            words = re.sub(MARKS, "", part.replace(LESS, "<"))
            yield from _dressed(words, Strong if bold else Emphasis) if bold or italic else (words,)


def _dressed(words: str, kind: type[Strong | Emphasis]) -> Iterator[Run]:
    """The words in their dress, the spaces around them without."""
    inner = words.strip()
    before, _, after = words.partition(inner) if inner else (words, "", "")
    yield from (run for run in (before, kind(inner) if inner else "", after) if run)


def _merged(runs: Iterator[Run]) -> Iterator[Run]:
    """Plain words that follow each other as one run."""
    waiting = ""
    for run in runs:
        if isinstance(run, str):
            waiting += run
            continue
        if waiting:
            yield waiting
            waiting = ""
        yield run
    if waiting:
        yield waiting
