"""Records of trial registers: the number of the trial, wherever a database writes it."""

from __future__ import annotations

import re

from ..record import Record

#: A register that is known to hold the record, though not the number of the trial.
UNKNOWN = "unknown"

_NUMBER = re.compile(
    r"nct\d{8}|isrctn\d{8}|euctr\d{4}-\d{6}-\d{2}(?:-[a-z]{2})?|\d{4}-\d{6}-\d{2}(?=-[a-z]{2}\b)|actrn\d{14}"
    r"|chictr-?[a-z]*-?\d{8,10}|ctri/?\d{4}/\d{2,3}/\d{6}|drks\d{8}|irct\w{8,20}|jprn-\w+|umin\d{9}|jrcts?\d{9,10}"
    r"|kct\d{7}|ntr\d{2,5}|pactr\d{15}|rbr-\w{6}|slctr/\d{4}/\d{3}|tctr\d{11}|per-\d{3}-\d{2}|rpcec\d{8}"
)
_REGISTER = re.compile(
    r"clinical ?trials\.gov|trialsearch|trialregister\.nl|\bictrp\b|isrctn|clinicaltrialsregister\.eu|anzctr|chictr"
    r"|umin\.ac|\bjrct\b|\bdrks\b|\birct\b|clinical trials? regist(?:er|ry)(?: platform)?\W*$"
)
#: What the Cochrane register of trials writes for an author.
_NAMED = re.compile(
    r"^(?:nct|isrctn|euctr|actrn|chictr|ctri|drks|irct|jprn|jrct|kct|ntr|pactr|rbr|slctr|tctr)\b|^nct\d"
)


def registered(record: Record) -> str:
    """The number of the trial in lower case, where a record is one of a register; empty where it is none."""
    journal, url = (record.journal or "").lower(), (record.url or "").lower()
    authors = [author.lower() for author in record.authors[:2]]
    places = [journal, *authors]
    if _REGISTER.search(url) and (not journal or _REGISTER.search(journal) or record.kind == "trial"):
        places.append(url)
    of_register = record.kind == "trial" or any(_REGISTER.search(place) for place in places)
    of_register = of_register or any(_NAMED.search(author) for author in authors) or _NUMBER.match(journal) is not None
    if not of_register:
        return ""
    places += [
        (text or "").lower() for text in (record.accession, record.pages, record.volume, record.url, record.title)
    ]
    return next((found[0] for place in places if (found := _NUMBER.search(place))), UNKNOWN)
