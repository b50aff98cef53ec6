"""The codebook: one declaration from which reading, checking and the page follow."""

from __future__ import annotations

import pytest

from evidence.review.codebook import CORE, codebook, items
from evidence.review.page import codebook_page
from evidence.review.settings import OutcomeSpec, ReviewSettings
from evidence.review.specs import ColumnSpec


def test_every_core_column_is_declared_whole() -> None:
    for table in CORE.values():
        assert len(set(table.names)) == len(table.names)
        for column in table.columns:
            assert column.meaning
            assert not column.own
            assert column.refers is None or CORE[column.refers[0]].column(column.refers[1]) is not None
            assert column.type not in ("ref", "refs") or column.refers


def test_every_column_is_on_the_page() -> None:
    page = codebook_page()
    for table in CORE.values():
        section = page.partition(f"## {table.file}\n")[2].partition("\n## ")[0]
        assert all(f"| `{name}` |" in section for name in table.names)


def test_own_columns_words_and_outcomes() -> None:
    colour = ColumnSpec("colour", "text", "Colour | hue", own=True)
    book = codebook({"arms": {"colour": colour}}, {"cured": "Cured"}, {("outcomes", "unit"): {"knee": ""}})
    assert book["arms"].columns[-1] == colour
    assert book["arms"].columns[:-1] == CORE["arms"].columns
    outcome, unit = book["outcomes"].column("outcome"), book["outcomes"].column("unit")
    assert outcome is not None
    assert unit is not None
    assert (dict(outcome.terms), dict(unit.terms)) == ({"cured": "Cured"}, {"knee": ""})
    assert "| `colour` (own) | Colour \\| hue | text |" in codebook_page(book)


@pytest.mark.parametrize(
    ("column", "title"),
    [
        (
            ColumnSpec("concentration_mg_ml", "number", "M", unit="mg/mL", heading="Concentration"),
            "Concentration (mg/mL)",
        ),
        (ColumnSpec("underlying_disease", "text", "M"), "Underlying disease"),
    ],
)
def test_headings(column: ColumnSpec, title: str) -> None:
    assert column.title == title


def test_items() -> None:
    assert items("a; b;c ;; ") == ("a", "b", "c")
    assert items("") == ()


def test_the_page_of_a_review_says_by_which_words_harm_is_told() -> None:
    outcomes = {
        "any_harm": OutcomeSpec("any_harm", "Any harm", "As told"),
        "cured": OutcomeSpec("cured", "Cured", "Gone"),
    }
    page = codebook_page(settings=ReviewSettings(title="T", outcomes=outcomes))
    assert "begins with one of `harm_words` in `review.toml` (the default: `adverse`, `side effect`, " in page
    assert "Here: `any_harm`." in page
    own = codebook_page(settings=ReviewSettings(title="T", outcomes=outcomes, harm_words=("gone",)))
    assert "(of this review: `gone`). Here: `cured`." in own
