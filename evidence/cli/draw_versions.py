"""What the figures of versions are drawn of: an outcome of a review now, and in its earlier versions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..errors import usage
from .asking import is_of_review

if TYPE_CHECKING:
    from pathlib import Path

    from ..figures import Kind
    from ..updates.comparing import State
    from ..updates.explained import Explained
    from ..updates.history import History
    from ..updates.requests import Request

#: What the analysis of the review decides.
OF_ANALYSIS = ("by", "cut", "where", "time", "unread", "model", "limits", "measure", "tau2", "prediction")


def subject_of_versions(kind: Kind, source: str, typed: Mapping[str, Any], from_: str | None) -> Explained | History:
    """What a figure of versions is drawn of.

    Args:
        kind: Of figure. source: Of the review. typed: Options by name. from_: The earlier version of a change.

    Raises:
        UsageError: no review, no outcome, no version, or an option that the review's analysis decides.
    """
    from ..review.review import find_review
    from ..updates.comparing import request_of

    said = [f"--{option}" for option in OF_ANALYSIS if typed.get(option)]
    if said:
        mend = "leave it out: versions are compared as the analyses of the review say"
        raise usage(f"{', '.join(said)} can't be used with a figure of versions", mend, "of-analysis")
    if not is_of_review(source):
        raise usage(f"versions are those of a review, and {source} is a table", "name a review's folder", "no-review")
    folder = find_review(source)
    if kind.of == "history" and from_ is not None:
        raise usage("a history shows all versions: --from can't be used", "leave it out", "whole-history")
    now = _state(folder, "now")
    request = request_of(now, _outcome(now, typed.get("outcome")))
    return _history(folder, now, request) if kind.of == "history" else _change(folder, now, request, from_)


def _state(folder: Path, asked: str) -> State:
    from ..document.changes import analyses_in
    from ..updates.comparing import state_of
    from ..updates.finding import read_version
    from .snapshot import analyses_of

    return state_of(read_version(folder, analyses_of(folder), asked), analyses_in)


def _outcome(now: State, name: str | None) -> str:
    from ..updates.comparing import outcomes_of

    known = ", ".join(now.review.settings.outcomes)
    if name is None:
        raise usage("the outcome is missing", f"add --outcome with one of {known}", "no-outcome")
    return outcomes_of(now, [name])[0]


def _labels(folder: Path) -> tuple[str, ...]:
    from ..updates.finding import frozen_versions

    labels = tuple(version.label for version in frozen_versions(folder))
    if not labels:
        mend = f"make one: evidence snapshot {folder} --label LABEL"
        raise usage(f"the review {folder.name} has no version yet", mend, "no-version")
    return labels


def _change(folder: Path, now: State, request: Request, from_: str | None) -> Explained:
    from dataclasses import replace

    from ..updates.comparing import explained_since
    from ..updates.difference import difference
    from .stepping import bar

    label = from_ or _labels(folder)[-1]
    with bar("change", (label, request.outcome)) as tell:
        tell(label)
        before = _state(folder, label)
        tell(request.outcome)
        explained = explained_since(before, now, request, difference(before.version, now.version))
    return replace(explained, banner=now.review.settings.banner)


def _history(folder: Path, now: State, request: Request) -> History:
    from ..updates.comparing import ends_of
    from ..updates.difference import difference
    from ..updates.history import History
    from .stepping import bar

    labels, states = _labels(folder), []
    with bar("history", labels) as tell:
        for label in labels:
            tell(label)
            state = _state(folder, label)
            states.append((state, difference(state.version, now.version)))
        ends = ends_of([(state, found) for state, found in states if not found.same], now, request)
    return History(request.outcome, ends, now.review.settings.banner)
