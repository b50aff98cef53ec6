"""What starting costs, told by what is loaded: the times themselves are measured in benchmarks, not asserted here."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("numpy", "scipy", "pandas", "matplotlib", "seaborn", "pandera", "jinja2", "bibtexparser", "openpyxl", "rich")
#: Only where an analysis is checked or regressed.
RARE = ("pymare", "statsmodels")
SAY_LOADED = "import sys; print(*sorted({name.split('.')[0] for name in sys.modules}), file=sys.stderr)"


def loaded_after(*steps: str) -> dict[str, set[str]]:
    """What is loaded after each of these lines of one process, run in order; what one loads stays for the next."""
    code = "\n".join(f"{step}\n{SAY_LOADED}" for step in steps)
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    return dict(zip(steps, (set(line.split()) for line in run.stderr.splitlines()), strict=True))


def loaded(code: str) -> set[str]:
    return loaded_after(code)[code]


def test_nothing_heavy_is_loaded() -> None:
    steps = (
        "import evidence",
        "dir(evidence); evidence.__version__",
        "from evidence.cli import main; main(['--help'])",
        "main(['--version'])",
        "main(['--cite'])",
    )
    for step, found in loaded_after(*steps).items():
        assert found.isdisjoint({*HEAVY, *RARE, "typer"}), step


def test_the_help_of_a_command_loads_no_numbers() -> None:
    names = ("check", "pool", "many", "forest", "build", "verify", "codebook", "crosscheck", "script", "screen")
    helps = (f"main(['{name}', '--help'])" for name in names)
    for step, found in loaded_after("from evidence.cli import main", *helps).items():
        assert found.isdisjoint({*HEAVY, *RARE} - {"rich"}), step


def test_checking_a_review_without_an_error_loads_no_numbers() -> None:
    found = loaded("from evidence.review.review import check_review; check_review('data/sts-calcinosis-cutis')")
    assert found.isdisjoint({"numpy", "scipy", "pandas", "pandera", "matplotlib"})


def test_reading_a_review_needs_no_scipy() -> None:
    found = loaded("import evidence; evidence.read_review('data/sts-calcinosis-cutis')")
    assert "pandas" in found
    assert found.isdisjoint({"scipy", "matplotlib"})


def test_pooling_needs_no_tables_and_no_ink() -> None:
    found = loaded("import evidence; evidence.pool(evidence.Counts([3, 6, 10], [11, 17, 21]))")
    assert "scipy" in found
    assert found.isdisjoint({"pandas", "matplotlib", "typer", *RARE})


def test_every_public_name_is_there() -> None:
    import evidence

    for name in evidence.__all__:
        assert getattr(evidence, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'pol'"):
        evidence.__getattr__("pol")
