"""Versions of a review as commands ask for them: read, with what must be said of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from ..errors import DataError, Problem, UsageError, usage
from .asking import say_problems

if TYPE_CHECKING:
    from pathlib import Path

    from ..updates.comparing import State
    from ..updates.version import Version


def version_asked(folder: Path, asked: str) -> Version:
    """A version by what it is called: now, a label, a folder, or a revision of git.

    Raises:
        EvidenceError: as of :func:`evidence.updates.finding.read_version`.
    """
    from ..updates.finding import read_version
    from .snapshot import analyses_of

    return read_version(folder, analyses_of(folder), asked)


def warn_of_another(folder: Path, asked: str, version: Version, other: Version) -> None:
    """Say on standard error where a folder that was asked for looks like one of another review than ``other``."""
    from ..updates.other_review import other_review

    warning = other_review(folder, asked, version, other)
    say_problems([] if warning is None else [warning])


def state_of_version(version: Version) -> State:
    """A version that can be asked for outcomes.

    Raises:
        DataError: problems in its tables or analyses.
    """
    from ..document.changes import analyses_in
    from ..updates.comparing import state_of

    return state_of(version, analyses_in)


def state_now(folder: Path) -> State:
    """A review as it is now, with its analyses."""
    from ..updates.version import NOW

    return state_of_version(version_asked(folder, NOW))


def state_of_later(folder: Path, version: Version) -> State:
    """The later of two versions; where the tables of today have errors, it is said what can be compared.

    Raises:
        DataError: problems in its tables or analyses.
    """
    from ..updates.version import NOW

    try:
        return state_of_version(version)
    except DataError as error:
        frozen = frozen_until(folder, version.label)
        if version.label != NOW or len(frozen) < 2:
            raise
        mend = f"mend them; or compare the versions before: --to {frozen[-1].label}"
        why = Problem("now-unreadable", "the tables as they are now have errors", mend)
        raise DataError([*error.problems, why]) from None


def frozen_until(folder: Path, to: str) -> tuple[Version, ...]:
    """The versions of a review before another one, the earliest first: all of them, where that is none of them.

    Raises:
        DataError: one of them is damaged.
    """
    from ..updates.finding import frozen_versions

    versions = frozen_versions(folder)
    labels = [version.label for version in versions]
    return versions[: labels.index(to)] if to in labels else versions


def said_of_latest(version: Version, to: str) -> str:
    """The sentence for a version that was taken because none was named."""
    from ..updates.version import NOW

    which = "the latest version" if to == NOW else f"the latest version before {to}"
    when = f", frozen {version.when}" if version.when else ""
    told = f", as of the end of {version.until}" if version.until else ""
    return f"From {version.label}, {which}{when}{told}; --from takes another."


def no_version(folder: Path, to: str, any_version: bool) -> UsageError:
    """The error where there is no version to begin from."""
    if any_version:
        return usage(f"no version is earlier than {to}", "give one with --from", "no-version")
    mend = f"make one: evidence snapshot {folder} --label LABEL"
    return usage(f"the review {folder.name} has no version yet", mend, "no-version")


def readable(versions: Sequence[Version], tell: Callable[[str], None] = lambda label: None) -> tuple[State, ...]:
    """Those of some versions whose tables can be read; of the others it is said on standard error why not.

    Args:
        versions: The earliest first. tell: Told the label of each as it begins.

    Raises:
        DataError: none of them can be read; the problems are those of the last.
    """
    states: list[State] = []
    left_out: list[Problem] = []
    for version in versions:
        tell(version.label)
        try:
            states.append(state_of_version(version))
        except DataError as error:
            if version is versions[-1] and not states:
                raise
            left_out.append(_left_out(version.label, error))
    say_problems(left_out)
    return tuple(states)


def unless_now_is_wrong(version: Version) -> tuple[Version, ...]:
    """The version; none where it is the tables of today and they can't be read, which is said on standard error."""
    from ..updates.version import NOW

    if version.label == NOW:
        try:
            state_of_version(version)
        except DataError as error:
            say_problems([_left_out(NOW, error)])
            return ()
    return (version,)


def _left_out(label: str, error: DataError) -> Problem:
    first = error.problems[0]
    place = f" ({first.place})" if first.place else ""
    more = f", and {len(error.problems) - 1} more" if len(error.problems) > 1 else ""
    what = f"{label} is left out: {first.message.removeprefix(f'version {label}: ')}{place}{more}"
    mend = "evidence check tells all of it" if label == "now" else first.mend
    return Problem("version-left-out", what, mend, severity="warning")
