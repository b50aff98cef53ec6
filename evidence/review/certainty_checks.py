"""Rules of certainty.csv that show only when cells or rows are seen together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from ..errors import Problem
from .appraisal_tools import CONSENSUS
from .certainty import OPEN, Certainty, arms_of, rated
from .certainty_domains import DOMAINS, LEVELS, OVERALL, START
from .conditions import condition_problems
from .reading import Table
from .specs import items

Row = tuple[int, dict[str, Any]]
Tables = Mapping[str, Table]


def certainty_problems(tables: Tables) -> list[Problem]:
    """Cells that do not fit their domain, rows twice, what is missing of a rating, an end that does not follow.

    A level above what start and domains add up to needs a reason, else it is an error: the rating is a judgement and
    may end elsewhere than the sum, but its reasons must be open (Guyatt 2013, 10.1016/j.jclinepi.2012.01.006).
    """
    table = tables["certainty"]
    rows = [(position, row) for position, row in enumerate(table.rows) if _is_read(table, row)]
    problems, known = [], list[Row]()
    seen = dict[tuple[Any, ...], int]()
    for position, row in rows:
        for condition in items(row["selection"] or ""):
            problems += condition_problems(table, position, "selection", condition, tables)
        key = (row["outcome"], arms_of(row), row["domain"], row["rater"])
        if key in seen:
            message = f"{_named(row)}: {row['rater']} judged it in line {table.lines[seen[key]]}"
            problems.append(table.problem("duplicate-row", position, "domain", message, "delete one"))
            continue
        seen[key] = position
        wrong = _cells(table, position, row)
        problems += wrong
        if not wrong:
            known.append((position, row))
    return problems + _reasons(table, known) + _ratings(table, known)


def _is_read(table: Table, row: Mapping[str, Any]) -> bool:
    """Whether outcome, domain and rater are there, and every word is one of the codebook."""
    if None in (row["outcome"], row["domain"], row["rater"]):
        return False
    terms = {column.name: column.terms for column in table.spec.columns if column.type == "term"}
    return all(row[name] is None or row[name] in words for name, words in terms.items())


def _named(row: Mapping[str, Any]) -> str:
    selection = f" ({row['selection']})" if row["selection"] else ""
    return f"{row['outcome']}{selection} {row['domain']}"


def _cells(table: Table, position: int, row: Mapping[str, Any]) -> list[Problem]:
    """A level where the domain has none, a judgement that it does not have, or nothing."""
    domain = DOMAINS.get(row["domain"])
    if domain is None:
        if row["judgement"] is not None:
            message = f"{_named(row)}: judgement {row['judgement']}, but it is a level"
            mend = f"leave judgement empty and give certainty: {', '.join(LEVELS)}"
            return [table.problem("judgement-of-level", position, "judgement", message, mend)]
        if row["certainty"] is None:
            message, mend = f"{_named(row)}: no level is given", f"give certainty: {', '.join(LEVELS)}"
            return [table.problem("no-certainty", position, "certainty", message, mend)]
        return []
    words = ", ".join(domain.judgements)
    if row["certainty"] is not None:
        message = f"{_named(row)}: certainty {row['certainty']}, but a level stands only at {START} and {OVERALL}"
        mend = f"leave certainty empty and give judgement: {words}"
        return [table.problem("level-of-domain", position, "certainty", message, mend)]
    if row["judgement"] not in domain.judgements:
        said = f"is judged {row['judgement']}" if row["judgement"] else "has no judgement"
        message = f"{_named(row)} {said}"
        return [table.problem("judgement-of-domain", position, "judgement", message, f"give judgement: {words}")]
    return []


def _reasons(table: Table, rows: list[Row]) -> list[Problem]:
    """What was rated up or down without a word why, by anybody."""
    why = defaultdict[Any, list[Row]](list)
    for position, row in rows:
        why[row["outcome"], arms_of(row), row["domain"], row["judgement"]].append((position, row))
    problems = []
    for (_, _, name, judgement), found in why.items():
        moves = DOMAINS[name].judgements[judgement] if name in DOMAINS else 0
        if moves and all(row["reason"] is None for _, row in found):
            position, row = found[0]
            message = f"{_named(row)}: rated {'up' if moves > 0 else 'down'} without a reason"
            mend = "say why in reason: it is printed under the summary of findings"
            problems.append(table.warning("no-reason", position, "reason", message, mend))
    return problems


def _ratings(table: Table, rows: list[Row]) -> list[Problem]:
    """What each rating lacks as a whole, at the last of its rows."""
    grouped = defaultdict[Any, list[Row]](list)
    for position, row in rows:
        grouped[row["outcome"], arms_of(row)].append((position, row))
    problems = []
    for mine in grouped.values():
        (found,) = rated([row for _, row in mine])
        last, row = mine[-1]
        name = row["outcome"] + (f" ({row['selection']})" if row["selection"] else "")
        problems += _missing(table, last, name, found)
        problems += _open(table, mine, name, found)
        problems += _both_ways(table, last, name, found)
        problems += _end(table, mine, name, found)
    return problems


def _missing(table: Table, position: int, name: str, found: Certainty) -> list[Problem]:
    problems = []
    if found.overall is None:
        mend = f"add a row of the domain {OVERALL}; until then the outcome is shown as not judged yet"
        problems.append(table.warning("no-overall", position, "domain", f"{name}: no overall certainty", mend))
    if found.start is None:
        mend = f"add a row of the domain {START} with the level at which the rating starts"
        problems.append(table.warning("no-start", position, "domain", f"{name}: no level to start from", mend))
    if found.left_out:
        missing = ", ".join(domain.name for domain in found.left_out)
        mend = "add a row for each; where there is no reason to rate down, it is not_serious"
        problems.append(
            table.warning("domain-not-judged", position, "domain", f"{name}: no judgement on {missing}", mend)
        )
    return problems


def _open(table: Table, rows: list[Row], name: str, found: Certainty) -> list[Problem]:
    """Raters who differ without a consensus."""
    settled = {START: found.start, **found.domains, OVERALL: found.overall}
    problems = []
    for domain, one in settled.items():
        if one is None or one.word != OPEN:
            continue
        mine = [(position, row) for position, row in rows if row["domain"] == domain]
        told = ", ".join(f"{row['rater']} {row['judgement'] or row['certainty']}" for _, row in mine)
        mend = f"add a row of the rater {CONSENSUS}; until then it is shown as open"
        problems.append(
            table.warning("raters-differ", mine[-1][0], "judgement", f"{name} {domain}: {told}, not settled", mend)
        )
    return problems


def _both_ways(table: Table, position: int, name: str, found: Certainty) -> list[Problem]:
    """Rated up although something was rated down, without a reason (Guyatt 2011, 10.1016/j.jclinepi.2011.06.004)."""
    moves = {domain: DOMAINS[domain].judgements.get(one.word, 0) for domain, one in found.domains.items()}
    up, down = ([domain for domain, move in moves.items() if move * sign > 0] for sign in (1, -1))
    if not up or not down or (found.overall is not None and found.overall.reasons):
        return []
    message = f"{name}: rated up for {', '.join(up)}, though rated down for {', '.join(down)}"
    mend = f"rate up only where nothing is rated down, or say why in the reason of {OVERALL}"
    return [table.warning("rated-both-ways", position, "judgement", message, mend)]


def _end(table: Table, rows: list[Row], name: str, found: Certainty) -> list[Problem]:
    """An overall certainty that start and domains don't add up to, without a reason."""
    level, expected = found.level, found.expected
    if level is None or expected is None or level == expected or found.overall is None or found.overall.reasons:
        return []
    position = [position for position, row in rows if row["domain"] == OVERALL][-1]
    start = found.start.word if found.start else ""
    message = f"{name}: overall {level}, but start {start} and the domains make {expected}"
    mend = "correct it, or say in the reason of this row why it ends elsewhere"
    if LEVELS.index(level) > LEVELS.index(expected):
        return [table.problem("certainty-too-high", position, "certainty", message, mend)]
    return [table.warning("certainty-too-low", position, "certainty", message, mend)]
