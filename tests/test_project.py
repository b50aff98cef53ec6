"""The project's own files agree with each other."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from importlib.metadata import requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import evidence
from tests.test_architecture import SOURCES, imports

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
#: Modules whose package has another name.
IMPORTED_AS = {"Bio": "biopython", "PIL": "pillow", "citeproc": "citeproc-py", "docx": "python-docx"}
PINS = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", re.split(r"[<>=!\[ ]", name)[0]).lower()


def test_one_version_everywhere() -> None:
    version = PROJECT["version"]
    assert evidence.__version__ == version
    assert f"version: {version}\n" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"\n## [{version}] - " in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_every_requirement_is_pinned_to_one_version() -> None:
    pinned = {plain(line): line for line in PINS if line and not line.startswith("#")}
    assert all(re.fullmatch(r"[\w.\-]+==[\w.!+]+", line) for line in pinned.values())
    extras = [name for names in PROJECT["optional-dependencies"].values() for name in names]
    wanted = {plain(name) for name in (*PROJECT["dependencies"], *extras)}
    assert wanted <= set(pinned)
    assert PROJECT["name"] not in pinned


def test_what_the_requirements_require_is_pinned_too() -> None:
    pinned = {plain(line) for line in PINS if line and not line.startswith("#")}
    waiting = [name for names in PROJECT["optional-dependencies"].values() for name in names]
    waiting += PROJECT["dependencies"]
    seen: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        wanted = Requirement(waiting.pop())
        key = (plain(wanted.name), frozenset(wanted.extras))
        if key in seen:
            continue
        seen.add(key)
        for line in requires(wanted.name) or ():
            marker = Requirement(line).marker
            if marker is None or any(marker.evaluate({"extra": extra}) for extra in ("", *wanted.extras)):
                waiting.append(line)
    assert len(seen) > len(PROJECT["dependencies"])
    assert {name for name, _ in seen} - pinned == set()


def test_what_is_imported_is_what_is_required() -> None:
    found = {name.split(".")[0] for path in SOURCES for name, _ in imports(path)}
    foreign = {plain(IMPORTED_AS.get(name, name)) for name in found - set(sys.stdlib_module_names) - {"evidence"}}
    extras = {
        plain(name) for extra, names in PROJECT["optional-dependencies"].items() if extra != "dev" for name in names
    }
    assert foreign == {plain(name) for name in PROJECT["dependencies"]} | extras


def test_the_citation_is_the_same_in_both_places() -> None:
    from evidence.cli.cite import citation

    said = citation()
    file = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    (title,) = re.findall(r'^title: "(.+)"$', file, re.MULTILINE)
    (author,) = re.findall(r'^  - name: "(.+)"$', file, re.MULTILINE)
    (year,) = re.findall(r"^date-released: (\d{4})-", file, re.MULTILINE)
    assert said.startswith(f"{author} ({year}). {title} (version {PROJECT['version']})")


def test_no_file_names_a_machine_or_a_registry() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    if listed.returncode != 0:
        pytest.skip("not a git checkout")
    telling = re.compile("|".join([r"/(?:work|farm|root|tmp)/[A-Za-z.]", "pypi" + r"\.org", "python" + "hosted"]))
    wrong = []
    for name in listed.stdout.splitlines():
        path = ROOT / name
        if path.is_file() and path.stat().st_size < 3_000_000:
            text = path.read_text(encoding="utf-8", errors="replace")
            wrong += [f"{name}: {found.group()}" for found in telling.finditer(text)]
    assert wrong == []


def test_no_committed_file_is_large() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    if listed.returncode != 0:
        pytest.skip("not a git checkout")
    sizes = {name: (ROOT / name).stat().st_size for name in listed.stdout.splitlines() if (ROOT / name).is_file()}
    # A built page holds every figure and every number of its review, and is as small as any other file all the same.
    assert [name for name, size in sizes.items() if size > 1_500_000] == []


def test_the_gallery_has_every_kind_of_figure() -> None:
    from evidence.figures import FIGURES

    page = (ROOT / "reports" / "gallery" / "index.html").read_text(encoding="utf-8")
    sections = re.findall(r'<section id="([^"]+)"', page)
    assert [name for name in sections if name in FIGURES] == list(FIGURES), "make gallery draws it again"
