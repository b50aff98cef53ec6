"""Styles with the colours of a seaborn palette, dark enough for marks on white paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..errors import usage
from .marks import lighter
from .style import SERIES, Style, style_named

#: Least contrast of a mark with white paper (WCAG 2.1, 1.4.11).
CONTRAST = 3.0
#: A colour is darkened by this share at a time.
_SHARE = 0.92


def with_palette(style: str | Style, name: str) -> Style:
    """The style in the colours of a seaborn palette.

    The first colour is that of the studies, the second that of what is pooled, the others those of further lines. A
    colour too light for paper is darkened; the banner keeps its own.

    Args:
        style: A style or its name, whose sizes and words stay.
        name: Of a palette as seaborn knows it: colorblind, deep, muted, Set2, viridis, "husl", "ch:s=.25,rot=-.25", ...

    Raises:
        UsageError: no such style or palette.
    """
    style = style_named(style) if isinstance(style, str) else style
    study, pooled, *series = (dark_enough(colour) for colour in _colours(name, 2 + len(SERIES)))
    return replace(style, study=study, pooled=pooled, prediction=lighter(pooled, 0.55), series=tuple(series))


def _colours(name: str, wanted: int) -> Sequence[str]:
    import seaborn as sns

    try:
        return [str(colour) for colour in sns.color_palette(name, wanted).as_hex()]
    except (ValueError, TypeError) as error:
        mend = "use colorblind, deep, muted, bright, dark, Set2, viridis or another palette of seaborn"
        raise usage(f"{name!r} is no palette of seaborn", mend, "unknown-palette") from error


def dark_enough(colour: str) -> str:
    """A colour, darkened until its contrast with white is enough for a mark."""
    parts = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    while contrast_with_white(parts) < CONTRAST:
        parts = [int(part * _SHARE) for part in parts]
    return "#" + "".join(f"{part:02x}" for part in parts)


def contrast_with_white(parts: Sequence[int]) -> float:
    """Contrast ratio of red, green and blue, 0 to 255, with white: 1 to 21 (WCAG 2.1, relative luminance)."""
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in (part / 255 for part in parts)]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return 1.05 / (luminance + 0.05)
