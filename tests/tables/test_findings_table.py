"""Summary of findings by value: symbols, letters of reasons, estimates and why there is none."""

from __future__ import annotations

from typing import Any

import pytest

import evidence
from evidence.pooling.result import Pooled
from evidence.review.certainty import rated
from evidence.tables.findings_table import DIFFER, NOT_JUDGED, Finding, domains_table, findings_table, symbols
from evidence.tables.rendering import to_csv, to_markdown


def row(domain: str, word: str, reason: str | None = None, rater: str = "A") -> dict[str, Any]:
    level = domain in ("start", "overall")
    cells = {"judgement": None if level else word, "certainty": word if level else None}
    return {"outcome": "cured", "selection": None, "domain": domain, "reason": reason, "rater": rater, **cells}


def finding(events: list[int], n: list[int], *rows: dict[str, Any], title: str = "Cured") -> Finding:
    pooled = evidence.pool(evidence.Counts(events, n), model="common-effect")
    assert isinstance(pooled, Pooled)
    return Finding(title, "patient", pooled, rated(rows)[0] if rows else None)


LOW = (
    row("start", "low", "no comparison"),
    row("risk_of_bias", "very_serious", "selected <cases> & more."),
    row("imprecision", "not_serious", "not printed"),
    row("overall", "very_low"),
)


@pytest.mark.parametrize(
    ("level", "expected"), [("high", "⊕⊕⊕⊕"), ("moderate", "⊕⊕⊕○"), ("low", "⊕⊕○○"), ("very_low", "⊕○○○")]
)
def test_symbols(level: str, expected: str) -> None:
    assert symbols(level) == expected


def test_a_row_by_value() -> None:
    table = findings_table([finding([3, 4, 5], [6, 7, 8], *LOW)]).printed
    cells = dict(zip([column.key for column in table.columns], [cell.text for cell in table.rows[0]], strict=True))
    # 12 of 21: 57.1 %, exact limits 34.0 to 78.2 % (binom.test of R, and tests/measures), the common-effect estimate.
    assert cells == {
        "outcome": "Cured",
        "studies": "3",
        "counted": "21 patients",
        "observed": "12/21 (57 of 100)",
        "estimate": "57 of 100 (34 to 78)",
        "prediction": "–",
        "certainty": "⊕○○○ very low (a, b, c)",
    }
    assert table.footnotes[:3] == (
        "a. Rating starts at low: no comparison.",
        "b. Risk of bias very serious, two levels down: selected <cases> & more.",
        "c. No judgement on inconsistency, indirectness, publication bias.",
    )


def test_one_reason_has_one_letter_in_all_rows() -> None:
    other = (row("start", "low", "no comparison"), row("overall", "low", "kept"))
    table = findings_table([finding([3, 4, 5], [6, 7, 8], *LOW), finding([1, 2, 3], [5, 6, 7], *other)])
    texts = [cells[-1].text for cells in table.rows]
    assert texts == ["⊕○○○ very low (a, b, c)", "⊕⊕○○ low (a, d, e)"]
    assert table.footnotes[3] == "d. Overall: kept."


def test_what_is_not_judged_or_not_settled_says_so() -> None:
    differ = (row("overall", "low"), row("overall", "high", rater="B"))
    only_start = (row("start", "low"),)
    rows = [finding([1, 2, 3], [5, 6, 7], *rows) for rows in ((), only_start, differ)]
    assert [cells[-1].text for cells in findings_table(rows).rows] == [NOT_JUDGED, NOT_JUDGED, DIFFER]
    assert domains_table([finding([1, 2, 3], [5, 6, 7])]) is None


def test_few_studies_have_their_reason_and_no_share_of_a_hundred() -> None:
    table = findings_table([finding([10, 20], [20, 30])]).printed
    assert [cell.text for cell in table.rows[0]][3:6] == [
        "30/50",
        "Fewer than 3 studies: the counts are shown and not pooled",
        "–",
    ]


def test_the_file_holds_numbers_and_codes() -> None:
    lines = to_csv(findings_table([finding([3, 4, 5], [6, 7, 8], *LOW)])).splitlines()
    values = dict(zip(lines[0].split(","), lines[1].split(","), strict=True))
    assert (values["studies"], values["n"], values["events"], values["certainty"]) == ("3", "21", "12", "very_low")
    assert float(values["estimate"]) == 12 / 21 and values["prediction_lower"] == ""


def test_more_reasons_than_letters_keep_names_of_their_own() -> None:
    rows = [
        finding([1, 2, 3], [5, 6, 7], row("start", "low", f"reason {i}"), row("overall", "low", f"end {i}"))
        for i in range(20)
    ]
    table = findings_table(rows)
    marks = [note.split(".")[0] for note in table.footnotes[:-2]]
    # 20 starts, 20 ends, and the five domains that nobody judged, said once.
    assert len(marks) == len(set(marks)) == 41 and marks[25:28] == ["z", "a2", "b2"]


def test_domains_with_hostile_text_stay_whole_in_markdown() -> None:
    table = domains_table([finding([1, 2, 3], [5, 6, 7], row("imprecision", "serious", "a|b <i>\n`c`"))])
    assert table is not None
    (line,) = [line for line in to_markdown(table).splitlines() if "Imprecision" in line]
    assert line == "| Cured | Imprecision | serious | a\\|b \\<i\\> \\`c\\` | A |"
