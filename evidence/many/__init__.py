"""Many meta-analyses at once: a table of any size with one row per study in, one row per analysis out."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from .asked import Work

if TYPE_CHECKING:
    import pandas as pd

    from ..pooling import Model
    from ..review.headers import Choice


def pool_many(
    table: Any,
    by: str = "analysis_id",
    model: str | Model | None = None,
    events: str | None = None,
    total: str | None = None,
    study: str | None = None,
    time: str | None = None,
    **work: Unpack[Work],
) -> pd.DataFrame:
    """Pool every analysis of a table.

    Args:
        table: A DataFrame, a dict of arrays, a table of pyarrow, or the path of a CSV file (also .csv.gz), a Parquet
            file or a folder of these; one row per study.
        by: Column of the analysis that a row belongs to, whose rows need not stand together. Ids that differ only in
            outer blanks are one analysis, with the note id-spellings; they stay numbers or text, dates become text.
        model: A specification, or a model's name (its defaults; of rates with the measure IRLN); logistic-normal for
            counts and poisson-normal for rates if not given.
        events, total: Columns of the counts, found by their usual names if not given.
        study: Column that says which rows of an analysis are arms of one study; every row is a study if not given.
        time: Column of the times at risk: rates are pooled, as they are of a table that has times by their usual name
            (``person_years``) and no totals.
        **work: ``workers``, ``cluster`` and ``progress``: see ``evidence.many.asked.Work``.

    Returns:
        One row per analysis, in the order in which they first appear: its id, k (studies), n (or time), events,
        estimate, lower, upper, mean, mean_lower, mean_upper, tau, I2, tau2, pi_lower, pi_upper, effect, se,
        log_likelihood (as of ``Estimates``; NaN where not defined), status, notes (codes, joined by ``;``) and
        problem. An analysis with a row that can't be used is ``not-pooled``, one whose fit fails ``no-fit``; its
        problem says why and what to do. Below 3 studies, and of common-effect, there is no prediction interval;
        poisson-normal has none where tau is 0 either, with the note no-prediction. Notes are those of ``pool`` but
        common-effect-with-heterogeneity and few-clusters, which need a search. A bootstrap draws study by
        study: where arms share one they stand in another order, and its interval differs as by another seed. Last
        digits may depend on threads, unless OMP_NUM_THREADS=1 is set. The status tells how the fit went; with the note
        few-studies (few-studies-rates) the counts are the result, and the number should not be reported.
        ``attrs["evidence"]``: what it was made of (versions, table, columns, model).

    Raises:
        EvidenceError: unknown names, no table, a column that is not there or holds no single values, a model of
            something else, workers that died and did not come back.
    """
    from ..errors import EvidenceError
    from .asked import choice_of
    from .wording import in_python

    try:
        return _pooled(table, by, model, choice_of(by, events, total, study, time), work)
    except EvidenceError as error:
        raise in_python(error).with_traceback(error.__traceback__) from None


def _pooled(table: Any, by: str, model: str | Model | None, choice: Choice, work: Work) -> pd.DataFrame:
    from ..pooling.named import model_of
    from .asked import refuse_no_model, workers_of
    from .made_of import made_of
    from .models import fitting
    from .running import Settings, run_in_memory, silent
    from .sources import source_of
    from .tables import frame_of_all

    workers = workers_of(work)
    refuse_no_model(model)
    source = source_of(table, by, choice)
    of_rates = source.columns.of_rates
    settings = Settings(fitting(model_of(model, of_rates), of_rates), workers)
    made = made_of(table, source.columns, settings.model, settings.chunk)
    with tempfile.TemporaryDirectory(prefix="evidence-many-") as folder:
        answers = run_in_memory(source, settings, Path(folder), work.get("progress") or silent)
        found = frame_of_all(answers, source.columns)
    found.attrs["evidence"] = made
    return found
