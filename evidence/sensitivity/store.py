"""Costly answers, kept in a folder by what they were computed from.

A file is found by the hash of the question, its options, the counts, the model, the version of the package with its
source, and the versions of NumPy and SciPy: an answer of anything else is another file. It starts with the hash of the
rest, a NumPy archive of plain arrays and JSON, without pickle. A file that was damaged is computed again.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import numpy as np
import scipy

from .. import __version__

if TYPE_CHECKING:
    from .asked import Asked

T = TypeVar("T")

#: Name of the folder, beside the analyses.
FOLDER = ".evidence-cache"
#: The archive's entry for the JSON part.
_WORDS = "words.json"
#: Rooms whose source decides what an answer is.
_ROOMS = ("measures", "pooling", "sensitivity", "counts.py")


@dataclass(frozen=True, slots=True)
class Packed:
    """An answer in plain values.

    Attributes:
        words: JSON values; floats come back to the last digit, NaN and infinity belong into arrays.
        arrays: Arrays of numbers, truth values or text, by name.
    """

    words: Mapping[str, Any]
    arrays: Mapping[str, np.ndarray] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Form(Generic[T]):
    """How an answer of one question becomes plain values and is made of them again, equal in every byte."""

    pack: Callable[[T], Packed]
    unpack: Callable[[Packed], T]


def beside(analysis: Path) -> Path:
    """The folder of an analysis file's answers."""
    return analysis.parent / FOLDER


def kept(asked: Asked, question: str, options: Mapping[str, Any], compute: Callable[[], T], form: Form[T]) -> T:
    """The answer from ``asked.store``, or computed and kept there.

    Args:
        asked: Counts, model and folder; without a folder the answer is computed.
        question: Its name. options: All that the answer depends on besides counts and model, defaults included.
        compute: Makes the answer.
        form: Its plain values.

    A folder that can't be written to costs nothing but the time of the next computation.
    """
    if asked.store is None:
        return compute()
    key = key_of(asked, question, options)
    path = asked.store / f"{question}-{key[:32]}.bin"
    found = _read(path, key)
    if found is not None:
        try:
            return form.unpack(found)
        except (KeyError, TypeError, ValueError):
            asked.progress(f"{path.name} is of another form: computed again")
    answer = compute()
    _write(path, key, form.pack(answer))
    return answer


def key_of(asked: Asked, question: str, options: Mapping[str, Any]) -> str:
    """Hash of all that an answer depends on."""
    counts = asked.counts
    parts = {
        "question": question,
        "options": dict(options),
        "model": asked.model.to_dict(),
        "events": counts.events.tolist(),
        "n": counts.n.tolist(),
        "names": [counts.labels, counts.studies, counts.keys, counts.unit],
        "versions": [__version__, source_hash(), np.__version__, scipy.__version__],
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()


@cache
def source_hash() -> str:
    """Hash of the source that computes answers: between two versions it changes without the version's number."""
    package = Path(__file__).resolve().parents[1]
    found = hashlib.sha256()
    for place in (package / name for name in _ROOMS):
        for path in [place] if place.is_file() else sorted(place.rglob("*.py")):
            found.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes())
    return found.hexdigest()


def _read(path: Path, key: str) -> Packed | None:
    """What a whole file of this key holds; None where there is none."""
    try:
        content = path.read_bytes()
    except OSError:
        return None
    digest, _, body = content.partition(b"\n")
    if digest != _digest(key, body):
        return None
    with np.load(io.BytesIO(body), allow_pickle=False) as archive:
        arrays = {name: archive[name] for name in archive.files}
    return Packed(json.loads(arrays.pop(_WORDS).tobytes()), arrays)


def _digest(key: str, body: bytes) -> bytes:
    return hashlib.sha256(key.encode() + body).hexdigest().encode()


def _write(path: Path, key: str, packed: Packed) -> None:
    """Whole, by a file beside it that takes its name at the end, or not at all."""
    words = json.dumps(dict(packed.words), allow_nan=False).encode()
    body = io.BytesIO()
    np.savez_compressed(body, allow_pickle=False, **{_WORDS: np.frombuffer(words, np.uint8)}, **packed.arrays)
    content = _digest(key, body.getvalue()) + b"\n" + body.getvalue()
    try:
        _prepare(path.parent)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".writing-")
    except OSError:
        return
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.replace(name, path)
    except OSError:
        return
    finally:
        Path(name).unlink(missing_ok=True)


def _prepare(folder: Path) -> None:
    """The folder, which tells git to leave it out."""
    folder.mkdir(parents=True, exist_ok=True)
    ignore = folder / ".gitignore"
    if not ignore.exists():
        ignore.write_text("*\n", encoding="utf-8")
