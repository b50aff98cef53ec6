"""Who may import whom, and how large things may be: the rules of CONTRIBUTING.md, read from the source."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
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
    {"analysis_file"},
    {"columns", "analysis", "sensitivity", "updates", "crosscheck", "many"},
    {"bare", "response_extents", "response_times"},
    {"outcomes", "double_extraction", "harms", "courses", "coverage", "treatment", "concomitant"},
    {"pooling", "review"},
    {"measures", "bibliography"},
    {"counts"},
    {"files", "kept_rows", "workers"},
    {"rows"},
    {"characters", "encoding", "row_text"},
    {"errors", "display", "toml_values"},
]
#: The two branches below ``outcomes`` that never meet.
STATISTICS, TABLES = {"counts", "measures", "pooling"}, {"review", "bibliography"}
#: Library -> the places that may import it.
ONLY_IN = {
    "matplotlib": ("figures/",),
    "seaborn": ("figures/",),
    "fontTools": ("figures/",),
    "PIL": ("figures/",),
    "pymare": ("crosscheck/", "pooling/regression.py"),
    "pandera": ("review/",),
    "bibtexparser": ("bibliography/",),
    "rispy": ("bibliography/",),
    "rapidfuzz": ("bibliography/", "review/overlap_candidates.py"),
    "Bio": ("bibliography/",),
    "typer": ("cli/",),
    "rich": ("cli/",),
    "jinja2": ("document/",),
    "docx": ("document/",),
    "citeproc": ("document/",),
    "lxml": ("document/",),
    "pyarrow": ("many/",),
    "distributed": ("workers/",),
    "dask": ("workers/",),
}


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def floor(name: str) -> int:
    for i, names in enumerate(FLOORS):
        if name in names:
            return i
    raise AssertionError(f"{name} is no room of the house: a public name is imported from where it lives")


@dataclass(frozen=True)
class Source:
    """What the rules ask of a file: its lines, what it imports and where, its functions, the lines that print."""

    lines: int
    imports: tuple[tuple[str, int], ...]
    functions: tuple[ast.FunctionDef | ast.AsyncFunctionDef, ...]
    prints: tuple[int, ...]


@cache
def source(path: Path) -> Source:
    """A file, parsed once."""
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    nodes = tuple(statements(tree))
    return Source(
        text.count("\n"),
        tuple(imported(nodes, path.relative_to(ROOT).with_suffix("").parts[:-1])),
        tuple(node for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)),
        tuple(
            node.lineno
            for node in (ast.walk(tree) if "print" in text else ())
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
        ),
    )


def statements(tree: ast.AST) -> Iterator[ast.AST]:
    """Every statement, wherever it lies: imports and functions are nowhere else, and expressions are most of a tree."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        for part in ("body", "handlers", "orelse", "finalbody", "cases"):
            inside = getattr(node, part, [])
            waiting += inside
            yield from inside


def imports(path: Path) -> tuple[tuple[str, int], ...]:
    """Absolute names of everything a file imports, wherever in it, and the line."""
    return source(path).imports


def imported(nodes: Iterable[ast.AST], package: tuple[str, ...]) -> Iterator[tuple[str, int]]:
    """The same of the nodes of a text that lies in a package; names from the package's own top count as modules."""
    for node in nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node.lineno
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            full = ".".join((*base, *([node.module] if node.module else [])))
            if full == "evidence" or not node.module:
                for alias in node.names:
                    yield f"{full}.{alias.name}", node.lineno
            else:
                yield full, node.lineno


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("import scipy.stats as st", "scipy.stats"),
        ("from scipy import stats", "scipy"),
        ("from ..pooling import pool", "evidence.pooling"),
        ("from .. import pooling", "evidence.pooling"),
        ("from . import cells", "evidence.review.cells"),
        ("from .cells import cell", "evidence.review.cells"),
        ("from evidence import pooling", "evidence.pooling"),
        ("from evidence.pooling import pool", "evidence.pooling"),
        ("def f():\n    if True:\n        from ..pooling import pool", "evidence.pooling"),
        ("try:\n    a = 1\nexcept OSError:\n    from ..pooling import pool", "evidence.pooling"),
        ("try:\n    a = 1\nfinally:\n    from ..pooling import pool", "evidence.pooling"),
        ("for i in a:\n    b = i\nelse:\n    from ..pooling import pool", "evidence.pooling"),
        ("match a:\n    case 1:\n        from ..pooling import pool", "evidence.pooling"),
    ],
)
def test_every_way_of_importing_is_seen(line: str, found: str) -> None:
    assert [name for name, _ in imported(statements(ast.parse(line)), ("evidence", "review"))] == [found]


def inner(path: Path) -> Iterator[tuple[str, int]]:
    """Rooms that a file imports; the package's own top level (version, public names) is not a room."""
    for name, line in imports(path):
        parts = name.split(".")
        if parts[0] == "evidence" and len(parts) > 1 and parts[1] != "__version__":
            yield parts[1], line


def test_every_room_has_a_floor() -> None:
    rooms = {room(path) for path in SOURCES} - {"__init__", "__main__"}
    assert rooms <= set().union(*FLOORS)


def upward(path: Path) -> Iterator[str]:
    """Each import of a file that points up or across."""
    own = room(path)
    if own in ("__init__", "__main__"):
        return
    branch = [b for b in (STATISTICS, TABLES) if own in b]
    for other, line in inner(path):
        if other != own and floor(other) <= floor(own):
            yield f"{path.relative_to(ROOT)}:{line} imports {other}"
        if branch and other in (STATISTICS | TABLES) - branch[0]:
            yield f"{path.relative_to(ROOT)}:{line} imports {other} of the other branch"


def test_imports_point_down() -> None:
    """All files in one test, here and below: a test of each file took longer to be handed out than to be run."""
    assert [wrong for path in SOURCES for wrong in upward(path)] == []


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


def too_large(path: Path) -> Iterator[str]:
    """What of a file is longer, or takes more, than it should."""
    own = room(path)
    if source(path).lines > LONGEST_FILE:
        yield f"{path.relative_to(ROOT)} has {source(path).lines} lines"
    for node in source(path).functions:
        where = f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        # The options of a command are declarations: its body counts.
        first = node.body[0].lineno if own == "cli" and node.name == "command" else node.lineno
        length = (node.end_lineno or node.lineno) - first + 1
        if length > LONGEST_FUNCTION:
            yield f"{where} has {length} lines"
        names = [a.arg for a in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
        given = [name for name in names if name not in ("self", "cls")]
        if own != "cli" and len(given) > MOST_PARAMETERS:
            yield f"{where} has {len(given)} parameters"


def test_files_and_functions_stay_small() -> None:
    assert len(SOURCES) > 500
    assert [large for path in SOURCES for large in too_large(path)] == []


def test_nothing_is_printed_outside_the_commands() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in SOURCES
        if room(path) not in ("cli", "__main__")
        for line in source(path).prints
    ]
    assert wrong == []
