"""Silence about adverse events, read both ways: nothing is known of these patients, or nothing happened to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from .. import display
from ..pooling import specified
from ..pooling.result import Note
from .answer import not_askable
from .asked import Asked
from .missing import completed, in_sentence
from .option import Option
from .varied import Varied, VariedAnswer, Way, unpooled

if TYPE_CHECKING:
    from ..outcomes import Selection
    from ..pooling import Model
    from ..review.review import Review


@dataclass(frozen=True, slots=True, eq=False)
class HarmsSilence(VariedAnswer):
    """The outcome with silent arms left out, and with silent arms taken to have had none.

    Attributes:
        varied: The two readings, in this order.
        title: Title of the outcome, as it stands in a sentence. arms: Arms of the selection.
        silent: Names of the arms that say nothing.
        uncounted: Names of the arms that are in neither reading: they tell of adverse events, but not in how many
            patients there was any, or they count another unit.
    """

    title: str
    arms: int
    silent: tuple[str, ...]
    uncounted: tuple[str, ...]
    notes: tuple[Note, ...] = ()

    question: ClassVar[str] = "harms-silence"

    def __str__(self) -> str:
        varied = self.varied
        gives = "gives" if varied.arms[0] == 1 else "give"
        silent = (
            "the arm that says nothing" if len(self.silent) == 1 else f"the {len(self.silent)} arms that say nothing"
        )
        text = (
            f"{varied.arms[0]} of {display.plural(self.arms, 'arm')} {gives} a count of {self.title}:"
            f" {varied.exactly(0)}; if {silent} of it had none, {varied.exactly(1)}"
        )
        if self.uncounted:
            tell = "arm tells of it" if len(self.uncounted) == 1 else "arms tell of it"
            text += f"; {len(self.uncounted)} further {tell} without a count of patients and can't be read either way"
        return f"{text}; {varied.range()}."

    @property
    def facts(self) -> dict[str, Any]:
        """The arms, and which of them say nothing."""
        return {"arms": self.arms, "silent": list(self.silent), "uncounted": list(self.uncounted)}


def harms_silence(
    review: Review,
    outcome: str,
    model: str | Model,
    where: Mapping[str, Any] | None = None,
    time: Any = None,
    force: bool = False,
) -> HarmsSilence:
    """Adverse events with silent arms unknown, and with silent arms taken to have had none.

    Where the counts as read are too few to pool, neither reading is pooled: assumed counts are no data.

    Args:
        review: The review.
        outcome: Name of an outcome that is told when it happens: any adverse event, recurrence, death.
        model: The primary model.
        where, time: How arms and rows are selected, as for ``evidence.select``.
        force: Ask it of an outcome that is part, whole or complement of another and does not speak of harm (by the
            review's ``harm_words``), too.

    Raises:
        NotAskableError: another outcome, another unit than patients, or no silent arm.
    """
    model = specified(model)
    from ..outcomes import select

    if not force:
        _refuse_looked_for(review, outcome)
    read = select(review, outcome, where=where, time=time)
    if read.context.unit != "patient":
        unit = read.context.unit
        raise not_askable(
            f"{unit}s are counted, and how many there were in a silent arm is not known", "count patients"
        )
    silent, uncounted = _without_count(review, read)
    if not silent:
        raise not_askable("every arm says something of this outcome", "nothing has to be read both ways")
    nobody = completed(review, read, happened=False, only=silent)
    ways = [
        Way("silent arms left out", read.counts, primary=True),
        Way("silent arms had none", nobody, pool=not unpooled(read.counts)),
    ]
    title = in_sentence(review.settings.outcomes[outcome].title)
    arms = len(read.asked)
    return HarmsSilence(Varied.of(ways, model), title, arms, tuple(silent.values()), tuple(uncounted.values()))


def _refuse_looked_for(review: Review, outcome: str) -> None:
    outcomes = review.settings.outcomes
    spec = outcomes.get(outcome)
    if spec is None:
        return
    pairs = {(one.name, other) for one in outcomes.values() for other in (one.part_of, one.complement_of) if other}
    related = any(outcome in pair for pair in pairs)
    if related and not spec.speaks_of(review.settings.harm_words):
        reason = (
            f"{in_sentence(spec.title)} is what reports look for, so silence about it is not a sign that none happened"
        )
        raise not_askable(reason, "ask it of adverse events, name its words as harm_words in review.toml, or force it")


def _without_count(review: Review, read: Selection) -> tuple[dict[str, str], dict[str, str]]:
    """The arms without a count, by arm_id their names: those that say nothing, and those that can't be read."""
    settings = review.settings
    is_harm = settings.outcomes[read.context.outcome].speaks_of(settings.harm_words)
    telling = set(review.tables["adverse_events"]["arm_id"]) if is_harm else set()
    left = [arm for arm in read.left_out if arm.arm_id in read.asked and arm.reason in ("no-outcome", "wrong-unit")]
    silent = {arm.arm_id: arm.label for arm in left if arm.arm_id not in telling and arm.reason == "no-outcome"}
    return silent, {arm.arm_id: arm.label for arm in left if arm.arm_id not in silent}


OPTIONS = {"force": Option(False, "ask it of an outcome that does not speak of harm, too")}


def asked_harms_silence(asked: Asked) -> HarmsSilence:
    """For the registry; ``force`` asks it of every outcome."""
    review, outcome = asked.of_review()
    force = asked.given(OPTIONS)["force"]
    return harms_silence(review, outcome, asked.model, asked.where, asked.time, force)
