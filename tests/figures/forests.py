"""Results and checks that the tests of forest plots share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

from evidence.counts import Counts
from evidence.figures.forest_layout import ForestLayout
from evidence.figures.page import Page, Shape
from evidence.pooling import pool
from evidence.pooling.result import Context, Pooled
from evidence.pooling.subgroups import Subgroups
from tests.figures.looking import assert_whole

LABELS = ["Ångström 2019", "Größe & Söhne <2020>", "$x_1$ 2021", "Παπαδόπουλος 2022", "Smith [abstract] 2023"]


@dataclass(frozen=True)
class Chosen:
    counts: Counts
    study_columns: tuple[Mapping[str, Any], ...]
    groups: Mapping[str, tuple[int, ...]] | None
    by: str | None
    context: Context
    group_contexts: Mapping[str, Context] = field(default_factory=dict)


def context(arms: int, banner: str | None = None) -> Context:
    headings = {"route": "Route", "dose": "Dose (mg/mL)"}
    return Context("r", "o", "Complete remission", "patient", arms, arms + 2, 500, 3, 0, headings, banner)


@cache
def studies(k: int) -> Counts:
    rng = np.random.default_rng(k)
    n = np.where(rng.random(k) < 0.4, 1, rng.integers(2, 60, k))
    labels = [LABELS[i] if i < len(LABELS) else f"Author with a rather long name {i} (year not seen)" for i in range(k)]
    return Counts(rng.binomial(n, 0.4), n, labels)


@cache
def pooled(counts: Counts, model: str = "logistic-normal") -> Pooled:
    result = pool(counts, model)
    assert isinstance(result, Pooled)
    return result


@cache
def grouped(k: int = 23, banner: str | None = "Seed: not for treatment decisions.") -> Subgroups:
    counts = studies(k)
    routes = ["topical", "intravenous", "not reported"]
    at = {
        route: tuple(i for i in range(k) if (0 if i < k - 4 else (1 if i < k - 3 else 2)) == j)
        for j, route in enumerate(routes)
    }
    columns = tuple(
        {"route": next(r for r, where in at.items() if i in where), "dose": None if i % 3 else 100.0 + i}
        for i in range(k)
    )
    groups = {route: where for route, where in at.items() if where}
    contexts = {route: context(len(where)) for route, where in groups.items()}
    result = pool(Chosen(counts, columns, groups, "route", context(k, banner), contexts))
    assert isinstance(result, Subgroups)
    return result


def assert_placed(layout: ForestLayout) -> None:
    """Every page is whole, and every mark stands inside an axis."""
    for page in layout.pages:
        assert_whole(page)
    for shape in layout.page.shapes:
        if shape.role in ("pooled", "median", "prediction", "density", "arrow"):
            assert any(all(inside(x, axis.left, axis.right) for x, _ in shape.points) for axis in layout.axes)
        if shape.role in ("study", "part"):
            assert any(inside(centre(shape)[0], axis.left, axis.right) for axis in layout.axes)


def inside(x: float, left: float, right: float) -> bool:
    return left - 1e-6 <= x <= right + 1e-6


def centre(shape: Shape) -> tuple[float, float]:
    """Middle of a square."""
    return sum(x for x, _ in shape.points) / 4, sum(y for _, y in shape.points) / 4


def words(page: Page) -> list[str]:
    """Every text on a page."""
    return [text.text for text in page.texts]


def said(page: Page) -> str:
    """All texts of a page as one."""
    return " ".join(words(page))


def roles(page: Page, role: str) -> list[Shape]:
    """The shapes that stand for something."""
    return [shape for shape in page.shapes if shape.role == role]
