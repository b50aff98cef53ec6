"""How an axis counts: from a value to its place, and where its ticks stand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, floor, isfinite, log10

Tick = tuple[float, str]

#: Room beyond the outermost values, as a share of their span.
PAD = 0.04
#: A proportion whose values span more than this is shown from 0 to 100 %.
WHOLE_FROM = 0.5
#: About so many ticks on an axis.
MOST_TICKS = 6


@dataclass(frozen=True, slots=True)
class Scale:
    """One axis.

    Attributes:
        low, high: Values at its start and its end; low is the larger one where the axis runs downwards.
        log: Whether it is logarithmic. ticks: Values and their words.
    """

    low: float
    high: float
    log: bool = False
    ticks: tuple[Tick, ...] = ()

    def fraction(self, value: float) -> float:
        """Share of the axis at a value: 0 at ``low``, 1 at ``high``."""
        low, high, at = (log10(v) if self.log else v for v in (self.low, self.high, value))
        return (at - low) / (high - low)

    def holds(self, value: float) -> bool:
        """Whether a value has a place on the axis."""
        return not (self.log and value <= 0) and -1e-9 <= self.fraction(value) <= 1 + 1e-9

    def reversed(self) -> Scale:
        """The same axis the other way round."""
        return Scale(self.high, self.low, self.log, self.ticks)


def scale_of(
    values: Iterable[float | None], proportion: bool = False, log: bool = False, pad: float = PAD, step: float = 0.0
) -> Scale:
    """An axis that holds all values.

    Args:
        values: What has to have a place; None is passed over, and what a logarithmic axis can't hold.
        proportion: From 0 to 1, printed as percent: the whole of it, or a part where the values lie close together.
        log: Logarithmic. pad: Room beyond the values, as a share of their span. step: Least distance of ticks.
    """
    found = [v for v in values if v is not None and isfinite(v) and (v > 0 or not log)]
    if not found:
        found = [1.0, 10.0] if log else [0.0, 1.0]
    low, high = min(found), max(found)
    if log:
        return _log_scale(low, high, proportion, pad)
    if proportion and high - low > WHOLE_FROM:
        return Scale(0.0, 1.0, ticks=_percents(0.0, 1.0))
    if low == high == 0.0:
        # What is 0 throughout, such as a spread, has no sign.
        high = 1.0
    room = pad * (high - low) or abs(high) * 0.1
    low, high = low - room, high + room
    if proportion:
        low, high = max(0.0, low), min(1.0, high)
        return Scale(low, high, ticks=_percents(low, high))
    return Scale(low, high, ticks=linear_ticks(low, high, step=step))


def whole_proportion() -> Scale:
    """From 0 to 100 %."""
    return Scale(0.0, 1.0, ticks=_percents(0.0, 1.0))


def _percents(low: float, high: float) -> tuple[Tick, ...]:
    return tuple((value / 100, words) for value, words in linear_ticks(100 * low, 100 * high))


def _log_scale(low: float, high: float, proportion: bool, pad: float) -> Scale:
    room = 10 ** (pad * log10(high / low)) if high > low else 2.0
    low, high = low / room, high * room
    if proportion:
        high = min(high, 1.0)
        return Scale(low, high, True, tuple((v / 100, words) for v, words in log_ticks(100 * low, 100 * high)))
    return Scale(low, high, True, log_ticks(low, high))


def linear_ticks(low: float, high: float, most: int = MOST_TICKS, step: float = 0.0) -> tuple[Tick, ...]:
    """Round values between two ends, evenly apart, no closer than ``step``."""
    rough = max((high - low) / most, step)
    unit = 10.0 ** floor(log10(rough))
    step = next(unit * factor for factor in (1, 2, 2.5, 5, 10) if unit * factor >= rough * (1 - 1e-9))
    first, last = ceil(low / step - 1e-9), floor(high / step + 1e-9)
    digits = next(d for d in range(20) if abs(round(step, d) - step) < 1e-9 * step)
    # Years have no separator.
    comma = "," if max(abs(low), abs(high)) >= 10_000 else ""
    return tuple((i * step, f"{i * step + 0.0:{comma}.{digits}f}") for i in range(first, last + 1))


def log_ticks(low: float, high: float, most: int = MOST_TICKS) -> tuple[Tick, ...]:
    """1, 2, 5, 10, ... between two ends, fewer of them where they would be many."""
    decades = range(floor(log10(low)), ceil(log10(high)) + 1)
    for factors in ((1, 2, 5), (1, 3), (1,)):
        found = [f * 10.0**d for d in decades for f in factors if low * (1 - 1e-9) <= f * 10.0**d <= high * (1 + 1e-9)]
        if len(found) <= most + 2:
            break
    else:
        found = found[:: ceil(len(found) / most)]
    if len(found) < 2:
        return linear_ticks(low, high)
    return tuple((value, f"{value:,.{max(0, -floor(log10(value) + 1e-9))}f}") for value in found)


def reach(values: Iterable[float | None], limits: Iterable[float | None]) -> tuple[float, ...]:
    """What an axis must hold: all values, and limits as far as they leave the values legible."""
    found = sorted(v for v in values if v is not None and isfinite(v))
    ends = sorted(v for v in limits if v is not None and isfinite(v))
    if not found or not ends:
        return tuple(found or ends)
    low, high = found[0], found[-1]
    away = sorted(max(low - v, v - high, 0.0) for v in ends)
    most = 2 * max(high - low, away[len(away) // 2]) or away[-1]
    return (*found, *(min(max(v, low - most), high + most) for v in ends))
