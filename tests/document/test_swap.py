"""A report is replaced as a whole, whenever the program dies and whatever another program holds open."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from evidence.document import swap
from evidence.errors import ComputeError

OLD = {"results.json": "old results", "index.html": "old page", "tables/a.csv": "old table"}
NEW = {"results.json": "new results", "index.html": "new page", "tables/b.csv": "new table"}

#: Replaces a report in a folder for each step; the process of step n dies without a word at the n-th call that touches
#: the disk, as a process does that is killed. Prints the exit codes; the last step is one that is not reached.
CHILD = """
import os, sys
from pathlib import Path
from evidence.document import swap
from tests.document.test_swap import NEW, OLD, write
left = 0
def dying(call):
    def wrapped(*args, **kwargs):
        global left
        left -= 1
        if left < 0:
            os._exit(9)
        return call(*args, **kwargs)
    return wrapped
def run(folder):
    for name in ("mkdir", "touch", "write_text", "rename", "unlink", "rmdir"):
        setattr(Path, name, dying(getattr(Path, name)))
    os.unlink, os.rmdir = dying(os.unlink), dying(os.rmdir)
    swap.replace(folder, lambda new: write(new, NEW), lambda old: frozenset(OLD))
codes = []
while codes[-1:] != [0]:
    folder = Path(sys.argv[1]) / str(len(codes)) / "reports" / "review"
    if sys.argv[2] == "old":
        write(folder, OLD)
    child = os.fork()
    if not child:
        left = len(codes)
        run(folder)
        os._exit(0)
    codes.append(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
print(*codes)
"""


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def read(folder: Path) -> dict[str, str]:
    return {p.relative_to(folder).as_posix(): p.read_text() for p in folder.rglob("*") if p.is_file()}


def replace(folder: Path) -> None:
    swap.replace(folder, lambda new: write(new, NEW), lambda old: frozenset(OLD))


def report(tmp_path: Path) -> Path:
    folder = tmp_path / "reports" / "review"
    write(folder, OLD)
    return folder


def killed(root: Path, first: bool) -> list[int]:
    """Exit codes of a replacement killed at each step, each in ``root/<step>``."""
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(root), "nothing" if first else "old"],
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        encoding="utf-8",
        check=True,
    )
    return [int(code) for code in done.stdout.split()]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="a process for each step is forked")
@pytest.mark.parametrize("first", [True, False], ids=["nothing before", "a report before"])
def test_killed_at_any_step_the_previous_or_the_new_report_is_whole(tmp_path: Path, first: bool) -> None:
    codes = killed(tmp_path, first)
    assert len(codes) > 6 and codes == [9] * (len(codes) - 1) + [0]
    seen = set()
    for step in range(len(codes)):
        folder = tmp_path / str(step) / "reports" / "review"
        places = {place.name: read(place) for place in (folder, swap.old(folder)) if place.is_dir()}
        if not first:
            assert OLD in places.values() or NEW in places.values(), f"step {step}: {places}"
        swap.restore(folder)
        found = read(folder) if folder.exists() else {}
        assert found in (({}, NEW) if first else (OLD, NEW)), f"step {step}: {found}"
        seen.add(found.get("index.html"))
        assert not swap.old(folder).exists() and not swap.aside(folder).exists()
        replace(folder)
        assert read(folder) == NEW
    assert seen == ({None, "new page"} if first else {"old page", "new page"})


def test_the_old_report_alone_is_put_back_and_said(tmp_path: Path) -> None:
    folder = report(tmp_path)
    folder.rename(swap.old(folder))
    assert "put back" in str(swap.restore(folder))
    assert read(folder) == OLD


def test_a_failed_write_leaves_the_previous_report(tmp_path: Path) -> None:
    folder = report(tmp_path)

    def fail(new: Path) -> None:
        write(new, {"index.html": "half"})
        raise RuntimeError("broken")

    with pytest.raises(RuntimeError):
        swap.replace(folder, fail, lambda old: frozenset(OLD))
    assert read(folder) == OLD
    replace(folder)
    assert read(folder) == NEW


def test_a_file_held_open_is_said_with_its_mend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = report(tmp_path)

    def held(self: Path, target: Path) -> Path:
        raise PermissionError(13, "The process cannot access the file", str(self))

    monkeypatch.setattr(Path, "rename", held)
    with pytest.raises(ComputeError) as caught:
        replace(folder)
    problem = caught.value.problems[0]
    assert problem.code == "file-held" and "close the program" in problem.mend and "review" in str(problem.file)
    assert read(folder) == OLD


def test_when_only_the_last_rename_fails_the_old_report_returns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, rename = report(tmp_path), Path.rename

    def held(self: Path, target: Path) -> Path:
        if self.name.endswith(".new"):
            raise PermissionError(13, "held", str(self))
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", held)
    with pytest.raises(ComputeError):
        replace(folder)
    assert read(folder) == OLD and not swap.old(folder).exists()


def test_somebody_s_own_file_in_the_folder_is_kept(tmp_path: Path) -> None:
    folder = report(tmp_path)
    write(folder, {"my notes.txt": "mine"})
    replace(folder)
    assert read(folder) == {**NEW, "my notes.txt": "mine"}


@pytest.mark.parametrize("suffix", ["", ".old", ".new"])
def test_a_folder_that_is_not_a_report_is_never_replaced(tmp_path: Path, suffix: str) -> None:
    folder = report(tmp_path)
    foreign = folder.with_name(folder.name + suffix)
    if not suffix:
        (folder / swap.MARK).unlink()
    else:
        write(foreign, {"thesis.txt": "mine"})
    before = read(foreign)
    with pytest.raises(ComputeError) as caught:
        replace(folder)
    assert caught.value.problems[0].code == "not-a-report"
    assert read(foreign) == before
