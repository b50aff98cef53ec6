"""The steps of a waterfall: they lead from one number to the other, and small ones are one."""

from __future__ import annotations

import itertools

import pytest

from evidence.updates.decomposition import Decomposition
from evidence.updates.explained import Explained
from evidence.updates.steps import steps
from tests.updates.test_explained import end, part


def explained(*moved: float) -> Explained:
    parts = tuple(part("new-study", f"N{i:02}", value) for i, value in enumerate(moved))
    after = 0.5 + sum(moved)
    found = Decomposition(0.5, after, parts, exact=True, orders=1, coalitions=1, blocked=False)
    return Explained("healed", end("v1", ("a", 3, 9)), end("now", ("a", 3, 9), value=after), (), found)


def test_they_lead_from_one_number_to_the_other() -> None:
    way = steps(explained(0.02, -0.05, 0.01))
    assert [step.name for step in way] == ["N01", "N00", "N02"], "the order of the table"
    assert [step.change for step in way] == pytest.approx([-0.05, 0.02, 0.01], abs=1e-15)
    assert way[0].start == 0.5 and all(a.end == b.start for a, b in itertools.pairwise(way))
    assert way[-1].end == pytest.approx(0.48, abs=1e-15)
    assert way[0].to_dict()["points"] == pytest.approx(-5.0, abs=1e-12)


def test_what_is_too_small_to_print_is_one_step() -> None:
    way = steps(explained(0.02, 0.0001, -0.0002, 0.0))
    assert [step.name for step in way] == ["N00", "3 other sources together"]
    assert way[1].change == pytest.approx(-0.0001, abs=1e-15) and way[1].observed == pytest.approx(-0.0001, abs=1e-15)
    assert [step.name for step in steps(explained(0.0, 0.0))] == ["2 sources together"]
    assert [step.name for step in steps(explained(0.02, 0.0))] == ["N00", "N01"], "one alone keeps its name"


def test_the_smallest_of_many_are_one_step() -> None:
    many = [0.01 + 0.001 * i for i in range(20)]
    way = steps(explained(*many), most=5)
    assert [step.name for step in way] == ["N19", "N18", "N17", "N16", "16 other sources together"]
    assert way[-1].end == pytest.approx(0.5 + sum(many), abs=1e-12)
    assert len(steps(explained(*many[:5]), most=5)) == 5, "as many as there is room for keep their names"


def test_no_decomposition_no_step() -> None:
    before = end("v1", ("a", 0, 1), value=None, reason="One study.")
    assert steps(Explained("healed", before, end("now", ("a", 3, 9)))) == ()
