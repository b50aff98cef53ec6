"""Certainty of evidence: what raters judged of each outcome, domain by domain. Nothing of it is ever computed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .appraisal_tools import CONSENSUS
from .certainty_domains import DOMAINS, LEVELS, OVERALL, START, Domain, moved
from .conditions import conditions
from .further_tables import CERTAINTY

if TYPE_CHECKING:
    from .review import Review

#: Stands where raters differ and have not settled it.
OPEN = "open"
#: Column -> the values that arms of an outcome may have.
Where = Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Settled:
    """What raters say of one thing.

    Attributes:
        word: The consensus; else what all raters said; ``open`` where they differ.
        reasons: Why, each sentence once: the consensus's, else those of raters who said the same.
        raters: Who judged, without the consensus.
    """

    word: str
    reasons: tuple[str, ...] = ()
    raters: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Certainty:
    """The rating of one outcome.

    Attributes:
        outcome, where: Which, in which arms.
        start, overall: Levels at which the rating starts and ends; None where nobody typed it.
        domains: Name -> judgement, in GRADE's order; a domain that nobody judged is not there.
    """

    outcome: str
    where: Where
    start: Settled | None
    overall: Settled | None
    domains: Mapping[str, Settled]

    @property
    def level(self) -> str | None:
        """The level that the raters settled on; None where there is none, or they differ."""
        return None if self.overall is None or self.overall.word == OPEN else self.overall.word

    @property
    def expected(self) -> str | None:
        """The level that start and domains add up to; None where one of them is open or there is no start.

        A rating may end elsewhere, with a reason: Guyatt 2013, 10.1016/j.jclinepi.2012.01.006.
        """
        words = [settled.word for settled in self.domains.values()]
        if self.start is None or OPEN in (self.start.word, *words):
            return None
        levels = (DOMAINS[name].judgements.get(settled.word, 0) for name, settled in self.domains.items())
        return moved(self.start.word, sum(levels))

    @property
    def left_out(self) -> tuple[Domain, ...]:
        """Domains that a complete rating has and that nobody judged."""
        return tuple(domain for domain in DOMAINS.values() if domain.expected and domain.name not in self.domains)


def certainties(review: Review) -> tuple[Certainty, ...]:
    """Every rating, in the order in which the table first names its outcome and arms."""
    return rated(review.rows(CERTAINTY.name))


def rated(rows: Sequence[Mapping[str, Any]]) -> tuple[Certainty, ...]:
    """The ratings that rows of certainty.csv make; rows that name no outcome, domain or rater are passed over."""
    found: dict[tuple[str, frozenset[tuple[str, frozenset[str]]]], list[Mapping[str, Any]]] = {}
    for row in rows:
        if None not in (row["outcome"], row["domain"], row["rater"]):
            found.setdefault((row["outcome"], arms_of(row)), []).append(row)
    return tuple(_certainty(outcome, dict(where), mine) for (outcome, where), mine in found.items())


def arms_of(row: Mapping[str, Any]) -> frozenset[tuple[str, frozenset[str]]]:
    """The arms that a row speaks of, whatever the order of its conditions."""
    return frozenset(conditions(row["selection"]).items())


def _certainty(outcome: str, where: Where, rows: Sequence[Mapping[str, Any]]) -> Certainty:
    def settled(domain: str, column: str) -> Settled | None:
        return _settled([row for row in rows if row["domain"] == domain and row[column] is not None], column)

    domains = {name: one for name in DOMAINS if (one := settled(name, "judgement")) is not None}
    return Certainty(outcome, where, settled(START, "certainty"), settled(OVERALL, "certainty"), domains)


def _settled(rows: Sequence[Mapping[str, Any]], column: str) -> Settled | None:
    if not rows:
        return None
    consensus = [row for row in rows if row["rater"] == CONSENSUS]
    deciding = consensus or rows
    words = {str(row[column]) for row in deciding}
    reasons = _reasons(deciding) or _reasons([row for row in rows if str(row[column]) in words])
    raters = tuple(dict.fromkeys(str(row["rater"]) for row in rows if row["rater"] != CONSENSUS))
    return Settled(words.pop() if len(words) == 1 else OPEN, reasons, raters)


def _reasons(rows: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(" ".join(str(row["reason"]).split()) for row in rows if row["reason"] is not None))


def certainty_of(found: Sequence[Certainty], outcome: str, where: Mapping[str, Any]) -> Certainty | None:
    """The rating of an outcome in the arms that an analysis chooses; None where nobody rated it."""
    wanted = {column: _values(value) for column, value in where.items()}
    return next((one for one in found if one.outcome == outcome and dict(one.where) == wanted), None)


def _values(value: Any) -> frozenset[str]:
    several = isinstance(value, Sequence) and not isinstance(value, str)
    return frozenset(_word(item) for item in (value if several else [value]))


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)


def not_judged() -> tuple[str, ...]:
    """What is said where nobody rated anything, everywhere in the same words."""
    same: dict[tuple[str, ...], list[str]] = {}
    for domain in DOMAINS.values():
        same.setdefault(tuple(domain.judgements), []).append(domain.name)
    named = "; ".join(f"{', '.join(names)}: {', '.join(words)}" for words, names in same.items())
    return (
        "Not judged yet: nobody has rated the certainty of these results.",
        f"To add it, put {CERTAINTY.file} beside the other tables of the review, one row for each {CERTAINTY.row}."
        " It is typed by those who have read the reports in full, never from abstracts, and never computed.",
        f"Domains and their judgements. {named}.",
        f"Rows of the domains {START} and {OVERALL} have a certainty instead of a judgement: {', '.join(LEVELS)}. Give"
        f" each rater rows of their own, and the rater {CONSENSUS} for what they settled on. Whatever is rated up or"
        " down needs a reason.",
    )
