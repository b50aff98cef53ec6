"""A bare table selects, filters and groups as a review does."""

from __future__ import annotations

import pytest

from evidence.bare import select_table
from evidence.errors import ComputeError, UsageError
from evidence.review.headers import Choice
from evidence.review.spreadsheet import BareTable, parse_bare_table

TEXT = "Study,Events,N,Route,Dose\nAda,1,2,oral,5\nBo,2,3,iv,20\nCy,2,3,,20\nDi,,3,iv,\nEd,0,4,oral,30\n"


def table(text: str = TEXT, choice: Choice | None = None) -> BareTable:
    return parse_bare_table(text.encode(), "t.csv", choice)


def test_rows_with_counts_are_pooled_and_the_others_said() -> None:
    selection = select_table(table())
    assert selection.counts.labels == ("Ada", "Bo", "Cy", "Ed")
    assert selection.counts.events.tolist() == [1, 2, 2, 0]
    assert [(arm.label, arm.reason) for arm in selection.left_out] == [("Di", "no-outcome")]
    assert (selection.context.arms_in, selection.context.arms_all) == (4, 5)
    assert selection.context.unit == "patient"
    assert selection.groups is None


def test_groups_keep_the_order_of_the_table_and_not_reported_last() -> None:
    selection = select_table(table(), by="route")
    assert selection.by == "Route"
    assert selection.groups == {"oral": (0, 3), "iv": (1,), "not reported": (2,)}
    iv = selection.group_contexts["iv"]
    assert (iv.arms_in, iv.arms_all) == (1, 2)


def test_a_number_is_grouped_by_cuts() -> None:
    assert select_table(table(), by="Dose", cut=(10, 30)).groups == {
        "< 10": (0,),
        "10 to < 30": (1, 2),
        ">= 30": (3,),
    }
    for by, cut in (("Dose", ()), ("Route", (10,)), (None, (10,))):
        with pytest.raises(UsageError):
            select_table(table(), by=by, cut=cut)


def test_filters_take_several_values_numbers_and_not_reported() -> None:
    for where, labels in (
        ({"Route": ["oral"]}, ("Ada", "Ed")),
        ({"route": ["iv", "not reported"]}, ("Bo", "Cy")),
        ({"Route": ["oral", "iv"], "Dose": ["20"]}, ("Bo",)),
    ):
        assert select_table(table(), where=where).counts.labels == labels
    left = select_table(table(), where={"Route": ["oral"]}).left_out
    assert [(arm.label, arm.text) for arm in left] == [
        ("Bo", "Route is iv"),
        ("Cy", "Route is not reported"),
        ("Di", "Route is iv"),
    ]


def test_unknown_names_list_the_near_ones() -> None:
    with pytest.raises(UsageError, match="did you mean Route"):
        select_table(table(), by="Rute")
    with pytest.raises(UsageError, match="did you mean oral"):
        select_table(table(), where={"Route": ["orl"]})


def test_nothing_left_is_said() -> None:
    with pytest.raises(ComputeError, match="no row is left"):
        select_table(table("Study,Events,N\nAda,,\n"))


def test_arms_of_one_study_share_it() -> None:
    text = "Arm,Study,Events,N\na,Ada,1,2\nb,Ada,2,3\nc,Bo,1,4\n"
    counts = select_table(table(text, Choice(label="Arm", study="Study"))).counts
    assert counts.labels == ("a", "b", "c")
    assert counts.by_study().n.tolist() == [5, 4]
