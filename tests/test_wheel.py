"""A built wheel, installed outside the clone, draws a forest plot: it catches package data that was left out."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

from tests.thirdreview import NAME, write_third_review

ROOT = Path(__file__).resolve().parents[1]
ANALYSIS = f"""
review = "{NAME}"

[[outcomes]]
outcome = "improved"
by = ["device"]
sensitivity = ["leave-one-out"]
figures = ["forest"]
"""
#: What the files of a figure start with.
STARTS = {"svg": b"<?xml", "pdf": b"%PDF", "png": b"\x89PNG"}
TABLE = "study,events,n\nAhlström 2019,3,28\nBaker 2020,3,6\nÇelik 2021,1,1\nDurand 2022,4,9\n"


def run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PYTEST"))}
    return subprocess.run(
        [str(part) for part in command], cwd=cwd, capture_output=True, encoding="utf-8", env=clean, check=False
    )


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with nothing of the clone in it: the wheel, and the libraries of the running one."""
    folder = tmp_path_factory.mktemp("wheel")
    built = run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT, cwd=folder)
    assert built.returncode == 0, built.stderr[-2000:]
    (wheel,) = folder.glob("*.whl")
    venv.create(folder / "empty", with_pip=False)
    binaries = folder / "empty" / ("Scripts" if os.name == "nt" else "bin")
    python = binaries / ("python.exe" if os.name == "nt" else "python")
    asked = run(python, "-c", "import sysconfig; print(sysconfig.get_paths()['purelib'])", cwd=folder)
    site = Path(asked.stdout.strip())
    unpacked = run(sys.executable, "-m", "zipfile", "-e", wheel, site, cwd=folder)
    assert unpacked.returncode == 0, unpacked.stderr
    # Libraries only: a .pth line of a folder does not run the .pth file that makes the clone importable there.
    (site / "libraries.pth").write_text(sysconfig.get_paths()["purelib"] + "\n", encoding="utf-8")
    return python


@pytest.fixture(scope="module")
def made(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the wheel, in one process, drew a table as three files and built a report."""
    folder = tmp_path_factory.mktemp("made")
    (folder / "counts.csv").write_text(TABLE, encoding="utf-8")
    write_third_review(folder / "data" / NAME)
    (folder / "analyses").mkdir()
    (folder / "analyses" / f"{NAME}.toml").write_text(ANALYSIS, encoding="utf-8")
    commands = [*(["forest", "counts.csv", "-o", f"forest.{suffix}"] for suffix in STARTS), ["build", NAME]]
    commands.append(["new", "neck-pain"])
    lines = ["import evidence", "from evidence.cli import main", *(f"assert main({one}) == 0" for one in commands)]
    done = run(installed, "-c", "; ".join([*lines, "print(evidence.__file__)"]), cwd=folder)
    assert done.returncode == 0, done.stderr
    assert str(ROOT) not in done.stdout.splitlines()[-1], "it is not the wheel that was imported"
    return folder


def test_a_csv_becomes_a_forest_plot(made: Path) -> None:
    for suffix, start in STARTS.items():
        content = (made / f"forest.{suffix}").read_bytes()
        assert content.startswith(start) and len(content) > 2_000, suffix


def test_a_review_becomes_a_report(made: Path) -> None:
    page = (made / "reports" / NAME / "index.html").read_text(encoding="utf-8")
    assert "shock waves for heel pain" in page and page.count("<svg") == 2


def test_a_review_is_begun_from_the_templates(made: Path) -> None:
    assert (made / "analyses" / "neck-pain.toml").is_file()
    assert "Neck pain" in (made / "data" / "neck-pain" / "review.toml").read_text(encoding="utf-8")


def test_it_is_the_wheel_that_is_imported(installed: Path, tmp_path: Path) -> None:
    found = run(installed, "-c", "import evidence; print(evidence.__file__)", cwd=tmp_path)
    assert found.returncode == 0, found.stderr
    assert str(ROOT) not in found.stdout
