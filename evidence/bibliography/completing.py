"""Numbers of a record that stand in its address or in another of its parts, found alike for every format."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import unquote

from .cleaning import doi, pmcid, pmid, text_of
from .record import Record

#: Databases whose numbers are PubMed's.
PUBMED = re.compile(r"pubmed|medline|\bnlm\b", re.IGNORECASE)
_SCOPUS_NUMBER = re.compile(r"\beid=(2-s2\.0-\d+)")
_EMBASE_NUMBER = re.compile(r"embase\S*[?&]id=(L\d{6,12})\b")
_DOI_ALONE = re.compile(r"\s*(?:doi\s*:?\s*|https?://(?:dx\.)?doi\.org/)?10\.\d{4,9}/\S+\s*", re.IGNORECASE)
_DOI_PLACE = re.compile(r"doi\.org/\S+|/doi/(?:abs/|full/|pdf/|epdf/|book/)?10\.\d{4,9}/\S+|id=doi:\S+", re.IGNORECASE)
_DOI_VIEW = re.compile(r"/(?:full|abstract|pdf|epdf|meta|full/html)$", re.IGNORECASE)
#: Collection of the number of a record -> the database's name.
_DATABASES = {
    "WOS": "Web of Science",
    "ISI": "Web of Science",
    "BCI": "BIOSIS Citation Index",
    "BIOSIS": "BIOSIS",
    "CABI": "CAB Abstracts",
    "DRCI": "Data Citation Index",
    "INSPEC": "Inspec",
    "KJD": "KCI-Korean Journal Database",
    "MEDLINE": "MEDLINE",
    "PPRN": "Preprint Citation Index",
    "PQDT": "ProQuest Dissertations & Theses Citation Index",
    "RSCI": "Russian Science Citation Index",
    "SCIELO": "SciELO Citation Index",
    "ZOOREC": "Zoological Record",
}


def completed(record: Record) -> Record:
    """A record with the DOI, the numbers and the database that its address and accession number tell.

    What the record says itself stays. Done twice it changes nothing.
    """
    url = first_address(record.url) if record.url else None
    accession = record.accession or (scopus_number(url) or _embase_number(url) if url else None)
    database = record.database or collection(accession)
    return replace(
        record,
        url=url,
        doi=record.doi or doi_alone(accession or "") or (doi_of_address(url) if url else None),
        pmid=record.pmid or _pmid(accession, database) or (pmid_of_address(url) if url else None),
        pmcid=record.pmcid or pmcid(accession) or pmcid(url),
        accession=accession,
        database=database,
    )


def numbered(record: Record, own: str) -> Record:
    """A record with the number that its file gives it, where it has none of a database: whoever made the file knows it.

    A number that would be taken for one of PubMed when the record is read again is left out.
    """
    if record.accession:
        return record
    found = replace(record, accession=text_of(own))
    return found if completed(found) == found else record


def _pmid(accession: str | None, database: str | None) -> str | None:
    """PubMed's number in an accession number that says so, or that PubMed or MEDLINE gave."""
    if not accession or (database and not PUBMED.search(database)):
        return None
    if "pm" in accession.lower() and (found := pmid(accession)):
        return found
    return pmid(accession) if database and "embase" not in database.casefold() else None


def first_address(value: str) -> str | None:
    """The first of several addresses that stand in one value."""
    return text_of(re.split(r"[;\s]\s*(?=(?:https?:)?//)", value.strip())[0])


def pmid_of_address(value: str) -> str | None:
    """PubMed's number in an address of it."""
    return pmid(value) if "/" in value and "/pmc/" not in value.lower() else None


def doi_alone(value: str) -> str | None:
    """The DOI of a value that holds nothing else."""
    return doi(value) if _DOI_ALONE.fullmatch(value) else None


def doi_of_address(value: str) -> str | None:
    """The DOI in an address of doi.org, of a publisher, or of a library's link resolver."""
    place = _DOI_PLACE.search(unquote(value) if "id=doi:" in value.casefold() else value)
    if place is None:
        return None
    name = re.split(r"&\w+=", place[0])[0]
    found = doi(f"https://doi.org/{name[name.index('10.') :]}") if "10." in name else doi(name)
    return _DOI_VIEW.sub("", found) if found else None


def scopus_number(value: str) -> str | None:
    """Scopus' number in an address of it."""
    found = _SCOPUS_NUMBER.search(value)
    return found[1] if found else None


def _embase_number(value: str) -> str | None:
    found = _EMBASE_NUMBER.search(value)
    return found[1] if found else None


def collection(accession: str | None) -> str | None:
    """The database of the Web of Science that a number of a record (``WOS:000...``) belongs to."""
    name, mark, _ = (accession or "").partition(":")
    return _DATABASES.get(name) if mark else None
