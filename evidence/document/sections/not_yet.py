"""What stands in the place of a section whose data nobody has entered: what is missing, and how to add it."""

from __future__ import annotations

from collections.abc import Sequence

from ...review.specs import TableSpec
from ..blocks import Block, Code, Points, paragraph, text


def not_yet(sentences: Sequence[str], table: TableSpec) -> tuple[Block, ...]:
    """The first sentence as a caution, the others as a list, and a first line of the table to copy."""
    first, *others = sentences
    header = text(f"First line of {table.file}, to copy: ", Code(",".join(table.names)))
    return paragraph(first, kind="caution"), Points((*(text(sentence) for sentence in others), header))
