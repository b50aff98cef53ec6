"""Files are written whole or not at all, and what stops them is said."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from evidence.errors import UsageError
from evidence.files import write_whole


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
