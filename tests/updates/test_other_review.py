"""A folder of another review is told from a copy of the same one."""

from __future__ import annotations

import shutil
from pathlib import Path

from evidence.errors import Problem
from evidence.updates.finding import read_version
from evidence.updates.other_review import other_review
from tests.updates.test_versions import analyses, now


def warned(heel: Path, folder: Path) -> Problem | None:
    found = read_version(heel, analyses(heel), str(folder))
    return other_review(heel, str(folder), found, now(heel))


def test_hardly_any_shared_id_and_another_name_is_another_review(heel: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(heel, tmp_path / "copy"))
    assert warned(heel, copy) is None, "the same ids"
    for path in copy.glob("*.csv"):
        path.write_text(path.read_text(encoding="utf-8").replace("20", "30"), encoding="utf-8")
    assert warned(heel, copy) is None, "arms and the undated study are the same"
    for name in ("reports", "studies", "arms"):
        path = copy / f"{name}.csv"
        lines = path.read_text(encoding="utf-8").splitlines()
        path.write_text("\n".join([lines[0], *(f"x{line}" for line in lines[1:])]), encoding="utf-8")
    found = warned(heel, copy)
    assert found is not None and (found.code, found.severity) == ("another-review", "warning")
    assert "share no report, study or arm" in found.message
    same_name = Path(shutil.copytree(copy, tmp_path / "elsewhere" / heel.name))
    assert warned(heel, same_name) is None


def test_a_version_of_the_review_is_not_asked(heel: Path) -> None:
    assert other_review(heel, "now", now(heel), now(heel)) is None
