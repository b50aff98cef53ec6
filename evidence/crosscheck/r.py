"""The same analysis by R: finds Rscript, metafor and meta, runs a script, reads the numbers back.

R is started without a shell and with ``--vanilla``, so that no profile of its user changes what it does.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING

from ..display import plural
from ..errors import ComputeError, Problem
from . import meta, metafor
from .case import quantities
from .comparison import DIFFERS, Answer, compare

if TYPE_CHECKING:
    from .case import Case
    from .comparison import Value

#: Seconds after which R is stopped.
PATIENCE = 300
PACKAGES = ("metafor", "meta")
NO_R = "Rscript is not on the path, so nothing was checked with R."
_PROBE = (
    'for (name in c("metafor", "meta")) if (nzchar(system.file(package = name)))'
    ' cat(name, as.character(packageVersion(name)), sep = "\\t", "\\n")\n'
)


@dataclass(frozen=True, slots=True)
class R:
    """An R that is here.

    Attributes:
        command: Path of Rscript.
        packages: Those of ``PACKAGES`` that it has.
    """

    command: str
    packages: tuple[str, ...]


def find_r() -> R | None:
    """The Rscript on the path with its packages; None where there is none.

    Raises:
        ComputeError: there is one, and it does not start.
    """
    command = shutil.which("Rscript")
    if command is None:
        return None
    found = dict(fields[:2] for fields in _lines(run_script(command, _PROBE)) if len(fields) > 1)
    return R(command, tuple(name for name in PACKAGES if name in found))


def answers(case: Case) -> tuple[Answer, ...]:
    """What metafor and meta say, or one answer on why there is none."""
    try:
        r = find_r()
        if r is None:
            return (Answer("R", says=NO_R),)
        if not r.packages:
            return (Answer("R", says="it is here, but has neither metafor nor meta; nothing was checked with it."),)
    except ComputeError as error:
        return (Answer("R", says=_sentence(error)),)
    return tuple(_answer(case, r, package) for package in r.packages)


def _answer(case: Case, r: R, package: str) -> Answer:
    """One package's numbers; where R stops, what it said."""
    by = metafor if package == "metafor" else meta
    try:
        versions, values = run(case, r.command, package)
    except ComputeError as error:
        return Answer(package, says=_sentence(error))
    version = f"{versions.get(package)}, R {versions.get('R')}"
    return Answer(package, version, values, by.closeness(case), by.apart(case), by.refusal(case), by.options(case))


def run(case: Case, command: str, package: str = "metafor") -> tuple[dict[str, str], dict[str, Value]]:
    """Run the script of a package: versions by name, and finite numbers by key.

    Raises:
        ComputeError: R stopped, took too long, or printed no numbers.
    """
    from .. import __version__

    by = metafor if package == "metafor" else meta
    return read_numbers(run_script(command, by.script(case, quantities(case), "cross-check", __version__)))


def run_script(command: str, text: str, patience: float = PATIENCE) -> str:
    """What a script of R prints to standard output.

    Raises:
        ComputeError: it did not end well, with the last line that R said.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "script.R"
        path.write_text(text, encoding="utf-8", newline="\n")
        try:
            done = subprocess.run(
                [command, "--vanilla", str(path)],
                cwd=folder,
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                stdin=subprocess.DEVNULL,
                timeout=patience,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise _stopped(f"R did not end within {patience:g} seconds") from None
        except OSError as error:
            raise _stopped(f"{command} could not be started: {error.strerror}") from error
    if done.returncode != 0:
        lines = [line.strip() for line in done.stderr.splitlines()]
        said = [line for line in lines if line not in ("", "Execution halted")]
        raise _stopped(f"R stopped: {' '.join(said[-2:]) or f'exit code {done.returncode}'}")
    return done.stdout


def _stopped(message: str) -> ComputeError:
    return ComputeError(Problem("r-stopped", message, "write the script with `evidence script` and run it by hand"))


def _sentence(error: ComputeError) -> str:
    return error.problems[0].message.rstrip(".") + "."


def _lines(output: str) -> list[list[str]]:
    return [[part.strip() for part in line.split("\t")] for line in output.splitlines()]


def read_numbers(output: str) -> tuple[dict[str, str], dict[str, Value]]:
    """What a script printed: versions by name, numbers by key (NA, NaN and infinite ones left out).

    Raises:
        ComputeError: a line with something else than numbers, or no number at all.
    """
    versions: dict[str, str] = {}
    values: dict[str, Value] = {}
    for name, *rest in _lines(output):
        texts = [text for text in rest if text]
        if name == "R" or name in PACKAGES:
            versions[name] = " ".join(texts)
        elif texts:
            _keep(values, name, texts)
    if not values:
        raise _stopped("R printed no numbers")
    return versions, values


def _keep(values: dict[str, Value], name: str, texts: Sequence[str]) -> None:
    try:
        numbers = tuple(metafor.number(text) for text in texts)
    except ValueError:
        raise _stopped(f"R printed {texts[0]!r} for {name}, which is not a number") from None
    if all(isfinite(value) for value in numbers):
        values[name] = numbers if name == "study_limits" else numbers[0]


def summary(case: Case, command: str, text: str) -> str:
    """Run a script of metafor and say in a line how far its numbers are from ours.

    Raises:
        ComputeError: R stopped, took too long, or printed no numbers.
    """
    versions, values = read_numbers(run_script(command, text))
    found = Answer("metafor", versions.get("metafor"), values, metafor.closeness(case), metafor.apart(case))
    rows = [row for row in compare(quantities(case), found) if row.difference is not None]
    who = f"metafor {found.version} (R {versions.get('R')})"
    if not rows:
        return f"{who} has no number to compare."
    worst = max(rows, key=lambda row: (row.difference or 0.0) / (row.tolerance or 1.0))
    largest = max(row.difference or 0.0 for row in rows)
    differing = sum(row.verdict == DIFFERS for row in rows)
    verdict = f"{differing} beyond tolerance" if differing else "all within tolerance"
    return (
        f"{who}: {plural(len(rows), 'number')}, {verdict}; largest deviation {largest:.1e},"
        f" nearest to its tolerance: {worst.quantity} ({worst.difference:.1e} of {worst.tolerance:.1e})"
    )
