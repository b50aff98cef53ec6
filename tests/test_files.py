"""Files are written whole or not at all, and what stops them is said."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from evidence.errors import UsageError
from evidence.files import write_all, write_whole


def test_a_folder_that_may_not_be_entered_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(self: Path, *arguments: object, **options: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(self))

    monkeypatch.setattr(Path, "write_bytes", denied)
    monkeypatch.setattr(Path, "unlink", denied)
    with pytest.raises(UsageError, match="Permission denied"):
        write_whole(tmp_path / "x.svg", b"new")


def test_nothing_is_left_aside(tmp_path: Path) -> None:
    (tmp_path / "x.svg").mkdir()
    with pytest.raises(UsageError, match="can't write"):
        write_whole(tmp_path / "x.svg", b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["x.svg"]
    write_whole(tmp_path / "y.svg", b"new")
    assert (tmp_path / "y.svg").read_bytes() == b"new"


@pytest.mark.parametrize(
    ("number", "mend"),
    [
        (errno.ENOSPC, "make room on the disk"),
        (errno.EROFS, "write elsewhere"),
        (errno.EACCES, "close it in other programs, mend the rights"),
    ],
)
def test_the_mend_is_that_of_the_cause(number: int, mend: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(self: Path, content: bytes) -> int:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(Path, "write_bytes", failing)
    with pytest.raises(UsageError, match=f"mend: {mend}"):
        write_whole(tmp_path / "x.svg", b"new")


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="file is no folder"):
        write_whole(tmp_path / "file" / "x.svg", b"new")


def test_of_several_files_all_or_none_are_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old, new, last = tmp_path / "old.csv", tmp_path / "new.csv", tmp_path / "last.csv"
    old.write_bytes(b"before")
    last.write_bytes(b"before")
    contents = {old: b"after", new: b"after", last: b"after"}
    replace = os.replace

    def fails_at_last(source: Path, target: Path) -> None:
        if target == last and source.read_bytes() == b"after":
            raise PermissionError(errno.EACCES, "used by another program")
        replace(source, target)

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", fails_at_last)
        with pytest.raises(UsageError, match=r"last\.csv: used by another program"):
            write_all(contents)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {
        "old.csv": b"before",
        "last.csv": b"before",
    }
    write_all(contents)
    assert {path.read_bytes() for path in contents} == {b"after"}


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such rights, and links need a privilege")
def test_rights_and_links_stay(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    real = tmp_path / "there" / "x.csv"
    real.write_bytes(b"before")
    real.chmod(0o640)
    link = tmp_path / "x.csv"
    link.symlink_to(real)
    write_all({link: b"after"})
    assert link.is_symlink() and real.read_bytes() == b"after" and stat.S_IMODE(real.stat().st_mode) == 0o640


def test_a_read_only_file_is_not_replaced(tmp_path: Path) -> None:
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    for path in (first, second):
        path.write_bytes(b"before")
    second.chmod(0o444)
    with pytest.raises(UsageError, match="it is read-only"):
        write_all({first: b"after", second: b"after"})
    assert (first.read_bytes(), second.read_bytes()) == (b"before", b"before")
