"""Options of models: checked where they are given, printed in full."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any

from ..errors import UsageError, near, usage

#: What users of R call it -> what it is called here.
R_NAMES = {
    "plogit": "measure PLO (logit), or the model logistic-normal",
    "glmm": "model logistic-normal",
    "rma.glmm": "model logistic-normal",
    "inverse": "model inverse-variance",
    "rma": "model inverse-variance",
    "rma.uni": "model inverse-variance",
    "metaprop": "model logistic-normal (its GLMM) or inverse-variance",
    "hakn": "limits hk",
    "hk-adhoc": "limits hk-floor",
    "adhoc": "limits hk-floor",
    "knha": "limits hk",
    "classic": "limits wald",
    "z": "limits wald",
    "praw": "measure PR",
    "pr aw": "measure PR",
    "pln": "measure PLN",
    "logit": "measure PLO",
    "freeman-tukey": "measure PFT",
    "fe": "model common-effect",
    "ee": "model common-effect",
    "ce": "model common-effect",
    "fixed": "model common-effect",
    "fixed-effect": "model common-effect",
    "random": "model logistic-normal or inverse-variance",
    "hts": "prediction riley",
    "v": "prediction t",
}


def hint(name: str) -> str | None:
    """Our word for a name of R's packages, as a mend, or None."""
    ours = R_NAMES.get(name.casefold().strip())
    return f"R's {name} is {ours} here" if ours else None


#: Arguments of metafor and meta -> the option here.
R_ARGUMENTS = {
    "method": "tau2",
    "method.tau": "tau2",
    "test": "limits",
    "method.ci": "study_limits of pool",
    "method.random.ci": "limits",
    "method.predict": "prediction",
    "sm": "measure",
    "incr": "add",
    "drop00": "to",
    "conf.level": "level",
    "level.ma": "level",
}


def argument_hint(name: str, known: Iterable[str]) -> str | None:
    """Our option for an argument of R's packages, as a mend; None where this model has none."""
    ours = R_ARGUMENTS.get(name.casefold().replace("_", "."))
    return f"R's {name} is {ours} here" if ours and ours.partition(" ")[0] in {*known, "study_limits"} else None


def unknown_name(kind: str, name: str, known: Iterable[str]) -> UsageError:
    """The error for an unknown name: our word for R's, or the near names."""
    return usage(f"{kind} {name!r} is not known", hint(name) or near(name, list(known)), f"unknown-{kind}")


def check_choice(kind: str, value: str, known: Iterable[str]) -> None:
    """Refuse a value that is not one of the known names.

    Raises:
        UsageError: with our word for R's name, or the near names.
    """
    names = list(known)
    if value not in names:
        raise unknown_name(kind, str(value), names)


def check_level(level: float) -> None:
    """Refuse a level that is not a fraction.

    Raises:
        UsageError: for 95 the mend is 0.95.
    """
    if not isinstance(level, int | float) or not 0 < level < 1:
        fraction = f"{level / 100:g}" if isinstance(level, int | float) and 1 < level < 100 else "0.95"
        raise usage(f"level {level} is not between 0 and 1", f"give a fraction, for example {fraction}", "level")


#: How the test of tau = 0 gets its p.
TAU_TESTS: Mapping[str, str] = {
    "half-chi2": "half of the chi-squared tail with 1 degree of freedom",
    "bootstrap": "that p, and one from data simulated at tau = 0",
}
#: Fewest data sets a bootstrap may have: fewer leave nothing in the tails (J).
FEWEST_DRAWS = 200


def check_bootstrap(tau_test: str, draws: int, seed: int) -> None:
    """Refuse options of a bootstrap that can't be used.

    Raises:
        UsageError: an unknown test, too few draws, a seed that is no whole number of at least 0.
    """
    check_choice("tau_test", tau_test, TAU_TESTS)
    if not isinstance(draws, int) or draws < FEWEST_DRAWS:
        raise usage(f"draws {draws!r} is not a whole number of at least {FEWEST_DRAWS}", "give draws = 2000", "draws")
    if not isinstance(seed, int) or seed < 0:
        raise usage(f"seed {seed!r} is not a whole number of at least 0", "give seed = 1, for example", "seed")


def prediction_name(model: Any) -> str:
    """The name of a prediction interval's formula; a bootstrap's has its draws and its seed."""
    if model.prediction != "bootstrap":
        return str(model.prediction)
    return f"bootstrap-t, {model.draws:,} draws, seed {model.seed}"


#: The name of the prediction interval that is read from a posterior.
BAYES_PREDICTIVE = "bayes-predictive"


def prediction_sentence(model: Any, formulas: Mapping[str, str], spread: str = "tau", stands_in: bool = True) -> str:
    """What the prediction interval is, for the methods text of a likelihood model.

    Args:
        model: The specification. formulas: What each prediction is, by name. spread: What the model calls its spread.
        stands_in: Whether the Bayesian interval takes the place of one that would be too narrow.
    """
    chosen = str(model.prediction)
    if chosen == "none":
        return ""
    if chosen == "bayes":
        return f" Prediction intervals ({BAYES_PREDICTIVE}) are by the {formulas[chosen]}."
    own = f" Prediction intervals ({chosen}) are by the {formulas[chosen]}, with {spread} as estimated."
    other = (
        f" Where {spread} is estimated as 0 or has no estimate, or fewer than 3 studies have 2 or more units, the"
        f" interval is {BAYES_PREDICTIVE} instead: that of a new study's proportion under the Bayesian logistic-normal"
        " model with its default priors."
    )
    return ("" if chosen == "bootstrap" else own) + (other if stands_in else "")


def simulation_sentence(model: Any) -> str:
    """What is simulated, for the methods text; nothing where nothing is."""
    parts = []
    if model.prediction == "bootstrap":
        parts.append(f"Prediction intervals are by parametric bootstrap-t ({model.draws:,} draws, seed {model.seed}).")
    if model.tau_test == "bootstrap":
        parts.append(f"tau = 0 was tested on {model.draws:,} data sets simulated at it (seed {model.seed}).")
    return "".join(f" {part}" for part in parts)


def spell(model: Any) -> dict[str, Any]:
    """Every option of a specification with its value."""
    return {f.name: getattr(model, f.name) for f in fields(model)}
