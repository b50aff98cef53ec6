"""Who may import whom, and how large things may be: the rules of CONTRIBUTING.md, read from the source."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "evidence"
SOURCES = sorted(PACKAGE.rglob("*.py"))

LONGEST_FILE = 400
LONGEST_FUNCTION = 50
MOST_PARAMETERS = 7

#: Rooms from the top of the house to its floor. A room may import rooms of a later line, and itself.
FLOORS = [
    {"cli"},
    {"document"},
    {"figures", "tables"},
    {"columns", "analysis", "sensitivity", "updates", "crosscheck", "many"},
    {"bare"},
    {"outcomes"},
    {"pooling", "review"},
    {"measures", "bibliography"},
    {"counts"},
    {"errors", "display", "toml_values"},
]
#: The two branches below ``outcomes`` that never meet.
STATISTICS, TABLES = {"counts", "measures", "pooling"}, {"review", "bibliography"}
#: Library -> the places that may import it.
ONLY_IN = {
    "matplotlib": ("figures/",),
    "seaborn": ("figures/",),
    "pymare": ("crosscheck/", "pooling/regression.py"),
    "pandera": ("review/",),
    "bibtexparser": ("bibliography/",),
    "typer": ("cli/",),
    "rich": ("cli/",),
    "jinja2": ("document/",),
}


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def floor(name: str) -> int:
    return next(i for i, names in enumerate(FLOORS) if name in names)


def imports(path: Path) -> Iterator[tuple[str, int]]:
    """Absolute names of everything a file imports, wherever in it, and the line."""
    package = path.relative_to(ROOT).with_suffix("").parts
    if package[-1] == "__init__":
        package = package[:-1]
        depth_shift = 0
    else:
        depth_shift = 1
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node.lineno
        elif isinstance(node, ast.ImportFrom):
            if node.level == 0:
                yield node.module or "", node.lineno
                continue
            drop = node.level - 1 + depth_shift
            base = package[: len(package) - drop]
            if node.module:
                yield ".".join((*base, node.module)), node.lineno
            else:
                for alias in node.names:
                    yield ".".join((*base, alias.name)), node.lineno


def inner(path: Path) -> Iterator[tuple[str, int]]:
    """Rooms that a file imports; the package's own top level (version, public names) is not a room."""
    for name, line in imports(path):
        parts = name.split(".")
        if parts[0] == "evidence" and len(parts) > 1 and parts[1] != "__version__":
            yield parts[1], line


def test_every_room_has_a_floor() -> None:
    rooms = {room(path) for path in SOURCES} - {"__init__", "__main__"}
    assert rooms <= set().union(*FLOORS)


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_point_down(path: Path) -> None:
    own = room(path)
    if own in ("__init__", "__main__"):
        return
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {other}"
        for other, line in inner(path)
        if other != own and floor(other) <= floor(own)
    ]
    branch = [b for b in (STATISTICS, TABLES) if own in b]
    for other, line in inner(path):
        if branch and other in (STATISTICS | TABLES) - branch[0]:
            wrong.append(f"{path.relative_to(ROOT)}:{line} imports {other} of the other branch")
    assert wrong == []


@pytest.mark.parametrize("library", ONLY_IN)
def test_a_library_stays_in_its_room(library: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in SOURCES
        for name, line in imports(path)
        if name.split(".")[0] == library
        and not str(path.relative_to(PACKAGE)).replace("\\", "/").startswith(ONLY_IN[library])
    ]
    assert wrong == []


def test_the_review_can_be_read_without_scipy() -> None:
    wrong = [
        str(path.relative_to(ROOT))
        for path in SOURCES
        if room(path) in TABLES and any(name.split(".")[0] == "scipy" for name, _ in imports(path))
    ]
    assert wrong == []


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_files_and_functions_stay_small(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= LONGEST_FILE
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            assert length <= LONGEST_FUNCTION, f"{node.name} has {length} lines"
            names = [a.arg for a in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
            given = [name for name in names if name not in ("self", "cls")]
            if room(path) != "cli":
                assert len(given) <= MOST_PARAMETERS, f"{node.name} has {len(given)} parameters"


def test_nothing_is_printed_outside_the_commands() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in SOURCES
        if room(path) not in ("cli", "__main__")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert wrong == []
