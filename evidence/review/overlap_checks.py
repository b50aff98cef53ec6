"""Rules of overlap.csv: each pair once, and decisions that arms.csv carries out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..errors import Problem
from .days import is_day
from .overlap import Decision, Pair, decisions, joined, named_possible, named_same
from .reading import Table

#: Code of a decision that arms.csv does not carry out.
DIFFERS = "overlap-differs"


def overlap_problems(tables: Mapping[str, Table]) -> list[Problem]:
    """Pairs of one arm or twice, decisions that arms.csv contradicts, and named pairs that nobody decided.

    A review without decisions has none of these problems: its arms may name each other without a ledger.
    """
    table, arms = tables["overlap"], tables["arms"]
    if not table.rows:
        return []
    problems, decided = list[Problem](), dict[Pair, int]()
    for position, row in enumerate(table.rows):
        if row["date"] is not None and not is_day(row["date"]):
            message = f"{row['date']!r} can be misread"
            problems.append(table.warning("date-unclear", position, "date", message, "write the day as 2024-05-31"))
        for one in decisions([row]):
            if len(one.pair) == 1:
                message = f"{one.arm_a} is paired with itself"
                problems.append(table.problem("pair-of-one", position, "arm_b", message, "name the other arm"))
            elif one.pair in decided:
                message = f"{one.arm_a} and {one.arm_b} stand in line {table.lines[decided[one.pair]]} already"
                problems.append(table.problem("duplicate-row", position, "arm_a", message, "keep one row of a pair"))
            else:
                decided[one.pair] = position
                problems += _carried_out(tables, position, one)
    return problems + _undecided(table, arms, decided)


def _carried_out(tables: Mapping[str, Table], position: int, one: Decision) -> list[Problem]:
    """Whether arms.csv says what was decided."""
    table, arms = tables["overlap"], tables["arms"]
    if not arms.complete or not one.pair <= {row["arm_id"] for row in arms.rows}:
        return []
    same, possible = joined(named_same(arms.rows), one.pair), one.pair in named_possible(arms.rows)
    a, b = one.arm_a, one.arm_b
    says = f"{a} and {b} are {one.decision}, but in arms.csv"
    if one.decision == "same_patients" and not same:
        mend = f"write {b} into same_patients_as of {a} (or the other way round), or change the decision"
        return [table.problem(DIFFERS, position, "decision", f"{says} same_patients_as does not name them", mend)]
    if one.decision == "same_patients" and possible:
        mend = "take it out of possible_overlap: that is for what was not verified"
        problem = table.problem(DIFFERS, position, "decision", f"{says} possible_overlap names them too", mend)
        return [replace(problem, severity="warning")]
    if one.decision != "same_patients" and same:
        mend = "empty same_patients_as there, or change the decision"
        return [table.problem(DIFFERS, position, "decision", f"{says} same_patients_as joins them", mend)]
    if one.decision == "unclear" and not possible:
        mend = f"write {b} into possible_overlap of {a}, or change the decision"
        return [table.problem(DIFFERS, position, "decision", f"{says} possible_overlap does not name them", mend)]
    if one.decision == "distinct" and possible:
        mend = "take it out of possible_overlap, or change the decision"
        return [table.problem(DIFFERS, position, "decision", f"{says} possible_overlap names them", mend)]
    return []


def _undecided(table: Table, arms: Table, decided: Mapping[Pair, int]) -> list[Problem]:
    """Pairs that arms.csv names and the ledger, once there is one, does not."""
    if not table.complete:
        return []
    problems = []
    for position, row in enumerate(arms.rows):
        for column, find in (("same_patients_as", named_same), ("possible_overlap", named_possible)):
            for pair in sorted(find([row]), key=sorted):
                other = next(iter(pair - {row["arm_id"]}))
                if pair not in decided and _first_naming(arms, pair) == position:
                    message = f"{row['arm_id']}: {column} names {other}, but overlap.csv has no decision on the two"
                    mend = f"add their row, or run evidence overlap REVIEW --decide {row['arm_id']} {other} ..."
                    problems.append(arms.warning("overlap-undecided", position, column, message, mend))
    return problems


def _first_naming(arms: Table, pair: Pair) -> int:
    """Position of the first row of arms.csv that names the pair."""

    def names(row: Mapping[str, Any]) -> bool:
        return pair in named_same([row]) or pair in named_possible([row])

    return next(i for i, row in enumerate(arms.rows) if names(row))
