"""Answers as a table: a frame, text of a CSV file, or a table of pyarrow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .answers import Answers
from .columns import Columns
from .fitting import NUMBERS

if TYPE_CHECKING:
    import pandas as pd

#: Floats below it hold every whole number.
_EXACT = 2.0**53
_TEXTS = ("status", "notes", "problem")


def headings(columns: Columns) -> tuple[str, ...]:
    """The columns that come out: the id under its own name, what was pooled, the numbers, the words."""
    rest = ("k", "time" if columns.of_rates else "n", "events", *NUMBERS, *_TEXTS)
    return ("id" if columns.by in rest else columns.by, *rest)


def _values(answers: Answers, columns: Columns) -> Mapping[str, Any]:
    texts = {name: getattr(answers, name) for name in _TEXTS}
    numbers = dict(zip(NUMBERS, answers.numbers, strict=True))
    return dict(
        zip(headings(columns), (answers.ids, *answers.whole.values(), *numbers.values(), *texts.values()), strict=True)
    )


def frame_of_answers(answers: Answers, columns: Columns) -> pd.DataFrame:
    """A frame; counts are whole numbers or missing, numbers that are not defined NaN."""
    import pandas as pd

    values = dict(_values(answers, columns))
    name = next(iter(values))
    values[name] = _ids(answers.ids)
    for name in _counts(columns):
        values[name] = pd.array(values[name], dtype="Int64")
    return pd.DataFrame(values)


def _ids(ids: Sequence[Any]) -> Any:
    """Ids as a column: whole numbers stay whole where one is missing."""
    import pandas as pd

    kinds = {type(name) for name in ids if name is not None}
    whole = (
        None in ids and bool(kinds) and all(issubclass(kind, int | np.integer) and kind is not bool for kind in kinds)
    )
    return pd.array(ids, dtype="Int64") if whole else ids


def _counts(columns: Columns) -> tuple[str, ...]:
    return ("k", "events") if columns.of_rates else ("k", "n", "events")


def frame_of_all(parts: Sequence[Answers], columns: Columns) -> pd.DataFrame:
    """The frames of several answers as one."""
    import pandas as pd

    if not parts:
        return pd.DataFrame(columns=list(headings(columns)))
    return pd.concat([frame_of_answers(part, columns) for part in parts], ignore_index=True)


def csv_of_answers(answers: Answers, columns: Columns) -> bytes:
    """Rows of a CSV file, without a header; what is not defined is empty."""
    frame = frame_of_answers(answers, columns)
    frame.isetitem(0, np.array([_id_text(name) for name in answers.ids], dtype=object))
    text = frame.to_csv(index=False, header=False, lineterminator="\n")
    return str(text).encode("utf-8")


def _id_text(name: Any) -> str:
    """An id as text; a whole number without a point, which it has where a column with gaps was kept as floats."""
    if isinstance(name, float):
        return f"{name:.0f}" if name.is_integer() and abs(name) < _EXACT else repr(name)
    return "" if name is None else str(name)


def csv_heading(columns: Columns) -> bytes:
    """The header of a CSV file."""
    import csv
    import io

    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(headings(columns))
    return text.getvalue().encode("utf-8")


def arrow_of_answers(answers: Answers, columns: Columns, id_type: Any) -> Any:
    """A table of pyarrow; what is not defined is null."""
    import pyarrow as pa

    values = dict(_values(answers, columns))
    name, ids = next(iter(values.items()))
    found = {name: pa.array(ids, type=id_type or pa.string())}
    for name, column in list(values.items())[1:]:
        if name in _TEXTS:
            found[name] = pa.array(column, type=pa.string())
            continue
        lacking = np.isnan(column)
        whole = np.where(lacking, 0, column).astype(np.int64) if name in _counts(columns) else column
        found[name] = pa.array(whole, mask=lacking)
    return pa.table(found)
