"""Counts of Pritz 1997 (metadat's dat.pritz1997), and what R 4.2.2 with metafor 3.8-1 printed for them."""

from __future__ import annotations

from evidence.counts import Counts

EVENTS = [16, 10, 4, 43, 10, 25, 13, 12, 22, 4, 5, 18, 58, 6]
N = [17, 12, 8, 58, 10, 42, 14, 12, 41, 5, 6, 23, 68, 10]

#: rma.glmm(measure = "PLO", method = "ML", nAGQ = 100).
GLMM = {
    "estimate": 1.3765875214184711,
    "se": 0.2883773615842235,
    "tau2": 0.58929989353105328,
}
#: rma(measure = "PLO", method = "REML", test = "adhoc", tight control); the same in metafor 5.1-12.
REML = {
    "estimate": 1.1389091159858982,
    "se": 0.24444147011703177,
    "lower": 0.6108254256053764,
    "upper": 1.6669928063664199,
    "tau2": 0.36458777860928204,
    "q": 29.785416460258055,
    "log_likelihood": -18.446776620115187,
}
#: rma(measure = "PLO", method = "DL", test = "z").
DL = {
    "estimate": 1.1379693537080857,
    "se": 0.24089608681658245,
    "lower": 0.66582169953095,
    "upper": 1.6101170078852214,
    "tau2": 0.361558277235463,
    "q": 29.785416460258055,
    "i2_q": 0.56354479658373826,
}


def pritz() -> Counts:
    return Counts(EVENTS, N)


def printed(values: dict[str, float]) -> str:
    """Lines as the script prints them."""
    lines = ["R\t4.2.2", "metafor\t3.8-1"]
    return "\n".join([*lines, *(f"{name}\t{value!r}\t" for name, value in values.items())]) + "\n"
