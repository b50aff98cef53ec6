"""A version of a review: its files as they were, by name, with what the manifest says of them."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from ..errors import DataError, Problem, usage

#: Folder of a review that holds its versions, one folder each.
VERSIONS = "versions"
MANIFEST, RESULTS = "manifest.json", "results.json"
#: Of the manifest; a larger number was written by a later evidence.
FORMAT = 1
#: What the tables as they are now are called.
NOW = "now"
#: What nobody had at the time: judgements on all of the evidence, and what was entered for it since.
OF_TODAY = ("certainty", "changes", "extraction", "records")
#: How a manifest writes when a version was made (UTC).
TIME = "%Y-%m-%dT%H:%M:%SZ"
#: Characters of a wrong value that an error shows.
SHOWN = 40

_LABEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
#: Words that name another state of the review.
_TAKEN = {NOW: "the tables as they are", "head": "a revision of git"}
#: Names that Windows keeps for devices, whatever follows after a dot.
_OF_WINDOWS = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Version:
    """A version.

    Attributes:
        label: As it is printed. review: Name of the review.
        files: Name -> bytes: review.toml, tables, references.bib, extraction/..., analyses/<name>.toml.
        made: When it was frozen, as 2026-11-28T15:03:11Z, or the day alone, as earlier ones have it; None for one that
            was not (now, a revision of git).
        until: Year up to which reports are in, where it was rebuilt from later tables; else None.
        results: The results as frozen: analysis -> outcomes; empty where there are none.
        tool: What froze it. records: Hash and counts of the imported records. notes: What a reader must know.
        not_kept: Tables, and parts of the folder, that a version rebuilt from later tables leaves out.
        place: Folder that it was read from; None where it was read from git.
    """

    label: str
    review: str
    files: Mapping[str, bytes]
    made: str | None = None
    until: int | None = None
    results: Mapping[str, Any] = field(default_factory=dict)
    tool: str | None = None
    records: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    not_kept: tuple[str, ...] = ()
    place: Path | None = field(default=None, compare=False)

    @property
    def day(self) -> str | None:
        """The day on which it was frozen (UTC), as 2026-11-28."""
        return None if self.made is None else self.made.partition("T")[0]

    @property
    def when(self) -> str:
        """When it was frozen, as far as known: ``2026-11-28 15:03 UTC``."""
        day, _, time = (self.made or "").partition("T")
        return f"{day} {time[:5]} UTC" if time else day

    @property
    def order(self) -> tuple[str, str, str]:
        """What tells earlier versions from later: up to when it tells, when it was frozen, its label.

        One of the end of a year tells up to that day, or up to its making where the year was not over.
        """
        made = self.made or ""
        until = made if self.until is None else min(f"{self.until:04d}-12-31", made or "9999")
        return until, made, self.label

    @property
    def told_until(self) -> str | None:
        """Of which it tells: the end of a year, or the day on which it was frozen; None where neither is known."""
        return f"end of {self.until}" if self.until else self.day

    @property
    def analyses(self) -> dict[str, bytes]:
        """Name of each analysis -> its file."""
        return {
            PurePosixPath(name).stem: content for name, content in self.files.items() if name.startswith("analyses/")
        }


def check_label(label: str) -> str:
    """The label, if it can name a folder on every machine.

    Raises:
        UsageError: it can't.
    """
    if (why := _unfit(label)) is not None:
        mend = "use letters, digits, dots, - and _, at most 40, beginning with a letter or digit, such as 2026-11"
        raise usage(f"{label[: 2 * SHOWN]!r} can't be the label of a version{why}", mend, "bad-label")
    return label


def _unfit(label: str) -> str | None:
    """Why a label can't be one, to be added to a sentence; empty where the rule in the mend says it."""
    if label.casefold() in _TAKEN:
        return f": it means {_TAKEN[label.casefold()]}"
    if _OF_WINDOWS.fullmatch(label):
        return ": it is a name that Windows reserves for a device, and no folder there can have it"
    if label.endswith(".") and _LABEL.fullmatch(label):
        return ": Windows drops a dot at the end of a folder's name"
    return None if _LABEL.fullmatch(label) else ""


def sha256(content: bytes) -> str:
    """SHA-256 with line ends as LF, so that it is the same however git checked the file out."""
    return hashlib.sha256(content.replace(b"\r\n", b"\n")).hexdigest()


def manifest(version: Version) -> bytes:
    """The text of the manifest of a version: the same bytes for the same content."""
    values = {
        "format": FORMAT,
        "label": version.label,
        "review": version.review,
        "made": version.made,
        "until": version.until,
        "tool": version.tool,
        "notes": list(version.notes),
        **({"not_kept": list(version.not_kept)} if version.not_kept else {}),
        "records": dict(version.records),
        "files": {name: sha256(content) for name, content in sorted(written(version).items())},
    }
    return (json.dumps(values, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()


def written(version: Version) -> dict[str, bytes]:
    """Name -> bytes of every file of a version on disk, but for the manifest."""
    results = json.dumps(version.results, indent=1, ensure_ascii=False, allow_nan=False, sort_keys=True) + "\n"
    return {**version.files, **({RESULTS: results.encode()} if version.results else {})}


def read_frozen(folder: Path) -> Version:
    """A version as it was frozen, every hash checked.

    Raises:
        DataError: a manifest that is missing, damaged or of a later format, and every file that is missing, has
            changed or does not belong there.
    """
    values = _manifest(folder / MANIFEST)
    hashes = values["files"]
    files: dict[str, bytes] = {}
    problems: list[Problem] = []
    for name, expected in hashes.items():
        found = _file(folder, name, expected)
        if isinstance(found, Problem):
            problems.append(found)
        else:
            files[name] = found
    problems += [
        Problem("version-stray", "the manifest does not name this file", "take it away", str(folder / name))
        for name in _there(folder)
        if name not in hashes and name != MANIFEST
    ]
    if not problems and "review.toml" not in files:
        problems.append(Problem("version-empty", "the version holds no review.toml", anew(folder), str(folder)))
    if problems:
        raise DataError(problems)
    results = _results(files.pop(RESULTS, b"{}"), folder / RESULTS)
    return Version(
        values["label"],
        values["review"],
        files,
        values.get("made"),
        values.get("until"),
        results,
        values.get("tool"),
        values.get("records") or {},
        tuple(values.get("notes") or ()),
        _not_kept(values),
        folder,
    )


def _not_kept(values: Mapping[str, Any]) -> tuple[str, ...]:
    """As the manifest says; a rebuilt version that says nothing left out what all of them did."""
    given = values.get("not_kept")
    if given is None:
        return () if values.get("until") is None else OF_TODAY
    return tuple(given)


def _results(content: bytes, path: Path) -> dict[str, Any]:
    """The frozen results: of each analysis a list of outcomes, each with its pool or None.

    Raises:
        DataError: they are something else.
    """
    try:
        values: Any = json.loads(content)
    except ValueError as error:
        raise _unreadable(path, error) from error
    if not isinstance(values, dict) or not all(_is_outcomes(outcomes) for outcomes in values.values()):
        raise _damaged(path, "the results are not those of outcomes by analysis")
    return dict(values)


def _is_outcomes(outcomes: Any) -> bool:
    return isinstance(outcomes, list) and all(isinstance(one, dict) and _is_result(one) for one in outcomes)


def _is_result(result: dict[str, Any]) -> bool:
    pooled, where = result.get("pooled"), result.get("where") or {}
    if not isinstance(result.get("outcome"), str) or not isinstance(where, dict):
        return False
    numbers = [pooled.get(name) for name in ("mean", "estimate")] if isinstance(pooled, dict) else []
    return (pooled is None or isinstance(pooled, dict)) and all(
        number is None or isinstance(number, int | float) for number in numbers
    )


def _there(folder: Path) -> list[str]:
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file())
    names = (path.relative_to(folder).as_posix() for path in paths)
    return [name for name in names if not any(part.startswith((".", "~")) for part in name.split("/"))]


def _file(folder: Path, name: str, expected: Any) -> bytes | Problem:
    path = folder / name
    mend = "take it from git again; a version is never edited"
    if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts or "\\" in name:
        return Problem("version-damaged", f"the manifest names {name!r}, outside of the version", mend, str(folder))
    try:
        content = path.read_bytes()
    except OSError:
        return Problem("version-file-missing", "the manifest names this file, and it is not there", mend, str(path))
    if sha256(content) != expected:
        return Problem("version-changed", "the file is not as it was frozen: its hash differs", mend, str(path))
    return content


def _manifest(path: Path) -> dict[str, Any]:
    try:
        values = json.loads(path.read_bytes())
    except OSError as error:
        what = "a version without its manifest" if isinstance(error, FileNotFoundError) else str(error.strerror)
        raise _damaged(path, what) from error
    except ValueError as error:
        raise _unreadable(path, error) from error
    made = values.get("format") if isinstance(values, dict) else None
    if not isinstance(made, int) or isinstance(made, bool) or made < 1:
        raise _damaged(path, "the manifest says no format")
    if values["format"] > FORMAT:
        what = f"the version has format {values['format']}, and this evidence reads up to {FORMAT}"
        raise DataError(Problem("version-format", what, "read it with the evidence that made it, or later", str(path)))
    if not isinstance(values.get("files"), dict) or not {"label", "review"} <= values.keys():
        raise _damaged(path, "the manifest names no files, no label or no review")
    if wrong := [name for name, fits in FIELDS.items() if not fits(values.get(name))]:
        said = "; ".join(f"{name} is {json.dumps(values.get(name))[:SHOWN]}" for name in wrong)
        raise _damaged(path, f"the manifest says what can't be: {said}")
    return dict(values)


def _is_time(value: Any) -> bool:
    """Whether it is a time as 2026-11-28T15:03:11Z, or a day, as in earlier manifests."""
    if value is None:
        return True
    try:
        day = date.fromisoformat(value).isoformat() if "T" not in value else None
        return value in (day, f"{datetime.strptime(value, TIME):{TIME}}" if day is None else day)
    except (TypeError, ValueError):
        return False


def _is_texts(value: Any) -> bool:
    return value is None or (isinstance(value, list) and all(isinstance(one, str) for one in value))


#: What each field of a manifest has to be.
FIELDS: Mapping[str, Callable[[Any], bool]] = {
    "label": lambda value: isinstance(value, str) and value != "",
    "review": lambda value: isinstance(value, str) and value != "" and "/" not in value and "\\" not in value,
    "made": _is_time,
    "until": lambda value: value is None or (isinstance(value, int) and not isinstance(value, bool)),
    "tool": lambda value: value is None or isinstance(value, str),
    "records": lambda value: value is None or isinstance(value, dict),
    "notes": _is_texts,
    "not_kept": _is_texts,
}


def _unreadable(path: Path, error: ValueError) -> DataError:
    if isinstance(error, json.JSONDecodeError):
        return _damaged(path, f"the file can't be read: {error.msg}", error.lineno)
    return _damaged(path, "the file can't be read: it is no text in UTF-8")


def _damaged(path: Path, what: str, line: int | None = None) -> DataError:
    return DataError(Problem("version-damaged", what, anew(path.parent), str(path), line))


def anew(folder: Path) -> str:
    """The mend for a version that can't be used."""
    return (
        f"take it from git again; or remove the folder {folder} and make it anew: evidence snapshot "
        f"{folder.parent.parent.name or 'REVIEW'} --label {folder.name}"
    )
