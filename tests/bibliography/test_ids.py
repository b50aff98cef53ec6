"""Records are named like citation keys, each once."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from evidence.bibliography.ids import key_of, name_records
from evidence.bibliography.record import Record

RECORDS = st.builds(
    Record,
    authors=st.lists(st.text(max_size=12), max_size=2).map(tuple),
    title=st.none() | st.text(max_size=20),
    year=st.none() | st.integers(1990, 1993),
)


def test_first_author_and_year() -> None:
    assert key_of(Record(authors=("Müller-Łoś, Ana", "Smith, B"), year=2020)) == "mullerlos2020"
    assert key_of(Record(authors=("Straße, A",), year=None)) == "strassend"
    assert key_of(Record(title="The treatment of nodules", year=1999)) == "treatment1999"
    assert key_of(Record(authors=("王, 伟",), title="钙质沉着", year=2001)) == "record2001"


def test_a_name_that_is_taken_gets_a_number() -> None:
    smith = Record(authors=("Smith, A",), year=2020)
    assert list(name_records([smith, smith, smith], ["Smith2020", "smith2020-3"])) == [
        "smith2020-2",
        "smith2020-4",
        "smith2020-5",
    ]


@given(st.lists(RECORDS, max_size=12), st.sets(st.sampled_from(["a1990", "record1991", "recordnd", "A1990-2"])))
def test_names_are_plain_and_given_once(records: list[Record], taken: set[str]) -> None:
    names = list(name_records(records, taken))
    assert len({name.casefold() for name in (*names, *taken)}) == len(names) + len({one.casefold() for one in taken})
    assert all(name.isascii() and name.replace("-", "").isalnum() for name in names)
