"""Pairs of arms of different studies that may have the same patients, the strongest first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Literal

from .overlap import KnownPair, Pair, known_pairs
from .overlap_facts import ArmFacts, Person, arm_facts, folded, trait_columns
from .overlap_reasons import Comparing, Reason, common, naming

if TYPE_CHECKING:
    from .review import Review

Outcome = Literal["same", "ask", "different"]
Progress = Callable[[int, int], None]

#: Pairs between two words of progress.
TOLD_EACH = 500

#: From these points on the patients are probably the same, and worth a look (J).
SAME, ASK = 12.0, 6.0
#: What links two reports: without so many points of these, the same treatment in the same country is no reason to look.
LINKS, LINKED = ("authors", "note", "place", "patients", "counts"), 3.0
#: What tells of patients: without any of these, a group may well have treated others.
OF_PATIENTS = ("note", "patients", "counts")
#: An author in both; each further one, and all of these at most; one who is last, or first, in both; first and last.
AUTHOR, FURTHER, FURTHERS, BOTH_LAST, BOTH_FIRST, CROSSED = 3.0, 1.5, 4.5, 3.0, 3.0, 2.0
#: Both name all their authors, and none in common.
NO_AUTHOR = -3.0
#: Likeness in percent from which family names, and other texts, are the same.
NAME_ALIKE, TEXT_ALIKE = 90.0, 90.0
#: Shorter family names, and those of shorter texts, must be equal.
SHORTEST_NAME, SHORTEST_TEXT = 5, 4
#: An author of more than this many studies, and of more than half of all, says nothing (J).
EVERYWHERE = 3


@dataclass(frozen=True, slots=True)
class Candidate:
    """Two arms that may have the same patients.

    Attributes:
        first, second: In the order of arms.csv. names: To print.
        outcome: ``same`` = probably the same, ``ask`` = worth a look, ``different`` = nothing much speaks for it.
        score: Sum of the points of the reasons.
        reasons: The strongest first, those against last.
    """

    first: str
    second: str
    names: tuple[str, str]
    outcome: Outcome
    score: float
    reasons: tuple[Reason, ...]

    @property
    def pair(self) -> Pair:
        """Both arms."""
        return frozenset((self.first, self.second))

    @property
    def text(self) -> str:
        """The reasons as one line; those against in brackets."""
        pro = [reason.text for reason in self.reasons if reason.points > 0]
        contra = [reason.text for reason in self.reasons if reason.points < 0]
        against = f" (against it: {'; '.join(contra)})" if contra else ""
        return "; ".join(pro) + against


@dataclass(frozen=True, slots=True)
class Outside:
    """A report that is not in, whose notes name a study that is: should it come in, its patients may be there already.

    Attributes:
        report_id, decision: As in screening.csv. study: Label of the study. text: The note.
    """

    report_id: str
    decision: str
    study: str
    text: str


@dataclass(frozen=True, slots=True)
class Found:
    """What was found in a review.

    Attributes:
        known: Pairs that arms.csv or overlap.csv names, each with its candidate: what the tables say of it.
        candidates: Other pairs for which anything speaks, the strongest first.
        pairs: How many pairs of arms of different studies were compared.
        everywhere: Authors of so many studies that they were not counted.
        studies, without_authors: How many studies, and of how many no author was seen.
        outside: Reports of no included study whose notes name an included one.
    """

    known: tuple[tuple[KnownPair, Candidate | None], ...]
    candidates: tuple[Candidate, ...]
    pairs: int
    everywhere: tuple[str, ...]
    studies: int
    without_authors: int
    outside: tuple[Outside, ...]

    def of(self, *outcomes: Outcome) -> tuple[Candidate, ...]:
        """The candidates with one of these outcomes."""
        return tuple(one for one in self.candidates if one.outcome in outcomes)


def find_overlap(review: Review, progress: Progress = lambda done, of: None) -> Found:
    """Known pairs and candidates of a review. The order of its arms changes nothing but the order of ties.

    Args:
        review: The review.
        progress: Told how many pairs of how many were compared, now and then.
    """
    facts = arm_facts(review)
    columns = trait_columns(review)
    of_patients = tuple(spec for table, spec in columns if table == "patients")
    of_arms = tuple(spec for table, spec in columns if table != "patients")
    comparing = Comparing(of_arms, of_patients, common(facts, texts_alike), texts_alike)
    shared, everywhere = shared_authors(facts)
    scored: dict[Pair, Candidate] = {}
    n = 0
    every = len(facts) * (len(facts) - 1) // 2
    for i, (one, other) in enumerate(combinations(facts, 2)):
        if i % TOLD_EACH == 0:
            progress(i, every)
        if one.study_id == other.study_id:
            continue
        n += 1
        reasons = [*shared.get(frozenset((one.study_id, other.study_id)), ()), *comparing.reasons(one, other)]
        scored[frozenset((one.arm_id, other.arm_id))] = _candidate(one, other, reasons)
    known = known_pairs(review.rows("arms"), review.rows("overlap"))
    named = {one.pair for one in known}
    best = [one for one in _best(scored.values(), facts) if one.pair not in named]
    best.sort(key=lambda one: -one.score)
    silent = {arm.study_id for arm in facts if not arm.bylines}
    studies = len({arm.study_id for arm in facts})
    of_known = tuple((one, scored.get(one.pair)) for one in known)
    return Found(of_known, tuple(best), n, everywhere, studies, len(silent), tuple(_outside(review, facts)))


def _outside(review: Review, facts: Sequence[ArmFacts]) -> Iterator[Outside]:
    """Reports that belong to no included study and whose notes name one."""
    reports = {row["report_id"]: row for row in review.rows("reports")}
    labels = {row["study_id"]: str(row["label"]) for row in review.rows("studies")}
    ids = {arm.study_id: arm.ids for arm in facts}
    for row in review.rows("screening"):
        name = row["report_id"]
        report = reports.get(name, {})
        if report.get("study_id") is not None:
            continue
        said = [(f"screening.csv on {name}", row["notes"] or ""), (f"reports.csv on {name}", report.get("notes") or "")]
        for study, known in ids.items():
            if (reason := naming(said, known)) is not None:
                yield Outside(name, str(row["decision"]), labels[study], reason.text)


def _candidate(one: ArmFacts, other: ArmFacts, reasons: Sequence[Reason]) -> Candidate:
    score = round(sum(reason.points for reason in reasons), 1)
    linked = sum(reason.points for reason in reasons if reason.kind in LINKS and reason.points > 0)
    patients = any(reason.kind in OF_PATIENTS and reason.points > 0 for reason in reasons)
    outcome: Outcome = "different"
    if score >= ASK and linked >= LINKED:
        outcome = "same" if score >= SAME and patients else "ask"
    ordered = tuple(sorted(reasons, key=lambda reason: -reason.points))
    return Candidate(one.arm_id, other.arm_id, (one.label, other.label), outcome, score, ordered)


def _best(scored: Iterable[Candidate], facts: Sequence[ArmFacts]) -> list[Candidate]:
    """Of two studies with several arms the pairs that are the best for one of their arms; none that nothing favours."""
    study = {arm.arm_id: arm.study_id for arm in facts}
    favoured = [one for one in scored if one.score > 0]
    top: dict[tuple[str, str], float] = {}
    for one in favoured:
        for arm, other in ((one.first, one.second), (one.second, one.first)):
            key = (arm, study[other])
            top[key] = max(one.score, top.get(key, 0.0))
    return [
        one for one in favoured if one.score in (top[one.first, study[one.second]], top[one.second, study[one.first]])
    ]


def texts_alike(one: str, other: str) -> bool:
    """Whether two texts say the same in other words or another order."""
    from rapidfuzz.fuzz import token_sort_ratio

    a, b = folded(one), folded(other)
    if a == b or min(len(a), len(b)) < SHORTEST_TEXT:
        return a == b != ""
    return token_sort_ratio(a, b) >= TEXT_ALIKE


def names_alike(one: Person, other: Person) -> float:
    """How far two names may be one person's: 1 = family and initials agree, 0.5 = as far as can be seen, 0 = no.

    A family name of two words is the same as one of them (Gonzalez, Gonzalez-Estrada), as far as can be seen. So is a
    short name with one initial, which many people share.
    """
    from rapidfuzz.fuzz import ratio

    mine, theirs = " ".join(one.family), " ".join(other.family)
    initials = one.initials.startswith(other.initials) or other.initials.startswith(one.initials)
    if not initials:
        return 0.0
    least = min(len(mine), len(theirs))
    if mine == theirs or (least >= SHORTEST_NAME and ratio(mine, theirs) >= NAME_ALIKE):
        frequent = least < SHORTEST_NAME and min(len(one.initials), len(other.initials)) == 1
        return 1.0 if one.initials and other.initials and not frequent else 0.5
    shorter, longer = sorted((one.family, other.family), key=len)
    part = len(shorter) < len(longer) and shorter in (longer[: len(shorter)], longer[-len(shorter) :])
    return 0.5 if part and len(" ".join(shorter)) >= SHORTEST_NAME and one.initials and other.initials else 0.0


Pairs = Mapping[Pair, tuple[Reason, ...]]


def shared_authors(facts: Sequence[ArmFacts]) -> tuple[Pairs, tuple[str, ...]]:
    """Pair of studies -> what their authors say, and the authors who are not counted because they are everywhere."""
    bylines = {arm.study_id: arm.bylines for arm in facts}
    people = {one for lines in bylines.values() for line in lines for one in line}
    likeness = _likeness(sorted(people, key=lambda one: (one.family, one.initials, one.name)))
    studies: dict[Person, set[str]] = {one: set() for one in people}
    for study, lines in bylines.items():
        for one in (one for line in lines for one in line):
            for like in likeness[one]:
                studies[like].add(study)
    too_many = {one for one, where in studies.items() if len(where) > max(EVERYWHERE, len(bylines) / 2)}
    near = {frozenset((a, b)) for where in studies.values() for a, b in combinations(where, 2)}
    whole = {arm.study_id for arm in facts if arm.all_authors and not any(too_many & set(line) for line in arm.bylines)}
    found = {}
    for first, second in combinations(bylines, 2):
        pair = frozenset((first, second))
        reason = _authors(bylines[first], bylines[second], likeness, too_many) if pair in near else None
        if reason is None and pair <= whole:
            reason = Reason("authors", NO_AUTHOR, "no author in common")
        if reason is not None:
            found[pair] = (reason,)
    return found, tuple(sorted({one.name for one in too_many}))


def _likeness(people: Sequence[Person]) -> dict[Person, dict[Person, float]]:
    """Each author -> those who may be the same, with how far; themselves among them."""
    found: dict[Person, dict[Person, float]] = {one: {one: names_alike(one, one)} for one in people}
    by_letter: dict[str, list[Person]] = {}
    for one in people:
        for letter in {word[0] for word in one.family}:
            by_letter.setdefault(letter, []).append(one)
    for group in by_letter.values():
        for one, other in combinations(group, 2):
            if other not in found[one] and (share := names_alike(one, other)):
                found[one][other] = found[other][one] = share
    return found


def _authors(
    mine: Sequence[Sequence[Person]],
    theirs: Sequence[Sequence[Person]],
    likeness: Mapping[Person, Mapping[Person, float]],
    too_many: set[Person],
) -> Reason | None:
    """What two studies' authors say, of the two reports that share most."""
    reasons = (_of_bylines(a, b, likeness, too_many) for a in mine for b in theirs)
    return max((one for one in reasons if one is not None), key=lambda one: one.points, default=None)


def _of_bylines(
    mine: Sequence[Person],
    theirs: Sequence[Person],
    likeness: Mapping[Person, Mapping[Person, float]],
    too_many: set[Person],
) -> Reason | None:
    both = _paired(mine, theirs, likeness, too_many)
    if not both:
        return None
    shares = sorted((share for share, _, _ in both), reverse=True)
    points = AUTHOR * shares[0] + min(FURTHERS, FURTHER * sum(shares[1:]))
    roles = [(weight * share, text) for share, one, other in both for weight, text in [_role(mine, theirs, one, other)]]
    best = max(roles, key=lambda role: role[0])
    names = [_both_names(one, other) for _, one, other in sorted(both, key=lambda found: -found[0])]
    more = f" and {len(names) - 4} more" if len(names) > 4 else ""
    what = "both name " + ", ".join(names[:4]) + more + " among the authors" * (best[0] == 0 or len(names) > 1)
    return Reason("authors", points + best[0], f"{what}{best[1] if len(names) == 1 else _of_whom(best, both, roles)}")


def _paired(
    mine: Sequence[Person],
    theirs: Sequence[Person],
    likeness: Mapping[Person, Mapping[Person, float]],
    too_many: set[Person],
) -> list[tuple[float, Person, Person]]:
    """Authors that are in both, each once: ``(likeness, one, other)``, those that say most first."""
    found = [
        ((likeness[one][other], _role(mine, theirs, one, other)[0], -i - j, -abs(i - j)), i, j)
        for i, one in enumerate(mine)
        for j, other in enumerate(theirs)
        if other in likeness[one] and not too_many & {one, other}
    ]
    rows, columns, both = set[int](), set[int](), list[tuple[float, Person, Person]]()
    for (share, *_), i, j in sorted(found, key=lambda each: each[0], reverse=True):
        if i not in rows and j not in columns:
            rows.add(i)
            columns.add(j)
            both.append((share, mine[i], theirs[j]))
    return both


def _of_whom(
    best: tuple[float, str], both: Sequence[tuple[float, Person, Person]], roles: Sequence[tuple[float, str]]
) -> str:
    """Which of several authors is the first or the last."""
    return f", {both[list(roles).index(best)][1].name}{best[1]}" if best[0] else ""


def _role(mine: Sequence[Person], theirs: Sequence[Person], one: Person, other: Person) -> tuple[float, str]:
    """What it adds that an author stands first or last, and how to say it."""
    first, last = (one == mine[0], other == theirs[0]), (one == mine[-1], other == theirs[-1])
    if all(last) and (len(mine) > 1 or len(theirs) > 1):
        return BOTH_LAST, " as last author"
    if all(first):
        return BOTH_FIRST, " as only author" if len(mine) == len(theirs) == 1 else " as first author"
    if (first[0] and last[1]) or (last[0] and first[1]):
        return CROSSED, " as first author of one, last of the other"
    return 0.0, ""


def _both_names(one: Person, other: Person) -> str:
    return one.name if one.name == other.name else f"{one.name} ({other.name})"
