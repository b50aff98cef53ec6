"""BibTeX and BibLaTeX: of reference managers, Scopus, Web of Science, publishers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from ...characters import unseen
from ...errors import Problem
from .. import cleaning
from ..bibtex_entries import ASIDE, Entry, Remark, entries
from ..bibtex_names import OTHERS, names, separate
from ..completing import completed
from ..latex import decode, decode_address
from ..reading import SYNTAX
from ..record import Batch, Format, Record
from ..tagged import unusable, usable

#: Entry type -> kind; anything else is ``other``.
KIND_OF: Mapping[str, str] = {
    "article": "article",
    "suppperiodical": "article",
    "review": "article",
    **dict.fromkeys(("book", "mvbook", "collection", "mvcollection", "booklet", "reference", "mvreference"), "book"),
    **dict.fromkeys(("inbook", "incollection", "bookinbook", "suppbook", "suppcollection", "inreference"), "chapter"),
    **dict.fromkeys(("inproceedings", "conference", "proceedings", "mvproceedings"), "conference"),
    **dict.fromkeys(("phdthesis", "mastersthesis", "thesis"), "thesis"),
    **dict.fromkeys(("techreport", "report", "manual"), "report"),
    **dict.fromkeys(("online", "electronic", "www", "webpage"), "website"),
    "dataset": "dataset",
}
#: Field that says the kind of an entry whose type has no word for it, and the word for a kind that is not known.
SUBTYPE, NO_KIND = "entrysubtype", "unspecified"
#: Part of a record -> the fields that hold it, the first that is filled counts.
FIELDS: Mapping[str, tuple[str, ...]] = {
    "journal": ("journal", "journaltitle", "booktitle", "maintitle"),
    "volume": ("volume",),
    "issue": ("number", "issue"),
    "pages": ("pages", "page", "eid", "articleno", "article-number", "article_number"),
    "language": ("language", "langid"),
    "url": ("url", "link", "links"),
    "abstract": ("abstract",),
    "accession": ("accession", "unique-id", "accession-number", "accession_number"),
    "database": ("database", "source"),
}
_AUTHORS = ("author", "authors")
_KEYWORDS = ("keywords", "keyword", "author_keywords")
_SERIALS = ("issn", "isbn", "eissn")
_PMID = ("pmid", "pubmedid", "pubmed_id", "medline")
_PMCID = ("pmcid", "pmc")
_NOTED_PMID = re.compile(r"\bPMID:?\s*(\d{1,8})\b")
#: What a part takes of the book that it stands in, where it doesn't say it itself.
_INHERITED = (
    "author",
    "year",
    "date",
    "volume",
    "publisher",
    "editor",
    "language",
    "issn",
    "isbn",
    "booktitle",
    "series",
)
_STARTS = re.compile(
    r"^[ \t]*@(?P<type>[A-Za-z]\w*)[ \t]*[{(]\s*(?P<key>[^\s,{}()\"=]*(?:[ \t][^\s,{}()\"=]+)*)\s*[,})]", re.M
)


def fits(text: str) -> bool:
    """Whether an entry, or an abbreviation or comment of BibTeX, starts a line of the text."""
    head = text[:200_000]
    return bool(_STARTS.search(head) or re.search(rf"^[ \t]*@(?:{'|'.join(ASIDE[:3])})[ \t]*[{{(]", head, re.M | re.I))


def read(text: str, file: str) -> Batch:
    """The records of a BibTeX text."""
    found, remarks = entries(text)
    known = _by_key(found)
    records, reported, problems = [], [], [*_of_remarks(remarks, file)]
    seen: dict[str, int] = {}
    for entry in found:
        if entry.broken is not None:
            message = f"the entry can't be read: {entry.broken!r}"
            reported.append(Problem("broken-entry", message, SYNTAX, file, entry.line))
            continue
        record = completed(_record(entry, _Fields(entry, known), text))
        problems += _of_entry(entry, seen, file)
        if usable(record):
            records.append(record)
        else:
            reported.append(unusable(record.raw, file, entry.line))
    problems += _warned(unseen(text, file))
    ordered = sorted(problems, key=lambda problem: problem.line or 0)
    return Batch(len(found), tuple(records), tuple(reported), tuple(ordered))


FORMAT = Format("bibtex", "BibTeX", fits, read)


class _Fields:
    """The fields of an entry with those of the book it stands in."""

    __slots__ = ("entry", "known", "own")

    def __init__(self, entry: Entry, known: Mapping[str, Entry]) -> None:
        self.entry, self.known = entry, known
        self.own: dict[str, list[str]] = {}
        for name, value in entry.fields:
            self.own.setdefault(name, []).append(value)

    def first(self, names: Iterable[str]) -> str:
        """The first filled of these fields, as LaTeX; "" where none is."""
        return next((value for value in self.all(names) if value.strip()), "")

    def all(self, names: Iterable[str]) -> list[str]:
        """The values of these fields, in the order of the names."""
        if "crossref" not in self.own and "xref" not in self.own:
            return [value for name in names for value in self.own.get(name, ())]
        return [value for name in names for value in self.own.get(name) or self._inherited(name)]

    def _inherited(self, name: str) -> list[str]:
        for parent in self._parents("crossref"):
            if name in _INHERITED and (found := [value for key, value in parent.fields if key == name]):
                return found
        return [self._book()] if name == "booktitle" else []

    def _book(self) -> str:
        """Title of the nearest entry that this one stands in, named by ``crossref`` or ``xref``."""
        books = (
            dict(parent.fields).get("title", "") for link in ("crossref", "xref") for parent in self._parents(link)
        )
        return next(books, "")

    def _parents(self, link: str) -> Iterator[Entry]:
        """What the entry stands in, the nearest first; a circle ends."""
        passed, entry = {id(self.entry)}, self.entry
        while True:
            name = dict(entry.fields).get(link, "").strip()
            parent = self.known.get(name) if name else None
            if parent is None or id(parent) in passed:
                return
            passed.add(id(parent))
            yield parent
            entry = parent


def _by_key(found: Sequence[Entry]) -> dict[str, Entry]:
    """Key, or another id of it, -> entry; the first of a key counts."""
    known: dict[str, Entry] = {}
    for entry in found:
        others = dict(entry.fields).get("ids", "")
        for key in (entry.key, *(part.strip() for part in others.split(","))):
            if key:
                known.setdefault(key, entry)
    return known


def _record(entry: Entry, fields: _Fields, text: str) -> Record:
    parts = {name: _text(fields.first(where)) for name, where in FIELDS.items()}
    parts["pages"] = cleaning.pages(decode(fields.first(FIELDS["pages"])))
    parts["url"] = cleaning.text_of(decode_address(fields.first(FIELDS["url"])))
    kind = _kind(entry, fields, parts["journal"])
    return Record(
        kind=kind,
        title=_title(fields),
        authors=tuple(name for value in fields.all(_AUTHORS) for name in names(value)),
        year=cleaning.year(decode(fields.first(("year",)))) or cleaning.year(decode(fields.first(("date",)))),
        doi=cleaning.doi(decode_address(fields.first(("doi",)))),
        pmid=_pmid(fields),
        pmcid=cleaning.pmcid(decode(fields.first(_PMCID))) or _eprint(fields, "pmc", cleaning.pmcid),
        issn=cleaning.serials(decode(value) for value in fields.all(_SERIALS)),
        keywords=_keywords(fields.all(_KEYWORDS)),
        other=_other(entry),
        raw=text[entry.start : entry.end],
        line=entry.line,
        start=entry.start,
        end=entry.end,
        **parts,
    )


def _text(value: str) -> str | None:
    return cleaning.text_of(decode(value)) if value else None


def _title(fields: _Fields) -> str | None:
    title, further = _text(fields.first(("title",))), _text(fields.first(("subtitle",)))
    return f"{title}: {further}" if title and further else title or further


def _kind(entry: Entry, fields: _Fields, journal: str | None) -> str | None:
    said = fields.first((SUBTYPE,)).strip().casefold()
    if said == NO_KIND:
        return None
    if said in _WRITTEN_KINDS:
        return said
    kind = KIND_OF.get(entry.kind, "other")
    archive = decode(" ".join(fields.all(("archiveprefix", "eprinttype", "howpublished", "publisher")))).casefold()
    server = re.search(r"\b(arxiv|biorxiv|medrxiv|ssrn|preprints?|research square)\b", archive)
    return "preprint" if kind == "other" and server and not journal else kind


#: Kinds that :data:`SUBTYPE` says.
_WRITTEN_KINDS = frozenset({"preprint", "trial", "news", "other", "dataset", "website"})


def _pmid(fields: _Fields) -> str | None:
    said = cleaning.pmid(decode(fields.first(_PMID))) or _eprint(fields, "pubmed", cleaning.pmid)
    noted = _NOTED_PMID.search(" ".join(fields.all(("note", "annote", "annotation"))))
    return said or (cleaning.pmid(noted[1]) if noted else None)


def _eprint(fields: _Fields, archive: str, cleaned: object) -> str | None:
    said = fields.first(("eprinttype", "archiveprefix")).strip().casefold()
    if said not in {archive, f"{archive}id"} or not callable(cleaned):
        return None
    found = cleaned(decode(fields.first(("eprint",))))
    return found if isinstance(found, str) else None


def _keywords(values: Sequence[str]) -> tuple[str, ...]:
    """Keywords of all fields: at semicolons where there is one, else at commas."""
    texts = [decode(value) for value in values]
    return cleaning.keywords(part for text in texts for part in cleaning.keywords([text], _separator(text)))


def _separator(text: str) -> str:
    return ";" if ";" in text or ("\n" in text.strip() and "," not in text) else ","


_USED = frozenset(
    {"title", "subtitle", "year", "date", "doi", SUBTYPE, *_AUTHORS, *_KEYWORDS, *_SERIALS, *_PMID, *_PMCID}
    | {name for where in FIELDS.values() for name in where}
)


def _other(entry: Entry) -> dict[str, tuple[str, ...]]:
    """What the record has no place for: further fields, second values of a field, the key, that a list goes on."""
    other: dict[str, list[str]] = {"key": [entry.key]} if entry.key else {}
    taken: set[str] = set()
    for name, value in entry.fields:
        goes_on = name in _AUTHORS and any(part.casefold() == OTHERS for part in separate(value))
        again = name in taken and name not in (*_AUTHORS, *_KEYWORDS, *_SERIALS)
        if (name not in _USED or again or goes_on) and value.strip():
            other.setdefault(name, []).append(" ".join(decode(value).split()))
        taken.add(name)
    return {name: tuple(values) for name, values in other.items()}


def _of_entry(entry: Entry, seen: dict[str, int], file: str) -> Iterator[Problem]:
    """Warnings about an entry that was read."""
    names = [name for name, _ in entry.fields]
    twice = sorted({name for name in names if names.count(name) > 1})
    if entry.key and entry.key in seen:
        message = f"the key {entry.key!r} stands in line {seen[entry.key]} already; both records are kept"
        yield _warning("duplicate-key", message, "nothing, unless a crossref names it", file, entry.line)
    seen.setdefault(entry.key, entry.line)
    if twice:
        message = f"the entry has twice: {', '.join(twice)}; the first counts"
        yield _warning("duplicate-field", message, "keep one of each", file, entry.line)
    said = cleaning.text_of(decode_address(dict(entry.fields).get("doi", "")))
    if said and cleaning.doi(said) is None:
        yield _warning(
            "bad-doi", f"{said!r} is not a DOI; left out", "write it as 10.xxxx/...", file, entry.line, "doi"
        )


def _of_remarks(remarks: Sequence[Remark], file: str) -> Iterator[Problem]:
    for remark in remarks:
        if remark.kind == "text":
            message = f"text outside any entry is not read: {remark.text!r}"
            mend = "put it into an entry, or start the line with %"
            yield _warning("text-outside", message, mend, file, remark.line)
        elif remark.kind != "comment":
            message = f"this @{remark.kind} can't be read: {remark.text!r}"
            yield _warning(f"broken-{remark.kind}", message, "close its braces and quotes", file, remark.line)


def _warned(problems: Iterable[Problem]) -> Iterator[Problem]:
    """A character that can't be seen is left out, and fails nothing."""
    for problem in problems:
        yield _warning(problem.code, f"{problem.message}; left out", "nothing", problem.file, problem.line)


def _warning(
    code: str, message: str, mend: str, file: str | None, line: int | None, column: str | None = None
) -> Problem:
    return Problem(code, message, mend, file, line, column, severity="warning")
