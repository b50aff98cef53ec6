"""The codebook as a Markdown page, from the same declarations that read and check the tables."""

from __future__ import annotations

from collections.abc import Mapping

from .codebook import CORE, LIST_SEPARATOR, ColumnSpec, TableSpec
from .settings import HARM_WORDS, ReviewSettings

#: Type of a column, in words.
TYPES = {
    "id": "id",
    "ref": "id of another table",
    "refs": "ids of another table",
    "text": "text",
    "list": f"list (items separated by `{LIST_SEPARATOR}`)",
    "term": "term",
    "yes_no": "yes or no",
    "integer": "whole number",
    "number": "number",
    "year": "year",
}
_INTRODUCTION = (
    "A review is a folder of UTF-8 CSV tables with a header row, a `review.toml` and a `references.bib` whose keys are "
    "the report ids. An empty cell means not available, never 0. Numbers have a decimal point and no thousands"
    " separator."
)


def codebook_page(tables: Mapping[str, TableSpec] = CORE, settings: ReviewSettings | None = None) -> str:
    """The codebook page.

    Args:
        tables: The core tables, or those of a review with its own columns.
        settings: For a review: its title and outcomes are told too.
    """
    parts = [f"# Codebook: {settings.title}" if settings else "# Codebook", _INTRODUCTION]
    if settings:
        parts.append(_outcomes(settings))
    parts += [_table(table) for table in tables.values()]
    return "\n\n".join(parts) + "\n"


def _outcomes(settings: ReviewSettings) -> str:
    rows = ["| outcome | definition | counts | related to | time point taken |", "| --- | --- | --- | --- | --- |"]
    for outcome in settings.outcomes.values():
        relations = [f"part of `{outcome.part_of}`"] if outcome.part_of else []
        relations += [f"complement of `{outcome.complement_of}`"] if outcome.complement_of else []
        cells = (f"`{outcome.name}`", outcome.definition, outcome.unit, ", ".join(relations), str(outcome.time))
        rows.append(_row(cells))
    return "\n\n".join(
        ("## Outcomes\n\n" + "\n".join(rows), _harm_words(settings), _concomitant(settings), _overlap(settings))
    )


def _harm_words(settings: ReviewSettings) -> str:
    """By which words an outcome about adverse events is told, and which outcomes these are."""
    whose = "the default" if settings.harm_words == HARM_WORDS else "of this review"
    words = ", ".join(f"`{word}`" for word in settings.harm_words) or "none"
    told = [f"`{one.name}`" for one in settings.outcomes.values() if one.speaks_of(settings.harm_words)]
    return (
        "An outcome is about adverse events where a word of its name, title or definition begins with one of"
        f" `harm_words` in `review.toml` ({whose}: {words}). Here: {', '.join(told) or 'none'}."
    )


def _concomitant(settings: ReviewSettings) -> str:
    """Where other treatments at the same time stand."""
    if settings.concomitant is None:
        return (
            "Other treatments at the same time are told of by no column; `concomitant` in `review.toml` can name a"
            " column of arms that does."
        )
    return (
        f"Other treatments at the same time stand in arms.csv, `{settings.concomitant}` (`concomitant` in"
        " `review.toml`): `none` where a report says that there were none, empty where it does not say."
    )


def _overlap(settings: ReviewSettings) -> str:
    """Which columns tell whether two reports may be about the same patients."""
    columns = settings.overlap
    named = {"where": columns.where, "alike": columns.alike or (), "years": columns.years}
    said = "; ".join(f"{key}: {', '.join(f'`{name}`' for name in names)}" for key, names in named.items() if names)
    return (
        "Whether two reports may be about the same patients, `evidence overlap` asks of authors, countries, years,"
        " ages, sex and counts, and of the columns that `[overlap]` in `review.toml` names: `where` (centre, city),"
        " `alike` (site, disease, dose; every own column of words and numbers if it is left out) and `years` (first"
        f" and last of recruitment). Here: {said or 'none named'}."
    )


def _table(table: TableSpec) -> str:
    there = "" if table.required else " May be left out."
    rows = ["| column | meaning | type | needed | allowed |", "| --- | --- | --- | --- | --- |"]
    rows += [_row(_cells(column)) for column in table.columns]
    return f"## {table.file}\n\nOne row per {table.row}.{there}\n\n" + "\n".join(rows)


def _cells(column: ColumnSpec) -> tuple[str, ...]:
    name = f"`{column.name}`" + (" (own)" if column.own else "")
    kind = TYPES[column.type] + (f", {column.unit}" if column.unit else "")
    return name, column.meaning, kind, "yes" if column.required else "", allowed(column)


def allowed(column: ColumnSpec) -> str:
    """What a cell of a column may hold: its terms with their meanings, the ids it names, its range."""
    parts = []
    if column.terms:
        parts.append("; ".join(f"`{term}`: {says}" if says else f"`{term}`" for term, says in column.terms.items()))
    if column.refers:
        parts.append(f"`{column.refers[1]}` of {column.refers[0]}.csv")
    if column.minimum is not None and column.maximum is not None:
        parts.append(f"{column.minimum:g} to {column.maximum:g}")
    elif column.minimum is not None:
        parts.append(f"{column.minimum:g} or more")
    elif column.maximum is not None:
        parts.append(f"{column.maximum:g} or less")
    return ", ".join(parts)


def _row(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"
