"""The design of a regression: which columns, what they code, and which arms they are known for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from ..counts import Counts
from ..errors import DataError, Problem, UsageError, data_error, near, usage
from .result import Floats

INTERCEPT = "intercept"
#: A column whose part that the others don't explain is below this share of it counts as their combination.
SINGULAR = 1e-9
#: Below this share of its spread a covariate is nearly a combination of the others (J).
NEARLY = 0.1


class Facts(Protocol):
    """Counts with what is known of each arm: what ``evidence.select`` returns."""

    @property
    def counts(self) -> Counts:
        """Events and totals."""

    @property
    def study_columns(self) -> Sequence[Mapping[str, Any]]:
        """What is known of each arm, by column name."""


@dataclass(frozen=True, slots=True)
class Term:
    """A covariate and its coding.

    Attributes:
        name: The column of the data.
        levels: The categories that have a column of their own, 1 for arms of that category and 0 for others; empty for
            a number, which is its own column, as it is.
        reference: The category without a column, the most frequent one; None for a number.
        arms: How many arms have each category, the reference first; empty for a number.
    """

    name: str
    levels: tuple[str, ...] = ()
    reference: str | None = None
    arms: tuple[int, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of its columns."""
        return tuple(f"{self.name}: {level}" for level in self.levels) if self.reference is not None else (self.name,)

    def code(self, value: Any) -> tuple[float, ...]:
        """Its columns for a value.

        Raises:
            UsageError: an unknown category, or no number.
        """
        if self.reference is None:
            if not _is_number(value):
                raise usage(f"{self.name} {value!r} is not a number", "give a number", "not-a-number")
            return (float(value),)
        text = str(value)
        if text not in (self.reference, *self.levels):
            known = [self.reference, *self.levels]
            raise usage(f"{self.name} {text!r} is not in these arms", near(text, known), "unknown-level")
        return tuple(float(text == level) for level in self.levels)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "name": self.name,
            "reference": self.reference,
            "levels": list(self.levels),
            "arms": list(self.arms),
        }


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """Columns of a regression, one row for each arm.

    Args:
        names: Name of each column, length p; the intercept, if there is one, is a column of ones like any other.
        values: Shape (k, p), finite.
        rows: Positions of these arms in the counts, length k; None where every arm of the counts has its row.
        terms: How the columns came about; () where they were given as numbers.
        left_out: Label of each arm without a covariate, and the covariates it lacks.

    Raises:
        UsageError: shapes or names that don't fit. DataError: values that are not finite.
    """

    names: tuple[str, ...]
    values: Floats
    rows: tuple[int, ...] | None = None
    terms: tuple[Term, ...] = ()
    left_out: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def __post_init__(self) -> None:
        values = np.array(self.values, dtype=float)
        object.__setattr__(self, "names", tuple(str(name) for name in self.names))
        object.__setattr__(self, "values", values)
        if values.ndim != 2 or values.shape[1] != len(self.names) or not self.names:
            raise usage(
                f"{len(self.names)} names for columns of shape {values.shape}",
                "give values of shape (arms, columns), and a name for each column",
                "shape",
            )
        if len(set(self.names)) < len(self.names):
            double = next(name for name, times in Counter(self.names).items() if times > 1)
            raise usage(f"two columns are named {double}", "give each column a name of its own", "duplicate-column")
        if not np.isfinite(values).all():
            row, column = np.argwhere(~np.isfinite(values))[0]
            raise data_error(
                f"row {row + 1} has no value of {self.names[column]}",
                "leave the arm out, or use design_of, which does so and names it",
                "missing-covariate",
            )
        if self.rows is not None and len(self.rows) != values.shape[0]:
            raise usage(f"{len(self.rows)} positions for {values.shape[0]} rows", "give one for each row", "shape")
        values.flags.writeable = False

    @property
    def intercept(self) -> int | None:
        """Position of the column of ones, or None."""
        ones = np.flatnonzero((self.values == 1).all(0))
        return int(ones[0]) if ones.size else None

    def code(self, facts: Mapping[str, Any]) -> Floats:
        """The row of a setting, shape (p,), from the value of each term.

        Raises:
            UsageError: a term without a value, an unknown term or category, or a design given as numbers.
        """
        if not self.terms:
            raise usage("this design was given as numbers", "give rows of numbers as well", "no-terms")
        known = [term.name for term in self.terms]
        for name in facts:
            if name not in known:
                raise usage(f"{name} is not a covariate here", near(name, known), "unknown-column")
        missing = [name for name in known if name not in facts]
        if missing:
            raise usage(f"no value of {', '.join(missing)}", "give a value of every covariate", "missing-covariate")
        coded = [value for term in self.terms for value in term.code(facts[term.name])]
        return np.array([1.0, *coded] if self.names[0] == INTERCEPT else coded)

    def take(self, index: npt.NDArray[np.intp]) -> Design:
        """The rows at ``index``."""
        rows = range(self.values.shape[0]) if self.rows is None else self.rows
        return Design(self.names, self.values[index], tuple(rows[i] for i in index), self.terms, self.left_out)


def design_of(data: Facts, columns: Sequence[str], intercept: bool = True) -> Design:
    """The design of what is known of each arm.

    Args:
        data: A selection of a review, or of a bare table.
        columns: Covariates by column name. A column of numbers is taken as it is; any other is coded against its
            most frequent category (of equals, the first). Arms that lack a covariate are left out and named.
        intercept: Whether a column of ones comes first.

    Raises:
        UsageError: an unknown column, none, or one twice; data without columns. DataError: a column with several items
            in a cell, with one value only, or known for no arm.
    """
    if not hasattr(data, "study_columns"):
        mend = "give a selection, or make a Design(names, values) of numbers, one row for each arm"
        raise usage(f"{type(data).__name__} has no columns to choose from", mend, "design")
    names = [columns] if isinstance(columns, str) else list(columns)
    if not names or len(set(names)) < len(names):
        raise usage(f"covariates {', '.join(names) or 'none'}", "name each covariate once", "covariates")
    known = sorted({name for cells in data.study_columns for name in cells})
    for name in names:
        if name not in known:
            raise UsageError(Problem("unknown-column", f"column {name!r} is not known", near(name, known)))
    lacking = [tuple(n for n in names if _is_missing(cells.get(n))) for cells in data.study_columns]
    kept = tuple(i for i, missing in enumerate(lacking) if not missing)
    if not kept:
        raise data_error(
            f"no arm has {' and '.join(names)}", "choose covariates that are known for more arms", "no-arms"
        )
    where = "in every arm" + _that_have(len(kept), len(lacking), names)
    terms = tuple(_term(name, [data.study_columns[i][name] for i in kept], where) for name in names)
    rows = [
        ([1.0] if intercept else []) + [value for t in terms for value in t.code(data.study_columns[i][t.name])]
        for i in kept
    ]
    labels = data.counts.labels
    left_out = tuple((labels[i], missing) for i, missing in enumerate(lacking) if missing)
    heads = ((INTERCEPT,) if intercept else ()) + tuple(c for term in terms for c in term.columns)
    return Design(heads, np.array(rows), kept, terms, left_out)


def _that_have(kept: int, arms: int, names: Sequence[str]) -> str:
    """Which arms are meant, where some lack a covariate."""
    if kept == arms:
        return ""
    lack = "lacks it" if arms - kept == 1 else "lack it"
    return f" with {' and '.join(names)} ({arms - kept} of {arms} arms {lack})"


def _is_missing(value: Any) -> bool:
    return value is None or value == "" or (isinstance(value, float) and not np.isfinite(value))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)


def _term(name: str, values: Sequence[Any], where: str) -> Term:
    several = next((value for value in values if isinstance(value, tuple | list | set | dict)), None)
    if several is not None:
        raise data_error(
            f"{name} has several items in a cell", "use a column with one value in each cell", "several-items"
        )
    found = Counter(map(str, values))
    if len(found) == 1:
        raise DataError(Problem("constant-covariate", f"{name} is {values[0]} {where}", "leave it out", column=name))
    if all(_is_number(value) for value in values):
        return Term(name)
    (reference, most), *rest = found.most_common()
    return Term(name, tuple(level for level, _ in rest), reference, (most, *(times for _, times in rest)))


@dataclass(frozen=True, slots=True, eq=False)
class Basis:
    """The columns of a design as combinations of orthogonal ones: X = Q R, so that nothing is lost to their scale.

    Attributes:
        q: Shape (k, p), Q'Q = k I. r: Shape (p, p), upper triangular.
    """

    q: Floats
    r: Floats

    @property
    def back(self) -> Floats:
        """The inverse of R: beta = back gamma."""
        return np.asarray(np.linalg.inv(self.r), dtype=float)

    def functional(self, c: Floats) -> Floats:
        """The vectors a with a'gamma = c'beta, where gamma = R beta; c and a of shape (..., p)."""
        return np.asarray(np.linalg.solve(self.r.T, c[..., None])[..., 0])


def basis_of(design: Design) -> Basis:
    """The orthogonal columns of a design.

    Raises:
        DataError: a column is a combination of the others; it is named.
    """
    x = design.values
    k = x.shape[0]
    size = np.sqrt((x * x).sum(0))
    if (size == 0).any():
        raise _singular(design, int(np.flatnonzero(size == 0)[0]))
    q, r = np.linalg.qr(x)
    left = np.abs(np.diagonal(r)) / size
    # The spread around the mean is what counts beside an intercept: years differ by a hundredth of their size.
    if (left < SINGULAR).any():
        raise _singular(design, int(np.flatnonzero(left < SINGULAR)[0]))
    return Basis(q * np.sqrt(k), r / np.sqrt(k))


def _singular(design: Design, column: int) -> DataError:
    return data_error(
        f"{design.names[column]} is a combination of the other columns in these arms",
        f"leave {design.names[column]} out, or merge categories",
        "singular-design",
    )


def nearly_singular(design: Design) -> list[str]:
    """Covariates of whose spread less than ``NEARLY`` is left beside the others."""
    x, ones = design.values, design.intercept
    if x.shape[1] < 3 or ones is None:
        return []
    centred = np.delete(x, ones, axis=1)
    centred = centred - centred.mean(0)
    names = [name for i, name in enumerate(design.names) if i != ones]
    found = []
    for i, name in enumerate(names):
        others, _ = np.linalg.qr(np.delete(centred, i, axis=1))
        left = centred[:, i] - others @ (others.T @ centred[:, i])
        if np.linalg.norm(left) < NEARLY * np.linalg.norm(centred[:, i]):
            found.append(name)
    return found
