"""The figures by name: a new one is a file and a line here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from importlib import import_module
from inspect import Parameter, signature
from typing import Any, Literal, cast

from ..errors import near, unknown, usage
from .figure import Figure
from .forest_company import COMPANY, Origin, check_company, company
from .style import Style

#: What a figure is drawn of: a pooled result, with or without groups; the answer to a question; a review; the change of
#: an outcome since an earlier version of the review; what all versions say of an outcome.
Of = Literal["result", "question", "review", "change", "history"]
#: Of these kinds a report draws its figures by itself, in the section on changes.
OF_VERSIONS = ("change", "history")


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of figure.

    Attributes:
        title: What it shows, for a list. of: What it is drawn of.
        home: Module and function that draws it, ``f(what it is of, *, style, options by name)``; of a question its
            name, drawn by ``answer_figure``.
        section: Where in a report a figure of a review stands.
        shows_groups: Whether a figure of a result shows its groups.
        company: Whether what a review tells of arms and studies may stand beside its rows.
    """

    title: str
    of: Of
    home: str
    section: str = "characteristics"
    shows_groups: bool = False
    company: bool = False

    @property
    def function(self) -> Callable[..., Figure[Any]]:
        """What draws it."""
        module, _, name = self.home.partition(":")
        return cast("Callable[..., Figure[Any]]", getattr(import_module(f".{module}", __package__), name))

    @property
    def options(self) -> dict[str, Any]:
        """Names of its options and their defaults."""
        if self.of == "question":
            return {}
        found: dict[str, Any] = {}
        for parameter in self._parameters:
            bundle = is_dataclass(parameter.default)
            found |= _typed(parameter.default) if bundle else {parameter.name: parameter.default}
        return {**found, **COMPANY} if self.company else found

    def accepts(self, option: str) -> tuple[str, ...]:
        """The words that an option takes, or one in capitals for what may stand there; empty where nothing is said.

        The module that draws a figure says so as ``ACCEPTS``.
        """
        if self.options.get(option) in (True, False) and isinstance(self.options.get(option), bool):
            return ("true", "false")
        said: Mapping[str, tuple[str, ...]] = getattr(import_module(self.function.__module__), "ACCEPTS", {})
        return said.get(option, ())

    @property
    def _parameters(self) -> list[Parameter]:
        """What its function takes beside what is drawn and the style."""
        parameters = list(signature(self.function).parameters.values())[1:]
        return [p for p in parameters if p.name != "style" and p.kind is not Parameter.VAR_KEYWORD]

    def check(self, options: Mapping[str, Any], tools: Iterable[str]) -> None:
        """Refuse what can be refused before anything is computed.

        Args:
            options: By name. tools: Names of the tools that studies can be appraised with.

        Raises:
            UsageError: as of ``draw``.
        """
        check_company(self._filled(options)[1], tools)

    def draw(
        self, subject: Any, style: str | Style, options: Mapping[str, Any], origin: Origin | None = None
    ) -> Figure[Any]:
        """The figure of a result or a review.

        Args:
            subject: The result or the review. style: A style or its name. options: By name.
            origin: Of a result: its review, for what stands beside the rows.

        Raises:
            UsageError: an option that it does not have, or a value of another kind than its default.
        """
        given, beside = self._filled(options)
        found = company(beside, origin)
        if found:
            given = {
                name: replace(value, **found) if is_dataclass(value) and not isinstance(value, type) else value
                for name, value in given.items()
            }
        return self.function(subject, style=style, **given)

    def _filled(self, options: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """What its function takes, bundles of options filled; and what is to stand beside the rows."""
        given = _checked(options, self.options)
        beside = {name: given.pop(name) for name in COMPANY if self.company and name in given}
        for parameter in self._parameters:
            if is_dataclass(parameter.default) and not isinstance(parameter.default, type):
                inside = {name: given.pop(name) for name in _typed(parameter.default) if name in given}
                given[parameter.name] = replace(parameter.default, **inside)
        return given, beside


def _typed(bundle: Any) -> dict[str, Any]:
    """The fields of a bundle of options that can be typed, with their defaults: words, numbers and lists of them."""
    return {f.name: getattr(bundle, f.name) for f in fields(bundle) if not f.metadata.get("object")}


def _checked(options: Mapping[str, Any], defaults: Mapping[str, Any]) -> dict[str, Any]:
    """The options, lists from text with commas, fractions from whole numbers."""
    found: dict[str, Any] = {}
    for name, value in options.items():
        if name not in defaults:
            mend = near(name, tuple(defaults)) if defaults else "leave it out"
            raise usage(f"the figure has no option {name!r}", mend, "unknown-option")
        default = defaults[name]
        if isinstance(default, tuple):
            value = _parts(value)
        elif isinstance(default, str) and isinstance(value, int | float) and not isinstance(value, bool):
            value = str(value)
        elif isinstance(default, bool) != isinstance(value, bool) and default is not None:
            shown = str(default).lower() if isinstance(default, bool) else default or "WORD"
            raise usage(f"{name} = {value} is not possible", f"write it like {name}={shown}", "option-value")
        found[name] = value
    return found


def _parts(value: Any) -> tuple[Any, ...]:
    """A list from text with commas, from a list, or of one value."""
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return tuple(value) if isinstance(value, list | tuple) else (value,)


FIGURES: Mapping[str, Kind] = {
    "forest": Kind(
        "Studies, groups and the pooled proportion", "result", "forest_plot:forest", shows_groups=True, company=True
    ),
    "funnel": Kind("Effects against standard errors, with contours of p", "result", "funnel_plot:funnel"),
    "drapery": Kind("p-value functions of the studies and of the result", "result", "drapery_plot:drapery"),
    "densities": Kind("Posterior or predictive densities", "result", "densities_plot:density_plot"),
    "leave-one-out": Kind("The result without each study", "question", "leave-one-out"),
    "cumulative": Kind("The result as studies were added", "question", "cumulative"),
    "size-funnel": Kind("Proportions against the size of the study", "question", "size-covariate"),
    "baujat": Kind("What each study adds to heterogeneity and to the result", "question", "baujat"),
    "influence": Kind("Influence of each study: Cook's distance and others", "question", "influence"),
    "gosh": Kind("All subsets of the studies", "question", "subsets"),
    "report-size": Kind("The result as small reports go", "question", "report-size"),
    "publication-filter": Kind("The result if failures were published less", "question", "publication-filter"),
    "specification": Kind("Every defensible analysis", "question", "multiverse"),
    "calibration": Kind("Bias, coverage and width of every method", "question", "calibration"),
    "bubble": Kind("Regression on a covariate", "question", "regression"),
    "prisma-flow": Kind(
        "PRISMA 2020 flow: records, reports, studies, patients", "review", "prisma:prisma_flow", section="flow"
    ),
    "risk-of-bias": Kind(
        "Risk of bias of each study, item by item", "review", "risk_of_bias:risk_of_bias", section="risk-of-bias"
    ),
    "risk-of-bias-summary": Kind(
        "Risk of bias by item", "review", "risk_summary:risk_of_bias_summary", section="risk-of-bias"
    ),
    "adverse-events": Kind("Adverse events by groups of arms", "review", "harm_matrix:adverse_event_matrix", "harms"),
    "swimmer": Kind("Patients described individually", "review", "swimmer_plot:swimmer", "time-to-response"),
    "evidence-map": Kind("Which arms there are by two columns, and where none", "review", "map_plot:evidence_map"),
    "waterfall": Kind("What moved the estimate since an earlier version", "change", "waterfall_plot:waterfall"),
    "history": Kind("The estimate over all versions of the review", "history", "history_plot:history"),
}


def kind_named(name: str) -> Kind:
    """A kind of figure by name.

    Raises:
        UsageError: no such figure; the near names are listed.
    """
    if name not in FIGURES:
        raise unknown("figure", name, tuple(FIGURES))
    return FIGURES[name]
