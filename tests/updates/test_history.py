"""An outcome over the versions: the step to each from the one before it, and each conclusion in each of them."""

from __future__ import annotations

from dataclasses import replace

import evidence
from evidence.pooling.result import Interval
from evidence.tables.version_tables import version_table
from evidence.updates.conclusions import conclusion_of
from evidence.updates.history import History, step
from tests.updates.test_explained import end

NONE = replace(end("2015", value=None, reason="No arm has a count."), k=0)
FIRST = end("2021", ("a", 0, 1), ("b", 2, 4), ("c", 5, 6), value=0.4)
SECOND = end("2026-05", ("a", 0, 1), ("b", 3, 4), ("d", 9, 9), value=0.7)
NOW = end("now", ("a", 0, 1), ("b", 3, 4), ("d", 9, 9), value=0.7)
MOST = conclusion_of({"name": "Most heal", "rule": "lower > 50 %"})
KNOWN = History("healed", (NONE, FIRST, SECOND, NOW), None, (MOST,), ("end of 2015", "2021-12-31", "2026-05-02", None))


def test_a_step_tells_studies_counts_method_and_points() -> None:
    assert step(NONE, FIRST) == "3 studies in"
    assert step(FIRST, SECOND) == "1 study in; 1 study out; 1 arm with other counts; +30.0 points"
    assert step(SECOND, NOW) == "the same counts"
    other = replace(NOW, side=replace(NOW.side, model=evidence.model("beta-binomial")), value=0.65)
    assert step(NOW, other) == "another method; -5.0 points"


def test_each_conclusion_is_judged_in_each_version() -> None:
    assert [verdict.holds for (verdict,) in KNOWN.verdicts] == [None, False, False, False]
    clear = replace(NOW, ci=Interval(0.55, 0.9, 0.95, "wald"))
    assert replace(KNOWN, ends=(*KNOWN.ends[:-1], clear)).verdicts[-1][0].holds is True
    stored = KNOWN.to_dict()
    assert stored["conclusions"] == [{"name": "Most heal", "rule": "lower > 50 %"}]
    assert stored["versions"][1]["verdicts"] == [{"holds": False, "why": "lower limit 20.0 %"}]
    assert stored["versions"][1]["step"] == "3 studies in"


def test_a_row_for_each_version() -> None:
    table = version_table("versions-healed", KNOWN)
    printed = [[cell.text for cell in row] for row in table.printed.rows]
    assert printed == [
        ["2015", "0", "0/0", "no estimate", "not known", "No arm has a count."],
        ["2021 (2021-12-31)", "3", "7/11", "40 % (20 to 80)", "does not hold", "3 studies in."],
        [
            "2026-05 (2026-05-02)",
            "3",
            "12/14",
            "70 % (20 to 80)",
            "does not hold",
            "1 study in; 1 study out; 1 arm with other counts; +30.0 points.",
        ],
        ["Now", "3", "12/14", "70 % (20 to 80)", "does not hold", "The same counts."],
    ]
    keys = [column.key for column in table.stored.columns]
    row = dict(zip(keys, (cell.value for cell in table.stored.rows[1]), strict=True))
    assert (row["version"], row["tells_of"], row["events"], row["counted"]) == ("2021", "2021-12-31", 7, 11)
    assert tuple(row[f"{end}_percent"] for end in ("estimate", "lower", "upper")) == (40.0, 20.0, 80.0)
    assert row["conclusion_1"] == "does not hold" and row["conclusion_1_because"] == "lower limit 20.0 %"
    assert table.footnotes == (
        "Conclusions are judged by today's rules in every version. Points are percentage points of the estimate.",
    )


def test_a_table_without_conclusions_and_steps_has_no_footnote() -> None:
    table = version_table("versions-healed", History("healed", (NONE, FIRST)))
    assert table.footnotes == () and not any(column.key.startswith("conclusion") for column in table.columns)
    assert not History("healed", (NONE,)).has_estimates
