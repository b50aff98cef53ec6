"""Extract the reference numbers that the tests rely on into compact files beside this script.

    python -m tests.reference.extract FOLDER

FOLDER holds one JSON file per data set: {dataset, source, versions, data: [{xi, ni, ...}], results: [{procedure,
options, values}]}. Every file written here says where its numbers come from, by which software and which call.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
Record = Mapping[str, Any]

METHODS = ("DL", "HE", "HS", "SJ", "ML", "REML", "EB", "PM", "FE")
#: Data sets whose rma records are kept: small and large, real and synthetic, with 0 % and 100 % studies.
RMA_SETS = (
    "pritz1997",
    "debruin2009",
    "nissen2007_mi",
    "crisafulli2020",
    "hannum2020",
    "pagliaro1992",
    "syn_case_series15",
    "syn_huge_tiny",
    "syn_identical_prop",
    "syn_k2_zero_full",
    "syn_mostly100",
    "syn_n1_only",
)
ESCALC_SETS = ("pritz1997", "syn_case_series15", "syn_mostly100")
RMA_VALUES = ("b", "se", "ci_lb", "ci_ub", "tau2", "I2", "H2", "QE", "loglik_ML", "loglik_REML")
PREDICT_VALUES = ("pi_lb", "pi_ub", "pi_lb_riley", "pi_ub_riley")
BACK_VALUES = ("pred", "ci_lb", "ci_ub")


def read(folder: Path) -> dict[str, Record]:
    """Every file of the folder that holds results, by data set."""
    found = {}
    for path in sorted(folder.glob("*.json")):
        content = json.loads(path.read_text(encoding="utf-8"))
        if "results" in content:
            found[content["dataset"]] = content
    return found


def records(sets: Mapping[str, Record], procedure: str) -> Iterator[tuple[str, Record, Record]]:
    """Data set, options and values of every successful record of a procedure."""
    for name, content in sets.items():
        for record in content["results"]:
            if record["procedure"] == procedure and record.get("values") is not None:
                yield name, record["options"], record["values"]


def datasets(sets: Mapping[str, Record]) -> Record:
    """Counts of every data set."""
    return {
        "source": "data sets of R's package metadat (GPL) and synthetic ones; each names its own source",
        "sets": {
            name: {
                "source": content["source"],
                "note": content["note"],
                "xi": [row["xi"] for row in content["data"]],
                "ni": [row["ni"] for row in content["data"]],
            }
            for name, content in sets.items()
            if content.get("k")
        },
    }


def rma(sets: Mapping[str, Record]) -> Record:
    """rma.uni at its tight convergence control, unweighted and level 90 variants left out."""
    rows = []
    for name, options, values in records(sets, "rma"):
        plain = set(options) <= {"measure", "method", "test", "control"}
        if name not in RMA_SETS or options["method"] not in METHODS or not plain:
            continue
        if options["test"] != "z" and options["method"] not in ("DL", "REML", "PM"):
            continue
        predict, back = values.get("predict") or {}, values.get("back") or {}
        numbers = [values.get(key) for key in RMA_VALUES]
        numbers += [predict.get(key) for key in PREDICT_VALUES] + [back.get(key) for key in BACK_VALUES]
        rows.append([name, options["measure"], options["method"], options["test"], *numbers])
    return {
        "call": (
            "rma(measure=, xi=, ni=, method=, test=,"
            " control=list(threshold=1e-13, tol=1e-13, stepadj=0.5, maxiter=5000)); predict();"
            " PFT back by the harmonic mean of ni"
        ),
        "columns": [
            "dataset",
            "measure",
            "method",
            "test",
            *RMA_VALUES,
            *PREDICT_VALUES,
            *(f"back_{key}" for key in BACK_VALUES),
        ],
        "rows": rows,
    }


def tau2(sets: Mapping[str, Record]) -> Record:
    """The bracketing solver: global maximum of the (restricted) likelihood, root of Paule and Mandel's equation."""
    rows = [
        [name, options["measure"], options["method"], *(values[key] for key in ("tau2", "b", "se", "loglik"))]
        for name, options, values in records(sets, "reference_tau2")
        if options["method"] in METHODS
    ]
    columns = ["dataset", "measure", "method", "tau2", "b", "se", "loglik"]
    return {"call": "own solver: score roots bracketed on 1,500 points", "columns": columns, "rows": rows}


def confint(sets: Mapping[str, Record]) -> Record:
    """Limits of tau2 by Q-profile and profile likelihood, tight control."""
    rows = [
        [
            name,
            options["measure"],
            options["method"],
            options["type"],
            options["level"],
            values["tau2_lb"],
            values["tau2_ub"],
        ]
        for name, options, values in records(sets, "confint")
        if options["type"] in ("QP", "PL") and options["control"] == "tight" and options["method"] in METHODS
    ]
    return {
        "call": "confint(rma(...), type=, control=list(tol=1e-12, tau2.max=1e6))",
        "columns": ["dataset", "measure", "method", "type", "level", "tau2_lb", "tau2_ub"],
        "rows": rows,
    }


def escalc(sets: Mapping[str, Record]) -> Record:
    """Effects of three data sets under every correction policy; the grid is a file of its own."""
    rows = [
        [name, options["measure"], options["add"], options["to"], values["yi"], values["vi"]]
        for name, options, values in records(sets, "escalc")
        if name in ESCALC_SETS and "vtype" not in options
    ]
    columns = ["dataset", "measure", "add", "to", "yi", "vi"]
    return {"call": "escalc(measure=, xi=, ni=, add=, to=)", "columns": columns, "rows": rows}


def escalc_grid(sets: Mapping[str, Record]) -> Record:
    """Effects on a grid of xi and ni."""
    content = sets["grid_escalc_shared"]
    rows = [
        [options["measure"], options["add"], options["to"], values["yi"], values["vi"]]
        for _, options, values in records({"grid": content}, "escalc")
    ]
    columns = ["measure", "add", "to", "yi", "vi"]
    return {"call": "escalc(measure=, xi=, ni=, add=, to=)", **content["data"], "columns": columns, "rows": rows}


def proportion_limits(sets: Mapping[str, Record]) -> Record:
    """Limits of a single proportion on a grid of xi and ni."""
    content = sets["grid_proportion_ci_shared"]
    wanted = {"meta_ci", "binom_confint", "jeffreys_brown", "mid_p"}
    rows = [
        [
            record["procedure"],
            record["options"].get("method"),
            record["options"]["level"],
            values["lower"],
            values["upper"],
        ]
        for record in content["results"]
        if record["procedure"] in wanted
        and record["options"].get("method") not in ("logit", "probit", "cloglog", "lrt")
        for values in (record["values"],)
    ]
    columns = ["procedure", "method", "level", "lower", "upper"]
    call = "meta:::ciX (method.ci=), binom::binom.confint(methods=), qbeta, own root finder for mid-P"
    return {"call": call, **content["data"], "columns": columns, "rows": rows}


def as_they_are(sets: Mapping[str, Record], procedures: Sequence[str], call: str) -> Record:
    """Every record of these procedures, values unchanged."""
    rows = [
        [procedure, name, options, values]
        for procedure in procedures
        for name, options, values in records(sets, procedure)
    ]
    return {"call": call, "columns": ["procedure", "dataset", "options", "values"], "rows": rows}


def files(sets: Mapping[str, Record]) -> dict[str, Record]:
    """File name -> content."""
    own = "independent solver of higher accuracy than the packages' defaults; see its options"
    transforms = (
        "transf.ipft",
        "transf.ipft.hm",
        "transf.iarcsin",
        "transf.ilogit",
        "reference_ilogit_int",
        "transf.pft",
    )
    versions = sets["pritz1997"]["versions"]
    content = {
        "datasets": datasets(sets),
        "escalc": escalc(sets),
        "escalc_grid": escalc_grid(sets),
        "proportion_limits": proportion_limits(sets),
        "transforms": as_they_are(sets, transforms, "metafor's transf.* functions; own quadrature for the integral"),
        "rma": rma(sets),
        "tau2": tau2(sets),
        "confint": confint(sets),
        "glmm": as_they_are(sets, ("reference_glmm",), own),
        "betabinomial": as_they_are(sets, ("reference_betabinomial",), own),
        "bayes": as_they_are(sets, ("reference_bayes",), own),
    }
    return {name: {"versions": versions, **part} for name, part in content.items()}


def main(folder: str) -> None:
    """Write every file."""
    for name, content in files(read(Path(folder))).items():
        text = json.dumps(content, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
        (HERE / f"{name}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
