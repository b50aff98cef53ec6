"""What the figures of versions are drawn of: an outcome of a review now, and in its earlier versions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import typer

from ..errors import usage
from .asking import is_of_review
from .versions import (
    frozen_until,
    no_version,
    readable,
    said_of_latest,
    state_of_later,
    state_of_version,
    version_asked,
    warn_of_another,
)

if TYPE_CHECKING:
    from pathlib import Path

    from ..figures import Kind
    from ..updates.comparing import State
    from ..updates.explained import Explained
    from ..updates.history import History
    from ..updates.version import Version

#: What the analysis of the review decides.
OF_ANALYSIS = ("by", "cut", "where", "time", "unread", "model", "limits", "measure", "tau2", "prediction")


def subject_of_versions(
    kind: Kind, source: str, typed: Mapping[str, Any], from_: str | None, to: str | None
) -> Explained | History:
    """What a figure of versions is drawn of.

    Args:
        kind: Of figure. source: Of the review. typed: Options by name.
        from_: The earlier version of a change; None = the latest before ``to``. to: The later one; None = now.

    Raises:
        UsageError: no review, no outcome, no version, or an option that the review's analysis decides.
        DataError: problems in the tables.
    """
    from ..review.review import find_review
    from ..updates.version import NOW

    said = [f"--{option}" for option in OF_ANALYSIS if typed.get(option)]
    if said:
        mend = "leave it out: versions are compared as the analyses of the review say"
        raise usage(f"{', '.join(said)} can't be used with a figure of versions", mend, "of-analysis")
    if not is_of_review(source):
        raise usage(f"versions are those of a review, and {source} is a table", "name a review's folder", "no-review")
    folder = find_review(source)
    if kind.of == "history":
        if from_ is not None:
            mend = "leave it out; --to LABEL ends the history at a version"
            raise usage("a history begins with the first version: --from can't be used", mend, "whole-history")
        return _history(folder, typed.get("outcome"), to or NOW)
    return _change(folder, typed.get("outcome"), from_, to or NOW)


def outcome_asked(state: State, name: str | None, example: str) -> str:
    """The outcome that was asked for.

    Args:
        state: A version. name: As typed. example: The command, with NAME for the outcome.

    Raises:
        UsageError: none was named, or the review has no such outcome.
    """
    from ..updates.comparing import outcomes_of

    known = tuple(state.review.settings.outcomes)
    if name is None:
        first = outcomes_of(state) or known
        mend = f"add --outcome with one of {', '.join(known)}: {example.replace('NAME', first[0])}"
        raise usage("the outcome is missing", mend, "no-outcome")
    return outcomes_of(state, [name])[0]


def _change(folder: Path, outcome: str | None, from_: str | None, to: str) -> Explained:
    from dataclasses import replace

    from ..updates.comparing import explained_since, request_of
    from ..updates.difference import difference
    from .stepping import bar

    start = _start(folder, from_, to)
    with bar("change", (start.label, to)) as tell:
        tell(to)
        after = state_of_later(folder, version_asked(folder, to))
        example = f"evidence draw waterfall {folder} --outcome NAME"
        request = request_of(after, outcome_asked(after, outcome, example))
        tell(start.label)
        before = state_of_version(start)
        explained = explained_since(before, after, request, difference(before.version, after.version))
    if from_ is None:
        typer.echo(said_of_latest(start, to))
    else:
        warn_of_another(folder, from_, start, after.version)
    return replace(explained, banner=after.review.settings.banner)


def _start(folder: Path, from_: str | None, to: str) -> Version:
    if from_ is not None:
        return version_asked(folder, from_)
    versions = frozen_until(folder, to)
    if not versions:
        raise no_version(folder, to, bool(frozen_until(folder, "now")))
    return versions[-1]


def _history(folder: Path, outcome: str | None, to: str) -> History:
    from ..updates.comparing import ends_of, request_of
    from ..updates.difference import difference
    from ..updates.history import History
    from .stepping import bar

    frozen = frozen_until(folder, to)
    if not frozen_until(folder, "now"):
        raise no_version(folder, to, any_version=False)
    with bar("history", (*(version.label for version in frozen), "figure")) as tell:
        *earlier, after = readable((*frozen, version_asked(folder, to)), tell)
        example = f"evidence draw history {folder} --outcome NAME"
        request = request_of(after, outcome_asked(after, outcome, example))
        tell("figure")
        found = [(state, difference(state.version, after.version)) for state in earlier]
        ends = ends_of([(state, differs) for state, differs in found if not differs.same], after, request)
    return History(request.outcome, ends, after.review.settings.banner)
