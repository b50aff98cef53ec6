"""Where every record of the folder belongs: compared, of later work, out of scope, or nothing to compare with."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tests.reference.cases import Case
from tests.reference.extract import METHODS

LATER, OUT, FAILED, ELSEWHERE = "later", "out of scope", "failed there", "tested one by one"

Test = Callable[[Case], bool]


def _is(*procedures: str) -> Test:
    return lambda case: case.procedure in procedures


def _metaprop(test: Callable[[Mapping[str, object]], bool]) -> Test:
    return lambda case: case.procedure == "metaprop" and test(case.options)


#: Kind, what the table calls it, and which records it is; the first that fits.
PLACES: tuple[tuple[str, str, Test], ...] = (
    (ELSEWHERE, "odd inputs: test_behaviour.py", _is("behaviour", "peers: edge outputs")),
    (ELSEWHERE, "numbers of papers and of their test suites: tests/published", _is("peers: tests and papers")),
    (LATER, "residuals", _is("residuals")),
    (LATER, "meta-regression: rma_mods, reference_tau2_mods", _is("rma_mods", "reference_tau2_mods")),
    (LATER, "meta-regression: anova_LRT", _is("anova_LRT")),
    (LATER, "meta-regression: rma.glmm with mods", lambda c: c.procedure == "rma.glmm" and "mods" in c.options),
    (LATER, "meta-regression: reference_glmm_mods", _is("reference_glmm_mods")),
    (OUT, "fail-safe N (fsn)", _is("fsn")),
    (OUT, "Henmi-Copas (hc)", _is("hc")),
    (OUT, "estimator HSk", lambda c: c.options.get("method") == "HSk"),
    (OUT, "estimator PMM", lambda c: c.options.get("method") == "PMM"),
    (OUT, "estimators GENQ, GENQM", lambda c: c.options.get("method") in ("GENQ", "GENQM")),
    (OUT, "unweighted mean", lambda c: c.procedure == "rma" and "weighted" in c.options),
    (OUT, "variance types UB, AV", lambda c: c.procedure == "escalc" and "vtype" in c.options),
    (OUT, "limits of tau2 by GENQ, HT", lambda c: c.procedure == "confint" and c.options["type"] in ("GENQ", "HT")),
    (OUT, "IVhet", _metaprop(lambda o: o.get("method.common.ci") == "IVhet")),
    (
        OUT,
        "Kenward-Roger",
        _metaprop(lambda o: o.get("method.random.ci") == "KR" or str(o.get("method.predict"))[:2] == "KR"),
    ),
    (OUT, "NNF bootstrap prediction", _metaprop(lambda o: o.get("method.predict") == "NNF")),
    (OUT, "meta's ad hoc rules IQWiG6 and ci", _metaprop(lambda o: o.get("adhoc.hakn.ci") in ("IQWiG6", "ci"))),
    (
        OUT,
        "limits of one proportion: logit, probit, cloglog, likelihood ratio",
        lambda c: c.procedure == "binom_confint" and c.options["method"] in ("logit", "probit", "cloglog", "lrt"),
    ),
    (OUT, "limits of one proportion: uniform prior", _is("uniform_prior_equal_tailed")),
    (OUT, "test of one proportion (binom.test)", _is("binom_test")),
    (FAILED, "the software stopped with an error", lambda c: c.values is None),
)


def place(case: Case) -> tuple[str, str] | None:
    """Kind and name of the place of a record that is not compared; None for one that is."""
    return next(((kind, name) for kind, name, test in PLACES if test(case)), None)


def known_method(case: Case) -> bool:
    """Whether the estimator of tau2 is one of ours."""
    return case.options["method"] in METHODS
