"""What starting costs, told by what is loaded: the times themselves are measured in benchmarks, not asserted here."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("numpy", "scipy", "pandas", "matplotlib", "seaborn", "pandera", "jinja2", "bibtexparser", "openpyxl", "rich")
#: Only where an analysis is checked or regressed.
RARE = ("pymare", "statsmodels")
SAY_LOADED = "import sys; print(*sorted({name.split('.')[0] for name in sys.modules}))"


def loaded(code: str) -> set[str]:
    run = subprocess.run(
        [sys.executable, "-c", f"{code}\n{SAY_LOADED}"], capture_output=True, encoding="utf-8", check=True
    )
    return set(run.stdout.splitlines()[-1].split())


@pytest.mark.parametrize(
    "code",
    [
        "import evidence",
        "import evidence; dir(evidence); evidence.__version__",
        "from evidence.cli import main; main(['--help'])",
        "from evidence.cli import main; main(['--version'])",
        "from evidence.cli import main; main(['--cite'])",
    ],
)
def test_nothing_heavy_is_loaded(code: str) -> None:
    assert loaded(code).isdisjoint({*HEAVY, *RARE, "typer"})


@pytest.mark.parametrize(
    "command", ["check", "pool", "many", "forest", "build", "verify", "codebook", "crosscheck", "script", "screen"]
)
def test_the_help_of_a_command_loads_no_numbers(command: str) -> None:
    found = loaded(f"from evidence.cli import main; main(['{command}', '--help'])")
    assert found.isdisjoint({*HEAVY, *RARE} - {"rich"})


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
