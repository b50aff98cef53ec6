"""The rows of a forest plot, top to bottom: what each says and what it spans, before any place on paper.

A row has one entry for each panel: outcomes side by side have several, a single result has one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from .. import display
from ..errors import data_error, usage
from ..pooling.headline import exact_total
from ..pooling.rate_result import PooledRate, StudyRate
from ..pooling.result import Context, Interval, Pooled, StudyEffect
from ..pooling.subgroups import Subgroups
from .forest_order import sorted_rows
from .forest_tests import silent_words, spread_words, test_words

Kind = Literal["group", "study", "counts", "part", "pooled", "median", "prediction", "words", "gap", "rule"]
#: Rows below the studies in their order; of several panels those of one kind stand together.
BELOW: tuple[Kind, ...] = ("part", "counts", "pooled", "median", "prediction")
#: Two numbers that differ by less than this are one number: the optimisers' own error is of this size.
SAME = 1e-6


@dataclass(frozen=True, slots=True)
class Entry:
    """What one row says in one panel; None where it says nothing.

    Attributes:
        events, n, time: Counts; rates have a time and no n.
        estimate, lower, upper: As proportions, or as events per unit of time. weight: Share of the total in [0, 1].
        study: The study, for further columns.
        marked: Whether it is drawn on the axis.
    """

    events: int | None = None
    n: int | None = None
    time: float | None = None
    estimate: float | None = None
    lower: float | None = None
    upper: float | None = None
    weight: float | None = None
    study: StudyEffect | None = None
    marked: bool = True

    @property
    def span(self) -> tuple[float, float, float] | None:
        """(lower, estimate, upper) of what is drawn; a prediction interval has its lower limit twice."""
        if not self.marked or self.lower is None or self.upper is None:
            return None
        return self.lower, self.lower if self.estimate is None else self.estimate, self.upper

    @property
    def size(self) -> float:
        """Units, or time at risk: what the area of a mark stands for."""
        return float(self.n or self.time or 0)


@dataclass(frozen=True, slots=True)
class Row:
    """One row.

    Attributes:
        kind: group (a heading), study, counts (not pooled), part (studies summed), pooled (a diamond), median,
            prediction, words (a sentence left of the axis), gap, rule (a gap with a line).
        label: First cell. entries: One of each panel, None where it has none.
        level: 0 for overall rows and headings, 1 for rows inside a group.
        key: Of a study's row: its arm. study: The study that the arm belongs to.
    """

    kind: Kind
    label: str = ""
    entries: tuple[Entry | None, ...] = ()
    level: int = 0
    key: str = ""
    study: str = ""

    @property
    def entry(self) -> Entry:
        """What the first panel that has something says; an empty entry where none has."""
        return next((entry for entry in self.entries if entry is not None), Entry())

    @property
    def span(self) -> tuple[float, float, float] | None:
        """(lower, estimate, upper) in the first panel."""
        return self.entries[0].span if self.entries and self.entries[0] is not None else None


Result = Pooled | Subgroups
#: The results of a row of panels; None where a panel has nothing of that group.
Panels = Sequence[Pooled | None]


def forest_rows(results: Sequence[Result], sort: str = "given", prediction: bool = True) -> tuple[Row, ...]:
    """All rows of one result, or of several side by side whose studies are matched by their key.

    Raises:
        UsageError: results with groups beside others without, or with other groups; no years to sort by.
        DataError: one key with two labels.
    """
    overall = [result.overall if isinstance(result, Subgroups) else result for result in results]
    grouped = [result for result in results if isinstance(result, Subgroups)]
    if not grouped:
        return (*_studies(overall, 0, sort), *_overall(overall, "", prediction))
    if len(grouped) < len(results) or len({result.by for result in grouped}) > 1:
        raise usage("panels with other groups can't share their rows", "group all of them by one column", "groups")
    rows: list[Row] = []
    for position, label in enumerate(dict.fromkeys(label for result in grouped for label in result.labels)):
        rows += [Row("gap")] if position else []
        rows.append(Row("group", f"{grouped[0].heading}: {label}"))
        rows += _group(grouped, label, sort)
    return (*rows, *_overall(overall, "All studies", prediction), *_tests(grouped))


def _group(results: Sequence[Subgroups], label: str, sort: str) -> Iterator[Row]:
    """The rows below the heading of a group: its studies and what they make together, or that no arm has a count."""
    members: Panels = [dict(result.groups).get(label) for result in results]
    if all(pooled is None for pooled in members):
        yield Row("words", silent_words(max(dict(result.silent).get(label, 0) for result in results)), level=1)
        return
    yield from _studies(members, 1, sort)
    yield from _below([_of_group(pooled) for pooled in members], 1)
    yield from _spread(members, 1)


def _spread(members: Panels, level: int) -> Iterator[Row]:
    """How far the studies of one result lie apart; of several side by side the footnotes tell it."""
    if len(members) == 1 and members[0] is not None and (said := spread_words(members[0])):
        yield Row("words", said, level=level)


def _tests(results: Sequence[Subgroups]) -> Iterator[Row]:
    """The test for subgroup differences, or why there is none, of each panel once."""
    said: dict[str, Context | None] = {}
    for result in results:
        said.setdefault(test_words(result), result.overall.context)
    for text, context in said.items():
        title = f"{context.title}: " if len(said) > 1 and context is not None and context.title else ""
        yield Row("words", title + text)


def model_rows(results: Sequence[Pooled], sort: str = "given", prediction: bool = True) -> tuple[Row, ...]:
    """The rows of several models of the same counts: the studies once, then what each model makes of them."""
    rows = [*_studies(results[:1], 0, sort), Row("rule"), *_below([list(_observed(results[0]))], 0)]
    for result in results:
        own = [item for item in _pooled(result, prediction) if item[0] != "part"]
        rows += [Row("group", first_upper(result.model.title)), *_below([own], 1), *_spread([result], 1)]
    # Each model weighs the studies in its own way, and they stand here once.
    return tuple(replace(row, entries=tuple(e and replace(e, weight=None) for e in row.entries)) for row in rows)


def _studies(members: Panels, level: int, sort: str) -> list[Row]:
    """One row for each study that any panel has."""
    found: dict[str, Row] = {}
    for at, pooled in enumerate(members):
        for study in pooled.studies if pooled is not None else ():
            row = found.get(study.key, Row("study", study.label, (None,) * len(members), level, study.key, study.study))
            if row.label != study.label:
                raise data_error(
                    f"{study.key} is {row.label} in one panel and {study.label} in another",
                    "give studies of all panels the same keys and labels",
                    "two-labels",
                )
            entries = (*row.entries[:at], _entry(study), *row.entries[at + 1 :])
            found[study.key] = replace(row, entries=entries)
    return sorted_rows(list(found.values()), sort)


def _entry(study: StudyEffect) -> Entry:
    n, time = (None, study.time) if isinstance(study, StudyRate) else (study.n, None)
    limits = (study.estimate, study.ci.lower, study.ci.upper)
    return Entry(study.events, n, time, *limits, study.weight, study)


#: A row below the studies of one panel.
Item = tuple[Kind, str, Entry]


def _overall(overall: Sequence[Pooled], heading: str, prediction: bool) -> Iterator[Row]:
    """The rows below the studies: what was observed, in parts where the headline is split; then what was pooled."""
    if all(pooled.status == "single-study" for pooled in overall):
        return
    yield Row("rule")
    if heading:
        yield Row("group", heading)
    yield from _below([[*_observed(pooled), *_pooled(pooled, prediction)] for pooled in overall], 0)
    yield from _spread(overall, 0)


def _below(panels: Sequence[Sequence[Item]], level: int) -> Iterator[Row]:
    """Rows of the same kind and label are one row with an entry in each panel."""
    if len(panels) > 1:
        panels = [[(kind, _common(kind, label), entry) for kind, label, entry in items] for items in panels]
    names = dict.fromkeys((kind, label) for items in panels for kind, label, _ in items)
    for kind, label in sorted(names, key=lambda name: BELOW.index(name[0])):
        entries = tuple(
            next((entry for k, name, entry in items if (k, name) == (kind, label)), None) for items in panels
        )
        yield Row(kind, label, entries, level)


def _common(kind: Kind, label: str) -> str:
    """The label without what differs between panels: how many studies, which formula."""
    return label.rpartition(" (")[0] if kind in ("part", "prediction") and label.endswith(")") else label


def _of_group(pooled: Pooled | None) -> list[Item]:
    """A group of one study has no row below it: its diamond would be that study."""
    if pooled is None or pooled.status == "single-study":
        return []
    return [*_parts(pooled), _together(pooled)]


def _observed(pooled: Pooled) -> Iterator[Item]:
    if pooled.status == "single-study":
        return
    yield from _parts(pooled)
    if pooled.headline.kind != "observed":
        yield "part", "Observed, all studies together", _sum(pooled, marked=True)


def _pooled(pooled: Pooled, prediction: bool) -> Iterator[Item]:
    if pooled.status == "single-study":
        return
    yield _together(pooled)
    if pooled.headline.kind == "observed":
        return
    if shows_median(pooled) and pooled.estimate is not None and pooled.ci is not None:
        yield "median", first_upper(pooled.model.centre), _limited(pooled.ci, pooled.estimate)
    if pooled.pi is not None and prediction:
        yield "prediction", f"Next study: prediction interval ({pooled.pi.method})", _limited(pooled.pi, None)


def _limited(ci: Interval, estimate: float | None) -> Entry:
    return Entry(estimate=estimate, lower=ci.lower, upper=ci.upper)


def _parts(pooled: Pooled) -> Iterator[Item]:
    """Series and small reports apart, where one number would hide that they differ; one part alone is the whole."""
    if pooled.headline.kind != "split" or len(pooled.headline.lines) < 2:
        return
    for line in pooled.headline.lines:
        yield "part", _part_label(line), _part(line)


def _part_label(line: Mapping[str, Any]) -> str:
    studies = f" ({display.plural(line['k'], 'study', 'studies')})" if "k" in line else ""
    return first_upper(line["label"]) + studies


def _part(line: Mapping[str, Any]) -> Entry:
    return Entry(line["events"], line["n"], None, line["estimate"], line["lower"], line["upper"])


def _together(pooled: Pooled) -> Item:
    shown = headline_value(pooled)
    if shown is None:
        return "counts", f"Together, not pooled ({_short_reason(pooled)})", _sum(pooled, marked=False)
    label, value, ci = shown
    return "pooled", label, replace(_counted(pooled), estimate=value, lower=ci.lower, upper=ci.upper)


def _counted(pooled: Pooled) -> Entry:
    """Counts of all studies; weights, where there are any, sum to 1."""
    weight = 1.0 if pooled.studies and all(study.weight is not None for study in pooled.studies) else None
    if isinstance(pooled, PooledRate):
        return Entry(pooled.events, None, pooled.time, weight=weight)
    return Entry(pooled.events, pooled.n, weight=weight)


def _sum(pooled: Pooled, marked: bool) -> Entry:
    """All events of all units; the exact limits of a proportion."""
    entry = replace(_counted(pooled), weight=None, marked=marked)
    if isinstance(pooled, PooledRate):
        return replace(entry, estimate=pooled.events / pooled.time, marked=False)
    exact = exact_total(pooled)
    return replace(entry, estimate=pooled.events / pooled.n, lower=exact.lower, upper=exact.upper)


def headline_value(pooled: Pooled) -> tuple[str, float, Interval] | None:
    """What the filled diamond stands for, its value and its limits; None where nothing may be pooled."""
    if pooled.headline.kind == "observed":
        return None
    if pooled.mean is not None and pooled.mean_ci is not None:
        same = pooled.estimate is not None and abs(pooled.estimate - pooled.mean) < SAME
        # Models without a spread between studies average nothing over studies: their own word for it is true.
        named = same and "median" not in pooled.model.centre
        return first_upper(pooled.model.centre) if named else "Average study (mean)", pooled.mean, pooled.mean_ci
    if pooled.estimate is not None and pooled.ci is not None:
        return first_upper(pooled.model.centre), pooled.estimate, pooled.ci
    return None


def shows_median(pooled: Pooled) -> bool:
    """Whether the model's own centre has a row of its own: it is known well enough, and is not the mean."""
    if pooled.headline.kind == "observed" or not pooled.headline.show_median:
        return False
    if pooled.mean is None or pooled.estimate is None or pooled.ci is None:
        return False
    return abs(pooled.estimate - pooled.mean) >= SAME


def _short_reason(pooled: Pooled) -> str:
    reason = (pooled.headline.reason or "no pooled number").split(":")[0].rstrip(".")
    return reason[:1].lower() + reason[1:]


def first_upper(text: str) -> str:
    """The text with a capital at its start."""
    return text[:1].upper() + text[1:]
