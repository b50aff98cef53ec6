"""Asking PubMed again: the saved query through NCBI's E-utilities, as MEDLINE text."""

from __future__ import annotations

import io
import os
import re
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from ..errors import usage
from .asked import Answer, Asked, refused

NAME = "PubMed"
#: Where the E-utilities are; another address can be named in the environment.
ADDRESS, ADDRESS_NAME = "https://eutils.ncbi.nlm.nih.gov/entrez/eutils", "EVIDENCE_PUBMED_ADDRESS"
EMAIL_NAME, KEY_NAME = "EVIDENCE_EMAIL", "NCBI_API_KEY"
#: Records of one answer; most of one search (esearch gives no more of PubMed).
AT_ONCE, MOST = 500, 9999
#: Seconds between two tries, of which there are three.
PATIENCE = 3
_RECORD = re.compile(r"^PMID- ", re.MULTILINE)


def ask_pubmed(asked: Asked, step: Callable[[int, int], None] = lambda done, of: None) -> Answer:
    """The records that PubMed has for a query, those entered since a day only where one is given.

    The day is that on which PubMed entered a record (``edat``), not that of publication.

    Raises:
        UsageError: Biopython is not installed; no e-mail address; more records than PubMed hands out.
        ComputeError: PubMed can't be reached, refuses the query, or hands out fewer records than it says.
    """
    entrez = _entrez()
    email = asked.email or os.environ.get(EMAIL_NAME, "")
    if "@" not in email:
        mend = f"give yours: --email you@example.org, or set {EMAIL_NAME}"
        raise usage("NCBI asks who is calling: an e-mail address", mend, "no-email")
    limits = {"datetype": "edat", "mindate": asked.since.replace("-", "/"), "maxdate": asked.until.replace("-", "/")}
    with _calling(entrez, asked.address or os.environ.get(ADDRESS_NAME) or ADDRESS), refused(NAME):
        said = {"email": email, "tool": "evidence", "api_key": os.environ.get(KEY_NAME)}
        more = limits if asked.since else {}
        found = _search(entrez, {"db": "pubmed", "term": asked.query, "usehistory": "y", "retmax": 0, **more, **said})
        count = int(found["Count"])
        if count > MOST:
            mend = "split the query by years, or export the records on its page and import them"
            raise usage(f"{count:,} records, and PubMed hands out {MOST:,} of one search", mend, "too-many-records")
        text = io.StringIO()
        for start in range(0, count, AT_ONCE):
            place = {"retstart": start, "retmax": AT_ONCE, "WebEnv": found["WebEnv"], "query_key": found["QueryKey"]}
            with entrez.efetch(db="pubmed", rettype="medline", retmode="text", **place, **said) as answer:
                text.write(answer.read().rstrip() + "\n\n")
            step(min(start + AT_ONCE, count), count)
        got = len(_RECORD.findall(text.getvalue()))
        if got != count:
            raise ValueError(f"{got} records came, {count} were announced")
    told = str(found.get("QueryTranslation", ""))
    return Answer(NAME, count, text.getvalue().encode("utf-8"), "nbib", told)


def _search(entrez: Any, asked: Mapping[str, Any]) -> Mapping[str, Any]:
    from ..errors import ComputeError, Problem

    with entrez.esearch(**asked) as answer:
        found: Mapping[str, Any] = entrez.read(answer)
    phrases = [str(one) for one in found.get("ErrorList", {}).get("PhraseNotFound", ())]
    if phrases and int(found["Count"]) == 0:
        message = f"{NAME} does not know: {', '.join(phrases)}"
        raise ComputeError(Problem("query-refused", message, "mend the query and ask again"))
    return found


def _entrez() -> Any:
    try:
        from Bio import Entrez
    except ImportError as error:
        mend = "install it: pip install biopython"
        raise usage("asking PubMed needs Biopython, which is not installed", mend, "no-biopython") from error
    return Entrez


@contextmanager
def _calling(entrez: Any, address: str) -> Iterator[None]:
    """Send the library's calls to an address; afterwards everything is as before."""
    from urllib.request import Request

    before, patience = entrez.urlopen, entrez.sleep_between_tries

    def there(request: Request) -> Any:
        request.full_url = request.full_url.replace(ADDRESS, address.rstrip("/"), 1)
        return before(request, timeout=60)

    entrez.urlopen, entrez.sleep_between_tries = there, PATIENCE
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # the library's advice on e-mail addresses
            yield
    finally:
        entrez.urlopen, entrez.sleep_between_tries = before, patience
