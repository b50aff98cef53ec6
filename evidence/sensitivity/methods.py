"""Methods that are judged by simulation: a model, which of its numbers, and what that number is judged against."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, cast

from ..pooling import model as specification
from ..pooling import specified
from .asked import plainly

if TYPE_CHECKING:
    from ..pooling import Model

Target = Literal["median", "mean"]

#: What a target is called in words.
TARGETS: dict[Target, str] = {"median": "typical study (median)", "mean": "average study (mean)"}


@dataclass(frozen=True, slots=True)
class Method:
    """One number of one model, and what it is judged against.

    Attributes:
        label: Its name. model: The specification.
        target: The proportion that it estimates: of the median or of the mean study.
        number: Which number of the model: its own centre, or the marginal mean.
    """

    label: str
    model: Model
    target: Target
    number: Literal["estimate", "mean"] = "estimate"


def usual_methods(level: float = 0.95) -> tuple[Method, ...]:
    """The methods that proportions of small studies are pooled by, each against what it estimates.

    Inverse variance on logits, 0.5 added where a study has no events or only events; Freeman-Tukey with Wald limits,
    transformed back with the harmonic mean of the sizes or with the size that its own variance stands for.
    """
    plain: dict[str, Any] = {"prediction": "none", "level": level}
    logits = [
        Method(
            f"logit inverse variance ({limits})", specification("inverse-variance", limits=limits, **plain), "median"
        )
        for limits in ("wald", "hk", "hk-floor")
    ]
    ways = {"harmonic mean": "harmonic-forced", "own variance": "inverse-variance"}
    tukey: dict[str, Any] = {"measure": "PFT", "limits": "wald", **plain}
    arcsines = [
        Method(f"Freeman-Tukey ({name})", specification("inverse-variance", back=back, **tukey), "mean")
        for name, back in ways.items()
    ]
    return (
        *logits,
        *arcsines,
        Method("logistic-normal median (t)", specification("logistic-normal", limits="t", **plain), "median"),
        Method("beta-binomial (t)", specification("beta-binomial", limits="t", **plain), "mean"),
    )


def methods_of(chosen: str | Model | Method) -> tuple[Method, ...]:
    """The numbers of a model: its centre against what it says that is, and beside a median the marginal mean."""
    if isinstance(chosen, Method):
        return (chosen,)
    spec = _bare(plainly(specified(chosen)))
    name = " ".join(part for part in (spec.name, getattr(spec, "measure", None)) if part)
    limits = f"({getattr(spec, 'limits', 'own limits')})"
    if "median" not in spec.centre:
        return (Method(f"{name} {limits}", spec, "mean"),)
    return (
        Method(f"{name} median {limits}", spec, "median"),
        Method(f"{name} mean {limits}", spec, "mean", "mean"),
    )


def _bare(spec: Model) -> Model:
    """The model without what its estimates and limits don't use."""
    unused = {"tau_test": "half-chi2", "draws": 2000, "seed": 1}
    there = {name: value for name, value in unused.items() if hasattr(spec, name)}
    return cast("Model", replace(cast(Any, spec), **there))


def told_apart(methods: Sequence[Method]) -> tuple[Method, ...]:
    """The methods, those of a label that is taken numbered."""
    labels = [method.label for method in methods]
    times = [labels[: i + 1].count(label) for i, label in enumerate(labels)]
    return tuple(
        replace(method, label=f"{method.label} [{time}]") if time > 1 else method
        for method, time in zip(methods, times, strict=True)
    )


def methods_for(model: Model, profile_t: bool = False, bayesian: bool = False, own: bool = True) -> tuple[Method, ...]:
    """The usual methods, then what is asked for besides, each number of a model once."""
    level = model.level
    found = list(usual_methods(level))
    further = [model] if own else []
    further += [specification("logistic-normal", level=level)] if profile_t else []
    further += [specification("bayesian", level=level)] if bayesian else []
    for method in (method for one in further for method in methods_of(one)):
        if (method.model, method.number) not in {(m.model, m.number) for m in found}:
            found.append(method)
    return told_apart(found)
