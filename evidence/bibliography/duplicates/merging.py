"""One record of several of one paper: the best of each field, and nothing lost."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from ..record import Record
from .essence import doi_of
from .folding import mended
from .names import names_of
from .places import journal_of, meeting, pages_of, preprint_doi, preprints

#: Between the parts of a field that holds those of several records.
SEPARATOR = "; "
#: Fields that belong together: those of the published version are not mixed with those of a preprint.
_PUBLICATION = ("year", "journal", "volume", "issue", "pages", "doi")
_PLACE = ("journal", "volume", "issue", "pages", "doi", "pmid")
#: Kinds that say less than any other, from the least on.
_VAGUE = (None, "other", "website", "preprint", "conference")


def merge(records: Sequence[Record]) -> Record:
    """One record that says what all of them say; where they differ, what the most complete published one says.

    Title, authors and abstract are the most complete ones, keywords and identifiers those of all; ``database``,
    ``accession``, ``issn`` and ``other`` keep the values of every record, ``raw`` their texts. Line and place in a file
    are those of the first. The order of the records decides nothing but the order in which values stand.

    Raises:
        ValueError: there is no record.
    """
    if not records:
        raise ValueError("no record to merge")
    if len(records) == 1:
        return records[0]
    ranked = sorted(records, key=_completeness, reverse=True)
    values: dict[str, Any] = {name: _first(ranked, name) for name in _PUBLICATION}
    values |= {name: _first(ranked, name) for name in ("pmid", "pmcid", "language", "url")}
    values["journal"] = _longest_form(values["journal"], (one.journal for one in ranked), journal_of)
    values["pages"] = _longest_form(values["pages"], (one.pages for one in ranked), pages_of)
    values["doi"] = doi_of(values["doi"]) or values["doi"]
    first = records[0]
    return Record(
        kind=max((one.kind for one in records), key=_kind),
        title=max((one.title for one in records if one.title), key=_title, default=None),
        authors=max((one.authors for one in records), key=_authors),
        keywords=tuple(_distinct(word for one in records for word in one.keywords)),
        abstract=max(
            (one.abstract for one in records if one.abstract), key=lambda text: (len(text), text), default=None
        ),
        issn=_all(records, "issn"),
        accession=_all(records, "accession"),
        database=_all(records, "database"),
        other=_others(records),
        raw="\n\n".join(dict.fromkeys(one.raw for one in records if one.raw)),
        line=first.line,
        start=first.start,
        end=first.end,
        **values,
    )


def _completeness(record: Record) -> tuple[bool, int, bool, int, str]:
    """Published before preprint, a journal before a meeting, most of its place known, the latest."""
    preprint = record.kind == "preprint" or preprints(record.journal) or preprint_doi(doi_of(record.doi))
    told = sum(getattr(record, name) is not None for name in _PLACE)
    text = "\n".join(str(getattr(record, name)) for name in _PUBLICATION)
    return not preprint, told, not meeting(record.journal), record.year or 0, text


def _first(ranked: Sequence[Record], name: str) -> Any:
    return next((value for one in ranked if (value := getattr(one, name)) is not None), None)


def _longest_form(chosen: str | None, forms: Iterable[str | None], read: Callable[[str | None], Any]) -> str | None:
    """Of the writings of what was chosen the fullest: 221-228 of 221-8; a name is never mixed with another."""
    if chosen is None:
        return None
    same = [form for form in forms if form is not None and read(form) == read(chosen)]
    return max([chosen, *same], key=lambda form: (not form.isupper(), len(form), form))


def _kind(kind: str | None) -> tuple[int, str]:
    return (_VAGUE.index(kind) if kind in _VAGUE else len(_VAGUE), kind or "")


def _title(title: str) -> tuple[bool, bool, bool, int, str]:
    """Neither in capitals nor marked up nor garbled, and then the longest."""
    plain_text = not ("<" in title and ">" in title) and not title.startswith("[") and "\ufffd" not in title
    return mended(title) == title, plain_text, not title.isupper(), len(title), title


def _authors(authors: tuple[str, ...]) -> tuple[int, bool, int, int, tuple[str, ...]]:
    """The longest list, well read, one name in each place, with the fullest names."""
    text = "".join(authors)
    return len(names_of(authors)), mended(text) == text, len(authors), len(text), authors


def _all(records: Sequence[Record], name: str) -> str | None:
    parts = (part for one in records for part in (getattr(one, name) or "").split(SEPARATOR) if part)
    return SEPARATOR.join(_distinct(parts)) or None


def _distinct(values: Iterable[str]) -> Iterable[str]:
    """Each once, in whatever case, as it stands there first."""
    found: dict[str, str] = {}
    for value in values:
        found.setdefault(value.casefold(), value)
    return found.values()


def _others(records: Sequence[Record]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for one in records:
        for tag, values in one.other.items():
            found.setdefault(tag, {}).update(dict.fromkeys(values))
    return {tag: tuple(values) for tag, values in found.items()}
