"""An explained change: an outcome before and after, what moved its proportion, as rows and as sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from ..display import DASH, count, number, percent, percent_interval, plural
from .conclusions import Judged, sentence
from .corrections import reasons_of, shortened
from .decomposition import Decomposition, Part, decompose
from .difference import Difference
from .inclusion import End, Moved, moved_studies
from .method_words import level_words
from .reclassified import Reclassified, reclassified
from .sources import KINDS, Kind, Source, arm_changes, sources_of

#: Parts named in a sentence, the largest first; the others are counted.
FIRST = 3
#: Percentage points from which a change is told; below, it is less than it can be printed with.
SEEN = 0.05

#: Percentage points that are a rounding error of sums.
ROUNDING = 1e-9
#: Two computations of one proportion by two versions of the software are the same within this.
SAME = 1e-6

#: Kinds of which a sentence says what changed, and how it begins.
SPOKEN: Mapping[Kind, str] = {"corrected": "Corrected", "eligibility": "Eligibility", "method": "Method"}
#: Characters of such a sentence; the table has all of it.
LONGEST = 400
ROUNDED = "Numbers are rounded, so that parts may not add up to what is printed for the whole."
BLOCKED = "Orders that pass through a pool without an estimate were left out."
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

    @property
    def sources(self) -> tuple[Source, ...]:
        """What changed between the pools, also where a version has no estimate."""
        if self.before is None:
            return ()
        before, after = self.before.side, self.after.side
        return sources_of(arm_changes(before, after), before, after)

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
            "sources": [{"kind": one.kind, "name": one.name, "detail": one.detail} for one in self.sources],
            "decomposition": None if self.parts is None else self.parts.to_dict(),
            "conclusions": [one.to_dict() for one in self.conclusions],
            "paragraph": paragraph(self),
        }


def explain(
    outcome: str, before: End | None, after: End, kept: float | None = None, found: Difference | None = None
) -> Explained:
    """The change of an outcome from one version to another.

    Args:
        outcome: Its name. before: The earlier version; None where there is none. after: The later one.
        kept: The proportion that was frozen with the earlier version, if one was.
        found: What differs in the tables, for the reasons of corrections and for classes that changed.
    """
    if before is None:
        return Explained(outcome, None, after)
    classes: tuple[Reclassified, ...] = ()
    if found is not None:
        reasons = reasons_of(found, outcome, (arm.arm_id for end in (before, after) for arm in end.side.arms))
        after = replace(after, side=replace(after.side, reasons=reasons))
        classes = reclassified(found, outcome, before, after)
    both = before.value is not None and after.value is not None
    parts = decompose(before.side, after.side) if both else None
    differs = kept is not None and before.value is not None and abs(kept - before.value) > SAME
    moved = moved_studies(before, after)
    return Explained(outcome, before, after, moved, parts, kept if differs else None, reclassified=classes)


def points(difference: float | None, digits: int = 1) -> str:
    """A difference of proportions in percentage points with its sign: ``+3.2``, ``0``; a dash for None.

    One that is too small to be printed stands between 0 and the least: ``<0.1`` above 0, ``>-0.1`` below it.
    """
    if difference is None:
        return DASH
    value = 100 * difference
    if abs(value) < ROUNDING:
        return "0"
    text = number(value, digits)
    if float(text) == 0:
        return "<0.1" if value > 0 else ">-0.1"
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
    levels = {end.ci.level for end in (before, after) if end.ci}
    yield f"{after.title}. {_state(before, f'In the version {before.label}', len(levels) > 1)}"
    if explained.frozen is not None:
        then, again = percent(explained.frozen, 2), percent(before.value, 2)
        yield f"It was frozen with {then}: of the same tables this software computes {again}."
    yield _state(after, "Now" if after.label == "now" else f"In the version {after.label}", len(levels) > 1)
    if before.value is None or after.value is None:
        yield from _without_estimate(explained, before)
    elif explained.parts is None:
        yield "The change can't be shared out: no order of the changes has an estimate all the way."
    elif not explained.parts.parts:
        yield "Neither counts nor method changed."
    else:
        yield from _parts(explained.parts, before, after)
    first = [] if explained.parts is None else [part.source for part in _split(explained.parts)[0]]
    yield from spoken([source for source in explained.sources if not source.named or source not in first])
    if explained.reclassified:
        yield _classes(explained.reclassified)
    if rounded_apart(explained):
        yield ROUNDED


def spoken(sources: Sequence[Source]) -> Iterator[str]:
    """A sentence for corrected numbers, changed eligibility and a changed method: what of it, and why."""
    for kind, begins in SPOKEN.items():
        mine = [source for source in sources if source.kind == kind]
        said = [f"{source.name} ({source.detail})" if source.named else source.detail for source in mine]
        if said:
            yield f"{begins}: {shortened('; '.join(said), LONGEST)}."


def _classes(changed: Sequence[Reclassified]) -> str:
    """That arms stand in other groups now: their counts are no part of that."""
    named = [str(one) for one in changed[:FIRST]]
    rest = len(changed) - len(named)
    return f"Reclassified: {'; '.join(named)}{f'; and {rest} more' if rest else ''}."


def limits_words(end: End, levels_differ: bool) -> str:
    """The limits of an estimate: ``62 to 95 %``, with their level where another one stands beside it."""
    if end.ci is None:
        return ""
    limits = percent_interval(end.ci.lower, end.ci.upper)
    return f"{level_words(end.ci.level)} interval {limits}" if levels_differ else limits


def counted_words(end: End) -> str:
    """The observed count of a version: ``2 of 5``; ``no patient counted`` where nobody is."""
    return f"{end.events} of {end.n}" if end.n else f"no {end.unit} counted"


def _state(end: End, when: str, levels_differ: bool = False) -> str:
    if end.value is None:
        counted = f"{counted_words(end)} {_units(end)}" if end.n else counted_words(end)
        return f"{when} there is no estimate: {counted}. {end.reason or 'The model has none.'}"
    limits = f" ({limits_words(end, levels_differ)})" if end.ci else ""
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
    first, rest = _split(parts)
    moved = f"The printed proportion moved by {points(parts.after - parts.before)} percentage points"
    if before.n and after.n:
        moved += f" (the observed share by {points(after.events / after.n - before.events / before.n)})"
    yield f"{moved}, averaged over the orders in which the changes can come:"
    named = [f"{_name(part)} {points(part.pooled)}" for part in first]
    if rest:
        together = sum(part.pooled for part in rest)
        others = plural(len(rest), "other source") if named else plural(len(rest), "source")
        named.append(
            f"{others} together {points(together)}" if len(rest) > 1 else f"{_name(rest[0])} {points(together)}"
        )
    yield "; ".join(named) + "."
    up, down = _raised_and_lowered(parts)
    if 100 * min(up, -down) >= SEEN:
        yield f"Sources that raise it add up to {points(up)}, those that lower it to {points(down)}."
    if not parts.exact:
        largest = max(part.error for part in parts.parts)
        yield f"Sampled: {parts.orders} orders; standard errors up to {_error(largest)} points."
    if parts.blocked:
        yield BLOCKED
    if thin := thin_words(parts):
        yield thin


def thin_words(parts: Decomposition) -> str:
    """That the way leads over pools of which a headline would print no estimate; empty where it does not."""
    if parts.counts_alone == 0:
        return ""
    return (
        f"On the way stand {plural(parts.counts_alone, 'pool')} of {parts.coalitions} for which counts alone would be"
        " printed (few studies or units, no events or events only); the model's own value is used there."
    )


def rounded_apart(explained: Explained) -> bool:
    """Whether printed numbers of a change and of its parts differ by rounding from what they add up to."""
    before, parts = explained.before, explained.parts
    if before is None or parts is None or not parts.parts:
        return False
    after = explained.after
    total, moved = parts.after - parts.before, [part.pooled for part in parts.parts]
    named, rest = _split(parts)
    others = sum(part.pooled for part in rest)
    up, down = _raised_and_lowered(parts)
    observed = [part.observed for part in parts.parts]
    share = after.events / after.n - before.events / before.n
    sums = [
        (total, moved),
        (total, [*(part.pooled for part in named), others]),
        (others, [part.pooled for part in rest]),
        (total, [up, down]),
        (parts.after, [parts.before, total]),
    ]
    if None not in observed:
        sums.append((share, [value for value in observed if value is not None]))
    return any(not _adds_up(whole, pieces) for whole, pieces in sums)


def _adds_up(whole: float, pieces: Sequence[float]) -> bool:
    """Whether pieces, as they are printed in percentage points, add up to the whole as it is printed."""
    return sum(round(1000 * piece) for piece in pieces) == round(1000 * whole)


def _split(parts: Decomposition) -> tuple[list[Part], list[Part]]:
    """The parts that a sentence names, the largest first, and the others."""
    seen = [part for part in sorted(parts.parts, key=lambda part: -abs(part.pooled)) if 100 * abs(part.pooled) >= SEEN]
    return seen[:FIRST], [part for part in parts.parts if part not in seen[:FIRST]]


def _raised_and_lowered(parts: Decomposition) -> tuple[float, float]:
    up, down = (sum(part.pooled for part in parts.parts if sign * part.pooled > 0) for sign in (1, -1))
    return up, down


def conclusion_lines(explained: Explained) -> tuple[str, ...]:
    """A line for each conclusion, before and after."""
    before = "" if explained.before is None else explained.before.label
    return tuple(sentence(one, before, explained.after.label) for one in explained.conclusions)


def _name(part: Part) -> str:
    source = part.source
    if not source.named:
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
