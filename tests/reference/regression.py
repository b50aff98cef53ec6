"""Extract the reference numbers of regressions into regression.json beside this script.

    python -m tests.reference.regression FOLDER

FOLDER is that of ``extract``. Every record with covariates is kept: rma.uni (tight convergence control), its
likelihood-ratio tests, rma.glmm, and the two independent solvers.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.reference.extract import HERE, Record, read, records

FILE = HERE / "regression.json"
#: What Knapp and Hartung's adjustment leaves as it is, kept with the unadjusted record only.
SAME = ("I2", "QE", "R2", "loglik_ML", "loglik_REML")
#: Options that tell the records apart, and values of which 7 digits are kept.
OPTIONS, PROBABILITIES = ("measure", "mods", "full", "reduced", "method", "test"), ("pval", "QMp")
#: Of predictions, on the logit only.
PREDICTED = ("pred", "ci_lb", "pi_lb")
#: Procedure -> what is kept of its values.
KEPT: Mapping[str, tuple[str, ...]] = {
    "rma_mods": (
        "b",
        "se",
        "pval",
        "ci_lb",
        "tau2",
        "I2",
        "QE",
        "QM",
        "QMp",
        "R2",
        "loglik_ML",
        "loglik_REML",
        "predict_first_rows",  # of the first row
    ),
    "anova_LRT": ("LRT", "pval", "ll_full", "ll_reduced", "R2"),
    "reference_tau2_mods": ("tau2", "b", "se", "loglik"),
    "rma.glmm": ("b", "se", "tau2", "QM", "QMp", "QMdf"),
    "reference_glmm_mods": ("status", "b", "se", "tau2", "tau", "loglik", "loglik_tau0"),
}


def regression(sets: Mapping[str, Record]) -> Record:
    """Data, model matrices and records of every data set with covariates."""
    kept = [row for procedure in KEPT for row in _rows(sets, procedure)]
    names = sorted({row[1] for row in kept})
    return {
        "versions": sets["pritz1997"]["versions"],
        "source": (
            "data sets of R's package metadat (GPL) and synthetic ones; numbers by metafor 5.1-12 (rma with mods,"
            " control=list(threshold=1e-13, tol=1e-13, stepadj=0.5, maxiter=5000); anova; rma.glmm with mods, nAGQ=7,"
            " lme4 1.1-31) under R 4.2.2, and by two independent solvers: reference_tau2_mods brackets the score roots"
            " on 1,500 points, reference_glmm_mods is 101-node adaptive quadrature polished by Newton; 13 digits"
        ),
        "sets": {name: _data(sets[name]) for name in names},
        "columns": ["procedure", "dataset", "options", "values"],
        "rows": kept,
    }


def _rows(sets: Mapping[str, Record], procedure: str) -> Iterator[list[Any]]:
    for name, options, values in records(sets, procedure):
        if "mods" in options or "full" in options:
            dropped = SAME if options.get("test") == "knha" else ()
            keys = [key for key in KEPT[procedure] if key in values and key not in dropped]
            if options.get("measure") != "PLO":
                keys = [key for key in keys if key != "predict_first_rows"]
            said = {key: options[key] for key in OPTIONS if key in options}
            yield [procedure, name, said, {key: _short(values[key], 7 if key in PROBABILITIES else 13) for key in keys}]


def _short(value: Any, digits: int) -> Any:
    """Numbers to so many digits; of predictions the first row."""
    if isinstance(value, Mapping):
        return {key: _short(value[key][0], digits) for key in PREDICTED if value[key] is not None}
    if isinstance(value, list):
        return [_short(part, digits) for part in value]
    return float(f"{value:.{digits}g}") if isinstance(value, float) else value


def _data(content: Record) -> Record:
    matrices = {
        record["options"]["mods"]: record["values"]["X"]
        for record in content["results"]
        if record["procedure"] == "rma_mods" and record["values"] and "X" in record["values"]
    }
    return {
        "xi": [row["xi"] for row in content["data"]],
        "ni": [row["ni"] for row in content["data"]],
        "designs": matrices,
    }


if __name__ == "__main__":
    text = json.dumps(regression(read(Path(sys.argv[1]))), separators=(",", ":"))
    FILE.write_text(text + "\n", encoding="utf-8")
