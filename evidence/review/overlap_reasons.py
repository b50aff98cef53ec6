"""What speaks for, or against, two arms having the same patients: each reason with its points and in words.

Points are our judgement (J). They are meant as binary logarithms: how many times more often, doubled and doubled again,
a thing is seen where patients are the same than where they are not. What is not known gives none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import log2
from typing import TYPE_CHECKING

from ..display import plural
from .overlap_facts import ArmFacts, values_of
from .overlap_patients import Match, excluded, matched, told

if TYPE_CHECKING:
    from .specs import ColumnSpec

#: A note of one that names the other, and one that speaks of its patients.
NAMED, NAMED_PATIENTS = 3.0, 6.0
#: A country, a place within it, that both name, at most; and names that differ.
COUNTRY, PLACE = 2.0, 5.0
OTHER_COUNTRY, OTHER_PLACE = -4.0, -3.0
#: Studies of other countries, and of other places, that are thought to be beside those of the review (J).
COUNTRIES, PLACES = 5, 30
#: Recruitment at the same time or not; publication within :data:`NEAR` years, or more than :data:`FAR` apart.
RECRUITED, NOT_RECRUITED = 2.0, -8.0
PUBLISHED, LONG_APART = 1.0, -2.0
NEAR, FAR = 3, 15
#: Patients of fitting age and sex, at most; and that none fits.
PATIENTS, NO_PATIENT = 5.0, -12.0
#: One own column that agrees, at most; all of an arm's, which alone are not worth a look; one of its patients', and all
#: of them; a term that differs.
TRAIT, TRAITS, PATIENT_TRAIT, PATIENT_TRAITS, OTHER_TERM = 3.0, 5.5, 2.0, 4.0, -1.5
#: The same counts of an outcome in this many patients or more.
COUNTS, COUNTED = 2.0, 5

QUOTED = 160
_RANGE = re.compile(r"_(min|max)$")
_PATIENTS = re.compile(r"overlap|patient|cases?\b|cohort|same|among them", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that speaks for or against.

    Attributes:
        kind: ``authors``, ``note``, ``country``, ``place``, ``years``, ``patients``, ``traits`` or ``counts``.
        points: Above 0 for the same patients.
        text: With the values.
    """

    kind: str
    points: float
    text: str


Same = Callable[[str, str], bool]


@dataclass(frozen=True, slots=True, eq=False)
class Common:
    """How often values are seen in a review, so that agreement on a rare one counts more.

    Attributes:
        seen: Column -> value -> studies that have it, or one that is alike.
        known: Column -> studies that have any.
    """

    seen: Mapping[str, Mapping[str, int]]
    known: Mapping[str, int]

    def bits(self, column: str, values: Iterable[str], most: float, elsewhere: int = 0) -> float:
        """Binary logarithm of one in so many studies with the most frequent of these, ``most`` at most.

        Args:
            column, values, most: As said.
            elsewhere: Studies that are thought to be beside those of the review, with other values: of a few studies
                that say where, two from one hospital are no proof that all hospitals are that one.
        """
        times = max(self.seen[column][value] for value in values)
        return min(most, log2((self.known[column] + elsewhere) / times))

    def share(self, column: str, value: str) -> str:
        """``2 of 14 studies``."""
        return f"{self.seen[column][value]} of {self.known[column]} studies"


def common(facts: Sequence[ArmFacts], alike: Same) -> Common:
    """How often each country, place and trait is seen.

    Args:
        facts: The arms. alike: When two names of a place are one.
    """
    by_study: dict[str, dict[str, set[str]]] = {}
    for arm in facts:
        for column, values in {"country": arm.countries, **arm.traits, **arm.places}.items():
            by_study.setdefault(column, {}).setdefault(arm.study_id, set()).update(values)
    places = {column for arm in facts for column in arm.places}
    seen = {}
    for column, studies in by_study.items():
        counted = Counter(value for values in studies.values() for value in values)
        if column in places:
            counted = Counter(
                {one: sum(any(alike(one, other) for other in values) for values in studies.values()) for one in counted}
            )
        seen[column] = counted
    return Common(seen, {column: sum(bool(v) for v in studies.values()) for column, studies in by_study.items()})


@dataclass(frozen=True, slots=True, eq=False)
class Comparing:
    """How two arms are compared.

    Attributes:
        traits_of_arms, traits_of_patients: Columns that are alike where patients are the same.
        common: How common values are.
        alike: When two texts are.
    """

    traits_of_arms: tuple[ColumnSpec, ...]
    traits_of_patients: tuple[ColumnSpec, ...]
    common: Common
    alike: Same

    def reasons(self, one: ArmFacts, other: ArmFacts) -> Iterator[Reason]:
        """Everything but the authors."""
        yield from notes(one, other)
        yield from notes(other, one)
        yield from self.countries(one, other)
        yield from self.places(one, other)
        yield from years(one, other)
        yield from self.patients(one, other)
        yield from self.traits(one, other)
        yield from counts(one, other)

    def countries(self, one: ArmFacts, other: ArmFacts) -> Iterator[Reason]:
        """A country that both name, or none."""
        if not one.countries or not other.countries:
            return
        both = [name for name in one.countries if name in other.countries]
        if both:
            points = max(self.common.bits("country", (name,), COUNTRY, COUNTRIES) for name in both)
            yield Reason("country", points, " and ".join(both))
        else:
            yield Reason("country", OTHER_COUNTRY, f"{', '.join(one.countries)} and {', '.join(other.countries)}")

    def places(self, one: ArmFacts, other: ArmFacts) -> Iterator[Reason]:
        """A centre or city that both name, or none."""
        for column in (name for name in one.places if name in other.places):
            mine, theirs = one.places[column], other.places[column]
            both = [pair for pair in product(mine, theirs) if self.alike(*pair)]
            if both:
                points = max(self.common.bits(column, pair, PLACE, PLACES) for pair in both)
                names = " and ".join(dict.fromkeys(name for name, _ in both))
                yield Reason("place", points, f"{_words(column)}: {names}")
            else:
                yield Reason("place", OTHER_PLACE, f"{_words(column)}: {', '.join(mine)} and {', '.join(theirs)}")

    def patients(self, one: ArmFacts, other: ArmFacts) -> Iterator[Reason]:
        """Patients that may be in both, and what is alike in them."""
        gap = None if None in (one.year, other.year) else (other.year or 0) - (one.year or 0)
        if (why := excluded(one, other, gap)) is not None:
            yield Reason("patients", NO_PATIENT, why)
        elif (match := matched(one, other, gap)) is not None:
            yield Reason("patients", min(PATIENTS, match.bits), told(match, one, other))
            yield from self._alike_patients(match)

    def _alike_patients(self, match: Match) -> Iterator[Reason]:
        """Own columns of the patients that agree, or terms that don't."""
        reasons = []
        for spec in self.traits_of_patients:
            for first, second in match.pairs:
                if None in (first[spec.name], second[spec.name]):
                    continue
                mine, theirs = values_of(spec, first[spec.name]), values_of(spec, second[spec.name])
                both = [value for value in mine if any(self.alike(value, their) for their in theirs)]
                if both:
                    reasons.append(Reason("traits", PATIENT_TRAIT, f"{named(spec)} {', '.join(both)}"))
                elif spec.type == "term" and mine and theirs:
                    text = f"{named(spec)} {', '.join(mine)} against {', '.join(theirs)}"
                    reasons.append(Reason("traits", OTHER_TERM, text))
        yield from _together(reasons, PATIENT_TRAITS)

    def traits(self, one: ArmFacts, other: ArmFacts) -> Iterator[Reason]:
        """Own columns of the arms that agree, the rarer the more, or terms that don't."""
        reasons: dict[str, Reason] = {}
        for spec in self.traits_of_arms:
            mine, theirs = one.traits.get(spec.name), other.traits.get(spec.name)
            if not mine or not theirs:
                continue
            stem, both = _RANGE.sub("", spec.name), [value for value in mine if value in theirs]
            if both:
                value = max(both, key=lambda value: self.common.bits(spec.name, (value,), TRAIT))
                points = self.common.bits(spec.name, (value,), TRAIT)
                # The ends of a range are one thing that agrees, not two.
                if stem not in reasons or points > reasons[stem].points:
                    unit = f" {spec.unit}" if spec.unit else ""
                    seen = self.common.share(spec.name, value)
                    reasons[stem] = Reason(
                        "traits", points, f"{named(spec)} {value.replace('_', ' ')}{unit} (in {seen})"
                    )
            elif spec.type == "term":
                reasons[stem] = Reason("traits", OTHER_TERM, f"{named(spec)} {mine[0]} against {theirs[0]}")
        yield from _together(list(reasons.values()), TRAITS)


def _together(reasons: Sequence[Reason], most: float) -> Iterator[Reason]:
    """What agrees as one reason of ``most`` points at most, and what differs as another."""
    for these in ([one for one in reasons if one.points >= 1], [one for one in reasons if one.points < 0]):
        if these:
            ordered = sorted(these, key=lambda one: -abs(one.points))
            points = max(-most, min(most, sum(one.points for one in these)))
            yield Reason(these[0].kind, points, ", ".join(one.text for one in ordered[:4]))


def notes(one: ArmFacts, other: ArmFacts) -> Iterator[Reason]:
    """The note of one arm, or of its reports, that names the other study: the one that says most."""
    reason = naming(one.notes, other.ids)
    if reason is not None:
        yield reason


def naming(said: Iterable[tuple[str, str]], ids: Sequence[str]) -> Reason | None:
    """What was noted that names one of these ids, in its own words: the sentence that says most.

    Args:
        said: ``(where it stands, text)``. ids: Of reports, arms and studies.
    """
    found = []
    for place, text in said:
        if not any(name in text for name in ids):
            continue
        for sentence in re.split(r"(?<=[.;])\s+", text):
            if any(re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", sentence) for name in ids):
                points = NAMED_PATIENTS if _PATIENTS.search(sentence) else NAMED
                quoted = sentence if len(sentence) <= QUOTED else sentence[:QUOTED].rsplit(" ", 1)[0] + " …"
                found.append(Reason("note", points, f'{place}: "{quoted.rstrip(".; ")}"'))
    return max(found, key=lambda reason: reason.points, default=None)


def years(one: ArmFacts, other: ArmFacts) -> Iterator[Reason]:
    """Years of recruitment where both are known, else of publication."""
    if one.recruited and other.recruited:
        (a, b), (c, d) = one.recruited, other.recruited
        points = RECRUITED if max(a, c) <= min(b, d) else NOT_RECRUITED
        yield Reason("years", points, f"recruited {_span(a, b)} and {_span(c, d)}")
    elif one.year is not None and other.year is not None:
        gap = abs(one.year - other.year)
        if gap <= NEAR or gap > FAR:
            yield Reason("years", PUBLISHED if gap <= NEAR else LONG_APART, f"published {one.year} and {other.year}")


def _span(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}-{last}"


def counts(one: ArmFacts, other: ArmFacts) -> Iterator[Reason]:
    """The same events of the same total, where that is no small number."""
    both = sorted(row for row in one.outcomes & other.outcomes if row[3] >= COUNTED)
    if both:
        told = ", ".join(f"{_words(name)} {events} of {total} {unit}s" for name, unit, events, total in both[:3])
        yield Reason("counts", COUNTS, f"both {told}")
    elif one.n == other.n and one.n is not None and one.n >= COUNTED:
        yield Reason("counts", COUNTS / 2, f"both {plural(one.n, 'patient')}")


def named(spec: ColumnSpec) -> str:
    """A column within a sentence: its heading, else its name without its unit and the end of a range."""
    if spec.heading:
        return spec.heading[:1].lower() + spec.heading[1:]
    unit = re.findall(r"[a-z]+", (spec.unit or "").casefold())
    words = [word for word in _RANGE.sub("", spec.name).split("_") if word.casefold() not in unit]
    return " ".join(words) or _words(spec.name)


def _words(name: str) -> str:
    return name.replace("_", " ")
