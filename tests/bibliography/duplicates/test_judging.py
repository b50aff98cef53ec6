"""One paper in the writing of several databases is one paper; what only looks like it is not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from evidence.bibliography.duplicates.essence import essence
from evidence.bibliography.duplicates.judging import DEFAULT, hopeless, judge
from evidence.bibliography.record import Record

from .papers import CELLS, PAPERS, SHORT, SKIN, judged, unnumbered

Change = Callable[[Record], Record]


def misread(text: str) -> str:
    return text.encode("utf-8").decode("cp1252", "replace")


def family(author: str) -> str:
    return author.partition(",")[0]


def given(author: str) -> str:
    return author.partition(", ")[2]


def abbreviated(record: Record) -> str:
    return " ".join(f"{word[:5]}." for word in (record.journal or "").split() if word != "of")


#: What databases do to a record that has no number; it stays the same paper.
WRITINGS: dict[str, Change] = {
    "in capitals, with a stop": lambda r: replace(r, title=(r.title or "").upper() + "."),
    "Greek spelled": lambda r: replace(r, title=(r.title or "").replace("α", "alpha").replace("β", "beta")),
    "Greek lost": lambda r: replace(r, title=(r.title or "").replace("α", "?").replace("β", "?")),
    "names as Embase has them": lambda r: replace(
        r, authors=tuple(f"{family(a)} {'.'.join(part[0] for part in given(a).split())}." for a in r.authors)
    ),
    "names with initials first": lambda r: replace(r, authors=tuple(f"{given(a)[0]}. {family(a)}" for a in r.authors)),
    "names in full, given first": lambda r: replace(r, authors=tuple(f"{given(a)} {family(a)}" for a in r.authors)),
    "names run together": lambda r: replace(r, authors=("".join(f"{family(a)} {given(a)[0]}." for a in r.authors),)),
    "names in one cell": lambda r: replace(r, authors=("; ".join(r.authors),)),
    "given name for family name": lambda r: replace(r, authors=tuple(f"{given(a)}, {family(a)}" for a in r.authors)),
    "umlauts with e": lambda r: replace(r, authors=tuple(a.replace("ü", "ue").replace("ø", "oe") for a in r.authors)),
    "first author et al.": lambda r: replace(r, authors=(r.authors[0], "et al.")),
    "no authors": lambda r: replace(r, authors=()),
    "no volume and pages": lambda r: replace(r, volume=None, issue=None, pages=None),
    "online a year before": lambda r: replace(r, year=(r.year or 0) - 1, volume=None, issue=None, pages=None),
    "title, authors and year only": lambda r: replace(r, journal=None, volume=None, issue=None, pages=None),
    "no year": lambda r: replace(r, year=None),
    "wrong year": lambda r: replace(r, year=(r.year or 0) + 3),
    "marked up": lambda r: replace(r, title="<i>" + (r.title or "").replace(" ", "</i> ", 1)),
    "entities": lambda r: replace(r, title=(r.title or "").replace("α", "&alpha;").replace("β", "&#946;")),
    "read in another encoding": lambda r: replace(
        r, title=misread(r.title or ""), authors=tuple(map(misread, r.authors))
    ),
    "of LaTeX": lambda r: replace(r, title="{" + (r.title or "").replace("a", "{a}", 1) + "}"),
    "in brackets, with its language": lambda r: replace(r, title=f"[{r.title}]. [German]"),
    "with its language": lambda r: replace(r, title=f"{r.title} [Chinese]"),
    "with notes": lambda r: replace(r, title=f"{r.title}.[see comment][Erratum appears in Skin. 2019;3(2):44]"),
    "cut within a word": lambda r: replace(r, title=(r.title or "")[:33]),
    "without subtitle": lambda r: replace(r, title=(r.title or "").partition(":")[0]),
    "two letters changed": lambda r: replace(r, title=(r.title or "").replace("ion", "oin", 1).replace("ium", "uim")),
    "hyphens elsewhere": lambda r: replace(
        r, title=(r.title or "").replace("Intralesional", "Intra-lesional").replace("sclero", "sclero-")
    ),
    "spelled beyond the ocean": lambda r: replace(r, title=(r.title or "").replace("randomised", "randomized")),
    "in two languages": lambda r: replace(r, title=f"Una historia de otra lengua y su piel [{r.title}]"),
    "first page only": lambda r: replace(r, pages=(r.pages or "").partition("-")[0]),
    "pages with signs": lambda r: replace(r, pages="p. " + (r.pages or "").replace("-", "–"), volume=f"Vol {r.volume}"),
    "issue behind the volume": lambda r: replace(r, volume=f"{r.volume}({r.issue})", issue=None),
    "journal abbreviated": lambda r: replace(r, journal=abbreviated(r)),
    "journal with its city": lambda r: replace(r, journal=f"{r.journal} (London, England)"),
    "journal in another language": lambda r: replace(r, journal="Zhonghua Pi Fu Ke Za Zhi"),
    "called a paper of a meeting, at the same place": lambda r: replace(r, kind="conference"),
}  # fmt: skip

#: What is another paper, whatever it has in common.
OTHERS: dict[str, Change] = {
    "abstract of a meeting": lambda r: replace(
        r, kind="conference", journal="Skin Congress Abstracts", volume="7", issue="Suppl 1", pages="S123"
    ),
    "abstract in a supplement the year before": lambda r: replace(
        r, year=(r.year or 0) - 1, volume="52", issue="3 Suppl 1", pages="AB123"
    ),
    "abstract in a supplement of the same volume": lambda r: replace(r, issue="6 Suppl 1", pages="AB123"),
    "erratum": lambda r: replace(r, title=f"Erratum: {r.title}", pages="1199"),
    "correction, no pages": lambda r: replace(r, title=f"Correction to: {r.title}", pages=None, volume=None),
    "reply": lambda r: replace(r, title=f"Reply to: {r.title}", pages="900"),
    "reply, no pages": lambda r: replace(r, title=f'Reply to "{r.title}"', pages=None, volume=None),
    "author reply": lambda r: replace(r, title=f"{r.title}: author reply", pages="900-901"),
    "comment": lambda r: replace(r, title=f"Comment on: {r.title}", pages="900-901", authors=("Doe, J.",)),
    "letter": lambda r: replace(r, title=f"Re: {r.title}", pages="900-901", authors=("Doe, J.",), issue="6"),
    "protocol": lambda r: replace(r, title=f"{r.title}: study protocol", journal="Trials", volume="6", pages="e12"),
    "protocol, no pages": lambda r: replace(r, title=f"Protocol for {r.title}", pages=None, volume=None, issue=None),
    "second part": lambda r: replace(r, title=f"{r.title}. Part 2", pages="1129-1140"),
    "report of another year": lambda r: replace(r, title=f"{r.title} 2012", pages="1129-1140", volume="79"),
    "longer follow-up": lambda r: replace(
        r, title=f"Long-term follow-up of {r.title}", pages="11-19", year=(r.year or 0) + 2, volume="80"
    ),
    "other drug": lambda r: replace(
        r, title=(r.title or "").replace("thiosulfate", "bicarbonate").replace("TNF-α", "IL-6").replace("Calc", "Sod"),
        pages="1129-1140",
    ),
    "other authors": lambda r: replace(r, authors=("Doe, J.", "Roe, R."), journal="Rheuma", volume="3", pages="5-9"),
    "later elsewhere": lambda r: replace(r, year=(r.year or 0) + 4, journal="Rheuma", volume="3", pages="5-9"),
    "later in the same journal": lambda r: replace(r, year=(r.year or 0) + 4, volume="12", pages="1505-1519"),
    "thesis": lambda r: replace(r, kind="thesis", journal="University of Ulm", volume=None, pages=None, issue=None),
}  # fmt: skip


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("writing", WRITINGS)
def test_another_writing_is_the_same_paper(paper: str, writing: str) -> None:
    record = PAPERS[paper]
    other = WRITINGS[writing](unnumbered(record))
    assert judged(record, other).outcome == "same"
    assert judged(other, record) == judged(record, other)
    assert not hopeless(essence(record), essence(other))


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("name", OTHERS)
def test_what_looks_like_it_is_not_the_same(paper: str, name: str) -> None:
    record = PAPERS[paper]
    assert judged(record, OTHERS[name](unnumbered(record))).outcome == "different"


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        (lambda r: replace(r, doi=f"https://doi.org/{(r.doi or '').upper()}", journal=None, pages=None), "same"),
        (lambda r: replace(r, title="A thing that nobody thought of", authors=("Doe, J.",), year=2003), "different"),
        (lambda r: replace(r, pages="77-85"), "same"),
        (lambda r: replace(r, title=f"Erratum to: {r.title}", pages="1199"), "ask"),
    ],
    ids=["as an address", "given to another paper", "other pages", "given to its erratum"],
)  # fmt: skip
def test_what_an_equal_doi_says(change: Change, outcome: str) -> None:
    record = replace(SKIN, pmid=None)
    assert judged(record, change(record)).outcome == outcome


def test_a_preprint_and_the_paper_that_came_of_it_are_one() -> None:
    for server, doi in (("medRxiv", "10.1101/2017.01.02.17187"), ("SSRN Electronic Journal", "10.2139/ssrn.3456")):
        preprint = replace(
            CELLS, journal=server, doi=doi, year=2009, volume=None, issue=None, pages="2017.01.02", abstract=None
        )
        assert judged(CELLS, preprint).outcome == "same"


def test_versions_of_a_cochrane_review_are_one() -> None:
    """Counting rule of the labelled sets: published versions are duplicates."""
    review = replace(SKIN, journal="Cochrane Database Syst Rev", volume=None, issue="3", pages="CD002273", pmid=None)
    one, two = (replace(review, doi=f"10.1002/14651858.CD002273.pub{n}", year=2002 + n, issue=str(n)) for n in (2, 3))
    assert judged(one, two).outcome == "same"


def test_two_papers_share_the_doi_of_a_supplement() -> None:
    one = replace(SKIN, issue="Suppl 1", pages="S557", pmid=None, abstract=None)
    two = replace(one, title="Sodium thiosulfate for calcinosis of joints: results of a registry", pages="S558")
    assert judged(one, two).outcome == "different"


def test_abstracts_of_one_team_at_one_meeting_are_asked_about() -> None:
    one = replace(unnumbered(SKIN), title="Sodium thiosulfate in calcinosis of hands", issue="Suppl 1", pages=None)
    two = replace(one, title="Sodium thiosulfate in calcinosis of hands and feet: role of the dose", abstract=None)
    assert judged(one, two).outcome == "ask"
    assert judged(one, replace(two, title="Sodium thiosulfate in calcinosis of hands and fe")).outcome == "ask"
    assert judged(one, replace(one, title="Sodium thiosulfate in calcinosis of ha")).outcome == "same"


def test_a_translated_title_is_the_same_paper_on_the_same_pages() -> None:
    translated = replace(unnumbered(SKIN), title="Natriumthiosulfat bei Kalkablagerungen der Haut", abstract=None)
    assert judged(SKIN, translated).outcome == "same"
    assert judged(SKIN, replace(translated, pages="829-840")).outcome == "different"


def test_a_short_title_says_little() -> None:
    editorial = replace(SHORT, title="Editorial", authors=(), pages=None, issue=None)
    assert judged(editorial, replace(editorial, volume=None, year=2000)).outcome == "different"
    assert judged(editorial, replace(editorial, volume="354", year=2000)).outcome == "different"


def test_nobody_is_joined_by_having_no_title() -> None:
    untitled = replace(SHORT, title="UNKNOWN", volume=None, issue=None, pages=None)
    assert judged(untitled, replace(untitled, title=SKIN.title)).outcome == "different"


def test_the_reason_names_what_agrees_and_what_does_not() -> None:
    found = judged(SKIN, replace(SKIN, pages="77-85", volume="77(4)", issue=None))
    assert found.reason == "Title, authors, year, journal, issue, DOI, PMID and abstract agree; volume and pages differ"
    assert judged(SHORT, replace(SHORT, title=f"Erratum: {SHORT.title}")).reason.endswith("; one is a correction")


def test_the_score_is_one_half_where_a_person_is_asked_first() -> None:
    found = judged(SKIN, replace(SKIN, doi=None))
    assert 0.5 < found.score < 1.0
    assert replace(found, bits=DEFAULT.ask).score == 0.5


@pytest.mark.parametrize("paper", PAPERS)
def test_what_is_passed_over_at_a_glance_would_have_been_different(paper: str) -> None:
    record = PAPERS[paper]
    others = [change(unnumbered(record)) for change in (*OTHERS.values(), *WRITINGS.values())]
    passed = [other for other in others if hopeless(essence(record), essence(other))]
    assert passed
    for other in passed:
        assert judge(essence(record), essence(other)).outcome == "different"
