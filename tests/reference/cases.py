"""Every record of the folder of reference numbers, with the counts it is about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from tests.reference.matching import Floats, Record

#: Our names of what the further cases call it.
PEER_MEASURES = {"raw": "PR", "log": "PLN", "logit": "PLO", "arcsine": "PAS", "freeman-tukey": "PFT"}
META_SCALES = {"raw": "PRAW", "log": "PLN", "logit": "PLOGIT", "arcsine": "PAS", "freeman-tukey": "PFT"}
PEER_TESTS = {"wald-z": "z", "knapp-hartung t, k-1 df": "knha", "t, k-1 df": "t"}
META_NAMES = {"se_common": "seTE_common", "se_random": "seTE_random"}


@dataclass(frozen=True, slots=True)
class Case:
    """One record: which data set, what was computed on it, and what came out (None: the software failed).

    ``slack`` is the tolerance that a further case states: relative and absolute.
    """

    dataset: str
    procedure: str
    options: Record
    values: Record | None
    xi: Floats
    ni: Floats
    rows: tuple[Record, ...] = ()
    slack: tuple[float, float] = (0.0, 0.0)


def cases(sets: Mapping[str, Record]) -> Iterator[Case]:
    """Records of the files of data sets."""
    for name, content in sets.items():
        rows = content["data"]
        rows = [row for row in rows if "xi" in row] if isinstance(rows, list) else rows
        xi, ni = counts_of(rows)
        for record in content["results"]:
            values = record.get("values")
            kept = tuple(rows) if isinstance(rows, list) else ()
            yield Case(name, record["procedure"], record["options"], values, xi, ni, kept)


def counts_of(rows: Any) -> tuple[Floats, Floats]:
    """Events and sizes of a table by rows or by columns."""
    if isinstance(rows, Mapping):
        return np.array(rows["xi"], dtype=float), np.array(rows["ni"], dtype=float)
    return np.array([row["xi"] for row in rows], dtype=float), np.array([row["ni"] for row in rows], dtype=float)


def peer_cases(peers: Mapping[str, Any]) -> Iterator[Case]:
    """peer_cases.json: further runs of metafor and meta, and numbers of their tests and of papers."""
    for row in peers["escalc"]:
        options = {"measure": row["measure"], "add": 0.5, "to": "only0"}
        yield Case(row["dataset"], "peers: escalc", options, row, *_peer_counts(peers, row))
    for row in peers["glmm_exact"]["rows"]:
        yield Case(row["dataset"], "peers: glmm_exact", {}, row, *_peer_counts(peers, row))
    for row in peers["peer_edge_outputs"]:
        yield Case(row["id"], "peers: edge outputs", {}, row, *_peer_counts(peers, row))
    for case in peers["cases"]:
        yield _peer_case(peers, case)


def _peer_counts(peers: Mapping[str, Any], case: Mapping[str, Any]) -> tuple[Floats, Floats]:
    found = peers["datasets"][case["dataset"]] if "dataset" in case else case.get("data", {})
    if "events" not in found or None in found["events"]:
        return np.zeros(0), np.zeros(0)
    return np.array(found["events"], dtype=float), np.array(found["n"], dtype=float)


def _peer_case(peers: Mapping[str, Any], case: Mapping[str, Any]) -> Case:
    spec, values, suite = case["spec"], dict(case["expected"]), str(case["source"]["suite"])
    given = case["tolerance"]
    slack = float(given.get("rel", 0.0)), given["abs"] if isinstance(given.get("abs"), float) else 0.0
    xi, ni = _peer_counts(peers, case)
    name, glmm = case.get("dataset", case["id"]), "GLMM" in str(spec.get("estimator"))
    if case["kind"] != "peer-rerun":
        return Case(case["id"], "peers: tests and papers", spec, values, xi, ni, slack=slack)
    if "lower" in values:
        return Case(case["id"], "peers: limits", {"method": case["id"].rsplit("-", 1)[1]}, values, xi, ni, slack=slack)
    if suite.startswith("metafor"):
        values |= {"b": values["estimate_transformed"], "se": values["se_transformed"], "back_pred": values["estimate"]}
        values |= {"ci_lb": values["ci_transformed"][0], "ci_ub": values["ci_transformed"][1]}
        values |= {"back_ci_lb": values["ci"][0], "back_ci_ub": values["ci"][1]}
        values |= {"QE": values.get("Q"), "I2": values.get("I2_percent")}
        method = spec.get("tau2", "EE" if not glmm else "ML") if spec["model"] == "random" else "FE" if glmm else "EE"
        options = {"measure": PEER_MEASURES[spec["effect"]], "test": PEER_TESTS[spec["ci"]], "method": method}
        back = {"pred": values["back_pred"], "ci_lb": values["back_ci_lb"], "ci_ub": values["back_ci_ub"]}
        if glmm:
            return Case(name, "peers: rma.glmm", {**options, "nAGQ": 7}, {**values, "back": back}, xi, ni, slack=slack)
        return Case(name, "peers: rma", options, values, xi, ni, slack=slack)
    values |= {new: values[old] for old, new in META_NAMES.items()}
    values |= {"prop_TE_common": values["common"], "prop_TE_random": values["random"]}
    values |= dict(zip(("prop_lower_random", "prop_upper_random"), values["random_ci_limits"], strict=True))
    values |= dict(zip(("prop_lower_predict", "prop_upper_predict"), values["prediction_interval"], strict=True))
    options = {"sm": META_SCALES[spec["effect"]], "method.predict": "HTS", "method": "GLMM" if glmm else "Inverse"}
    options |= {"method.tau": spec["tau2"], "method.random.ci": "HK" if "hartung" in spec["ci"] else "classic"}
    return Case(name, "peers: metaprop", options, values, xi, ni, slack=slack)
