"""Agreement of raters on an item, with limits or why there are none."""

from __future__ import annotations

from evidence.measures.two_raters import two_raters
from evidence.review.appraisal import Appraised
from evidence.review.appraisal_tools import TOOLS
from evidence.tables.appraisal_tables import CAUTION, agreement_table

TOOL = TOOLS["jbi-case-reports"]


def judged(item: int, words: list[tuple[str, str]]) -> list[Appraised]:
    return [
        Appraised(f"study-{i}", TOOL, TOOL.items[item], {"A": first, "B": second}, None)
        for i, (first, second) in enumerate(words)
    ]


def test_each_coefficient_has_its_limits_or_a_reason() -> None:
    """Few studies outside the most used word: marked. All alike, or one word by one rater: a reason below the table."""
    few = [("yes", "yes")] * 8 + [("no", "no"), ("yes", "no")]
    alike = [("yes", "yes"), ("no", "no")]
    table = agreement_table([*judged(0, few), *judged(1, alike), *judged(2, [("yes", "no"), ("yes", "yes")])])
    found = two_raters(few, 4)
    first, second, third = table.rows
    values = dict(zip((column.key for column in table.columns), first, strict=True))
    assert (values["kappa"].value, values["kappa_lower"].value) == (found.kappa.value, found.kappa.lower)
    assert (values["ac1"].value, values["ac1_upper"].value) == (found.ac1.value, found.ac1.upper)
    assert values["kappa"].text.startswith("0.62 [") and values["kappa"].text.endswith(f"]{CAUTION}")
    assert [cell.text for cell in second if cell.text][-2:] == ["1.00", "1.00"]
    assert [cell.text for cell in third if cell.text][-2].startswith("0.00")
    reasons, caution = table.footnotes[1:]
    assert reasons.startswith("Without limits: all agree") and "kappa is 0 whatever" in reasons
    assert caution.startswith(f"{CAUTION} fewer than 10 things")
