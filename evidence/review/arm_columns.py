"""What is known of each arm: its own columns, its study's and its report's, joined; and filters on them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ..errors import unknown, usage
from .codebook import ColumnSpec, items

if TYPE_CHECKING:
    from .review import Review

#: The term that means the same as an empty cell.
NOT_REPORTED = "not_reported"
_LEFT_AWAY = {
    "reports": ("notes", "study_id"),
    "studies": ("label",),
    "outcomes": ("arm_id", "outcome", "unit", "events", "total", "notes"),
}
_STUDY = ColumnSpec("study", "text", "Label of the study", heading="Study")


@dataclass(frozen=True, slots=True)
class Filter:
    """A column must have one of these values.

    Attributes:
        column: Which column.
        wanted: Values (numbers as float); None = not reported.
        of_row: It is a column of the outcome's row, not of the arm.
    """

    column: ColumnSpec
    wanted: tuple[Any, ...]
    of_row: bool

    def passes(self, value: Any) -> bool:
        """Whether a cell passes."""
        if value is None or value == NOT_REPORTED:
            return None in self.wanted
        if self.column.is_numeric:
            return float(value) in self.wanted
        parts = items(str(value)) if self.column.type in ("list", "refs") else ()
        return any(part in self.wanted for part in (value, *parts))

    def __str__(self) -> str:
        shown = [
            "not reported" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
            for value in self.wanted
        ]
        return f"{self.column.name} is {' or '.join(shown)}"


#: Units that the codebook writes in the plural.
_SINGULAR = {"years": "year", "months": "month", "weeks": "week", "days": "day", "hours": "hour"}


@dataclass(frozen=True, slots=True)
class ArmColumns:
    """The arms of a review with everything known of them.

    Attributes:
        arms: arm_id -> column -> value, in the order of arms.csv; None = missing.
        specs: The columns of ``arms``, arm columns first; an arm's column hides its study's of the same name, a
            study's its report's.
        row_specs: Columns of the outcomes table that can stand beside a count.
    """

    arms: Mapping[str, Mapping[str, Any]]
    specs: Mapping[str, ColumnSpec]
    row_specs: Mapping[str, ColumnSpec]

    def column(self, name: str) -> ColumnSpec:
        """The column of that name.

        Raises:
            UsageError: there is none; lists the near names.
        """
        found = self.specs.get(name) or self.row_specs.get(name)
        if found is None:
            raise unknown("column", name, (*self.specs, *self.row_specs))
        return found

    def headings(self) -> dict[str, str]:
        """Column name -> heading with unit."""
        return {name: spec.title for name, spec in {**self.row_specs, **self.specs}.items()}

    def units(self) -> dict[str, str]:
        """Column name -> unit of its numbers, in the singular."""
        known = {name: spec for name, spec in {**self.row_specs, **self.specs}.items() if spec.is_numeric}
        units = {name: "year" if spec.type == "year" else spec.unit for name, spec in known.items()}
        return {name: _SINGULAR.get(unit, unit) for name, unit in units.items() if unit}

    def filters(self, where: Mapping[str, Any], rows: Sequence[Mapping[str, Any]] = ()) -> tuple[Filter, ...]:
        """The filters of ``where``: column -> value or list of values.

        Args:
            where: As ``select`` takes it.
            rows: Rows of outcomes.csv, so that their texts are known values too.

        Raises:
            UsageError: an unknown column or value; lists the near ones.
        """
        found = []
        for name, values in where.items():
            column = self.column(name)
            of_row = name not in self.specs
            cells = [row.get(name) for row in (rows if of_row else self.arms.values())]
            many = values if isinstance(values, list | tuple | set | frozenset) else [values]
            wanted = tuple(_wanted(column, value, cells) for value in many)
            if not wanted:
                raise usage(f"no value given for {name}", f"write {name}=value", "no-value")
            found.append(Filter(column, wanted, of_row))
        return tuple(found)


def arm_columns(review: Review) -> ArmColumns:
    """Join arms, studies and reports: the report of a study is the one that was included."""
    specs = _specs(review)
    studies = {row["study_id"]: row for row in review.rows("studies")}
    reports = _report_of_study(review)
    arms = {}
    for arm in review.rows("arms"):
        study, report = studies.get(arm["study_id"], {}), reports.get(arm["study_id"], {})
        joined = {**arm, "study": study.get("label")}
        for name in specs:
            if name not in joined:
                joined[name] = study.get(name) if name in study else report.get(name)
        arms[arm["arm_id"]] = {name: joined[name] for name in specs}
    row_specs = {
        column.name: column
        for column in review.codebook["outcomes"].columns
        if column.name not in specs and column.name not in _LEFT_AWAY["outcomes"]
    }
    return ArmColumns(arms, specs, row_specs)


def _specs(review: Review) -> dict[str, ColumnSpec]:
    specs: dict[str, ColumnSpec] = {}
    for table in ("arms", "studies", "reports"):
        for column in review.codebook[table].columns:
            if column.name not in _LEFT_AWAY.get(table, ()):
                specs.setdefault(column.name, column)
        if table == "arms":
            specs["study"] = _STUDY
    return {name: replace(spec, required=False) for name, spec in specs.items()}


def outcome_rows(review: Review) -> list[dict[str, Any]]:
    """The rows of outcomes.csv as dicts, with their physical ``line``."""
    lines = review.lines["outcomes"]
    return [{**row, "line": line} for row, line in zip(review.rows("outcomes"), lines, strict=True)]


def _report_of_study(review: Review) -> dict[str, dict[str, Any]]:
    included = {row["report_id"] for row in review.rows("screening") if row["decision"] == "included"}
    reports: dict[str, dict[str, Any]] = {}
    for row in review.rows("reports"):
        study = row["study_id"]
        if study is not None and (study not in reports or row["report_id"] in included):
            reports[study] = row
    return reports


def _wanted(column: ColumnSpec, value: Any, cells: Iterable[Any]) -> Any:
    if value is None or str(value).strip().casefold() in ("", NOT_REPORTED, "not reported"):
        return None
    if isinstance(value, bool):
        value = "yes" if value else "no"
    if column.is_numeric:
        try:
            return float(value)
        except (TypeError, ValueError):
            mend = f"give a number, such as {column.name}={column.minimum or 1:g}"
            raise usage(f"{column.name} is a number, {value!r} is not", mend, "not-a-number") from None
    text = str(value).strip()
    present = [str(cell) for cell in cells if cell is not None]
    known = tuple(column.terms) or (("yes", "no") if column.type == "yes_no" else _values(column, present))
    if text not in known and not (column.type in ("list", "refs") and text in present):
        raise unknown(f"{column.name} value", text, known, "unknown-value")
    return text


def _values(column: ColumnSpec, present: Iterable[str]) -> tuple[str, ...]:
    """The different values of a column; of a list, its items."""
    parts = (items(cell) if column.type in ("list", "refs") else (cell,) for cell in present)
    return tuple(dict.fromkeys(part for found in parts for part in found))
