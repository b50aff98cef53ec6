"""Only one process at a time changes the records of a review."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from evidence.bibliography.intake import Origin
from evidence.bibliography.lock import LOCK, locked
from evidence.bibliography.store import FOLDER, read_store
from evidence.errors import UsageError
from evidence.review.importing import import_files

RECORD = "TY  - JOUR\nAU  - Smith, Anna\nTI  - Title {}\nPY  - 2020\nER  - \n"
IMPORT = """
import sys
from pathlib import Path
from evidence.bibliography.intake import Origin
from evidence.review.importing import import_files
print("ready", flush=True)
sys.stdin.read(1)
import_files(sys.argv[1], [Path(sys.argv[2])], Origin("Base One"), {})
"""


def lock_of(review: Path, process: int, computer: str = "") -> Path:
    path = review / FOLDER / LOCK
    path.parent.mkdir()
    path.write_text(f"{process}\n{computer or socket.gethostname()}\n2024-05-31T10:00:00+00:00\n")
    return path


def test_imports_at_the_same_time_are_all_kept(third_review: Path, tmp_path: Path) -> None:
    running = []
    for i in range(3):
        file = tmp_path / f"{i}.ris"
        file.write_text(RECORD.format(i))
        command = [sys.executable, "-c", IMPORT, str(third_review), str(file)]
        running.append(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE))
    for one in running:
        assert one.stdout is not None and one.stdout.readline().strip() == b"ready"
    for one in running:
        assert one.stdin is not None
        one.stdin.write(b"x")
        one.stdin.flush()
    for one in running:
        one.communicate()
    assert [one.returncode for one in running] == [0, 0, 0]
    store = read_store(third_review)
    assert {row.record.title for row in store.records} == {"Title 0", "Title 1", "Title 2"}
    assert [one.import_id for one in store.imports] == ["import-1", "import-2", "import-3"]
    logged = (third_review / "searches.csv").read_text()
    assert all(f"import-{i}" in logged for i in (1, 2, 3))
    assert not (third_review / FOLDER / LOCK).exists()


def test_the_lock_of_a_living_process_is_waited_for_then_told(tmp_path: Path) -> None:
    path = lock_of(tmp_path, os.getpid())
    with (
        pytest.raises(UsageError, match=f"process {os.getpid()} on .*, since 2024-05-31") as error,
        locked(tmp_path, 0.1),
    ):
        raise AssertionError("held by another")
    assert error.value.problems[0].code == "records-locked" and str(path) in error.value.problems[0].mend
    assert path.exists()


def test_the_lock_of_another_computer_is_not_taken_over(tmp_path: Path) -> None:
    lock_of(tmp_path, 1, "elsewhere")
    with pytest.raises(UsageError, match="elsewhere"), locked(tmp_path, 0.1):
        raise AssertionError("held by another")


def test_the_lock_of_a_dead_process_is_taken_over(tmp_path: Path) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    path = lock_of(tmp_path, dead.pid)
    with locked(tmp_path, 1.0):
        assert path.read_text().startswith(f"{os.getpid()}\n")
    assert list((tmp_path / FOLDER).iterdir()) == []


def test_nothing_is_left_when_what_was_done_fails(tmp_path: Path, third_review: Path) -> None:
    with pytest.raises(ZeroDivisionError), locked(tmp_path):
        raise ZeroDivisionError
    assert not (tmp_path / FOLDER).exists()
    file = tmp_path / "a.ris"
    file.write_text("no record")
    with pytest.raises(Exception, match="format"):
        import_files(third_review, [file], Origin("Base One"), {})
    assert not (third_review / FOLDER).exists()
