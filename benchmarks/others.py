"""The same tasks by other software, as far as it is there."""

from __future__ import annotations

import shutil
import subprocess
import warnings
from collections.abc import Iterator
from functools import partial
from typing import Any

from . import tasks
from .timing import Row, best

SCRIPT = """
if (!requireNamespace("metafor", quietly = TRUE)) quit(status = 3)
suppressMessages(library(metafor))
x <- c({x}); n <- c({n}); lx <- c({lx}); ln <- c({ln})
timed <- function(task, f, number) {{
  f()
  each <- sapply(1:3, function(i) {{
    start <- proc.time()[["elapsed"]]
    for (j in 1:number) f()
    (proc.time()[["elapsed"]] - start) / number
  }})
  cat(task, min(each), sep = "\\t"); cat("\\n")
}}
glmm <- function(x, n) suppressWarnings(rma.glmm(measure = "PLO", xi = x, ni = n, test = "t"))
timed("reml", function() rma(measure = "PLO", xi = x, ni = n, method = "REML", test = "adhoc"), {many})
timed("dl", function() rma(measure = "PLO", xi = x, ni = n, method = "DL"), {many})
timed("glmm", function() glmm(x, n), {few})
timed("leave", function() for (i in seq_along(lx)) glmm(lx[-i], ln[-i]), 1)
"""
R_TASKS = {"reml": (tasks.REML, 1), "dl": (tasks.DL, 1), "glmm": (tasks.LOGISTIC, 1), "leave": (tasks.LEAVE_OUT, 20)}


def python_rows(quick: bool) -> Iterator[Row]:
    """PyMARE's and statsmodels' estimators of tau2, on effects that are ready."""
    from evidence.measures import MEASURES

    x, n = (part[0] for part in tasks.counts(1, 10))
    y, v = MEASURES["PLO"].effects(x, n)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pymare import Dataset
        from pymare.estimators import DerSimonianLaird, VarianceBasedLikelihoodEstimator
        from statsmodels.stats.meta_analysis import combine_effects

        data = Dataset(y=y[:, None], v=v[:, None], add_intercept=True)
        for task, estimator in (
            (tasks.DL, DerSimonianLaird()),
            (tasks.REML, VarianceBasedLikelihoodEstimator(method="REML")),
        ):
            yield Row(task, "PyMARE", best(partial(_fitted, estimator, data), quick))
        yield Row(tasks.DL, "statsmodels", best(partial(combine_effects, y, v, method_re="chi2"), quick))


def _fitted(estimator: Any, data: Any) -> object:
    return estimator.fit_dataset(data).summary()


def r_rows(quick: bool) -> Iterator[Row]:
    """metafor's rma and rma.glmm, timed inside R; nothing where R or metafor is not installed."""
    program = shutil.which("Rscript")
    if program is None:
        return
    one, long = (tasks.counts(1, k) for k in (10, 20))
    values = {
        name: ",".join(map(str, part[0])) for name, part in zip(("x", "n", "lx", "ln"), (*one, *long), strict=True)
    }
    script = SCRIPT.format(**values, many=50 if quick else 200, few=2 if quick else 10)
    done = subprocess.run([program, "--vanilla", "-e", script], capture_output=True, text=True, check=False)
    for line in done.stdout.splitlines() if done.returncode == 0 else []:
        name, _, seconds = line.partition("\t")
        task, analyses = R_TASKS[name]
        yield Row(task, "metafor (R)", float(seconds), analyses)
