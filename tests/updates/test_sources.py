"""Each change of an arm's counts stands under its right source."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from evidence.document.changes import analyses_in
from evidence.updates.collecting import collect
from evidence.updates.comparing import explained_since, request_of, state_of
from evidence.updates.counted_rows import CountedRow, counterpart
from evidence.updates.difference import difference
from evidence.updates.explained import Explained, paragraph, points, rows
from evidence.updates.steps import steps
from tests.updates.test_difference import edit

BO = "bo,improved,patient,8,12,,6,reported,,text,medium,\n"
NOT_BO = "bo,not_improved,patient,4,12,,6,derived,12 - 8,text,medium,\n"
ARM = "bo,bo-2002,Radial,12,,radial,0.2,right,no,\n"
DI = "di,di-2011,Radial,9,cy,radial,0.3,left,,some of Cy\n"
BO_ARMS = "bo-{0},bo-2002,{0},{1},,radial,0.2,right,no,\n"
BO_ROWS = "bo-{0},improved,patient,{1},{2},,6,reported,,text,medium,\n"
HALVES = (
    ("arms", (ARM, BO_ARMS.format("left", 5) + BO_ARMS.format("right", 7))),
    ("outcomes", (BO, BO_ROWS.format("left", 3, 5) + BO_ROWS.format("right", 5, 7))),
    ("outcomes", (NOT_BO, "")),
    ("outcomes", ("bo,pain_free,patient,0,12,,6,reported,,text,medium,\n", "")),
)
CASES = {
    "first counts": (
        [("outcomes", ("na-1,improved", "na-1,pain_free,patient,1,1,,,reported,,title,low,\nna-1,improved"))],
        "pain_free",
        ("new-data", "NA", "1/1 is in now (before: improved 1 of 1, but free of pain was not read)"),
    ),
    "a later time": (
        [("outcomes", (NOT_BO, NOT_BO + "bo,improved,patient,5,10,,24,reported,,text,high,\n"))],
        "improved",
        ("new-data", "Bo 2002", "8/12 at 6 months, now 5/10 at 24 months"),
    ),
    "a later time in place of the earlier": (
        [("outcomes", (BO, "bo,improved,patient,5,10,,24,reported,,text,high,\n"), (NOT_BO, ""))],
        "improved",
        ("new-data", "Bo 2002", "8/12 at 6 months, now 5/10 at 24 months"),
    ),
    "a further arm": (
        [
            ("studies", ("case_series,12,", "case_series,18,")),
            ("arms", (ARM, ARM + "bo-2,bo-2002,Focused,6,,focused,0.2,left,no,\n")),
            ("outcomes", (BO, BO + "bo-2,improved,patient,2,6,,6,reported,,text,high,\n")),
        ],
        "improved",
        ("new-data", "Bo 2002", "Focused 2/6 is in now, an arm that was not there"),
    ),
    "other numbers": (
        [("outcomes", (BO, BO.replace("8,12", "7,12")), (NOT_BO, NOT_BO.replace("4,12", "5,12")))],
        "improved",
        ("corrected", "Corrected numbers", "Bo 2002 8/12, now 7/12"),
    ),
    "another time rule": (
        [("../../analyses/heel", ('"improved"\n', '"improved"\ntime = "first"\n'))],
        "improved",
        (
            "eligibility",
            "Changed eligibility",
            "Ada 2001: High energy 12/15 at 12 months, now 11/16 at 3 months; "
            "Ada 2001: Low energy 9/14 at 12 months, now 6/14 at 3 months",
        ),
    ),
    "a count taken away": (
        [("outcomes", (BO, ""), (NOT_BO, ""))],
        "improved",
        ("corrected", "Corrected numbers", "Bo 2002 8/12 is no longer in (no count of improved)"),
    ),
    "a later count taken away": (
        [("outcomes", ("ada-low,improved,patient,9,14,,12,reported,,table 2,high,\n", ""))],
        "improved",
        ("corrected", "Corrected numbers", "Ada 2001: Low energy 9/14 at 12 months, now 6/14 at 3 months"),
    ),
    "another unit": (
        [("outcomes", ("cy,pain_free,heel,30,40", "cy,pain_free,patient,20,25"))],
        "pain_free",
        ("new-data", "Cy 2010", "20/25 is in now (before: counts heels, not patients)"),
    ),
    "the unit alone": (
        [("outcomes", ("pain_free,heel,20,25", "pain_free,patient,20,25"))],
        "pain_free",
        ("corrected", "Corrected numbers", "Cy 2010 20/25 is in now (before: counts heels, not patients)"),
    ),
    "patients counted once": (
        [("arms", (DI, DI.replace(",cy,", ",,")))],
        "improved",
        (
            "eligibility",
            "Changed eligibility",
            "Di 2011 7/9 is in now (before: the same patients as Cy 2010, which is in)",
        ),
    ),
    "a filter": (
        [("../../analyses/heel", ('by = ["device"]\n', 'where = { device = ["focused", "radial"] }\n'))],
        "improved",
        (
            "eligibility",
            "Changed eligibility",
            "NA 1/1 is no longer in (does not pass the filter: device is focused or radial)",
        ),
    ),
    "arms made anew": (
        list(HALVES),
        "improved",
        (
            "corrected",
            "Corrected numbers",
            "Bo 2002 8/12 is no longer in; Bo 2002: left 3/5 is in now, an arm that was not there; "
            "Bo 2002: right 5/7 is in now, an arm that was not there",
        ),
    ),
    "an arm of another study": (
        [("arms", ("ada-high,ada-2001", "ada-high,bo-2002")), ("studies", ("case_series,12,", "case_series,28,"))],
        "improved",
        ("corrected", "Corrected numbers", "Bo 2002: High energy 12/15 is an arm of another study now"),
    ),
}


def change(folder: Path, edits: Any, outcome: str) -> Explained:
    """What an outcome says of edits: (table, pairs of old and new text) each."""
    analyses = folder.parent.parent / "analyses"
    analysis = analyses / "heel.toml"
    before = state_of(collect(folder, analyses, "v1"), analyses_in)
    for table, *pairs in edits:
        if table.startswith("../../"):
            ((old, new),) = pairs
            text = analysis.read_text(encoding="utf-8")
            assert old in text
            analysis.write_text(text.replace(old, new), encoding="utf-8")
        else:
            edit(folder, table, *pairs)
    after = state_of(collect(folder, analyses), analyses_in)
    found = difference(before.version, after.version)
    return explained_since(before, after, request_of(after, outcome), found)


@pytest.mark.parametrize("case", CASES)
def test_each_change_has_its_source(heel: Path, case: str) -> None:
    edits, outcome, wanted = CASES[case]
    if outcome == "pain_free":  # two studies more, so that there is an estimate to share out
        more = "di,pain_free,patient,2,9,,6,reported,,table 3,high,\n"
        edit(heel, "outcomes", ("bo,pain_free,patient,0,12", f"{more}bo,pain_free,patient,0,12"))
        edit(heel, "arms", ("Radial,9,cy,", "Radial,9,,"))
    if case == "the unit alone":
        edit(heel, "outcomes", ("cy,pain_free,heel,30,40", "cy,pain_free,heel,20,25"))
    told = change(heel, edits, outcome)
    assert told.parts is not None, paragraph(told)
    (part,) = told.parts.parts
    assert (part.source.kind, part.source.name, part.source.detail) == wanted
    assert part.pooled == told.parts.after - told.parts.before


OUT = (
    ("studies", ("di-2011,Di 2011,2011,Japan,case_series,9,hospital\n", "")),
    ("reports", ("di2011,di-2011,", "di2011,,")),
    ("screening", ("di2011,Example database,included,full_text,", "di2011,Example database,excluded,full_text,{0}")),
    ("arms", ("di,di-2011,Radial,9,,radial,0.3,left,,some of Cy\n", "")),
    ("outcomes", ("di,improved,patient,7,9,,6,reported,,table 3,high,\n", "")),
)


def test_an_excluded_study_is_changed_eligibility_with_its_reason(heel: Path) -> None:
    said = "excluded: not shock waves"
    edit(heel, "arms", ("Radial,9,cy,", "Radial,9,,"))
    edits = [(table, (old, new.format("not_shock_waves"))) for table, (old, new) in OUT]
    told = change(heel, edits, "improved")
    assert told.parts is not None
    (part,) = told.parts.parts
    assert (part.source.kind, part.source.title) == ("eligibility", "Changed eligibility: Di 2011")
    assert part.source.detail == f"7/9, {said}" and part.source.studies == {"di-2011"}
    assert [(one.label, one.direction, one.why) for one in told.moved] == [("Di 2011", "out", said)]
    assert f"Di 2011 (7/9, {said}) {points(part.pooled)}" in paragraph(told)
    assert [step.name for step in steps(told)] == ["Changed eligibility: Di 2011"]


def test_a_study_that_was_excluded_before_came_by_eligibility(heel: Path) -> None:
    edit(heel, "arms", ("Radial,9,cy,", "Radial,9,,"))
    edits = [(table, (old, new.format("not_shock_waves"))) for table, (old, new) in OUT]
    for table, pair in edits:
        edit(heel, table, pair)
    told = change(heel, [(table, (new, old)) for table, (old, new) in edits[2:3]] + ADDED, "improved")
    assert told.parts is not None
    (part,) = told.parts.parts
    assert (part.source.kind, part.source.detail) == ("eligibility", "7/9 in now, before excluded: not shock waves")


ADDED = [
    ("studies", ("cy-2010,Cy", "di-2011,Di 2011,2011,Japan,case_series,9,hospital\ncy-2010,Cy")),
    ("reports", ("di2011,,", "di2011,di-2011,")),
    ("arms", ("cy,cy-2010,", "di,di-2011,Radial,9,,radial,0.3,left,,\ncy,cy-2010,")),
    ("outcomes", ("cy,improved,", "di,improved,patient,7,9,,6,reported,,table 3,high,\ncy,improved,")),
]


def test_a_correction_is_told_with_its_reason(heel: Path) -> None:
    new = BO.replace("8,12", "7,12").replace("medium,", "medium,one heel twice")
    told = change(heel, [("outcomes", (BO, new), (NOT_BO, NOT_BO.replace("4,12", "5,12")))], "improved")
    wanted = "Bo 2002 8/12, now 7/12 (one heel twice)"
    assert rows(told)[1][1] == wanted and f"Corrected: {wanted}." in paragraph(told)
    assert told.to_dict()["sources"] == [{"kind": "corrected", "name": "Corrected numbers", "detail": wanted}]


def test_other_limits_are_told_with_their_level(heel: Path) -> None:
    told = change(heel, [("../../analyses/heel", ('"hk-floor"\n', '"hk-floor"\nlevel = 0.9\n'))], "improved")
    said = paragraph(told)
    assert "(95 % interval " in said and "(90 % interval " in said
    assert said.endswith("changed method 0. Method: intervals at 95 %, then 90 %.")


def test_many_arms_of_one_reason_are_told_together(heel: Path) -> None:
    edits = [("../../analyses/heel", ('by = ["device"]\n', 'where = { device = "focused" }\n'))]
    (source,) = change(heel, edits, "improved").sources
    wanted = "3 studies no longer in (does not pass the filter: device is focused): Bo 2002 8/12, Cy 2010 20/25, NA 1/1"
    assert source.detail == wanted


def test_new_data_is_told_by_the_name_of_its_study(heel: Path) -> None:
    edits, outcome, _ = CASES["a later time"]
    told = change(heel, edits, outcome)
    assert "Bo 2002 (new data: 8/12 at 6 months, now 5/10 at 24 months) " in paragraph(told)
    assert [row[0] for row in rows(told)] == ["Version v1", "New data: Bo 2002", "Change", "Version now"]
    assert [step.name for step in steps(told)] == ["New data: Bo 2002"]
    assert told.moved == ()


def test_why_a_known_study_came_in(heel: Path) -> None:
    edits, outcome, _ = CASES["first counts"]
    (moved,) = change(heel, edits, outcome).moved
    assert (moved.label, moved.direction, moved.why) == (
        "NA",
        "in",
        "before: improved 1 of 1, but free of pain was not read",
    )


def test_an_arm_in_another_group_moves_no_count_and_is_told(heel: Path) -> None:
    told = change(heel, [("arms", ("Radial,12,,radial", "Radial,12,,focused"))], "improved")
    assert told.parts is not None and told.parts.parts == ()
    said = "Neither counts nor method changed. Reclassified: Bo 2002 device radial, now focused."
    assert paragraph(told).endswith(said)
    assert told.to_dict()["reclassified"] == [
        {"label": "Bo 2002", "column": "device", "old": "radial", "new": "focused"}
    ]


def test_an_arm_that_a_filter_takes_up_is_told_with_its_class(heel: Path) -> None:
    analysis = heel.parent.parent / "analyses" / "heel.toml"
    text = analysis.read_text(encoding="utf-8")
    analysis.write_text(text.replace('by = ["device"]', 'where = { device = "radial" }'), encoding="utf-8")
    edit(heel, "arms", ("Radial,9,cy,", "Radial,9,,"))
    told = change(heel, [("arms", ("Low energy,14,,focused", "Low energy,14,,radial"))], "improved")
    assert told.parts is not None
    (part,) = told.parts.parts
    assert (
        part.source.kind == "eligibility"
        and "(before: does not pass the filter: device is radial)" in part.source.detail
    )
    assert paragraph(told).endswith("Reclassified: Ada 2001: Low energy device focused, now radial.")


def test_a_study_whose_id_was_corrected_with_its_year_is_the_same(heel: Path) -> None:
    edits = [
        ("studies", ("bo-2002,Bo 2002,2002", "bo-2003,Bo 2003,2003")),
        ("reports", ("bo-2002", "bo-2003")),
        ("arms", ("bo-2002", "bo-2003")),
    ]
    told = change(heel, edits, "improved")
    assert told.parts is not None and told.parts.parts == () and told.moved == ()


ROW = CountedRow("patient", 6, 14, 3.0)


@pytest.mark.parametrize(
    ("others", "wanted"),
    [
        ((), None),
        ((CountedRow("patient", 7, 14, 3.0),), 0),
        ((CountedRow("patient", 6, 14, 4.0),), 0),
        ((CountedRow("heel", 6, 14, 3.0),), 0),
        ((CountedRow("patient", 7, 14),), 0),
        ((CountedRow("patient", 7, 14, 4.0),), None),
        ((CountedRow("heel", 7, 14, 3.0),), None),
        ((CountedRow("patient", 6, 14, 4.0), CountedRow("patient", 6, 14, 5.0)), None),
        ((CountedRow("patient", 6, 14, 4.0), CountedRow("patient", 1, 9, 3.0)), 1),
    ],
)
def test_which_row_is_the_same(others: tuple[CountedRow, ...], wanted: int | None) -> None:
    assert counterpart(ROW, (ROW,), others) == (None if wanted is None else others[wanted])
