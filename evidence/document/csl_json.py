"""A reference as CSL-JSON, the values that a citation style prints; what was not seen is said in their place.

A style works on letters: it looks for `<` and for the ends of fields, and changes case. Characters that Unicode keeps
for use inside a program (they are never text) stand where something must be found again in what it printed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ..bibliography.reading import OTHERS, Reference

NOT_SEEN = "[not seen]"
YEAR = f"Year {NOT_SEEN}"

#: Stand for: the sign <, the end of a field, an address, the authors that are not named.
LESS, END, LINK, LINK_END, MORE = "\ufdd0", "\ufdd1", "\ufdd2", "\ufdd3", "\ufdd4"
#: What a style formats, what it cites, and its number of an entry.
ITALIC, ITALIC_END, BOLD, BOLD_END, RAISED, RAISED_END = "\ufdd5", "\ufdd6", "\ufdd7", "\ufdd8", "\ufdd9", "\ufdda"
CITED, CITED_END, NUMBER, NUMBER_END = "\ufddb", "\ufddc", "\ufddd", "\ufdde"
#: Every one of them, in a pattern.
MARKS = "[\ufdd0-\ufdef]"

#: Entry type of BibTeX -> type of CSL; of any other see :func:`_kind`.
KINDS: Mapping[str, str] = {
    "article": "article-journal",
    "inproceedings": "paper-conference",
    "conference": "paper-conference",
    "book": "book",
    "booklet": "book",
    "proceedings": "book",
    "inbook": "chapter",
    "incollection": "chapter",
    "techreport": "report",
    "report": "report",
    "manual": "report",
    "phdthesis": "thesis",
    "mastersthesis": "thesis",
    "thesis": "thesis",
    "unpublished": "manuscript",
    "dataset": "dataset",
    "software": "software",
}
#: Variable of CSL -> fields of BibTeX, the first that is there.
FIELDS: Mapping[str, tuple[str, ...]] = {
    "title-short": ("shorttitle",),
    "collection-title": ("series",),
    "publisher": ("publisher", "school", "institution", "organization"),
    "publisher-place": ("address", "location"),
    "genre": ("type",),
    "edition": ("edition",),
    "volume": ("volume",),
    "page": ("pages",),
    "note": ("note",),
    "ISBN": ("isbn",),
    "ISSN": ("issn",),
    "PMID": ("pmid",),
    "PMCID": ("pmcid",),
    "language": ("langid", "language"),
}
#: Text that may end with a full stop of its own.
PROSE = frozenset({"title-short", "collection-title", "publisher", "publisher-place", "note"})


def csl_item(source: Reference, name: str) -> dict[str, Any]:
    """The reference as an item of CSL-JSON.

    Args:
        source: The reference. name: Its id in the list.

    Returns:
        Plain values. Authors, title and year that were not seen read "Authors [not seen]" and so on; a title is not
        said to be missing where a note speaks of what was not seen.
    """
    fields = source.fields
    item: dict[str, Any] = {"id": name, "type": _kind(source)}
    for variable, names in FIELDS.items():
        if value := next((fields[field] for field in names if fields.get(field)), None):
            item[variable] = guarded(value) if variable in PROSE else clean(value)
    if source.journal:
        item["container-title"] = guarded(source.journal)
    if how := fields.get("howpublished"):
        item.setdefault("container-title" if item["type"] == "webpage" else "publisher", guarded(how))
    if "page" in item:
        item["page"] = re.sub(r"-{2,}", "-", item["page"])
    if "number" in fields:
        item["number" if item["type"] in ("report", "thesis") else "issue"] = clean(fields["number"])
    title = source.title or (None if fields.get("note") else f"Title {NOT_SEEN}")
    if title:
        item["title"] = guarded(title)
    item |= _people(source)
    item["issued"] = _date(source)
    if source.doi:
        item["DOI"] = f"{LINK}{clean(source.doi)}{LINK_END}"
    if source.url:
        item["URL"] = f"{LINK}{clean(source.url)}{LINK_END}"
    return item


def clean(value: str) -> str:
    """A value without the characters that have a meaning here."""
    return re.sub(MARKS, "\ufffd", value).replace("<", LESS)


def guarded(value: str) -> str:
    """The same with its end marked: what stands in it is never taken for punctuation of the style."""
    return clean(value) + END


def _kind(source: Reference) -> str:
    """A page where there is an address and nothing that is more than an address."""
    if source.kind in KINDS:
        return KINDS[source.kind]
    return "webpage" if source.url and not source.doi else "document"


def _people(source: Reference) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if authors := _names(source.authors):
        found["author"] = authors
    if editors := _names(tuple(re.split(r"\s+and\s+", source.fields.get("editor", "").strip()))):
        found["editor"] = editors
    return found or {"author": [{"literal": f"Authors {NOT_SEEN}"}]}


def _names(people: tuple[str, ...]) -> list[dict[str, str]]:
    named = [_name(person) for person in people if person and person.casefold() != OTHERS]
    more = any(person.casefold() == OTHERS for person in people)
    return [*named, {"literal": MORE}] if named and more else named


def _name(person: str) -> dict[str, str]:
    """``Martins, A. A.`` or ``Smith, Jr, J.`` in its parts; a name without a comma as it stands."""
    parts = [clean(part.strip()) for part in person.split(",")]
    match [part for part in parts if part]:
        case [family, given]:
            return {"family": family, "given": given}
        case [family, suffix, *given]:
            return {"family": family, "given": " ".join(given), "suffix": suffix}
    return {"literal": clean(person)}


def _date(source: Reference) -> dict[str, Any]:
    year = source.year or YEAR
    if not re.fullmatch(r"[1-9]\d{3}", year):
        return {"literal": clean(year)}
    rest = re.fullmatch(r"\d{4}-(\d{2})(?:-(\d{2}))?", source.fields.get("date", ""))
    parts = [part for part in rest.groups() if part] if rest else []
    return {"date-parts": [[int(year), *map(int, parts)]]}
