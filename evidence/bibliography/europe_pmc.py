"""Asking Europe PMC again: the saved query through its web service."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any

from .asked import Answer, Asked, refused

NAME = "Europe PMC"
ADDRESS, ADDRESS_NAME = "https://www.ebi.ac.uk/europepmc/webservices/rest", "EVIDENCE_EUROPE_PMC_ADDRESS"
#: Records of one answer.
AT_ONCE = 500


def ask_europe_pmc(asked: Asked, step: Callable[[int, int], None] = lambda done, of: None) -> Answer:
    """The records that Europe PMC has for a query, those indexed since a day only where one is given.

    The day is that on which Europe PMC first indexed a record (``FIRST_IDATE``); synonyms are not added to the query.

    Raises:
        ComputeError: Europe PMC can't be reached, refuses the query, or hands out fewer records than it says.
    """
    limit = f" AND (FIRST_IDATE:[{asked.since} TO {asked.until}])" if asked.since else ""
    address = asked.address or os.environ.get(ADDRESS_NAME) or ADDRESS
    pages: list[str] = []
    mark, got, count = "*", 0, 0
    with refused(NAME):
        while True:
            text = _page(address, f"({asked.query}){limit}" if limit else asked.query, mark)
            page = json.loads(text)
            results, count = _counted(page)
            if not results:
                break
            pages.append(text)
            got += results
            step(got, count)
            following = page.get("nextCursorMark")
            if got >= count or not following or following == mark:
                break
            mark = following
        if got != count:
            raise ValueError(f"{got} records came, {count} were announced")
    content = "[" + ",\n".join(pages) + "]"
    return Answer(NAME, count, content.encode("utf-8"), "json")


def _counted(page: Any) -> tuple[int, int]:
    """Records on a page, and in all."""
    if "hitCount" not in page:
        raise ValueError(str(page.get("errMsg") or page.get("message") or "no hitCount"))
    return len(page["resultList"]["result"]), int(page["hitCount"])


def _page(address: str, query: str, mark: str) -> str:
    from urllib.parse import urlencode
    from urllib.request import Request, urlopen

    asked = {
        "query": query,
        "format": "json",
        "resultType": "core",
        "synonym": "false",
        "pageSize": AT_ONCE,
        "cursorMark": mark,
    }
    request = Request(f"{address.rstrip('/')}/search?{urlencode(asked)}", headers={"User-Agent": "evidence"})
    with urlopen(request, timeout=60) as answer:
        text: str = answer.read().decode("utf-8")
    return text
