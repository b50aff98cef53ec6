"""The same tasks by other software, as far as it is there."""

from __future__ import annotations

import csv
import shutil
import subprocess
import warnings
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from . import tasks
from .timing import Row, timed

PEERS = Path(__file__).with_name("peers.R")


def python_rows(task: tasks.Task) -> Iterator[Row]:
    """One round of PyMARE and statsmodels, on effects that are ready: estimate, limits and tau2, no prediction."""
    kind = task.key.partition("-")[0]
    if kind not in {"reml", "dl"}:
        return
    ready = list(_effects(task))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pymare import Dataset
        from pymare.estimators import DerSimonianLaird, VarianceBasedLikelihoodEstimator
        from statsmodels.stats.meta_analysis import combine_effects

        estimator = DerSimonianLaird() if kind == "dl" else VarianceBasedLikelihoodEstimator(method="REML")
        sets = [Dataset(y=y[:, None], v=v[:, None], add_intercept=True) for y, v in ready]
        yield Row(task.title, "PyMARE", timed(lambda: [_fitted(estimator, data) for data in sets]), len(sets))
        if kind == "dl":
            each = [partial(combine_effects, y, v, method_re="chi2") for y, v in ready]
            yield Row(task.title, "statsmodels", timed(lambda: [call() for call in each]), len(each))


def _effects(task: tasks.Task) -> Iterator[tuple[Any, Any]]:
    """Logits and their variances of each analysis that the others do."""
    from evidence.measures import MEASURES

    for events, n in zip(task.events[: task.others], task.n[: task.others], strict=True):
        there = n > 0
        yield MEASURES["PLO"].effects(events[there], n[there])


def _fitted(estimator: Any, data: Any) -> object:
    return estimator.fit_dataset(data).summary()


def write_for_r(folder: Path, chosen: Sequence[tasks.Task]) -> None:
    """A file for each task, KEY.csv, of the rows that R does."""
    for task in chosen:
        columns = tasks.long(task, task.others)
        with (folder / f"{task.key}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(columns)
            writer.writerows(zip(*(values.tolist() for values in columns.values()), strict=True))


def r_rows(folder: Path, chosen: Sequence[tasks.Task]) -> list[Row]:
    """One round inside R on the files of the folder; nothing where R or metafor is not installed."""
    program = shutil.which("Rscript")
    if program is None:
        return []
    done = subprocess.run(
        [program, "--vanilla", str(PEERS), str(folder)], capture_output=True, encoding="utf-8", check=False
    )
    if done.returncode == 3:
        return []
    if done.returncode:
        raise RuntimeError(f"{PEERS.name} failed:\n{done.stderr}")
    titles = {task.key: task.title for task in chosen}
    told = [line.split("\t") for line in done.stdout.splitlines()]
    return [Row(titles[key], who, float(seconds), int(analyses)) for key, who, seconds, analyses in told]


def metafor_says(folder: Path, task: tasks.Task) -> npt.NDArray[np.float64] | None:
    """Effect, se, tau2 and limits of a new effect of each analysis, shape (others, 5); None without metafor."""
    path = folder / f"{task.key}-metafor.txt"
    if not path.exists():
        return None
    return np.atleast_2d(np.genfromtxt(path, missing_values="NA"))
