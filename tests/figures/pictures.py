"""Made-up pictures of every kind: numbers that mean nothing, but reach every corner."""

from __future__ import annotations

from math import sin

import numpy as np

from evidence.sensitivity.pictures import Contour, Curve, Curves, IntervalRow, Intervals, Panels, Picture, Points

LONG = "without Ångström & Größe 2019 with a title that does not fit on one line at all"


def intervals() -> Intervals:
    rows = [
        IntervalRow("without Ada 1990", 0.2, 0.05, 0.5, ("3/40",)),
        IntervalRow(LONG, 0.4, 0.1, 0.7, ("5/40",), remark="tau-zero"),
        IntervalRow("without Odd 2001", None, None, None, ("0/0",), remark="no-fit"),
        IntervalRow("without Open 2002", 0.6, 0.2, None, ("3/9",)),
        IntervalRow("without Bare 2003", 0.5, None, None, ("3/9",)),
        IntervalRow("all studies", 0.32, 0.13, 0.6, ("10/45",), primary=True),
    ]
    return Intervals(tuple(rows), "average study (mean)", ("left",), 0.32)


def differences(columns: int = 3) -> Intervals:
    rows = [
        IntervalRow(f"Study {i}", (-1.0) ** i * i / 4, -2.0, 2.0 + (400 if i == 3 else 0), ("0.25",) * columns)
        for i in range(8)
    ]
    return Intervals(tuple(rows), "change", tuple(f"Head {i}" for i in range(columns)), 0.0, proportion=False)


def crowded_words() -> Intervals:
    rows = [IntervalRow(f"S {i}", 0.5, 0.2, 0.7, tuple(f"choice {j} of many" for j in range(9))) for i in range(3)]
    return Intervals(tuple(rows), "mean", tuple(f"Heading {j}" for j in range(9)))


def specification(k: int = 24) -> Intervals:
    models, limits = ("logistic-normal", "beta-binomial", "Bayesian"), ("profile-t", "t")
    rows = []
    for i in range(k):
        middle = 0.1 + 0.8 * ((7 * i) % k) / k
        cells = (models[i % 3], limits[i % 2], "" if i % 3 else "all")
        if i == 5:
            rows.append(IntervalRow("none", None, None, None, cells, remark="the limits are not defined"))
        else:
            rows.append(IntervalRow(f"spec {i}", middle, middle - 0.1, middle + 0.1, cells, primary=i == 3))
    return Intervals(tuple(rows), "average study (mean)", ("Model", "Limits", "Reports"), rows[3].estimate, True)


def publication() -> Curves:
    x = (1.0, 0.8, 0.6, 0.4, 0.2, 0.1, 0.05)
    y = tuple(0.4 + 0.42 * v for v in x)
    band = Curve("average study", y, tuple(v - 0.2 for v in y), tuple(min(1.0, v + 0.2) for v in y))
    return Curves(x, "chance of publication", "average study", (band,), reference=0.82)


def sizes() -> Curves:
    main = Curve(
        "average study (mean)", (0.9, 0.88, None, 0.8, 0.6), (0.6, 0.6, None, 0.5, 0.3), (1, 0.99, None, 0.9, 0.8)
    )
    other = Curve("observed patients", (0.95, 0.9, 0.85, 0.8, 0.6))
    words = ("1 patient", "up to 2", "up to 3", "up to 5", "all")
    return Curves((1, 2, 3, 5, 28), "studies up to this size", "proportion", (main, other), words, 0.61, log_x=True)


def coverage() -> Curves:
    names = (
        "logistic-normal",
        "beta-binomial",
        "Bayesian",
        "inverse variance",
        "Freeman-Tukey",
        "exact",
        "a",
        "b",
        "c",
    )
    curves = tuple(
        Curve(
            name,
            tuple(0.97 - 0.04 * j - 0.005 * i * j for j in range(4)),
            tuple(0.96 - 0.04 * j - 0.005 * i * j for j in range(4)),
            tuple(0.98 - 0.04 * j - 0.005 * i * j for j in range(4)),
        )
        for i, name in enumerate(names)
    )
    ticks = ("tau 0.5", "tau 0.8 (estimated)", "tau 1", "tau 2 (upper limit, capped at two)")
    return Curves((0, 1, 2, 3), "spread between studies", "coverage", curves, ticks, 0.95)


def likelihood() -> Curves:
    x = tuple(0.05 * i for i in range(1, 61))
    fine = Curve("fine", tuple(-10 - 3 * (v - 1) ** 2 for v in x))
    other = Curve("other", tuple(-11.0 for _ in x), tuple(-12.0 for _ in x), tuple(-10.5 for _ in x))
    return Curves(x, "tau", "log-likelihood", (fine, other), proportion=False)


def funnel() -> Points:
    n = (1, 1, 1, 1, 2, 3, 3, 6, 28)
    x = (1, 1, 0, 1, 0.5, 1, 0.67, 0.33, 0.32)
    down = tuple(float(v) for v in range(1, 40))
    lines = tuple((tuple(0.32 + side / v**0.5 for v in down), down, "95 % of studies") for side in (-1, 1))
    names = tuple(f"Author {i}" for i in range(9))
    flags = tuple(i in (7, 8) for i in range(9))
    return Points(x, n, names, "proportion", "patients", n, flags, lines, 0.32, x_proportion=True, log_y=True)


def crowd(k: int = 60, flagged: int = 30) -> Points:
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(2, k)).tolist()
    names = tuple(f"Author with name {i}" for i in range(k))
    return Points(tuple(x), tuple(y), names, "x", "y", flagged=tuple(i < flagged for i in range(k)))


def subsets(k: int = 5000) -> Points:
    rng = np.random.default_rng(2)
    with_it = rng.random(k) < 0.5
    x = np.clip(rng.normal(np.where(with_it, 0.3, 0.7), 0.06), 0, 1)
    y = np.abs(rng.normal(np.where(with_it, 1.0, 0.4), 0.2))
    names = ("",) * k
    flags = tuple(with_it.tolist())
    return Points(tuple(x), tuple(y), names, "mean", "tau", flagged=flags, vertical=0.5, x_proportion=True)


def contour() -> Contour:
    x, y = (1.0, 0.8, 0.6, 0.4, 0.2, 0.1, 0.05), (0.01, 0.5, 1.0, 1.5, 2.0, 3.0)
    z = [[0.82 - 0.5 * (1 - a) ** 2 - 0.05 * b + 0.1 * sin(3 * a * b) for a in x] for b in y]
    rows = tuple(tuple(None if (i, j) == (5, 6) else v for j, v in enumerate(row)) for i, row in enumerate(z))
    return Contour(x, y, rows, "chance of publication", "tau", "average study")


def panels() -> Panels:
    return Panels((("Along the chance of publication", publication()), ("Both", contour()), ("Studies", intervals())))


PICTURES: dict[str, Picture] = {
    "intervals": intervals(),
    "differences": differences(),
    "crowded words": crowded_words(),
    "specification": specification(),
    "many specifications": specification(300),
    "publication": publication(),
    "sizes": sizes(),
    "coverage": coverage(),
    "likelihood": likelihood(),
    "funnel": funnel(),
    "crowd": crowd(),
    "subsets": subsets(),
    "contour": contour(),
    "panels": panels(),
}
