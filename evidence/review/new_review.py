"""A new review: its folder of tables, its settings, its card and its analysis."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from string import Template

from ..characters import UNSEEN
from ..errors import UsageError, usage
from ..files import write_all, write_whole
from ..kept_rows import Edit, new_table, read_kept
from .codebook import CORE
from .example import ENTRY, MARK, example_rows
from .review import DATA, REFERENCES, SETTINGS

ANALYSES = Path("analyses")
_TEMPLATES = Path(__file__).parent / "templates"
CARD = "README.md"

_NAME = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")
LONGEST_NAME = 60
#: Names that Windows keeps for devices, whatever follows a dot.
_RESERVED = frozenset({"con", "prn", "aux", "nul", *(f"{port}{i}" for port in ("com", "lpt") for i in range(10))})

_STATUS = re.compile(rb'^(\s*status\s*=\s*)"synthetic"', re.MULTILINE)
_STATES = {
    False: f"The tables hold one made-up study; its rows end in {MARK}. No number in them is a finding.",
    True: "To be written: what the tables hold, and since when.",
}


@dataclass(frozen=True, slots=True)
class NewReview:
    """What was written.

    Attributes:
        folder, analysis: The review, and its analysis file.
        tables: Names of its tables. bare: Whether they hold headers only.
    """

    folder: Path
    analysis: Path
    tables: tuple[str, ...]
    bare: bool


def new_review(name: str, title: str | None = None, question: str | None = None, bare: bool = False) -> NewReview:
    """Write ``data/NAME`` and ``analyses/NAME.toml`` of the working directory; both, or neither.

    Every table of the codebook gets its columns and, unless it is ``bare``, the row of a made-up study.

    Raises:
        UsageError: a name that can't be one, a folder or analysis that is there, or that can't be written.
    """
    _check_name(name)
    folder, analysis = DATA / name, ANALYSES / f"{name}.toml"
    for path in (folder, analysis):
        if path.exists() or path.is_symlink():
            mend = (
                "choose another name, or move it away first; --bare alone takes example rows out, where there are any"
            )
            raise usage(f"{path.as_posix()} is there already", mend, "review-exists")
    words = _words(name, title, question, bare)
    files = {
        SETTINGS: _filled("review.toml", words),
        CARD: _filled(CARD, words),
        REFERENCES: b"" if bare else ENTRY.encode(),
    }
    for table in CORE.values():
        rows = [] if bare else example_rows(table)
        files[table.file] = new_table(table.file, table.names).edited([Edit(row) for row in rows]).content()
    _write(folder, files, analysis, _filled("analysis.toml", words))
    return NewReview(folder, analysis, tuple(CORE), bare)


def take_example_out(folder: Path) -> dict[str, int]:
    """Take the made-up study out of a review and make a synthetic one a draft; all other rows keep their bytes.

    Returns:
        File -> rows (or entries) taken out, review.toml with its line; empty where there is none.

    Raises:
        UsageError, DataError: a table that can't be read or written; nothing has changed then.
    """
    contents: dict[Path, bytes] = {}
    taken: dict[str, int] = {}
    for table in CORE.values():
        path = folder / table.file
        if path.exists():
            kept = read_kept(path, table.names)
            if gone := [Edit(None, row) for row in kept.rows if _is_marked(row.cells)]:
                contents[path], taken[str(path)] = kept.edited(gone).content(), len(gone)
    if not taken:
        return {}
    for name, changed in _CHANGES.items():
        path = folder / name
        before = path.read_bytes() if path.exists() else b""
        if (left := changed(before)) != before:
            contents[path], taken[str(path)] = left, 1
    write_all(contents)
    return taken


def _is_marked(cells: Sequence[str]) -> bool:
    return any(cell.endswith(MARK) for cell in cells)


def _without_entry(content: bytes) -> bytes:
    """References without the entry of the made-up report, whatever ends their lines."""
    for end in (b"\n", b"\r\n", b"\r"):
        entry = ENTRY.encode().replace(b"\n", end)
        if entry in content:
            after = content.replace(entry, b"", 1)
            return after[len(end) :] if after.startswith(end) else after
    return content


def _as_draft(content: bytes) -> bytes:
    return _STATUS.sub(rb'\1"draft"', content, count=1)


def _as_bare(content: bytes) -> bytes:
    return content.replace(_STATES[False].encode(), _STATES[True].encode(), 1)


#: Further files that speak of the made-up study, and how they are without it.
_CHANGES = {REFERENCES: _without_entry, SETTINGS: _as_draft, CARD: _as_bare}


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name) or len(name) > LONGEST_NAME:
        likely = re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")[:LONGEST_NAME].strip("-")
        mend = f"use lower case letters, digits and hyphens{f', such as {likely}' if likely else ''}"
        raise usage(f"{name!r} can't be the name of a review", mend, "bad-name")
    if name in _RESERVED:
        raise usage(f"Windows keeps the name {name!r} for itself", f"take another, such as {name}-review", "bad-name")


def _words(name: str, title: str | None, question: str | None, bare: bool) -> dict[str, str]:
    plain = {
        "title": _line(title, "title") or name.replace("-", " ").replace("_", " ").capitalize(),
        "question": _line(question, "question")
        or "To be written: among whom, given what, what proportion has which outcome?",
    }
    status = "draft" if bare else "synthetic"
    tables = "\n".join(f"- `{table.file}`: one {table.row}" for table in CORE.values())
    return {**plain, "name": name, "status": status, "state": _STATES[bare], "tables": tables}


def _line(text: str | None, what: str) -> str:
    """A text on one line.

    Raises:
        UsageError: it holds a character that no file can.
    """
    line = " ".join((text or "").split())
    if found := UNSEEN.search(line):
        message = f"--{what} holds U+{ord(found[0]):04X}, which can't be seen"
        raise usage(message, "type it again without it", "control-character")
    return line


def _filled(template: str, words: Mapping[str, str]) -> bytes:
    """A template with its words; in TOML files texts stand in quotes."""
    source = (_TEMPLATES / template).read_text(encoding="utf-8")
    if template == SETTINGS:
        words = {**words, **{key: json.dumps(words[key], ensure_ascii=False) for key in ("title", "question")}}
    return Template(source).substitute(words).encode()


def _write(folder: Path, files: Mapping[str, bytes], analysis: Path, content: bytes) -> None:
    """Write the folder aside and give it its name when it and the analysis are whole."""
    aside = folder.with_name(f".{folder.name}.part")
    made = [parent for parent in (DATA, ANALYSES) if not parent.exists()]
    try:
        for parent in (DATA, ANALYSES):
            parent.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir()
        for name, text in files.items():
            write_whole(aside / name, text)
        write_whole(analysis, content)
        aside.rename(folder)
    except (OSError, UsageError) as error:
        shutil.rmtree(aside, ignore_errors=True)
        analysis.unlink(missing_ok=True)
        for parent in made:
            with suppress(OSError):
                parent.rmdir()
        if isinstance(error, UsageError):
            raise
        reason = error.strerror or str(error)
        raise usage(f"can't write {folder.as_posix()}: {reason}", "make the review elsewhere", "write") from error
