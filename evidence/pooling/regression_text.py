"""A regression in a few lines of plain text."""

from __future__ import annotations

from .. import display
from .regression_result import Coefficient, Omnibus, Regressed


def summary_lines(result: Regressed) -> list[str]:
    """The regression in a few lines: what went in, a line for each coefficient, what is left, the test."""
    counts = result.counts
    arms = f" ({display.plural(counts.k, 'arm')})" if counts.k > result.k else ""
    lines = [
        f"{result.model.title}; {display.plural(result.k, 'study', 'studies')}{arms}",
        f"{counts.events.sum()} of {counts.n.sum()} {counts.units}",
    ]
    lines += [f"{t.name}: against {t.reference}" for t in result.design.terms if t.reference is not None]
    lines += coefficient_lines(result)
    lines.append(spread_line(result))
    if result.omnibus is not None:
        lines.append(omnibus_line(result.omnibus))
    return lines


def coefficient_lines(result: Regressed) -> list[str]:
    """The coefficients as a table: name, estimate, limits, p."""
    level = f"{result.model.level:.0%} limits"
    permuted = result.permutations is not None
    rows = [("", "estimate", f"{level} ({result.limits})", "p", *(("p (permutation)",) if permuted else ()))]
    for c in result.coefficients:
        row = (c.name, display.number(c.estimate, 3), limits_text(c), display.p_value(c.p))
        rows.append((*row, *((display.p_value(c.p_permutation),) if permuted else ())))
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def limits_text(c: Coefficient) -> str:
    """``[-0.12, 0.33]``; a side that was never reached is infinite, and a dash stands where there are no limits."""
    if c.lower is None and c.upper is None and c.p is None:
        return display.DASH
    low = "-∞" if c.lower is None else display.number(c.lower, 3)
    high = "∞" if c.upper is None else display.number(c.upper, 3)
    return f"[{low}, {high}]"


def spread_line(result: Regressed) -> str:
    """tau with its limits, residual I2 and Q, R2."""
    spread = result.heterogeneity
    if spread.tau is None:
        return "tau: not identified"
    text = f"tau {display.number(spread.tau, 3)}"
    if spread.tau_ci is not None:
        high = spread.tau_ci["upper"]
        upper = "no limit" if high is None else display.number(high, 3)
        text += f" [{display.number(spread.tau_ci['lower'], 3)}, {upper}] ({spread.tau_ci['method']})"
    if spread.i2 is not None:
        text += f"; residual I2 {display.percent(spread.i2)}"
    if spread.q is not None:
        text += f"; Q {display.number(spread.q, 2)} ({spread.q_df} df), p {display.p_value(spread.q_p)}"
    return text + (f"; R2 {display.percent(result.r2)}" if result.r2 is not None else "")


def omnibus_line(test: Omnibus) -> str:
    """The test of all covariates as a sentence part."""
    df = f"{test.df} df" if test.df_residual is None else f"{test.df} and {test.df_residual} df"
    kind = "chi2" if test.df_residual is None else "F"
    return (
        f"all covariates: {kind} {display.number(test.statistic, 2)} ({df}; {test.name}), p {display.p_value(test.p)}"
    )
