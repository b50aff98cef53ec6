"""The result from what was read in full, and from what was read with confidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from ..pooling import specified
from ..pooling.result import Note
from .answer import NotAskableError, not_askable
from .asked import Asked
from .varied import Varied, VariedAnswer, Way

if TYPE_CHECKING:
    from ..counts import Counts
    from ..pooling import Model
    from ..review.review import Review

EVERYTHING = "all sources"

Wanted = Mapping[str, tuple[str | None, ...]]

#: What a count must come from, by the words of core columns; a review with other words has not all of them.
_FULL_TEXT: Wanted = {"source_seen": ("full_text",)}
_HIGH: Wanted = {"confidence": ("high",)}
#: The restrictions that are crossed with other choices.
CORE_RESTRICTIONS: Mapping[str, Wanted] = {
    "full text only": _FULL_TEXT,
    "high confidence only": _HIGH,
    "full text and high confidence": {**_FULL_TEXT, **_HIGH},
}
#: Those that the sentence always names; besides, it names the ones that make the range.
NAMED = ("full text only", "high confidence only")
#: What is not known of the counts of a review that has other words in a column.
UNTOLD: Mapping[str, str] = {
    "source_seen": "which counts come from a full text",
    "confidence": "which counts were read with high confidence",
}
RESTRICTIONS: Mapping[str, Wanted] = {
    **CORE_RESTRICTIONS,
    "without low confidence": {"confidence": ("high", "medium")},
    "without secondary sources": {
        "basis": ("reported", "derived"),
        "source_seen": ("full_text", "abstract", "title_only"),
    },
    "without conference abstracts": {
        "publication_type": ("article", "letter", "thesis", "registry", "news", "preprint", "other", None)
    },
}


@dataclass(frozen=True, slots=True, eq=False)
class SourceConfidence(VariedAnswer):
    """The analysis held to what was read in full, and to what was read with confidence.

    Attributes:
        varied: All sources first, then each restriction.
        unknown: What can't be told of the counts, the review having other words for it: keys of ``UNTOLD``.
    """

    unknown: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()

    question: ClassVar[str] = "source-confidence"

    def __str__(self) -> str:
        varied = self.varied
        named = [i for i, label in enumerate(varied.labels) if label in (EVERYTHING, *NAMED)]
        parts = [
            f"{varied.labels[i]}{'' if varied.n[i] else ':'} {varied.counted(i)}"
            for i in sorted({*named, *(varied.ends or ())})
        ]
        parts += [*(f"{UNTOLD[name]} is not known" for name in self.unknown), varied.range(named=True)]
        text = f"{'; '.join(parts)}."
        return f"{text[:1].upper()}{text[1:]}"

    @property
    def facts(self) -> dict[str, Any]:
        """What can't be told of the counts."""
        return {"unknown": list(self.unknown)}


def source_confidence(
    review: Review,
    outcome: str,
    model: str | Model,
    where: Mapping[str, Any] | None = None,
    time: Any = None,
    unread: str = "left-out",
) -> SourceConfidence:
    """The analysis from full texts only, from readings of high confidence only, from both, and without weaker sources.

    Args:
        review: The review.
        outcome: Name of the outcome.
        model: The primary model.
        where, time, unread: How arms and rows are selected, as for ``evidence.select``.

    Raises:
        NotAskableError: every count comes from a full text and was read with high confidence, as far as the review's
            words tell.
    """
    model = specified(model)
    from ..outcomes import select

    whole = select(review, outcome, where=where, time=time, unread=unread)
    ways = [Way(EVERYTHING, whole.counts, True)]
    for label, wanted in RESTRICTIONS.items():
        held = held_to(review, where or {}, wanted)
        if has_words(review, wanted):
            ways.append(Way(label, _selected(review, outcome, held, time, unread)))
    unknown = tuple(column for wanted in (_FULL_TEXT, _HIGH) for column in wanted if not has_words(review, wanted))
    if all(way.counts is not None and way.counts.k == whole.counts.k for way in ways):
        raise _nothing_to_vary(unknown)
    return SourceConfidence(Varied.of(ways, model), unknown)


def _nothing_to_vary(unknown: tuple[str, ...]) -> NotAskableError:
    """That every count was read well, or what is not known of them."""
    told = {"source_seen": "in a full text", "confidence": "with high confidence"}
    known = [words for column, words in told.items() if column not in unknown]
    parts = [f"every count was read {' and '.join(known)}"] if known else []
    if not unknown:
        return not_askable(parts[0], "fill source_seen in reports.csv and confidence in outcomes.csv")
    untold = " and ".join(UNTOLD[column] for column in unknown)
    parts.append(f"{untold} is not known, as the review has words of its own for {' and '.join(unknown)}")
    mend = "use the codebook's words full_text and high for it"
    return not_askable(", and ".join(parts), mend)


def has_words(review: Review, wanted: Wanted) -> bool:
    """Whether the review's columns have these words: its own vocabulary may replace them."""
    specs = [
        (table.column(name), values)
        for name, values in wanted.items()
        for table in (review.codebook["reports"], review.codebook["outcomes"])
    ]
    return all(value is None or value in spec.terms for spec, values in specs if spec is not None for value in values)


def held_to(review: Review, where: Mapping[str, Any], wanted: Wanted) -> dict[str, Any] | None:
    """A filter held to a restriction as well; None where nothing can pass both."""
    from ..review.arm_columns import arm_columns

    known = arm_columns(review)
    held: dict[str, Any] = dict(where)
    for name, values in wanted.items():
        both: list[str | None] = list(values)
        if name in where:
            (own,) = known.filters({name: where[name]})
            both = [value for value in values if value in own.wanted]
        if not both:
            return None
        held[name] = both
    return held


def _selected(review: Review, outcome: str, held: Mapping[str, Any] | None, time: Any, unread: str) -> Counts | None:
    """The counts under a filter; None where no arm passes."""
    from ..errors import ComputeError
    from ..outcomes import select

    if held is None:
        return None
    try:
        return select(review, outcome, where=held, time=time, unread=unread).counts
    except ComputeError:
        return None


def asked_source_confidence(asked: Asked) -> SourceConfidence:
    """For the registry."""
    review, outcome = asked.of_review()
    return source_confidence(review, outcome, asked.model, asked.where, asked.time, asked.unread)
