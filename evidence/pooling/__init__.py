"""Models that pool counts: specifications by name, and ``pool``, which fits one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol, cast

from ..errors import near, usage

if TYPE_CHECKING:
    from ..counts import Counts, Rates
    from .result import Context, Estimates, Pooled
    from .subgroups import Selected, Subgroups

#: Model name -> where its specification lives. A new model is a file and a line here.
MODELS: Mapping[str, str] = {
    "bayesian": "bayesian:Bayesian",
    "beta-binomial": "beta_binomial:BetaBinomial",
    "common-effect": "common_effect:CommonEffect",
    "inverse-variance": "inverse_variance:InverseVariance",
    "logistic-normal": "logistic_normal:LogisticNormal",
    "poisson-normal": "poisson_normal:PoissonNormal",
}

DEFAULT_MODEL = "logistic-normal"
#: Of rates.
DEFAULT_RATES_MODEL = "poisson-normal"


class SelectedRates(Protocol):
    """Rates with what stands beside them: what ``evidence.select_rates`` returns."""

    @property
    def rates(self) -> Rates: ...
    @property
    def context(self) -> Context: ...


class Model(Protocol):
    """A frozen specification that can be fitted."""

    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def centre(self) -> str: ...
    @property
    def level(self) -> float: ...

    def fit(self, counts: Any, study_limits: str = "clopper-pearson") -> Pooled: ...
    def estimate(self, counts: Any) -> Estimates: ...
    def describe(self) -> tuple[str, tuple[str, ...]]: ...
    def to_dict(self) -> dict[str, Any]: ...


def model(name: str = DEFAULT_MODEL, /, **options: Any) -> Model:
    """The specification of a model.

    Args:
        name: One of ``MODELS``.
        **options: Options of that model, e.g. ``measure="PLO"``, ``tau2="REML"``, ``limits="hk-floor"``.

    Raises:
        UsageError: an unknown name, option or value; our word for R's name, or the near names, are listed.
    """
    from .options import argument_hint, unknown_name

    if str(name) not in MODELS:
        raise unknown_name("model", str(name), MODELS)
    kind = specification(name)
    known = [field.name for field in fields(kind)]
    for option in options:
        if option not in known:
            elsewhere = [other for other in MODELS if option in {f.name for f in fields(specification(other))}]
            mend = f"it is an option of {' and '.join(elsewhere)}" if elsewhere else near(option, known)
            mend = argument_hint(option, known) or mend
            raise usage(f"model {name} has no option {option!r}", mend, "unknown-option")
    return cast(Model, kind(**options))


def specification(name: str) -> Any:
    """The class of a model's specification."""
    module, _, attribute = MODELS[name].partition(":")
    return getattr(import_module(f".{module}", __package__), attribute)


def pool(
    data: Counts | Rates | Selected | SelectedRates,
    model: str | Model | None = None,
    study_limits: str = "clopper-pearson",
    group_tau: str = "by-size",
) -> Pooled | Subgroups:
    """Pool counts or rates.

    Args:
        data: Counts or rates of one analysis, or a selection of a review or a table. With groups, each is pooled as
            well.
        model: A specification, or a model's name (its defaults; of rates with the measure IRLN); logistic-normal for
            counts and poisson-normal for rates if not given.
        study_limits: Name of the studies' own limits of a proportion; those of a rate are exact.
        group_tau: Whose the between-study standard deviation of a group is: by-size (its own with 3 or more studies of
            2 or more units, else one common to the groups), separate or common.

    Returns:
        A Pooled, or Subgroups where the selection has groups.

    Raises:
        UsageError: unknown names, or something that holds no counts. DataError: nothing to pool.
    """
    from ..counts import Counts, Rates
    from ..measures.limits import check_study_limits
    from .named import model_of
    from .subgroups import pool_selection

    check_study_limits(study_limits)
    if isinstance(data, Rates):
        return model_of(model, of_rates=True).fit(data)
    if isinstance(getattr(data, "rates", None), Rates):
        timed = cast(SelectedRates, data)
        return replace(cast("Pooled", pool(timed.rates, model)), context=timed.context)
    chosen = specified(DEFAULT_MODEL if model is None else model)
    if isinstance(data, Counts):
        return chosen.fit(data, study_limits)
    if not hasattr(data, "counts"):
        what = "give evidence.Counts(events, n), evidence.Rates(events, time) or a selection"
        raise usage(f"{type(data).__name__} can't be pooled", what, "not-counts")
    return pool_selection(cast("Selected", data), chosen, study_limits, group_tau)


def specified(chosen: str | Model) -> Model:
    """The specification itself, or that of a name with its defaults.

    Raises:
        UsageError: neither.
    """
    return cast(Model, chosen) if hasattr(chosen, "fit") else model(chosen)
