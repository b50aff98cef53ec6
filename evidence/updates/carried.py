"""Whether an updated table holds the studies from before, with the same counts."""

from __future__ import annotations

from collections import Counter

from .. import display
from ..counts import Counts

#: So many studies are named in a sentence.
_NAMED = 5


def not_carried(before: Counts, after: Counts) -> tuple[str, ...]:
    """What the update lacks or changes of the studies from before, as sentences; studies are known by their labels.

    Args:
        before, after: One analysis each.
    """
    old, new = _by_label(before), _by_label(after)
    lost = [label for label in old if label not in new]
    if old and len(lost) == len(old):
        return ("None of the studies from before is in the update: it must hold them and the new ones.",)
    said = [f"{_listed(lost)} {'is' if len(lost) == 1 else 'are'} not in the update."] if lost else []
    changed = [_change(label, old[label], new[label]) for label in old if label in new and old[label] - new[label]]
    return (*said, f"{_listed(changed, '; ')}.") if changed else tuple(said)


def _change(label: str, old: Counter[tuple[int, int]], new: Counter[tuple[int, int]]) -> str:
    """``Chen 2008 differs (3/10, then 4/10)``."""
    gone, come = (
        ", ".join(display.count(*pair) for pair in sorted(left.elements())) for left in (old - new, new - old)
    )
    return f"{label} differs ({gone}, then {come or 'no such row'})"


def _by_label(counts: Counts) -> dict[str, Counter[tuple[int, int]]]:
    """Events and totals of each label; arms of one label in any order."""
    there, found = counts.present(), dict[str, Counter[tuple[int, int]]]()
    for label, x, n in zip(there.labels, there.events.tolist(), there.n.tolist(), strict=True):
        found.setdefault(" ".join(label.split()), Counter())[x, n] += 1
    return found


def _listed(names: list[str], between: str = ", ") -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"{between.join(names[:_NAMED])}{more}"
