"""What is new since earlier versions of the review: computed and drawn once, for its section and results.json."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..analysis import Analysis
from .drawing import Drawing, drawing_of
from .questioning import Progress

if TYPE_CHECKING:
    from ..review.review import Review
    from ..updates.change_text import Told
    from ..updates.difference import Difference
    from ..updates.news import News
    from ..updates.version import Version

#: Name of the section that shows them.
SECTION = "changes"
#: File of a review with every step from version to version, as ``evidence diff -o`` writes it.
CHANGES = "CHANGES.md"


@dataclass(frozen=True, slots=True)
class Changes:
    """What is new.

    Attributes:
        news: Differences of now from earlier versions. names: Of the outcomes, for files and anchors.
        waterfalls: Of the first difference, for each outcome; None where its change can't be shared out.
        histories: Of each outcome; None where no version has an estimate.
        kept: Whether the review has a file of its changes, step by step.
    """

    news: News
    names: tuple[str, ...]
    waterfalls: tuple[Drawing | None, ...]
    histories: tuple[Drawing | None, ...]
    kept: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "same": list(self.news.same),
            "since": [_told(told) for told in self.news.told],
            "histories": [history.to_dict() for history in self.news.histories],
            "unreadable": [{"version": label, "message": message} for label, message in self.news.unreadable],
        }


def _told(told: Told) -> dict[str, Any]:
    from ..updates.steps import steps

    outcomes = [{**one.to_dict(), "steps": [step.to_dict() for step in steps(one)]} for one in told.outcomes]
    return {
        "from": told.before.label,
        "frozen": told.before.made,
        "notes": list(told.before.notes),
        "tables": _counted(told.difference),
        "outcomes": outcomes,
    }


def _counted(difference: Difference) -> list[dict[str, Any]]:
    """What differs in each table, counted: the rows and cells themselves are told by ``evidence diff``."""
    return [
        {
            "table": table.table,
            "rows_added": len(table.added),
            "rows_removed": len(table.removed),
            "cells_corrected": len(table.of("corrected")),
            "cells_reclassified": len(table.of("reclassified")),
            "links_changed": len(table.links),
        }
        for table in difference.tables
        if not table.same
    ]


def find_changes(analysis: Analysis, review: Review, names: Sequence[str], progress: Progress) -> Changes | None:
    """What is new since earlier versions; None where there are none, or the analysis leaves their section out.

    Args:
        analysis, review: The request and the data. names: Of the outcomes of the analysis. progress: Told each step.

    Raises:
        DataError: a version is damaged.
    """
    if analysis.sections is not None and SECTION not in analysis.sections:
        return None
    news = find_news(analysis, review, progress)
    if news is None:
        return None
    progress("since earlier versions: drawing")
    drawings = _waterfalls(analysis, news, names), _histories(analysis, news, names)
    return Changes(news, tuple(names), *drawings, kept=(review.path / CHANGES).is_file())


def find_news(analysis: Analysis, review: Review, progress: Progress) -> News | None:
    """The outcomes of an analysis now and in earlier versions of its review; None where there are none.

    Raises:
        DataError: a version is damaged.
    """
    from ..updates.collecting import collect
    from ..updates.comparing import State
    from ..updates.finding import labels_of
    from ..updates.news import news_of

    if not labels_of(review.path):
        return None
    now = State(collect(review.path, analysis.path.parent), review, (analysis,))
    return news_of(review.path, now, analyses_in, lambda step: progress(f"since earlier versions: {step}"))


def analyses_in(version: Version) -> list[Analysis]:
    """The analyses of a version.

    Raises:
        DataError: one of them can't be read today.
    """
    from ..analysis_file import read_analysis
    from ..updates.finding import laid_out

    with laid_out(version) as root:
        return [read_analysis(Path(root) / "analyses" / f"{name}.toml") for name in version.analyses]


def _waterfalls(analysis: Analysis, news: News, names: Sequence[str]) -> tuple[Drawing | None, ...]:
    from ..figures import FIGURES

    if not news.told:
        return ()
    drawings: list[Drawing | None] = []
    for name, explained in zip(names, news.told[0].outcomes, strict=True):
        if explained.parts is None or not explained.parts.parts or explained.before is None:
            drawings.append(None)
            continue
        figure = FIGURES["waterfall"].draw(explained, analysis.style, {})
        caption = f"{explained.after.title}: what moved the proportion since {explained.before.label}."
        drawings.append(drawing_of(f"waterfall-{name}", figure, caption))
    return tuple(drawings)


def _histories(analysis: Analysis, news: News, names: Sequence[str]) -> tuple[Drawing | None, ...]:
    from ..figures import FIGURES

    return tuple(
        drawing_of(
            f"history-{name}",
            FIGURES["history"].draw(history, analysis.style, {}),
            f"{history.title}: the estimate in each version of the review.",
        )
        if history.has_estimates
        else None
        for name, history in zip(names, news.histories, strict=bool(news.histories))
    )
