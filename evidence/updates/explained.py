"""An explained change: an outcome before and after, what moved its proportion, as rows and as sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ..display import DASH, count, number, percent, percent_interval, plural
from .conclusions import Judged, sentence
from .decomposition import Decomposition, Part, decompose
from .inclusion import End, Moved, moved_studies
from .reclassified import Reclassified
from .sources import KINDS, NAMED

#: Parts named in a sentence, the largest first; the others are counted.
FIRST = 3
#: Percentage points from which a change is told; below, it is less than it can be printed with.
SEEN = 0.05

#: Percentage points that are a rounding error of sums.
ROUNDING = 1e-9
#: Two computations of one proportion by two versions of the software are the same within this.
SAME = 1e-6

HEADINGS = ("Source", "What changed", "Observed share, points", "Proportion, points")


@dataclass(frozen=True, slots=True)
class Explained:
    """The change of one outcome.

    Attributes:
        outcome: Name in review.toml. before, after: What each version says; ``before`` is None without one.
        moved: Studies whose inclusion changed.
        parts: The decomposition; None where a version has no estimate.
        frozen: The earlier proportion as it was frozen with the version, where this software computes another.
        banner: The sentence that every output of the review must carry.
        conclusions: Those of the later version's analysis, in both versions.
        reclassified: Classes that changed of arms in either pool.
    """

    outcome: str
    before: End | None
    after: End
    moved: tuple[Moved, ...] = ()
    parts: Decomposition | None = None
    frozen: float | None = None
    banner: str | None = None
    conclusions: tuple[Judged, ...] = ()
    reclassified: tuple[Reclassified, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "outcome": self.outcome,
            "title": self.after.title,
            "unit": self.after.unit,
            "before": None if self.before is None else self.before.to_dict(),
            "after": self.after.to_dict(),
            "frozen": self.frozen,
            "moved": [{"study": m.study, "label": m.label, "direction": m.direction, "why": m.why} for m in self.moved],
            "reclassified": [asdict(one) for one in self.reclassified],
            "decomposition": None if self.parts is None else self.parts.to_dict(),
            "conclusions": [one.to_dict() for one in self.conclusions],
            "paragraph": paragraph(self),
        }


def explain(outcome: str, before: End | None, after: End, kept: float | None = None) -> Explained:
    """The change of an outcome from one version to another.

    Args:
        outcome: Its name. before: The earlier version; None where there is none. after: The later one.
        kept: The proportion that was frozen with the earlier version, if one was.
    """
    if before is None:
        return Explained(outcome, None, after)
    both = before.value is not None and after.value is not None
    parts = decompose(before.side, after.side) if both else None
    differs = kept is not None and before.value is not None and abs(kept - before.value) > SAME
    return Explained(outcome, before, after, moved_studies(before, after), parts, kept if differs else None)


def points(difference: float | None, digits: int = 1) -> str:
    """A difference of proportions in percentage points with its sign: ``+3.2``, ``-<0.1``, ``0``; a dash for None."""
    if difference is None:
        return DASH
    value = 100 * difference
    if abs(value) < ROUNDING:
        return "0"
    text = number(value, digits)
    if float(text) == 0:
        return "+<0.1" if value > 0 else "-<0.1"
    return text if value < 0 else f"+{text}"


def ordered(parts: Sequence[Part]) -> tuple[Part, ...]:
    """The parts as they are told: by kind, the largest first."""
    kinds = list(KINDS)
    return tuple(sorted(parts, key=lambda part: (kinds.index(part.source.kind), -abs(part.pooled), part.source.name)))


def rows(explained: Explained) -> list[tuple[str, str, str, str]]:
    """Rows of the table under ``HEADINGS``: before, each source, after; none where there is no decomposition."""
    if explained.before is None or explained.parts is None:
        return []
    before, after = explained.before, explained.after
    found = [_end_row(before)]
    for part in ordered(explained.parts.parts):
        moved = points(part.pooled) + (f" ± {_error(part.error)}" if part.error else "")
        found.append((part.source.title, part.source.detail, points(part.observed), moved))
    share = after.events / after.n - before.events / before.n
    found.append(("Change", "", points(share), points(explained.parts.after - explained.parts.before)))
    return [*found, _end_row(after)]


def _error(error: float) -> str:
    """A standard error in percentage points: ``0.2``, ``<0.1``."""
    return "<0.1" if 100 * error < SEEN else number(100 * error, 1)


def _end_row(end: End) -> tuple[str, str, str, str]:
    counts = f"{count(end.events, end.n)} in {plural(end.k, 'study', 'studies')}"
    return (f"Version {end.label}", counts, percent(end.events / end.n, 1), percent(end.value, 1))


def paragraph(explained: Explained) -> str:
    """The change in sentences."""
    return " ".join(_sentences(explained))


def _sentences(explained: Explained) -> Iterator[str]:
    after, before = explained.after, explained.before
    if before is None:
        yield f"{after.title}: there is no earlier version to compare with. {_state(after, 'Now')}"
        return
    yield f"{after.title}. {_state(before, f'In the version {before.label}')}"
    if explained.frozen is not None:
        then, again = percent(explained.frozen, 2), percent(before.value, 2)
        yield f"It was frozen with {then}: of the same tables this software computes {again}."
    yield _state(after, "Now" if after.label == "now" else f"In the version {after.label}")
    if before.value is None or after.value is None:
        yield from _without_estimate(explained, before)
    elif explained.parts is None:
        yield "The change can't be shared out: no order of the changes has an estimate all the way."
    elif not explained.parts.parts:
        yield "Neither counts nor method changed."
    else:
        yield from _parts(explained.parts, before, after)
    if explained.reclassified:
        yield _classes(explained.reclassified)


def _classes(changed: Sequence[Reclassified]) -> str:
    """That arms stand in other groups now: their counts are no part of that."""
    named = [str(one) for one in changed[:FIRST]]
    rest = len(changed) - len(named)
    return f"Reclassified: {'; '.join(named)}{f'; and {rest} more' if rest else ''}."


def _state(end: End, when: str) -> str:
    if end.value is None:
        counted = f"{end.events} of {end.n} {_units(end)}" if end.n else f"no {end.unit} counted"
        return f"{when} there is no estimate: {counted}. {end.reason or 'The model has none.'}"
    limits = f" ({percent_interval(end.ci.lower, end.ci.upper)})" if end.ci else ""
    return (
        f"{when} {end.events} of {end.n} {_units(end)} in {plural(end.k, 'study', 'studies')} "
        f"({percent(end.events / end.n)} observed); {end.what} {percent(end.value, 1)}{limits}."
    )


def _units(end: End) -> str:
    from ..counts import plural_of

    return end.unit if end.n == 1 else plural_of(end.unit)


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _without_estimate(explained: Explained, before: End) -> Iterator[str]:
    yield "Where a version has no estimate, a change of it can't be shared out: counts are compared."
    came = [moved.label for moved in explained.moved if moved.direction == "in"]
    went = [moved.label for moved in explained.moved if moved.direction == "out"]
    if came:
        yield f"New in the counts: {'; '.join(came)}."
    if went:
        yield f"No longer in the counts: {'; '.join(went)}."
    if not came and not went and (before.events, before.n) == (explained.after.events, explained.after.n):
        yield "The counts are the same."


def _parts(parts: Decomposition, before: End, after: End) -> Iterator[str]:
    seen = [part for part in sorted(parts.parts, key=lambda part: -abs(part.pooled)) if 100 * abs(part.pooled) >= SEEN]
    moved = f"The printed proportion moved by {points(parts.after - parts.before)} percentage points"
    if before.n and after.n:
        moved += f" (the observed share by {points(after.events / after.n - before.events / before.n)})"
    yield f"{moved}, averaged over the orders in which the changes can come:"
    named = [f"{_name(part)} {points(part.pooled)}" for part in seen[:FIRST]]
    rest = [part for part in parts.parts if part not in seen[:FIRST]]
    if rest:
        together = sum(part.pooled for part in rest)
        others = plural(len(rest), "other source") if named else plural(len(rest), "source")
        named.append(
            f"{others} together {points(together)}" if len(rest) > 1 else f"{_name(rest[0])} {points(together)}"
        )
    yield "; ".join(named) + "."
    up, down = (sum(part.pooled for part in parts.parts if sign * part.pooled > 0) for sign in (1, -1))
    if 100 * min(up, -down) >= SEEN:
        yield f"Sources that raise it add up to {points(up)}, those that lower it to {points(down)}."
    if not parts.exact:
        largest = max(part.error for part in parts.parts)
        yield f"Sampled: {parts.orders} orders; standard errors up to {_error(largest)} points."
    if parts.blocked:
        yield "Orders that pass through a pool without an estimate were left out."


def conclusion_lines(explained: Explained) -> tuple[str, ...]:
    """A line for each conclusion, before and after."""
    before = "" if explained.before is None else explained.before.label
    return tuple(sentence(one, before, explained.after.label) for one in explained.conclusions)


def _name(part: Part) -> str:
    source = part.source
    if source.kind not in NAMED:
        return _lower(source.name)
    what = {"new-data": "new data: ", "removed-study": "removed, "}.get(source.kind, "")
    return f"{source.name} ({what}{source.detail})"


def table_text(explained: Explained, cell: Callable[[str], str]) -> list[str]:
    """The table as lines of Markdown; ``cell`` escapes a text."""
    found = rows(explained)
    if not found:
        return []
    lines = ["| " + " | ".join(HEADINGS) + " |", "| :-- | :-- | --: | --: |"]
    return lines + ["| " + " | ".join(cell(text) for text in row) + " |" for row in found]
