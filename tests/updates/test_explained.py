"""A change in sentences and as a table."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

import evidence
from evidence.pooling.result import Interval
from evidence.updates.decomposition import Decomposition, Part
from evidence.updates.explained import (
    HEADINGS,
    ROUNDED,
    Explained,
    explain,
    paragraph,
    points,
    rounded_apart,
    rows,
)
from evidence.updates.inclusion import End
from evidence.updates.method_words import method_change
from evidence.updates.sources import Kind, PoolArm, Side, Source

MODEL: Any = evidence.model("inverse-variance", measure="PLO", tau2="DL", limits="wald")


def end(label: str, *arms: tuple[str, int, int], value: float | None = 0.5, reason: str | None = None) -> End:
    pooled = tuple(PoolArm(name, name, name.upper(), x, n) for name, x, n in arms)
    side = Side(pooled, MODEL, {name: name.upper() for name, _, _ in arms})
    x, n = sum(arm[1] for arm in arms), sum(arm[2] for arm in arms)
    ci = None if value is None else Interval(0.2, 0.8, 0.95, "wald")
    return End(
        label, "Healed", "patient", MODEL.title, len(arms), n, x, n, "", reason, value, ci, "average study", side
    )


def test_points_have_a_sign_and_no_false_zero() -> None:
    assert [points(value) for value in (0.0, 0.0123, -0.2, 0.0001, -0.0001, None)] == [
        "0",
        "+1.2",
        "-20.0",
        "<0.1",
        ">-0.1",
        "–",
    ]


def test_before_and_after_and_each_source() -> None:
    told = explain("healed", end("v1", ("a", 3, 9), ("b", 1, 4)), end("now", ("a", 3, 9), ("b", 1, 4), ("c", 6, 8)))
    said = paragraph(told)
    assert said.startswith(
        "Healed. In the version v1 4 of 13 patients in 2 studies (31 % observed); average study 50.0 %"
    )
    assert "Now 10 of 21 patients in 3 studies" in said and "C (6/8) +" in said
    table = rows(told)
    assert [row[0] for row in table] == ["Version v1", "New study: C", "Change", "Version now"]
    assert all(len(row) == len(HEADINGS) for row in table) and table[1][3] == table[2][3]
    assert [(moved.label, moved.direction, moved.why) for moved in told.moved] == [("C", "in", "new study")]


def test_a_version_without_an_estimate_has_its_count_and_a_sentence() -> None:
    before = end("v1", ("a", 0, 1), value=None, reason="One study: nothing is pooled.")
    told = explain("healed", before, end("now", ("b", 3, 9), ("c", 6, 8)))
    said = paragraph(told)
    assert "In the version v1 there is no estimate: 0 of 1 patient. One study: nothing is pooled." in said
    assert "New in the counts: B; C." in said and "No longer in the counts: A." in said
    assert rows(told) == [] and told.to_dict()["decomposition"] is None
    same = explain("healed", before, replace(before, label="now"))
    assert paragraph(same).endswith("The counts are the same.")


def test_no_earlier_version_is_a_sentence() -> None:
    told = explain("healed", None, end("now", ("a", 3, 9)))
    assert paragraph(told).startswith(
        "Healed: there is no earlier version to compare with. Now 3 of 9 patients in 1 study"
    )
    assert told.to_dict()["before"] is None and rows(told) == []


def test_nothing_changed_is_said() -> None:
    here = end("v1", ("a", 3, 9), ("b", 1, 4))
    assert paragraph(explain("healed", here, replace(here, label="now"))).endswith("Neither counts nor method changed.")


def test_a_frozen_number_that_comes_out_otherwise_is_told() -> None:
    here = end("v1", ("a", 3, 9), ("b", 1, 4))
    after = replace(here, label="now")
    assert "It was frozen with 52.00 %: of the same tables this software computes 50.00 %." in paragraph(
        explain("healed", here, after, kept=0.52)
    )
    assert "frozen" not in paragraph(explain("healed", here, after, kept=0.5 + 1e-9))


def part(kind: Kind, name: str, moved: float, error: float = 0.0) -> Part:
    return Part(Source(kind, name, "1/2", (0,)), moved, error, moved, None)


def test_a_sample_and_left_out_orders_are_said() -> None:
    parts = tuple(part("new-study", f"N{i}", 0.01 * (i - 2), 0.004) for i in range(6))
    found = Decomposition(0.5, 0.53, parts, exact=False, orders=40, coalitions=9, blocked=True)
    told = Explained("healed", end("v1", ("a", 3, 9)), end("now", ("a", 3, 9), value=0.53), (), found)
    said = paragraph(told)
    assert "Sampled: 40 orders; standard errors up to 0.4 points." in said
    assert "Orders that pass through a pool without an estimate were left out." in said
    assert "N5 (1/2) +3.0; N0 (1/2) -2.0; N4 (1/2) +2.0; 3 other sources together 0." in said
    assert "Sources that raise it add up to +6.0, those that lower it to -3.0." in said
    assert rows(told)[1] == ("New study: N5", "1/2", "+3.0", "+3.0 ± 0.4")


def moved_by(*moved: float) -> Explained:
    parts = tuple(part("new-study", f"N{i}", value) for i, value in enumerate(moved))
    total = sum(moved)
    found = Decomposition(0.5, 0.5 + total, parts, exact=True, orders=0, coalitions=9, blocked=False, counts_alone=0)
    # Of 10,000 patients as many more respond as the proportion moves, so that the observed share moves alike.
    after = end("now", ("a", 5000 + round(10000 * total), 10000), value=0.5 + total)
    return Explained("healed", end("v1", ("a", 5000, 10000)), after, (), found)


@pytest.mark.parametrize(
    ("moved", "apart"), [((0.01, -0.02), False), ((0.0104,) * 5, True), ((0.0096, 0.0096), True), ((0.01,) * 7, False)]
)
def test_that_rounded_parts_do_not_add_up_is_said_only_where_they_do_not(moved: tuple[float, ...], apart: bool) -> None:
    told = moved_by(*moved)
    assert rounded_apart(told) == apart == paragraph(told).endswith(ROUNDED)


def test_a_way_over_pools_that_nobody_would_print_is_said() -> None:
    told = moved_by(0.01, -0.02)
    assert told.parts is not None and "counts alone" not in paragraph(told)
    thin = replace(told, parts=replace(told.parts, counts_alone=4))
    assert "On the way stand 4 pools of 9 for which counts alone would be printed" in paragraph(thin)


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (replace(MODEL, level=0.9), "intervals at 95 %, then 90 %"),
        (replace(MODEL, add=0.25), "add 0.5, then 0.25"),
        (replace(MODEL, limits="hk"), f"{MODEL.title}, then {replace(MODEL, limits='hk').title}"),
        (MODEL, ""),
    ],
)
def test_how_methods_differ(other: Any, said: str) -> None:
    assert method_change(MODEL, other) == said
