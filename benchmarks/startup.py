"""Times of whole processes: what a user waits for before anything is computed."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import partial

from .timing import Row, timed

#: Python code, by what it stands for.
PYTHON = {
    "python -c pass": "pass",
    "import evidence": "import evidence",
    "evidence --help": "import sys; sys.argv = ['evidence', '--help']; from evidence.cli import main; main()",
    "evidence pool of 10 studies": (
        "import evidence; print(evidence.pool(evidence.Counts([3, 5, 2, 9, 4, 6, 1, 7, 8, 2], [10] * 10)).estimate)"
    ),
    "import pymare": "import warnings; warnings.simplefilter('ignore'); import pymare",
    "import statsmodels.stats.meta_analysis": "import statsmodels.stats.meta_analysis",
}
R = {
    "R, nothing": "invisible(1)",
    "R, library(metafor)": "suppressMessages(library(metafor))",
    "R, rma.glmm of 10 studies": (
        "suppressMessages(library(metafor)); invisible(suppressWarnings(rma.glmm(measure = 'PLO',"
        " xi = c(3, 5, 2, 9, 4, 6, 1, 7, 8, 2), ni = rep(10, 10))))"
    ),
}


def rows() -> Iterator[Row]:
    """One round of every process."""
    for title, code in PYTHON.items():
        yield Row(title, "process", timed(partial(_run, [sys.executable, "-c", code])))
    program = shutil.which("Rscript")
    for title, code in R.items() if program else ():
        yield Row(title, "process", timed(partial(_run, [str(program), "--vanilla", "-e", code])))


def _run(command: list[str]) -> None:
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
