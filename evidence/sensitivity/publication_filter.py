"""The publication filter: what the estimate would be if small reports without any event were published less often."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, cast

import numpy as np

from .. import display
from ..errors import unknown, usage
from ..pooling import specified
from ..pooling.filtered import FILTERABLE, Filtered, estimate_filtered
from ..pooling.notes import note
from ..pooling.result import Estimates, Floats, Note
from .answer import not_askable
from .asked import Asked, Headlines, columns_of, headlines, known, plainly, rows_of
from .option import Option
from .pictures import Contour, Curve, Curves, Panels
from .publishable import refuse_unpublishable
from .tipping import crossing

if TYPE_CHECKING:
    import pandas as pd

    from ..counts import Counts
    from ..pooling import Model
    from ..pooling.likelihood_rows import Likelihood

#: Twice a change of the log-likelihood beyond it is not chance: the 95 % point of chi-squared with 1 df.
TELLING = 3.84
#: Below it the likelihood is printed as not changing.
FLAT = 0.1
#: Probability pi that a small report without any event is published; never 0, where nothing is identified.
PUBLISHED = (1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.15, 0.1, 0.07, 0.05)
#: The two that the reading names.
NAMED = (0.2, 0.1)
FEWEST = 3
#: The contour shows the filter acting on reports of up to so many units (J).
LARGEST_SMALL = 10
#: Rounds of the search for where the estimate falls to the threshold, and where its limit does: one in 100 is printed.
_ROUNDS, _ROUNDS_OF_LIMITS = 3, 2


@dataclass(frozen=True, slots=True)
class PublicationFilter:
    """The analysis under filters of growing severity.

    Attributes:
        published: Probability that a small report without any event is published, descending from 1.
        most: Reports of up to so many units are small.
        curve: Estimates along ``published``. unexempted: The same with no report exempt; None where none is.
        sizes: Other choices of ``most``. contour: The reported number, shape (sizes, published).
        threshold: A proportion. tipping: Where the number falls to it, as ``published``; None where it does not.
        tipping_unexempted: The same with no report exempt.
        limits_tip: Where the lower limit falls to it; None where it does not, or lay below it from the start.
        acts_on, without: Studies that the filter acts on, and how many of them have no event.
        exempt: Labels of small studies that are published whatever they find.
        unit: What is counted, in the singular. model: The specification.
    """

    published: tuple[float, ...]
    most: int
    curve: Estimates
    unexempted: Estimates | None
    sizes: tuple[int, ...]
    contour: Floats
    threshold: float
    tipping: float | None
    tipping_unexempted: float | None
    limits_tip: float | None
    acts_on: int
    without: int
    exempt: tuple[str, ...]
    unit: str
    model: Model
    notes: tuple[Note, ...] = ()

    question: ClassVar[str] = "publication-filter"

    @property
    def shown(self) -> Headlines:
        """The reported number along the curve."""
        return headlines(self.curve, self.model)

    def __str__(self) -> str:
        what = f"reports of {display.plural(self.most, self.unit)} or fewer without any event"
        shown = self.shown
        first, often, seldom = (self._at(shown, pi) for pi in (1.0, *NAMED))
        if str(self.curve.status[0]) in ("all-zero", "all-events"):
            return (
                f"If only {_one_in(self.published[-1])} of the {what} were published, the estimate would stay"
                f" {first}, with limits of {self._limits(-1)} instead of {self._limits(0)}."
            )
        moves = f"be {often} instead of {first}, and {seldom} if {_one_in(NAMED[1])} were"
        if first == often == seldom:
            moves = f"stay {first}, as it would if {_one_in(NAMED[1])} were"
        return (
            f"If only {_one_in(NAMED[0])} of the {what} were published, the {shown.name} would {moves};"
            f" {self._tipping_words()}{self._exempt_words()}. How"
            f" many are published is assumed: {self._told()}."
        )

    def _told(self) -> str:
        """What the data say of the share."""
        change = 2 * float(np.ptp(self.curve.log_likelihood))
        if self.without == 0 and change >= FLAT:
            none = "every such report in the data is exempt" if self.exempt else "there is no such report in the data"
            return f"{none}, and then the likelihood favours the strongest filter, whatever the truth"
        if change > TELLING:
            return "what the data seem to say of it hangs on the assumed shape of the differences between studies"
        return "the data can hardly tell"

    def _at(self, shown: Headlines, pi: float) -> str:
        return display.percent(known(shown.value[self.published.index(pi)]))

    def _limits(self, i: int) -> str:
        shown = self.shown
        return display.percent_interval(known(shown.lower[i]), known(shown.upper[i]))

    def _exempt_words(self) -> str:
        if self.unexempted is None:
            return ""
        filtered, one = headlines(self.unexempted, self.model), len(self.exempt) == 1
        told = " and ".join(self._at(filtered, pi) for pi in NAMED)
        tips = (
            "" if self.tipping_unexempted is None else f", and {self._mark} at {_in_hundred(self.tipping_unexempted)}"
        )
        every = "" if self.without else ", which are all the small reports without any event,"
        return (
            f". This exempts {display.plural(len(self.exempt), 'report')} about something else{every} as published"
            f" whatever {'it' if one else 'they'} found; without that exemption: {told}{tips}"
        )

    @property
    def _mark(self) -> str:
        return display.percent(self.threshold)

    def _tipping_words(self) -> str:
        start = self.shown.value[0]
        if not start > self.threshold:
            return f"it is not above {self._mark} to begin with"
        limits = f"its limits reach {self._mark} at {_in_hundred(self.limits_tip)}" if self.limits_tip else ""
        if self.tipping is None:
            low = f"it does not fall to {self._mark} down to {_one_in(self.published[-1])}"
            return f"{low}, though {limits}" if limits else low
        return f"it falls to {self._mark} at {_in_hundred(self.tipping)}" + (f", and {limits}" if limits else "")

    def to_frame(self) -> pd.DataFrame:
        """One row per filter: the curve, the curve with none exempt, and the contour (its number only)."""
        import pandas as pd

        parts = [self._rows("curve", self.curve)]
        if self.unexempted is not None:
            parts.append(self._rows("none exempt", self.unexempted))
        contour = [
            {"rows": "contour", "most": size, "published": pi, "value": value}
            for size, values in zip(self.sizes, self.contour, strict=True)
            for pi, value in zip(self.published, values, strict=True)
        ]
        return pd.concat([*parts, pd.DataFrame(contour)], ignore_index=True)

    def _rows(self, name: str, found: Estimates) -> pd.DataFrame:
        import pandas as pd

        value = headlines(found, self.model).value
        head = {"rows": name, "most": self.most, "published": self.published, "value": value}
        return pd.DataFrame({**head, **columns_of(found)})

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "question": self.question,
            "model": self.model.to_dict(),
            "most": self.most,
            "rows": self._plain(self.curve),
            "rows_none_exempt": None if self.unexempted is None else self._plain(self.unexempted),
            "contour": {
                "most": list(self.sizes),
                "published": list(self.published),
                "value": [[known(value) for value in row] for row in self.contour],
            },
            "threshold": self.threshold,
            "tipping": self.tipping,
            "tipping_unexempted": self.tipping_unexempted,
            "limits_tip": self.limits_tip,
            "acts_on": self.acts_on,
            "without": self.without,
            "exempt": list(self.exempt),
            "sentence": str(self),
            "notes": [note.to_dict() for note in self.notes],
        }

    def _plain(self, found: Estimates) -> list[dict[str, Any]]:
        return [{"published": pi, **row} for pi, row in zip(self.published, rows_of(found), strict=True)]

    def picture(self) -> Panels:
        """The number with limits, tau and the log-likelihood along the curve, and the number over pi and m."""
        shown, x_label = self.shown, f"Share of small reports without events that is published (up to {self.most})"
        curves = [Curve(shown.name, _plain(shown.value), _plain(shown.lower), _plain(shown.upper))]
        if self.unexempted is not None:
            curves.append(Curve("no report exempt", _plain(headlines(self.unexempted, self.model).value)))
        change = self.curve.log_likelihood - self.curve.log_likelihood[0]

        def line(label: str, values: Floats) -> Curves:
            return Curves(self.published, x_label, label, (Curve(label, _plain(values)),), proportion=False, log_x=True)

        contour = Contour(
            self.published,
            tuple(float(size) for size in self.sizes),
            tuple(_plain(row) for row in self.contour),
            "Share of small reports without events that is published",
            f"Largest report that counts as small ({self.unit}s)",
            shown.name,
            log_x=True,
            whole_y=True,
        )
        top = Curves(self.published, x_label, shown.name, tuple(curves), reference=self.threshold, log_x=True)
        return Panels(
            (
                ("Estimate", top),
                ("Differences between studies", line("tau", self.curve.tau)),
                ("What the data say of the share", line("log-likelihood, against all published", change)),
                ("Estimate by share and size", contour),
            )
        )


def publication_filter(
    counts: Counts, model: str | Model, most: int = 3, threshold: float = 0.5, exempt: Sequence[str] = ()
) -> PublicationFilter:
    """The analysis if reports of up to ``most`` units without any event were published with a probability below 1.

    Args:
        counts: One analysis of the outcome that decides whether a report is written; arms of a study are one report.
        model: logistic-normal or beta-binomial.
        threshold: A proportion; where the estimate crosses it is the tipping point.
        exempt: Keys of arms whose report was published whatever it found.

    Raises:
        NotAskableError: another model, fewer than 3 studies, or no small report. UsageError: a value out of range, an
            unknown key.
    """
    model = specified(model)
    if model.name not in FILTERABLE:
        raise not_askable(f"the filter needs the likelihood of {' or '.join(FILTERABLE)}", "choose one of these models")
    if most < 1:
        raise usage(f"most = {most} is not possible", "give a number of units from 1 on", "option-value")
    if not 0 < threshold < 1:
        raise usage(f"threshold = {threshold} is not possible", "give a proportion such as 0.5", "option-value")
    arms = counts.present()
    for key in exempt:
        if key not in counts.keys:
            raise unknown("arm", key, counts.keys)
    spared = {study for study, key in zip(arms.studies, arms.keys, strict=True) if key in exempt}
    studies = arms.by_study()
    free = np.array([study in spared for study in studies.studies])
    if studies.k < FEWEST:
        raise not_askable("fewer than 3 studies", "add studies")
    small = studies.n <= most
    if not (small & ~free).any():
        raise not_askable(
            f"no report of {display.plural(most, counts.unit)} or fewer that a filter could hold back",
            "give a larger most",
        )
    return _answer(studies, model, most, threshold, free)


def _answer(studies: Counts, model: Model, most: int, threshold: float, free: np.ndarray) -> PublicationFilter:
    spec, small = plainly(model), studies.n <= most
    acts, nobody = small & ~free, np.zeros_like(free)
    exempt = tuple(studies.labels[i] for i in np.flatnonzero(small & free))
    curve = _along(studies, spec, free, PUBLISHED, most)
    unexempted = _along(studies, spec, nobody, PUBLISHED, most) if exempt else None
    shown = headlines(curve, spec)
    sizes = sizes_of(studies.n[~free], most)
    change = curve.log_likelihood[-1] - curve.log_likelihood[0]
    notes = [note("filter-not-identified", least=f"{PUBLISHED[-1]:g}", change=display.number(known(change), 1))]
    notes.append(note("filter-exempt", labels=", ".join(exempt)) if exempt else note("filter-none-exempt"))
    return PublicationFilter(
        published=PUBLISHED,
        most=most,
        curve=curve,
        unexempted=unexempted,
        sizes=sizes,
        contour=_contour(studies, spec, free, sizes),
        threshold=threshold,
        tipping=_tipping(studies, spec, free, most, shown.value, threshold),
        tipping_unexempted=None
        if unexempted is None
        else _tipping(studies, spec, nobody, most, headlines(unexempted, spec).value, threshold),
        limits_tip=_limits_tip(studies, spec, free, most, shown.lower, threshold),
        acts_on=int(acts.sum()),
        without=int((studies.events[acts] == 0).sum()),
        exempt=exempt,
        unit=studies.unit,
        model=spec,
        notes=tuple(notes),
    )


def _contour(studies: Counts, model: Model, free: np.ndarray, sizes: tuple[int, ...]) -> Floats:
    """The reported number at each size and share, shape (sizes, published)."""
    quick, shares = _quick(model), len(PUBLISHED)
    filtered = Filtered.of(studies.events, studies.n, free, np.tile(PUBLISHED, len(sizes)), np.repeat(sizes, shares))
    return headlines(estimate_filtered(cast("Likelihood", quick), filtered), quick).value.reshape(-1, shares)


def _quick(model: Model) -> Model:
    """The same model with limits that cost nothing, where only the estimate is used."""
    return cast("Model", replace(cast(Any, model), limits="wald"))


def _along(studies: Counts, model: Model, free: np.ndarray, published: Sequence[float], most: int) -> Estimates:
    pi = np.array(published)
    filtered = Filtered.of(studies.events, studies.n, free, pi, np.full(pi.size, most))
    return estimate_filtered(cast("Likelihood", model), filtered)


def sizes_of(n: np.ndarray, most: int) -> tuple[int, ...]:
    """The sizes at which a filter on small reports begins to act on further ones."""
    return tuple(int(size) for size in np.unique(n) if size <= max(most, LARGEST_SMALL))


def _tipping(
    studies: Counts, model: Model, free: np.ndarray, most: int, value: Floats, threshold: float
) -> float | None:
    """pi at which the number falls to the threshold, to 1e-5 relative; None where it never does."""
    quick = _quick(model)

    def excess(published: Sequence[float]) -> Floats:
        return headlines(_along(studies, quick, free, published, most), quick).value - threshold

    return crossing(excess, PUBLISHED, value - threshold, _ROUNDS)


def _limits_tip(
    studies: Counts, model: Model, free: np.ndarray, most: int, lower: Floats, threshold: float
) -> float | None:
    """pi at which the lower limit reaches the threshold, to 1e-4; None where it never does, or lay below it."""

    def excess(published: Sequence[float]) -> Floats:
        return headlines(_along(studies, model, free, published, most), model).lower - threshold

    return crossing(excess, PUBLISHED, lower - threshold, _ROUNDS_OF_LIMITS)


def _in_hundred(share: float) -> str:
    return f"{100 * share:.0f} in 100"


def _one_in(share: float) -> str:
    return f"1 in {1 / share:.0f}"


def _plain(values: Floats) -> tuple[float | None, ...]:
    return tuple(known(value) for value in values)


OPTIONS = {
    "most": Option(3, "reports of up to so many units are small"),
    "threshold": Option(0.5, "the proportion that a tipping point is looked for at"),
    "force": Option(False, "ask it of an outcome on which publication does not hang, too"),
    "exempt": Option((), "study_id of reports that were published whatever they found"),
}


def asked_publication_filter(asked: Asked) -> PublicationFilter:
    """For the registry: refused on an outcome that does not decide whether a report is published, unless forced.

    Exempt are the studies marked ``incidental`` in studies.csv and those that the option ``exempt`` names by study_id.
    """
    given = asked.given(OPTIONS)
    if not given["force"]:
        refuse_unpublishable(asked)
    asked.refuse_too_few()
    counts = asked.counts
    arms = list(zip(counts.keys, counts.studies, asked.selection.study_columns, strict=True))
    for name in given["exempt"]:
        if name not in counts.studies:
            raise unknown("study", name, tuple(dict.fromkeys(counts.studies)))
    exempt = [key for key, study, cells in arms if study in given["exempt"] or cells.get("incidental") == "yes"]
    return publication_filter(counts, asked.model, given["most"], given["threshold"], exempt)
