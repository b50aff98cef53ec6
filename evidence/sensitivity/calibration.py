"""Calibration at the review's own design: how far each method errs with these studies, how often its limits hold.

Data sets of the review's own studies are simulated. The marginal mean, the number that is reported first, is kept where
the logistic-normal fit has it, while tau is moved: where it was estimated, 0.5, 1, and its upper profile limit, at most
2. The arms of a study are summed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from scipy.special import bdtr

from .. import display
from ..pooling import model as specification
from ..pooling import specified
from ..pooling.likelihood_parts import arm_notes
from ..pooling.notes import note
from ..pooling.result import Heterogeneity, Note
from ..workers import spread_over
from .answer import not_askable
from .asked import Asked, Progress, silent
from .methods import Method, methods_for, told_apart
from .option import Option
from .performance import Design, Performance, Simulated, Summary, check_simulation, mu_of, simulated
from .pictures import Curve, Curves, Panels
from .store import Form, Packed, kept

if TYPE_CHECKING:
    import pandas as pd

    from ..counts import Counts
    from ..pooling import Model
    from ..workers import Workers

#: Fewer studies are not pooled.
FEWEST = 3
#: Values of tau at which every review is simulated, and the largest that its upper limit may ask for.
FIXED_TAUS, LARGEST_TAU = (0.5, 1.0), 2.0
#: Chance of finding fault with limits that have none, over all methods and values of tau together (J): each of m
#: coverages is held against the exact binomial distribution at this over m (Bonferroni).
FAMILY_ERROR = 0.05
#: With fewer data sets the numbers are given without a verdict (J).
FEWEST_FOR_VERDICT = 2000
#: Less than one data set of any run: a share of data sets is known to the last digits only.
_HAIR = 1e-9


@dataclass(frozen=True, slots=True)
class Calibration:
    """Bias, coverage and width of every method at one review's design.

    Attributes:
        k, n: Studies and units. level: Nominal coverage of all limits.
        draws, seed: Data sets simulated at each tau, and the seed of their generator.
        settings: The methods' performance at each tau, ascending.
    """

    k: int
    n: int
    unit: str
    level: float
    draws: int
    seed: int
    settings: tuple[Simulated, ...]
    notes: tuple[Note, ...] = ()

    question: ClassVar[str] = "calibration"

    @property
    def methods(self) -> tuple[str, ...]:
        """Names of the methods."""
        return tuple(performance.label for performance in self.settings[0].performances)

    def coverage(self, method: str) -> tuple[float | None, ...]:
        """Coverage of a method's limits at each tau; None where it has none."""
        found = (p for setting in self.settings for p in setting.performances if p.label == method)
        return tuple(performance.every.coverage for performance in found)

    @property
    def lowest(self) -> dict[str, float]:
        """Lowest coverage over tau of each method that has limits."""
        known = {name: [c for c in self.coverage(name) if c is not None] for name in self.methods}
        return {name: min(values) for name, values in known.items() if values}

    @property
    def comparisons(self) -> int:
        """Coverages that are held against the level: of each method with limits at each tau."""
        return sum(c is not None for name in self.methods for c in self.coverage(name))

    @property
    def bound(self) -> float:
        """Coverage below this is too low for chance, every comparison counted."""
        below = bdtr(np.arange(self.draws + 1), self.draws, self.level) < FAMILY_ERROR / max(self.comparisons, 1)
        return int(below.sum()) / self.draws

    @property
    def judges(self) -> bool:
        """Whether there are data sets enough for a verdict."""
        return self.draws >= FEWEST_FOR_VERDICT

    @property
    def failing(self) -> tuple[str, ...]:
        """Methods whose coverage lies below the level at some tau, beyond chance; none without a verdict."""
        if not self.judges:
            return ()
        return tuple(name for name, coverage in self.lowest.items() if coverage < self.bound - _HAIR)

    def __str__(self) -> str:
        taus = [setting.tau for setting in self.settings]
        parts = self._verdict() if self.judges else self._numbers()
        without = [name for name in self.methods if name not in self.lowest]
        if without:
            parts.append(f"there were no limits of {_listed(without)}")
        return (
            f"In {self.draws:,} simulated data sets like this one ({display.plural(self.k, 'study', 'studies')},"
            f" {display.plural(self.n, self.unit)}) at each of {len(taus)} between-study standard deviations (tau"
            f" {display.number(taus[0])} to {display.number(taus[-1])}), {'; '.join(parts)}."
        )

    def _verdict(self) -> list[str]:
        """Which methods hold, and which do not."""
        lowest, failing = self.lowest, self.failing
        holding = [name for name in lowest if name not in failing]
        who = "every method" if holding and not failing else _listed(holding) or "no method"
        parts = [
            f"the {display.percent(self.level)} limits of {who} held what they estimate as often as they should (in at"
            f" least {self._bound_words()} at every tau: chance is allowed for over {self.comparisons}"
            " comparisons; our threshold)"
        ]
        if failing:
            worst = sorted(failing, key=lambda name: lowest[name])
            ends = " to ".join(display.percent(lowest[name]) for name in dict.fromkeys((worst[0], worst[-1])))
            which = f"those of {worst[0]}" if len(worst) == 1 else f"those of {len(worst)} others ({worst[0]} least)"
            parts.append(f"{which} held it in {ends} at worst")
        return parts

    def _bound_words(self) -> str:
        """The bound, never rounded up: what holds it holds what is printed."""
        return display.percent(np.floor(1000 * self.bound + _HAIR) / 1000, 1)

    def _numbers(self) -> list[str]:
        """What was counted, where that is too little for a verdict."""
        order = sorted(self.lowest, key=lambda name: self.lowest[name])
        ends = [f"{display.percent(self.lowest[name])} ({name})" for name in dict.fromkeys((*order[:1], *order[-1:]))]
        counted = (
            f"the {display.percent(self.level)} limits held what they estimate, at the tau where they did so least,"
        )
        few = f"these data sets are too few to judge a method by (fewer than {FEWEST_FOR_VERDICT:,}; our threshold)"
        return [*([f"{counted} in {' to '.join(ends)}"] if ends else []), few]

    def to_frame(self) -> pd.DataFrame:
        """One row for each tau and method: bias, coverage, width, Monte-Carlo errors, and what was counted."""
        import pandas as pd

        return pd.DataFrame([row for setting in self.settings for row in setting.rows()])

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "question": self.question,
            "k": self.k,
            "n": self.n,
            "level": self.level,
            "draws": self.draws,
            "seed": self.seed,
            "settings": [setting.to_dict() for setting in self.settings],
            "comparisons": self.comparisons,
            "bound": self.bound if self.judges else None,
            "failing": list(self.failing) if self.judges else None,
            "sentence": str(self),
        }

    def picture(self) -> Panels:
        """Coverage, bias and width against tau, a line for each method; the nominal coverage, and no bias."""
        covered = f"share of {display.percent(self.level)} limits that hold the proportion that each estimates"
        return Panels(
            (
                ("Coverage", self._panel("coverage", covered, self.level, proportion=True)),
                ("Bias", self._panel("bias_points", "mean error of the estimate, percentage points", 0.0)),
                ("Width", self._panel("width_points", "mean width of the limits, percentage points", None)),
            )
        )

    def _panel(self, what: str, axis: str, reference: float | None, proportion: bool = False) -> Curves:
        """One number of the methods against tau."""
        found = [{p.label: getattr(p.every, what) for p in setting.performances} for setting in self.settings]
        return Curves(
            tuple(setting.tau for setting in self.settings),
            "between-study standard deviation (tau) of the simulated studies",
            axis,
            tuple(Curve(name, tuple(values[name] for values in found)) for name in self.methods),
            tuple(f"{display.number(setting.tau)}, {setting.origin}" for setting in self.settings),
            reference,
            proportion,
        )


def _listed(names: Sequence[str]) -> str:
    """``a, b and c``."""
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)


def calibration(
    counts: Counts,
    model: str | Model,
    draws: int = 2000,
    seed: int = 1,
    methods: Sequence[Method] | None = None,
    progress: Progress = silent,
    workers: Workers | int | None = None,
) -> Calibration:
    """Judge methods on data sets simulated at a review's own design.

    Args:
        counts: One analysis, shape (k,); the arms of a study are summed.
        model: The analysis' own, judged beside the usual methods; its level is that of all their limits.
        draws, seed: Data sets at each tau, and the seed of their generator, used again at each tau.
        methods: Others instead, with limits of the model's level.
        progress: Told what is being fitted.
        workers: Processes that fit, see ``evidence.spread_over``; the answer does not depend on it.

    Raises:
        NotAskableError: fewer than 3 studies, or no mean to simulate. UsageError: draws or a seed that can't be used.
    """
    model = specified(model)
    check_simulation(draws, seed)
    arms = counts.present()
    studies = arms.by_study()
    if studies.k < FEWEST:
        raise not_askable("fewer than 3 studies", "add studies")
    if int(studies.events.sum()) in (0, int(studies.n.sum())):
        raise not_askable("without events, or with events only, there is no mean to simulate", "ask another outcome")
    found = specification("logistic-normal", prediction="none", level=model.level).fit(studies)
    mean = float(found.mean or studies.events.sum() / studies.n.sum())
    judged = methods_for(model) if methods is None else told_apart(methods)
    taus = taus_of(found.heterogeneity)
    designs = [Design(studies.n, mu_of(mean, tau), tau) for tau, _ in taus]
    with spread_over(workers):
        settings = tuple(
            replace(setting, origin=origin)
            for setting, (_, origin) in zip(simulated(designs, judged, draws, seed, progress), taus, strict=True)
        )
    size = studies.k, int(studies.n.sum()), arms.unit
    notes = *_simulation_notes(settings), *arm_notes(arms)
    return Calibration(*size, model.level, draws, seed, settings, notes)


def taus_of(spread: Heterogeneity | None) -> list[tuple[float, str]]:
    """Values of tau to simulate at, ascending, and where each comes from; of those that print alike, the first.

    Args:
        spread: Of the logistic-normal fit; None where it has no tau.
    """
    given = [] if spread is None or spread.tau is None else [(spread.tau, "estimated")]
    given += [(tau, "fixed") for tau in FIXED_TAUS]
    limits = None if spread is None else spread.tau_ci
    upper = np.inf if limits is None or limits["upper"] is None else limits["upper"]
    given.append((upper, "upper limit") if upper <= LARGEST_TAU else (LARGEST_TAU, f"limit cut at {LARGEST_TAU:g}"))
    alike: dict[str, list[tuple[float, str]]] = {}
    for tau, origin in given:
        alike.setdefault(display.number(tau), []).append((tau, origin))
    return sorted((same[0][0], " and ".join(origin for _, origin in same)) for same in alike.values())


def _simulation_notes(settings: Sequence[Simulated]) -> list[Note]:
    """That sets on a boundary are counted, and that tau was not estimated."""
    found = []
    if not any("estimated" in setting.origin for setting in settings):
        found.append(note("simulated-tau"))
    judged = [performance for setting in settings for performance in setting.performances]
    boundary, failed = max(p.boundary for p in judged), max(p.failed for p in judged)
    if boundary or failed:
        draws = f"{settings[0].draws:,}"
        found.append(note("simulated-boundary", draws=draws, boundary=f"{boundary:,}", failed=f"{failed:,}"))
    return found


def packed(answer: Calibration) -> Packed:
    """The answer in plain values."""
    return Packed(asdict(answer))


def unpacked(found: Packed) -> Calibration:
    """The answer of plain values."""
    words = dict(found.words)
    settings = tuple(_setting(setting) for setting in words.pop("settings"))
    notes = tuple(Note(**{**one, "cites": tuple(one["cites"])}) for one in words.pop("notes"))
    return Calibration(**words, settings=settings, notes=notes)


def _setting(words: dict[str, Any]) -> Simulated:
    performances = tuple(
        Performance(**{**one, "every": Summary(**one["every"]), "inner": Summary(**one["inner"])})
        for one in words["performances"]
    )
    return Simulated(**{**words, "performances": performances})


OPTIONS = {
    "draws": Option(2000, "data sets simulated at each tau"),
    "seed": Option(1, "of the random numbers"),
    "own": Option(True, "judge the model of the analysis besides"),
    "profile_t": Option(False, "judge the logistic-normal model with limits profile-t besides"),
    "bayesian": Option(False, "judge the Bayesian model besides"),
}


def asked_calibration(asked: Asked) -> Calibration:
    """For the registry: ``draws``, ``seed``; ``own`` (the analysis' model), ``profile_t``, ``bayesian`` besides."""
    options = asked.given(OPTIONS)

    def answer() -> Calibration:
        further = {name: options[name] for name in ("own", "profile_t", "bayesian")}
        methods = methods_for(asked.model, **further)
        return calibration(asked.counts, asked.model, options["draws"], options["seed"], methods, asked.progress)

    return kept(asked, Calibration.question, options, answer, Form(packed, unpacked))
