"""Blocks that stand in tabs on the page: answers first, then what belongs to each, one at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .blocks import Block, Details, Heading


@dataclass(frozen=True, slots=True)
class Panel:
    """What one tab shows: ``name`` is its anchor, ``title`` the word on the tab."""

    name: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Tabs:
    """Panels of which a page with a script shows one, and any other page all, in order."""

    panels: tuple[Panel, ...]


@dataclass(frozen=True, slots=True)
class Lead:
    """A line that leads from an answer to its panel."""

    text: str
    panel: str


PageBlock = Block | Tabs | Lead


def in_tabs(blocks: Sequence[Block]) -> tuple[PageBlock, ...]:
    """The blocks with every foldable part that has a tab moved into the tabs of its heading, a line left in its place.

    One alone stays where it is: a single tab has nothing to choose from.
    """
    return tuple(found for part in _parts(blocks) for found in _part(part))


def _parts(blocks: Sequence[Block]) -> Iterator[list[Block]]:
    """Blocks from one heading of level 3 to the next."""
    part: list[Block] = []
    for block in blocks:
        if isinstance(block, Heading) and block.level == 3 and part:
            yield part
            part = []
        part.append(block)
    yield part


def _part(blocks: Sequence[Block]) -> Iterator[PageBlock]:
    last = max((i for i, block in enumerate(blocks) if _has_tab(block)), default=-1)
    if sum(map(_has_tab, blocks)) < 2:
        yield from blocks
        return
    panels: list[Panel] = []
    anchor = ""
    for i, block in enumerate(blocks):
        if isinstance(block, Heading) and block.anchor:
            anchor = block.anchor
        if isinstance(block, Details) and block.tab is not None:
            panel = Panel(f"panel-{anchor}", block.tab, block.blocks)
            panels.append(panel)
            yield Lead(block.summary, panel.name)
        else:
            yield block
        if i == last:
            yield Tabs(tuple(panels))


def _has_tab(block: Block) -> bool:
    return isinstance(block, Details) and block.tab is not None
