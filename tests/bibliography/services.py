"""PubMed and Europe PMC as small servers of this machine: they answer as the services' documentation says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

SEARCHED = """<?xml version="1.0" encoding="UTF-8" ?>
<!DOCTYPE eSearchResult PUBLIC "-//NLM//DTD esearch 20060628//EN"
 "https://eutils.ncbi.nlm.nih.gov/eutils/dtd/20060628/esearch.dtd">
<eSearchResult><Count>{count}</Count><RetMax>0</RetMax><RetStart>0</RetStart><QueryKey>1</QueryKey>
<WebEnv>MCID_1</WebEnv><IdList/><TranslationSet/><QueryTranslation>{translation}</QueryTranslation>{errors}
</eSearchResult>"""
UNKNOWN = "<ErrorList><PhraseNotFound>{phrase}</PhraseNotFound></ErrorList>"


def medline(number: int, title: str) -> str:
    """A record of PubMed."""
    return (
        f"PMID- {number}\nOWN - NLM\nDP  - 2024 May\nTI  - {title}\nFAU - Example, Anna {chr(65 + number % 26)}\n"
        f"AU  - Example A\nLA  - eng\nPT  - Case Reports\nPT  - Journal Article\nJT  - Journal of examples\n"
        f"AID - 10.5555/example.{number} [doi]\nVI  - 3\nPG  - {number}-9\n"
    )


def europe_pmc(number: int, title: str) -> dict[str, Any]:
    """A record of Europe PMC."""
    return {
        "id": str(number),
        "source": "MED",
        "pmid": str(number),
        "doi": f"10.5555/example.{number}",
        "title": f"{title}.",
        "authorList": {"author": [{"lastName": "Example", "firstName": "Anna", "initials": "A"}]},
        "pubYear": "2024",
        "journalInfo": {"volume": "3", "issue": "2", "journal": {"title": "Journal of examples", "issn": "1234-5678"}},
        "pageInfo": f"{number}-9",
        "language": "eng",
        "pubTypeList": {"pubType": ["case-report", "Journal Article"]},
    }


@dataclass
class Service:
    """What the server holds, and what it was asked.

    Attributes:
        titles: Title by number of record. refuses: Status with which every request is refused; 0 = none.
        short: Records that are announced and never handed out. asked: Path and arguments of every request.
    """

    titles: dict[int, str] = field(default_factory=dict)
    refuses: int = 0
    short: int = 0
    strange: bool = False
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    address: str = ""

    def answer(self, path: str, given: dict[str, str]) -> tuple[str, str]:
        if self.strange:
            return "text/html", "<html>maintenance</html>"
        if path.endswith("esearch.fcgi"):
            known = "unknownword" not in given["term"]
            count = len(self.titles) + self.short if known else 0
            errors = "" if known else UNKNOWN.format(phrase="unknownword")
            said = SEARCHED.format(count=count, translation="example[All Fields]", errors=errors)
            return "text/xml", said
        if path.endswith("efetch.fcgi"):
            start, many = int(given["retstart"]), int(given["retmax"])
            rows = list(self.titles.items())[start : start + many]
            return "text/plain", "\n" + "\n".join(medline(*row) for row in rows)
        return "application/json", json.dumps(self.page(given))

    def page(self, given: dict[str, str]) -> dict[str, Any]:
        """Two records to a page, whatever was asked for."""
        start = 0 if given["cursorMark"] == "*" else int(given["cursorMark"])
        rows = list(self.titles.items())[start : start + 2]
        made = {"hitCount": len(self.titles) + self.short, "resultList": {"result": [europe_pmc(*row) for row in rows]}}
        return {**made, "nextCursorMark": str(start + 2) if start + 2 < len(self.titles) else str(start)}


@contextmanager
def serving(service: Service) -> Iterator[Service]:
    """Let a service answer on a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            self.told(parts.path, parts.query)

        def do_POST(self) -> None:
            self.told(self.path, self.rfile.read(int(self.headers["Content-Length"])).decode())

        def told(self, path: str, query: str) -> None:
            given = {name: values[0] for name, values in parse_qs(query).items()}
            service.asked.append((path, given))
            if service.refuses:
                self.send_error(service.refuses)
                return
            kind, text = service.answer(path, given)
            content = text.encode()
            self.send_response(200)
            self.send_header("Content-Type", f"{kind}; charset=UTF-8")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    service.address = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
