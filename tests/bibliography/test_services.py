"""PubMed and Europe PMC are asked as they want to be, and what goes wrong on the way is said."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from evidence.bibliography import europe_pmc, pubmed
from evidence.bibliography.asked import Asked
from evidence.bibliography.formats.europe_pmc import FORMAT
from evidence.bibliography.formats.medline import FORMAT as MEDLINE
from evidence.errors import ComputeError, UsageError

from .services import Service, serving

Entrez = pytest.importorskip("Bio.Entrez", reason="Biopython, the extra [pubmed], is not installed")
ASK = {"pubmed": pubmed.ask_pubmed, "europe-pmc": europe_pmc.ask_europe_pmc}


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    for name in ("sleep_between_tries", "max_tries"):
        monkeypatch.setattr(Entrez, name, {"sleep_between_tries": 0, "max_tries": 1}[name])
    with serving(Service({number: f"Title {number}" for number in range(1, 6)})) as running:
        yield running


def asked(service: Service, query: str = "example", **more: str) -> Asked:
    return Asked(query, email="reviewer@example.org", address=service.address, **more)


@pytest.mark.parametrize("name", ASK)
def test_every_record_comes(service: Service, name: str) -> None:
    told: list[tuple[int, int]] = []
    answer = ASK[name](asked(service), lambda done, of: told.append((done, of)))
    batch = (MEDLINE if name == "pubmed" else FORMAT).read(answer.content.decode(), "x")
    assert answer.records == 5
    assert [record.title for record in batch.records] == [f"Title {number}" for number in range(1, 6)]
    assert [record.doi for record in batch.records] == [f"10.5555/example.{number}" for number in range(1, 6)]
    assert all(answer.content.decode()[record.start : record.end] == record.raw for record in batch.records)
    assert told[-1] == (5, 5)


def test_pubmed_is_asked_for_what_was_entered_since(service: Service) -> None:
    answer = pubmed.ask_pubmed(asked(service, since="2024-05-31", until="2024-06-30"))
    path, given = service.asked[0]
    assert path == "/esearch.fcgi" and given["term"] == "example"
    assert (given["datetype"], given["mindate"], given["maxdate"]) == ("edat", "2024/05/31", "2024/06/30")
    assert (given["email"], given["tool"]) == ("reviewer@example.org", "evidence")
    assert answer.understood == "example[All Fields]"


def test_europe_pmc_is_asked_for_what_was_indexed_since(service: Service) -> None:
    europe_pmc.ask_europe_pmc(asked(service, "a OR b", since="2024-05-31", until="2024-06-30"))
    assert service.asked[0][1]["query"] == "(a OR b) AND (FIRST_IDATE:[2024-05-31 TO 2024-06-30])"
    assert len(service.asked) == 3  # two records to a page


def test_without_a_day_there_is_no_limit(service: Service) -> None:
    pubmed.ask_pubmed(asked(service))
    europe_pmc.ask_europe_pmc(asked(service))
    assert "mindate" not in service.asked[0][1]
    assert service.asked[-1][1]["query"] == "example"


@pytest.mark.parametrize("name", ASK)
def test_nothing_found_is_an_answer(service: Service, name: str) -> None:
    service.titles.clear()
    assert ASK[name](asked(service), lambda done, of: None).records == 0


@pytest.mark.parametrize("name", ASK)
def test_a_refusal_and_a_strange_answer_are_said(service: Service, name: str) -> None:
    service.refuses = 400
    with pytest.raises(ComputeError, match="refused the request: 400"):
        ASK[name](asked(service), lambda done, of: None)
    service.refuses, service.strange = 0, True
    with pytest.raises(ComputeError, match="can't be read"):
        ASK[name](asked(service), lambda done, of: None)


@pytest.mark.parametrize("name", ASK)
def test_records_that_are_announced_and_do_not_come_are_an_error(service: Service, name: str) -> None:
    service.short = 2
    with pytest.raises(ComputeError, match="5 records came, 7 were announced"):
        ASK[name](asked(service), lambda done, of: None)


@pytest.mark.parametrize("name", ASK)
def test_no_connection_is_said(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(Entrez, "max_tries", 1)
    with serving(Service()) as gone:
        pass
    with pytest.raises(ComputeError, match="can't be reached"):
        ASK[name](asked(gone), lambda done, of: None)


def test_a_phrase_that_pubmed_does_not_know_is_no_empty_answer(service: Service) -> None:
    with pytest.raises(ComputeError, match="does not know: unknownword"):
        pubmed.ask_pubmed(asked(service, "unknownword"))


def test_more_than_pubmed_hands_out(service: Service) -> None:
    service.short = 20_000
    with pytest.raises(UsageError, match="hands out 9,999"):
        pubmed.ask_pubmed(asked(service))


def test_who_asks_must_be_said(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(pubmed.EMAIL_NAME, raising=False)
    with pytest.raises(UsageError, match="e-mail"):
        pubmed.ask_pubmed(Asked("example", address=service.address))
    monkeypatch.setenv(pubmed.EMAIL_NAME, "reviewer@example.org")
    monkeypatch.setenv(pubmed.ADDRESS_NAME, service.address)
    assert pubmed.ask_pubmed(Asked("example")).records == 5


def test_the_library_is_left_as_it_was(service: Service) -> None:
    before = Entrez.urlopen
    pubmed.ask_pubmed(asked(service))
    assert Entrez.urlopen is before


def test_a_list_that_breaks_off_is_reported(service: Service) -> None:
    text = europe_pmc.ask_europe_pmc(asked(service)).content.decode()
    batch = FORMAT.read(text[: text.rindex("pageInfo")], "x")
    assert (batch.found, len(batch.records), len(batch.reported)) == (5, 4, 1)
