"""Many meta-analyses at once: a table of any size with one row per study in, one row per analysis out."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from ..pooling import Model


def pool_many(
    table: Any,
    by: str = "analysis_id",
    model: str | Model | None = None,
    events: str | None = None,
    total: str | None = None,
    study: str | None = None,
    workers: int = 1,
) -> pd.DataFrame:
    """Pool every analysis of a table.

    Args:
        table: A DataFrame, a dict of arrays, a table of pyarrow, or the path of a CSV or Parquet file; one row per
            study.
        by: Column that says which analysis a row belongs to. The rows of one need not stand together.
        model: A specification, or a model's name (its defaults); logistic-normal for counts and poisson-normal for
            rates if not given.
        events, total: Columns of the counts, found by their usual names if not given. With a model of rates ``total``
            is the column of the times at risk.
        study: Column that says which rows of an analysis are arms of one study; every row is a study if not given.
        workers: Processes; more than one need the extra [cluster], and a script that starts them needs
            ``if __name__ == "__main__":``.

    Returns:
        One row per analysis, in the order in which they first appear: its id, k (studies), n (or time), events,
        estimate, lower, upper, mean, mean_lower, mean_upper, tau, I2, tau2, pi_lower, pi_upper, effect, se,
        log_likelihood (as of ``Estimates``; NaN where not defined), status, notes (codes, joined by ``;``) and
        problem. An analysis with a row that can't be used has status ``not-pooled`` and says in ``problem`` which row
        it is and what to do; one whose fit fails has status ``no-fit``. Notes are those of ``pool``, but for
        common-effect-with-heterogeneity and few-clusters, which need a search of their own. The last digits may depend
        on the threads of a product of matrices, unless OMP_NUM_THREADS=1 is set, as it is in workers.

    Raises:
        UsageError: unknown names, something that is no table. DataError: a column that is not there, a model of
            something else.
    """
    from ..review.headers import Choice
    from ..workers import Workers
    from .running import Settings, accepts, run_in_memory
    from .sources import default_model, source_of
    from .tables import frame_of_all

    chosen = None if model is None else default_model(model, False)
    of_rates = chosen is not None and not accepts(chosen, False)
    choice = Choice(events, None if of_rates else total, None, study, total if of_rates else None)
    source = source_of(table, by, choice)
    settings = Settings(chosen or default_model(None, source.columns.of_rates), Workers(workers))
    with tempfile.TemporaryDirectory(prefix="evidence-many-") as folder:
        return frame_of_all(run_in_memory(source, settings, Path(folder)), source.columns)
