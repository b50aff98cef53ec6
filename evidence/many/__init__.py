"""Many meta-analyses at once: a table of any size with one row per study in, one row per analysis out."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from .asked import Work

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
    time: str | None = None,
    **work: Unpack[Work],
) -> pd.DataFrame:
    """Pool every analysis of a table.

    Args:
        table: A DataFrame, a dict of arrays, a table of pyarrow, or the path of a CSV file (also packed, .csv.gz), a
            Parquet file or a folder of these; one row per study.
        by: Column that says which analysis a row belongs to. The rows of one need not stand together. Ids that differ
            only in outer blanks are one analysis, which has the note id-spellings. Ids stay numbers or text; dates and
            what else there is become text.
        model: A specification, or a model's name (its defaults; of rates inverse-variance has the measure IRLN);
            logistic-normal for counts and poisson-normal for rates if not given.
        events, total: Columns of the counts, found by their usual names if not given.
        study: Column that says which rows of an analysis are arms of one study; every row is a study if not given.
        time: Column of the times at risk: rates are pooled. A table that has a column of a usual name of times
            (``person_years``) and none of totals is one of rates as well.
        **work: ``workers``: processes; more than one need the extra [cluster], and a script that starts them needs
            ``if __name__ == "__main__":``. They start in some seconds, which pays where one process takes longer than
            half a minute. ``cluster``: address of a Dask scheduler, whose workers compute instead.
            ``progress``: a function that is told what is done ("reading", "sorting", "pooling", or that there is no
            worker), how many rows of it, and of how many (0 where that is not known yet).

    Returns:
        One row per analysis, in the order in which they first appear: its id, k (studies), n (or time), events,
        estimate, lower, upper, mean, mean_lower, mean_upper, tau, I2, tau2, pi_lower, pi_upper, effect, se,
        log_likelihood (as of ``Estimates``; NaN where not defined), status, notes (codes, joined by ``;``) and
        problem. An analysis with a row that can't be used has status ``not-pooled`` and says in ``problem`` which row
        it is and what to do; one whose fit fails has status ``no-fit``. Where every study has one unit only the mean
        is known. There is no prediction interval of one study or of a common effect, below 3 studies, and where
        no study has an event (or a non-event); of poisson-normal none where tau is 0 either, with the note
        no-prediction. Notes are those of ``pool``, but for common-effect-with-heterogeneity and few-clusters, which
        need a search of their own. The last digits may depend on the threads of a product of matrices, unless
        OMP_NUM_THREADS=1 is set, as it is in workers.

    Raises:
        UsageError: unknown names, something that is no table. DataError: a column that is not there or holds no single
            values, a model of something else. WorkersLostError: workers that died and did not come back.
    """
    from ..errors import EvidenceError
    from .asked import choice_of, refuse_no_model, workers_of
    from .models import model_of
    from .running import Settings, run_in_memory, silent
    from .sources import source_of
    from .tables import frame_of_all
    from .wording import in_python

    try:
        choice, who = choice_of(by, events, total, study, time), workers_of(work)
        refuse_no_model(model)
        source = source_of(table, by, choice)
        settings = Settings(model_of(model, source.columns.of_rates), who)
        with tempfile.TemporaryDirectory(prefix="evidence-many-") as folder:
            answers = run_in_memory(source, settings, Path(folder), work.get("progress") or silent)
            return frame_of_all(answers, source.columns)
    except EvidenceError as error:
        raise in_python(error).with_traceback(error.__traceback__) from None
