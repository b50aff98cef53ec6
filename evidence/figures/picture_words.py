"""What a picture says beside its ink: remarks, and the text for those who can't see it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest

from .. import display
from ..sensitivity.pictures import Contour, Curves, IntervalRow, Intervals, Panels, Picture, Points

#: Status of a row of a stack -> what a reader is told.
REMARKS: Mapping[str, str] = {
    "all-zero": "no events: the observed proportion with exact limits, which assume one common risk",
    "all-events": "only events: the observed proportion with exact limits, which assume one common risk",
    "tau-zero": "no spread between studies was found (tau = 0)",
    "tau-infinite": "every study is all or none: the spread between studies has no upper end",
    "tau-not-identified": "the spread between studies can't be told",
    "single-study": "one study is left: its own limits",
    "no-fit": "the model has no answer here",
}
LETTERS = "abcdefghijklmnopqrstuvwxyz"
#: Rows up to this many are told one by one.
FEW = 12


def remark_words(remark: str) -> str:
    """A remark in a reader's words."""
    return REMARKS.get(remark, remark)


def numbered_remarks(rows: Sequence[IntervalRow]) -> tuple[list[str], list[str]]:
    """Remarks of rows that have an estimate: a letter for each row, or nothing, and what each letter says."""
    said = list(dict.fromkeys(row.remark for row in rows if row.remark and row.estimate is not None))
    letter = {remark: f"({LETTERS[i % 26] * (1 + i // 26)})" for i, remark in enumerate(said)}
    marks = ["" if row.estimate is None or not row.remark else letter[row.remark] for row in rows]
    return marks, [f"{letter[remark]} {remark_words(remark)}." for remark in said]


def alt_text(picture: Picture) -> str:
    """The picture in words."""
    return " ".join(_alt(picture))


def _alt(picture: Picture) -> Iterator[str]:
    match picture:
        case Intervals():
            yield from _intervals(picture)
        case Curves():
            yield from _curves(picture)
        case Points():
            yield from _points(picture)
        case Contour():
            yield from _contour(picture)
        case Panels(pictures=inner):
            for heading, one in inner:
                yield f"{heading}: {alt_text(one)}"


def _value(value: float | None, proportion: bool) -> str:
    return display.percent(value) if proportion else display.significant(value)


def _intervals(picture: Intervals) -> Iterator[str]:
    shown = [row for row in picture.rows if row.estimate is not None and not row.beyond]
    kind = "Specification curve" if picture.specification else "Estimates with limits"
    yield f"{kind} of the {picture.axis}, {display.plural(len(picture.rows), 'row')}."
    if shown:
        low, high = (end(shown, key=lambda row: row.estimate or 0.0) for end in (min, max))
        yield (
            f"Lowest {_value(low.estimate, picture.proportion)} ({low.label}),"
            f" highest {_value(high.estimate, picture.proportion)} ({high.label})."
        )
    for row in picture.rows:
        if row.primary:
            yield f"{_capital(_row(row, picture.proportion))}."
    if len(picture.rows) <= FEW and not picture.specification:
        yield "; ".join(_row(row, picture.proportion) for row in picture.rows if not row.primary) + "."
    elif len(shown) < len(picture.rows):
        yield f"Without an estimate: {len(picture.rows) - len(shown)}."
    if picture.remark:
        yield picture.remark


def _row(row: IntervalRow, proportion: bool) -> str:
    if row.estimate is None or row.beyond:
        return f"{row.label}: {remark_words(row.remark) if row.remark else 'not defined'}"
    text = f"{row.label}: {_value(row.estimate, proportion)}"
    if row.lower is None and row.upper is None:
        return text
    low, high = ("no limit" if v is None else _value(v, proportion) for v in (row.lower, row.upper))
    return f"{text} ({low.removesuffix(' %')} to {high})"


def _curves(picture: Curves) -> Iterator[str]:
    lines = display.plural(len(picture.curves), "line")
    yield f"{picture.y_label} along {picture.x_label}, {lines}."
    words = picture.ticks or tuple(f"{x:g}" for x in picture.x)
    for curve in picture.curves:
        there = [i for i, y in enumerate(curve.y) if y is not None]
        if not there:
            yield f"{curve.label}: not defined."
            continue
        ends = [f"{_value(curve.y[i], picture.proportion)} at {words[i]}" for i in dict.fromkeys((there[0], there[-1]))]
        yield f"{curve.label}: {' to '.join(ends)}."


def _points(picture: Points) -> Iterator[str]:
    yield f"{display.plural(len(picture.x), 'point')}: {picture.y_label} against {picture.x_label}."
    known = [y for y, beyond in zip_longest(picture.y, picture.beyond) if not beyond]
    for values, name, proportion in (
        (picture.x, picture.x_label, picture.x_proportion),
        (known, picture.y_label, picture.y_proportion),
    ):
        if values:
            yield f"{name}: {_value(min(values), proportion)} to {_value(max(values), proportion)}."
    standing = [label for label, flag in zip(picture.labels, picture.flagged, strict=False) if flag and label]
    if standing:
        more = f" and {len(standing) - FEW} more" if len(standing) > FEW else ""
        yield f"Standing out: {', '.join(standing[:FEW])}{more}."
    elif any(picture.flagged):
        yield f"Standing out: {sum(picture.flagged)} of {len(picture.flagged)}."


def _contour(picture: Contour) -> Iterator[str]:
    yield f"{picture.z_label} over {picture.x_label} and {picture.y_label}."
    found = [
        (z, x, y)
        for y, row in zip(picture.y, picture.z, strict=True)
        for x, z in zip(picture.x, row, strict=True)
        if z is not None
    ]
    for name, end in (("Lowest", min), ("Highest", max)):
        if found:
            z, x, y = end(found)
            place = f"{picture.x_label} {x:g}, {picture.y_label} {y:g}"
            yield f"{name} {_value(z, picture.proportion)} ({place})."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
