"""Synthetic records as several databases export them: papers, the same papers again in other writing, and near misses.

The papers are made up. Words, authors and journals are as unevenly frequent as real ones (Zipf), a fifth of the records
stands there again as another database writes it, and beside every tenth paper stands one that only looks like it.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import accumulate

from evidence.bibliography.duplicates.folding import listed
from evidence.bibliography.record import Record

_BEGINNINGS = listed(
    "ar bel cal der ech fib gal hep iso kar lam mel nef or pan rad sar tel ur val xen zo bro cri dro gly"
)
_MIDDLES = listed("a e i o u ano eri ola uri omo ita ero")
_ENDINGS = listed(
    "bine cin dol fil gen kin lol mab nib pam ril sin tide zole itis osis emia pathy oma plasty scopy gram"
)
_PATTERNS = (
    "{} of {} in patients with {} {}: a randomized controlled trial",
    "effects of {} on {} and {} after {}",
    "{} and {} in {}: a systematic review and meta-analysis",
    "prevalence of {} {} among adults with {} in {}",
    "{} for {} in children with {}",
    "role of {} in {}-induced {} {}",
    "{} {}: report of three cases with {} and {}",
    "long-term outcome of {} {} following {} for {}",
    "association between {} and {} in {}: results of the {} cohort",
    "{} versus {} for the treatment of {} {}",
    "a new method to measure {} in {} by {} {}",
)
_PLAIN = listed(
    "acute chronic severe early late primary secondary oral local surgical cardiac renal hepatic pulmonary cerebral"
    " vascular muscle bone skin blood serum plasma cell tissue gene receptor protein insulin glucose pressure pain"
    " stroke cancer asthma diabetes depression infection pregnancy surgery exercise therapy screening diagnosis risk"
    " mortality survival quality function memory sleep nutrition obesity smoking vaccination imaging α-synuclein"
    " β-lactamase TNF-α IL-6 HbA1c CO2 vitamin"
)
_FAMILIES = listed(
    "Wang Li Zhang Liu Chen Smith Kim Lee Müller García Johnson Tanaka Singh Rossi Silva Nguyen Kumar Martin Brown"
    " Jensen Sørensen Łukasz O'Neill Öztürk Dubois"
)
_FIELDS = listed(
    "Clinical Experimental European American International Applied British Scandinavian Internal Molecular Annals"
    " Archives"
)
_SUBJECTS = listed(
    "Rheumatology Cardiology Dermatology Medicine Neurology Surgery Pediatrics Oncology Nephrology Pathology Immunology"
    " Endocrinology Psychiatry Radiology Epidemiology"
)


@dataclass(frozen=True, slots=True)
class Labelled:
    """Records with their ids, and for each id the number of its paper."""

    records: list[tuple[str, Record]]
    paper: dict[str, int]


def exports(size: int, seed: int = 1, repeated: float = 0.2, near: float = 0.1) -> Labelled:
    """``size`` records, shuffled: ``repeated`` of them are there again, ``near`` of the papers have a near miss."""
    rng = random.Random(seed)
    world = _World(rng)
    found: list[tuple[int, Record]] = []
    papers: list[Record] = []
    while len(found) < size * (1 - repeated):
        papers.append(world.paper())
        found.append((len(papers), papers[-1]))
        if rng.random() < near:
            miss = rng.choice(NEAR_MISSES)(papers[-1], rng)
            papers.append(miss)
            found.append((len(papers), miss))
    while len(found) < size:
        number = min(int(rng.paretovariate(1.0) * len(papers) / 50), len(papers)) if rng.random() < 0.1 else 0
        number = number or rng.randint(1, len(papers))
        found.append((number, again(papers[number - 1], rng)))
    rng.shuffle(found)
    ids = [f"record{i}" for i in range(len(found))]
    return Labelled(
        [(identity, record) for identity, (_, record) in zip(ids, found, strict=True)],
        {identity: number for identity, (number, _) in zip(ids, found, strict=True)},
    )


class _World:
    """Words, people and journals to make papers of."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        made = sorted({b + m + e for b in _BEGINNINGS for m in _MIDDLES for e in _ENDINGS})
        rng.shuffle(made)
        self.words = _PLAIN + made
        self.families = _FAMILIES + [
            (b + m + e[:3]).title() for b in _BEGINNINGS for m in _MIDDLES for e in _ENDINGS[:9]
        ]
        self.journals = [f"Journal of {field} {name}" for field in _FIELDS for name in _SUBJECTS] + _SUBJECTS
        self.weights = {
            id(items): list(accumulate(1 / rank for rank in range(3, len(items) + 3)))
            for items in (self.words, self.families, self.journals)
        }

    def one(self, items: list[str]) -> str:
        return self.rng.choices(items, cum_weights=self.weights[id(items)])[0]

    def paper(self) -> Record:
        rng = self.rng
        pattern = rng.choice(_PATTERNS)
        title = pattern.format(*(self.one(self.words) for _ in range(pattern.count("{}"))))
        first = rng.randint(1, 2400)
        volume, year = rng.randint(1, 140), rng.randint(1985, 2024)
        people = [f"{self.one(self.families)}, {rng.choice('ABCDEFGHJKLMPRSTW')}." for _ in range(rng.randint(1, 9))]
        numbered = rng.random() < 0.6
        return Record(
            kind="article",
            title=title[0].upper() + title[1:],
            authors=tuple(people),
            year=year,
            journal=self.one(self.journals),
            volume=str(volume),
            issue=str(rng.randint(1, 12)),
            pages=f"{first}-{first + rng.randint(2, 14)}",
            doi=f"10.{rng.randint(1000, 1400)}/j.{rng.randint(10**6, 10**7)}.{year}" if numbered else None,
            pmid=str(rng.randint(10**6, 10**8 // 3)) if rng.random() < 0.4 else None,
            abstract=" ".join(self.one(self.words) for _ in range(60)) if rng.random() < 0.7 else None,
        )


def again(record: Record, rng: random.Random) -> Record:
    """The same paper as another database has it: one to four things written in another way."""
    record = replace(record, pmid=record.pmid if rng.random() < 0.5 else None)
    record = replace(record, doi=record.doi if rng.random() < 0.5 else None)
    for change in rng.sample(CHANGES, rng.randint(1, 4)):
        record = change(record, rng)
    return record


def _shorter_pages(record: Record, rng: random.Random) -> Record:
    first, _, last = (record.pages or "").partition("-")
    if len(first) != len(last):
        return record
    same = next((i for i, (a, b) in enumerate(zip(first, last, strict=True)) if a != b), 0)
    return replace(record, pages=f"{first}-{last[same:]}")


def _typo(record: Record, rng: random.Random) -> Record:
    title = record.title or ""
    at = rng.randrange(1, len(title) - 1)
    return replace(record, title=title[:at] + title[at + 1] + title[at] + title[at + 2 :])


def _misread(text: str) -> str:
    return text.encode("utf-8").decode("cp1252", "replace")


def _given_first(record: Record, rng: random.Random) -> Record:
    turned = (author.partition(", ") for author in record.authors)
    return replace(record, authors=tuple(f"{given} {family}".strip() for family, _, given in turned))


CHANGES: list[Callable[[Record, random.Random], Record]] = [
    lambda r, rng: replace(r, title=(r.title or "").upper()),
    lambda r, rng: replace(r, title=(r.title or "").replace("α", "alpha").replace("β", "beta") + "."),
    lambda r, rng: replace(r, title=f"{r.title} [{rng.choice(['German', 'Abstract', 'see comment', 'Review'])}]"),
    lambda r, rng: replace(r, title=f"[{r.title}]"),
    lambda r, rng: replace(r, title=f"<b>{r.title}</b>"),
    lambda r, rng: replace(r, title=_misread(r.title or ""), authors=tuple(map(_misread, r.authors))),
    lambda r, rng: replace(r, title=(r.title or "").partition(":")[0]),
    _typo,
    lambda r, rng: replace(r, title=(r.title or "").replace("randomized", "randomised").replace("-", " ")),
    lambda r, rng: replace(r, authors=tuple(author.replace(",", "") for author in r.authors)),
    lambda r, rng: replace(r, authors=("".join(author.replace(",", "") for author in r.authors),)),
    _given_first,
    lambda r, rng: replace(r, authors=r.authors[: rng.randint(1, 3)]),
    lambda r, rng: replace(r, authors=()),
    lambda r, rng: replace(r, journal=" ".join(w[:5] + "." for w in (r.journal or "").split() if w != "of")),
    lambda r, rng: replace(r, journal=f"{r.journal} (London, England)"),
    _shorter_pages,
    lambda r, rng: replace(r, pages=f"pp. {(r.pages or '').replace('-', '–')}"),
    lambda r, rng: replace(r, pages=None),
    lambda r, rng: replace(r, volume=f"{r.volume} ({r.issue})", issue=None),
    lambda r, rng: replace(r, year=(r.year or 0) - 1, volume=None, issue=None, pages=None),
    lambda r, rng: replace(r, doi=f"https://doi.org/{r.doi.upper()}" if r.doi else None),
    lambda r, rng: replace(r, abstract=None),
]  # fmt: skip


def _elsewhere(record: Record, rng: random.Random, further: int) -> Record:
    """What another paper doesn't share: its number, and its pages, so much further on."""
    first = int((record.pages or "0").partition("-")[0]) + further
    doi = f"{record.doi}{further}" if record.doi else None
    return replace(record, doi=doi, pmid=None, pages=f"{first}-{first + 6}", abstract=None)


def _other_word(record: Record, rng: random.Random) -> Record:
    words = (record.title or "").split()
    at = max(range(len(words)), key=lambda i: len(words[i]))
    words[at] = rng.choice(_PLAIN[:40])
    return replace(_elsewhere(record, rng, 20), title=" ".join(words))


NEAR_MISSES: list[Callable[[Record, random.Random], Record]] = [
    _other_word,
    lambda r, rng: replace(_elsewhere(r, rng, 15), title=f"{r.title}. Part 2"),
    lambda r, rng: replace(_elsewhere(r, rng, 300), title=f"Erratum: {r.title}"),
    lambda r, rng: replace(_elsewhere(r, rng, 90), title=f"Reply to: {r.title}", authors=r.authors[:1]),
    lambda r, rng: replace(_elsewhere(r, rng, 90), title=f"Comment on: {r.title}", authors=("Doe, J.", "Roe, R.")),
    lambda r, rng: replace(
        _elsewhere(r, rng, 1), kind="conference", year=(r.year or 0) - 1, volume="7", issue="Suppl 1", pages="S123",
        journal="Annual Congress of Medicine Abstracts",
    ),
    lambda r, rng: replace(_elsewhere(r, rng, 1), issue="Suppl 2", pages=f"S{rng.randint(1, 700)}", kind="conference"),
    lambda r, rng: replace(
        _elsewhere(r, rng, 5), title=f"{r.title}: study protocol", year=(r.year or 0) - 3, volume="3", journal="Trials"
    ),
    lambda r, rng: replace(
        _elsewhere(r, rng, 900), year=(r.year or 0) + 5, volume=str(int(r.volume or 0) + 5), issue="2"
    ),
    lambda r, rng: replace(
        _elsewhere(r, rng, 7), title=f"Annual report {r.year}", authors=(), volume=str(int(r.volume or 0) + 1)
    ),
]  # fmt: skip


def removable(records: Labelled, together: Iterator[tuple[str, str]]) -> tuple[int, int, int, int]:
    """TP, FN, TN, FP where one record of each paper stays and the others should go."""
    parent = {identity: identity for identity, _ in records.records}

    def root(identity: str) -> str:
        while parent[identity] != identity:
            parent[identity] = parent[parent[identity]]
            identity = parent[identity]
        return identity

    for first, second in together:
        parent[root(first)] = root(second)
    joint = {(root(identity), number) for identity, number in records.paper.items()}
    groups, papers = len({group for group, _ in joint}), len({number for _, number in joint})
    duplicates = len(parent) - papers
    missed, wrong = len(joint) - papers, len(joint) - groups
    return duplicates - missed, missed, papers - wrong, wrong
