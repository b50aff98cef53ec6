"""Where the time of a run over many analyses goes: its stages one after another, and within the fits by files."""

from __future__ import annotations

import cProfile
import pickle
import pstats
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from evidence.many.answers import answers_of, piece_of
from evidence.many.chunks import read_chunks
from evidence.many.fitting import Piece, fit_piece
from evidence.many.formats import format_of
from evidence.many.parts import Parts
from evidence.many.sources import open_source
from evidence.many.survey import survey
from evidence.pooling import model
from evidence.review.headers import Choice

from .measured import Measured
from .ours import MODELS

Result = TypeVar("Result")

MODELS_SHOWN = ("reml", "glmm")
#: Key of the model -> function that calls none of the others -> what it does.
FUNCTIONS: dict[str, dict[tuple[str, str], str]] = {
    "reml": {
        ("tau2.py", "reml_tau2"): "search for tau2",
        ("stack_facts.py", "facts_of"): "I2 and notes",
        ("measure.py", "effects"): "effects and their variances",
        ("inverse_variance.py", "write"): "limits, prediction and the way back",
        ("stacks.py", "stacks_of"): "filling up to stacks",
    },
    "glmm": {
        ("shared_nodes.py", "log_likelihood"): "likelihood: nodes, integrands, moments",
        ("cells.py", "cells_of"): "different cells of each analysis",
        ("stack_facts.py", "facts_of"): "I2 and notes",
        ("stacks.py", "stacks_of"): "filling up to stacks",
    },
}
ONE, WORKER, BETWEEN = "the one that was called", "a worker", "both, where there are workers"


class Clock:
    """Seconds of the processor by stage."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = {}

    def timed(self, stage: str, call: Callable[[], Result]) -> Result:
        """The result; what it took is added to the stage."""
        begun = time.process_time()
        found = call()
        self.spent[stage] = self.spent.get(stage, 0.0) + time.process_time() - begun
        return found


#: Stage -> which process does it.
STAGES = {
    "first look at the ids": ONE,
    "reading, checking, grouping": ONE,
    "packing and unpacking what is sent": BETWEEN,
    "fitting": WORKER,
    "answers, a part on the disk": ONE,
    "the whole file": ONE,
}
LOOK, READ, SENT, FIT, ANSWER, WHOLE = STAGES


def stages(table: Path, folder: Path) -> Iterator[Measured]:
    """A run with each of two models, in microseconds for an analysis; ``folder`` is for the parts."""
    clocks, sizes, analyses = [], [], 1
    for key in MODELS_SHOWN:
        clock, sent, analyses = _run(table, folder / f"{key}.parquet", key)
        clocks.append(clock)
        sizes.append(f"{sent / analyses:.0f}")
    rows = [
        (stage, where, *(f"{1e6 * clock.spent[stage] / analyses:.1f}" for clock in clocks))
        for stage, where in STAGES.items()
    ]
    rows.append(("sent, both ways, bytes", "", *sizes))
    says = f"Stages: {analyses:,} analyses, k = 2 to 30, microseconds of processor for each."
    yield Measured(says, ("stage", "process", *(_named(key) for key in MODELS_SHOWN)), rows)


def _named(key: str) -> str:
    return f"{MODELS[key][0]}, {MODELS[key][1]['limits']}"


def _run(table: Path, out: Path, key: str) -> tuple[Clock, int, int]:
    """What it took, the bytes that workers would be sent and send, and how many analyses there are."""
    clock, sent = Clock(), 0
    name, options = MODELS[key]
    chosen = model(name, **options)
    source = open_source(table, "analysis", Choice(None, None, None, None, None))
    parts = Parts(out, format_of(out, source.columns, source.id_type))
    parts.folder.mkdir()
    plan = clock.timed(LOOK, partial(survey, source))
    chunks = iter(read_chunks(source, plan))
    for number in range(plan.chunks):
        chunk = clock.timed(READ, partial(next, chunks))
        piece = Piece(chosen, clock.timed(READ, partial(piece_of, chunk, False)))
        sent += clock.timed(SENT, partial(_there_and_back, piece))
        fitted = clock.timed(FIT, partial(fit_piece, piece))
        sent += clock.timed(SENT, partial(_there_and_back, fitted))
        answers = clock.timed(ANSWER, partial(answers_of, chunk, fitted, source.columns))
        clock.timed(ANSWER, partial(parts.add, number, answers))
    clock.timed(WHOLE, partial(parts.finish, plan.chunks))
    return clock, sent, int(plan.analyses[-1])


def _there_and_back(what: Any) -> int:
    """Bytes of something that another process is sent."""
    content = pickle.dumps(what, protocol=pickle.HIGHEST_PROTOCOL)
    pickle.loads(content)
    return len(content)


def profile(table: Path) -> Iterator[Measured]:
    """Within the fits, by functions and what they call."""
    from evidence.many import pool_many

    for key in MODELS_SHOWN:
        name, options = MODELS[key]
        watched = cProfile.Profile()
        watched.enable()
        pool_many(table, "analysis", model(name, **options))
        watched.disable()
        says, shares = f"Within the fitting, {_named(key)}.", _shares(pstats.Stats(watched), FUNCTIONS[key])
        yield Measured(says, ("part", "%"), shares)


def _shares(stats: pstats.Stats, functions: dict[tuple[str, str], str]) -> list[tuple[str, str]]:
    """Shares of the fitting that functions take with what they call, and the rest."""
    spent = {
        (Path(file).name, name): seconds
        for (file, _, name), (_, _, _, seconds, _) in stats.stats.items()  # type: ignore[attr-defined]  # not in the stubs
    }
    whole = spent["fitting.py", "fit_piece"]
    shares = {title: spent[function] / whole for function, title in functions.items()}
    shares["the rest"] = 1 - sum(shares.values())
    return [(title, f"{100 * share:.0f}") for title, share in shares.items()]
