"""A change of method in words: what the models are called, at what level their intervals stand, and other options."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..display import percent


def method_change(before: Any, after: Any) -> str:
    """How two models differ: ``intervals at 95 %, then 90 %``; empty where they are the same."""
    return "; ".join(_differences(before, after))


def level_words(level: float) -> str:
    """A level as percent: ``95 %``, ``99.5 %``."""
    return percent(level, 0 if abs(100 * level - round(100 * level)) < 1e-9 else 1)


def _differences(before: Any, after: Any) -> Iterator[str]:
    if before.title != after.title:
        yield f"{before.title}, then {after.title}"
    old, new = before.to_dict(), after.to_dict()
    if old.get("level") != new.get("level"):
        yield f"intervals at {level_words(before.level)}, then {level_words(after.level)}"
    if before.title == after.title:
        changed = [name for name in dict.fromkeys((*old, *new)) if old.get(name) != new.get(name)]
        yield from (
            f"{name.replace('_', ' ')} {_said(old.get(name))}, then {_said(new.get(name))}"
            for name in changed
            if name != "level"
        )


def _said(value: Any) -> str:
    if value is None:
        return "none"
    return f"{value:g}" if isinstance(value, float) else str(value)
