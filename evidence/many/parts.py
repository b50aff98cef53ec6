"""Finished chunks of a run, kept beside the file that it writes until all are there: a run that ended early goes on."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..display import plural
from ..errors import UsageError, usage
from ..files import refuse_no_folder, unwritten, write_whole
from .answers import Answers, Tally
from .formats import Format

MANIFEST, LOCK, BUCKETS = "manifest.json", "lock", "rows"
#: Names that a run gives in the folder of its parts, half-written ones (``.NAME.part``) among them.
OWN = re.compile(r"lock|rows|\.?(manifest\.json|\d{6,}\.(part|json))(\.part)?")


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of one run.

    Attributes:
        out: File that the run writes. format: How. folder: Where the parts are.
    """

    out: Path
    format: Format

    @property
    def folder(self) -> Path:
        """Beside the file."""
        return self.out.with_name(f"{self.out.name}.parts")

    @property
    def buckets(self) -> Path:
        """Where rows are sorted."""
        return self.folder / BUCKETS

    def add(self, number: int, answers: Answers) -> None:
        """Keep the answers of a chunk: what they are, then that they are there.

        Raises:
            UsageError: a folder that can't be written, a full disk; parts that are there stay.
        """
        content = self.format.part(answers)
        write_whole(self._part(number), content)
        said = {"sha256": _hash(content), "tally": _told(answers.counts)}
        write_whole(self._said(number), json.dumps(said, ensure_ascii=False).encode("utf-8"))

    def finished(self) -> list[Tally]:
        """What is counted of the parts that are there, from the first on, as far as each is as it was written."""
        found: list[Tally] = []
        while (tally := self._finished(len(found))) is not None:
            found.append(tally)
        return found

    def _finished(self, number: int) -> Tally | None:
        try:
            said = json.loads(self._said(number).read_bytes())
            content = self._part(number).read_bytes()
            tally = _read(said["tally"])
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return tally if said["sha256"] == _hash(content) else None

    def finish(self, chunks: int) -> None:
        """Write the file of all parts, whole or not at all.

        Raises:
            UsageError: a file that can't be written; the parts stay.
        """
        aside = self.out.with_name(f".{self.out.name}.part")
        try:
            with aside.open("wb") as stream:
                self.format.whole((self._part(i) for i in range(chunks)), stream)
            os.replace(aside, self.out)
        except OSError as error:
            raise unwritten(self.out, error) from error
        finally:
            with suppress(OSError):
                aside.unlink()

    @property
    def begun(self) -> bool:
        """Whether a chunk was finished."""
        return self._said(0).exists()

    def _part(self, number: int) -> Path:
        return self.folder / f"{number:06}.part"

    def _said(self, number: int) -> Path:
        return self.folder / f"{number:06}.json"


@contextmanager
def held(parts: Parts, manifest: Mapping[str, Any], anew: bool) -> Iterator[None]:
    """The parts of a run, for this process alone as long as the block lasts. They are gone when it ends well, or when
    none was finished.

    Args:
        parts: Of which file. manifest: What the run is made of: finished parts of another are not gone on from.
        anew: Whether what is there is discarded.

    Raises:
        UsageError: the file is there already, finished parts are of another run, the folder of the parts holds
            something else, another process writes them, or the folder can't be written.
    """
    if parts.out.exists() and not anew:
        mend = "give another file with --out, or --anew to replace it"
        raise usage(f"{parts.out} is there already", mend, "exists")
    refuse_no_folder(parts.out.parent)
    _refuse_foreign(parts)
    try:
        parts.folder.mkdir(exist_ok=True)
        handle = os.open(parts.folder / LOCK, os.O_CREAT | os.O_RDWR)
    except OSError as error:
        raise unwritten(parts.folder, error) from error
    kept = True
    try:
        _lock(handle, parts)
        _begin(parts, manifest, anew)
        kept = False
        yield
    except BaseException:
        kept = kept or parts.begun
        raise
    finally:
        os.close(handle)
        if not kept:
            shutil.rmtree(parts.folder, ignore_errors=True)


def _refuse_foreign(parts: Parts) -> None:
    """Nothing is discarded that no run has written."""
    if not parts.folder.is_dir():
        return
    foreign = sorted(entry.name for entry in parts.folder.iterdir() if not OWN.fullmatch(entry.name))
    if foreign:
        says = f"{parts.folder} is where finished chunks go, and holds {foreign[0]!r}, which no run has written"
        raise usage(says, "move it away, or give another file with --out", "not-ours")


def _begin(parts: Parts, manifest: Mapping[str, Any], anew: bool) -> None:
    path = parts.folder / MANIFEST
    before = None
    with suppress(OSError, ValueError):
        before = json.loads(path.read_bytes())
    wanted = json.loads(json.dumps(manifest))
    if before == wanted and not anew:
        parts.buckets.mkdir(exist_ok=True)
        return
    done = len(parts.finished()) if before is not None else 0
    if done and not anew:
        raise _another(parts, before, wanted, done)
    for old in parts.folder.iterdir():
        if old.is_dir():
            shutil.rmtree(old)
        elif old.name != LOCK:
            old.unlink()
    parts.buckets.mkdir(exist_ok=True)
    write_whole(path, json.dumps(wanted, indent=2).encode("utf-8"))


def _another(parts: Parts, before: Any, wanted: Any, done: int) -> UsageError:
    names = sorted(name for name in {*before, *wanted} if before.get(name) != wanted.get(name))
    differ = f"{', '.join(names)} {'differs' if len(names) == 1 else 'differ'}"
    says = f"{parts.folder} holds {plural(done, 'finished chunk')} of another run: {differ}"
    mend = "run it as before to go on with them, give another file with --out, or --anew to discard them"
    return usage(says, mend, "another-run")


def _lock(handle: int, parts: Parts) -> None:
    """Lock the parts; the system lets go when the process ends, however it ends."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        mend = "wait until it is done, or give another file with --out"
        raise usage(f"another process is writing {parts.out}", mend, "locked") from error


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _told(tally: Tally) -> dict[str, Any]:
    return {
        "analyses": tally.analyses,
        "rows": tally.rows,
        "statuses": dict(tally.statuses),
        "notes": dict(tally.notes),
        "pooled": tally.pooled,
        "too_few": tally.too_few,
        "mean_only": tally.mean_only,
        "problems": dict(tally.problems),
        "examples": tally.examples,
    }


def _read(told: Mapping[str, Any]) -> Tally:
    counters = {name: Counter(told[name]) for name in ("statuses", "notes", "problems")}
    return Tally(
        analyses=told["analyses"],
        rows=told["rows"],
        pooled=told["pooled"],
        too_few=told["too_few"],
        mean_only=told["mean_only"],
        statuses=counters["statuses"],
        notes=counters["notes"],
        problems=counters["problems"],
        examples=dict(told["examples"]),
    )
