"""Two sets of results side by side: numbers to a tolerance, everything else to the letter."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

#: Absolute for numbers up to 1, relative above: what another processor's rounding may move, and no more.
TOLERANCE = 1e-8


def differences(old: Any, new: Any, place: str = "", sides: tuple[str, str] = ("committed", "built")) -> Iterator[str]:
    """Every place where two JSON values differ, numbers beyond the tolerance.

    Args:
        old, new: Values as ``json.loads`` makes them.
        place: Where they stand, as a path of keys and indices.
        sides: What the two are called.
    """
    first, second = sides
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted(old.keys() | new.keys()):
            if key not in old or key not in new:
                yield f"{place}.{key} is only in the {first if key in old else second} one"
            else:
                yield from differences(old[key], new[key], f"{place}.{key}", sides)
    elif isinstance(old, list) and isinstance(new, list):
        if len(old) != len(new):
            yield f"{place} has {len(old)} entries {first}, {len(new)} {second}"
        for index, (a, b) in enumerate(zip(old, new, strict=False)):
            yield from differences(a, b, f"{place}[{index}]", sides)
    elif is_number(old) and is_number(new):
        if not abs(old - new) <= TOLERANCE * max(1.0, abs(old), abs(new)):
            yield f"{place}: {old!r} {first}, {new!r} {second}"
    elif old != new or isinstance(old, bool) != isinstance(new, bool):
        yield f"{place}: {old!r} {first}, {new!r} {second}"


def numbers(value: Any) -> int:
    """How many numbers a JSON value holds."""
    if isinstance(value, dict):
        return sum(numbers(item) for item in value.values())
    if isinstance(value, list):
        return sum(numbers(item) for item in value)
    return int(is_number(value))


def largest_difference(old: Any, new: Any) -> float:
    """The largest difference of two numbers at the same place, on the scale of the tolerance; 0 where there is none."""
    if isinstance(old, dict) and isinstance(new, dict):
        return max((largest_difference(old[key], new[key]) for key in old.keys() & new.keys()), default=0.0)
    if isinstance(old, list) and isinstance(new, list):
        return max((largest_difference(a, b) for a, b in zip(old, new, strict=False)), default=0.0)
    if is_number(old) and is_number(new):
        return float(abs(old - new) / max(1.0, abs(old), abs(new)))
    return 0.0


def is_number(value: Any) -> bool:
    """Whether a value is a number; true and false are none."""
    return isinstance(value, int | float) and not isinstance(value, bool)
