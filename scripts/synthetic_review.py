"""Write data/synthetic-example: a review that is made up from a fixed seed, to show every figure and table.

Nobody curated it and nothing in it is real: no patient, no study, no report, no drug. Run it from anywhere:
python scripts/synthetic_review.py [FOLDER]
"""

from __future__ import annotations

import csv
import random
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[1] / "data" / "synthetic-example"
SEED = 20240531
TEXTS = Path(__file__).resolve().with_name("synthetic_texts")

NAMES = (
    "Alfa", "Bravo", "Charlie", "Delta", "Echo", "Foxtrot", "Golf", "Hotel", "India", "Juliett", "Kilo", "Lima", "Mike",
    "November", "Oscar", "Papa", "Quebec", "Romeo", "Sierra", "Tango", "Uniform", "Victor", "Whiskey", "X-ray",
    "Yankee", "Zulu", "Ålesund", "Œuvre", "Straße", "Ωmega",
)  # fmt: skip
#: Design -> number of studies.
DESIGNS = {"case_report": 12, "case_series": 13, "retrospective_cohort": 3, "prospective_single_arm": 2}
#: Route -> share of patients with complete, partial, no response; the rest gets worse.
ROUTES = {
    "topical": (0.25, 0.30, 0.38),
    "intralesional": (0.45, 0.30, 0.20),
    "oral": (0.15, 0.35, 0.40),
    "intravenous": (0.30, 0.35, 0.28),
}
CONDITIONS = ("nodular", "diffuse", "ulcerated")
STRENGTHS = {"topical": (10, 25), "intralesional": (100, 150, 250), "oral": (5, 10), "intravenous": (125, 250)}
TERMS = {
    "pain at the site": ("General disorders and administration site conditions", 0.35, ("topical", "intralesional")),
    "redness": ("Skin and subcutaneous tissue disorders", 0.25, ("topical", "intralesional")),
    "local infection": ("Infections and infestations", 0.06, ("intralesional", "intravenous")),
    "nausea": ("Gastrointestinal disorders", 0.30, ("oral", "intravenous")),
    "dizziness": ("Nervous system disorders", 0.12, ("oral", "intravenous")),
}
REASONS = ("wrong_population", "wrong_treatment", "no_outcome", "review")
DATABASES, REGISTER = ("Example Database One", "Example Database Two"), "Example Register"
OTHERS = {"reference lists": "citation", "example.org": "website"}
#: Reports excluded by title or abstract, excluded in full, not retrieved, awaiting; in each version of the review.
LEFT_OUT = {1: (44, 12, 3, 2), 2: (19, 5, 1, 1)}
#: Outcome -> the words of each domain of GRADE, of rater A and of rater B where it differs; made up like all the rest.
CERTAINTY = {
    "complete_remission": {
        "start": ("low",),
        "risk_of_bias": ("serious", "very_serious"),
        "inconsistency": ("serious",),
        "indirectness": ("not_serious",),
        "imprecision": ("not_serious",),
        "publication_bias": ("strongly_suspected",),
        "overall": ("very_low",),
    },
    "any_response": {
        "start": ("low",),
        "risk_of_bias": ("serious",),
        "inconsistency": ("not_serious", "serious"),
        "indirectness": ("not_serious",),
        "imprecision": ("not_serious",),
        "publication_bias": ("undetected",),
        "overall": ("very_low",),
    },
}
#: Studies of the first version.
FIRST = 23
LARGEST_DESCRIBED = 6

Row = dict[str, Any]


@dataclass
class Made:
    """Rows of each table, as they are made."""

    rng: random.Random
    rows: dict[str, list[Row]] = field(default_factory=dict)

    def add(self, table: str, **row: Any) -> None:
        """A row of a table."""
        self.rows.setdefault(table, []).append(row)


def main(arguments: Sequence[str]) -> int:
    """Write the folder."""
    folder = Path(arguments[0]) if arguments else FOLDER
    write(folder)
    print(f"{folder} written")
    return 0


def write(folder: Path) -> None:
    """Write every file of the review; other files in the folder stay."""
    made = Made(random.Random(SEED))
    designs = (
        ["case_report"] * 12 + ["case_series"] * 13 + ["retrospective_cohort"] * 3 + ["prospective_single_arm"] * 2
    )
    made.rng.shuffle(designs)
    for i, (name, design) in enumerate(zip(NAMES, designs, strict=True)):
        _study(made, i, name, design)
    _not_included(made)
    _searches(made)
    _certainty(made)
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in made.rows.items():
        _write_csv(folder / f"{name}.csv", rows)
    for path in sorted(TEXTS.iterdir()):
        (folder / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8", newline="\n")
    (folder / "references.bib").write_text(_references(made.rows["reports"]), encoding="utf-8", newline="\n")


def _study(made: Made, i: int, name: str, design: str) -> None:
    rng = made.rng
    version = 1 if i < FIRST else 2
    year = 1998 + round(24 * i / len(NAMES)) if version == 1 else rng.randint(2021, 2024)
    key = f"synthetic{i + 1:02d}"
    study = f"synthetic-{i + 1:02d}"
    several = design != "case_report" and rng.random() < 0.3
    sizes = {"case_report": (1, 1), "case_series": (3, 14), "retrospective_cohort": (18, 45)}
    low, high = sizes.get(design, (20, 40))
    arms = [rng.randint(low, high) for _ in range(2 if several else 1)]
    routes = rng.sample(sorted(ROUTES), len(arms))
    country = rng.choice(("Northland", "Southland", "Westland"))
    made.add(
        "studies",
        study_id=study,
        label=f"{name} {year}",
        year=year,
        country=country,
        design=design,
        n_treated=sum(arms),
        incidental="yes" if design == "case_report" and rng.random() < 0.15 else "no",
    )
    _report(made, key, study, year, design, "included", version)
    if rng.random() < 0.15:
        _report(made, f"{key}b", study, year, design, "duplicate_report", version)
    for number, (n, route) in enumerate(zip(arms, routes, strict=True), start=1):
        _arm(made, (study, f"{study}-{number}"), n, route)
    if i != len(NAMES) - 1:
        _appraisals(made, study, design)


def _report(made: Made, key: str, study: str | None, year: int, design: str, decision: str, version: int) -> None:
    rng = made.rng
    source = rng.choices((*DATABASES, "; ".join(DATABASES), REGISTER, *OTHERS), (8, 5, 4, 1, 2, 1))[0]
    seen = "abstract" if decision not in ("included", "duplicate_report") or rng.random() < 0.2 else "full_text"
    made.add(
        "reports",
        report_id=key,
        study_id=study,
        year=year,
        design=design,
        language="en",
        publication_type="article",
        source_seen=seen,
        url_or_doi="",
    )
    reason = "further_report" if decision == "duplicate_report" else None
    made.add(
        "screening", report_id=key, source=source, decision=decision, stage="full_text", reason=reason, version=version
    )


def _arm(made: Made, ids: tuple[str, str], n: int, route: str) -> None:
    rng, (study, arm) = made.rng, ids
    condition = rng.choice(CONDITIONS)
    strength = rng.choice(STRENGTHS[route])
    followup = rng.choice((3, 6, 12, 24))
    duration = min(rng.choice((1, 2, 3, 6)), followup)
    made.add(
        "arms",
        arm_id=arm,
        study_id=study,
        label=f"{route.capitalize()} {strength} mg/mL",
        n_treated=n,
        route=route,
        condition=condition,
        concentration_mg_ml=strength,
        sessions_min=rng.randint(1, 3),
        sessions_max=rng.randint(3, 8),
        duration_months=duration,
        followup_months=followup,
        concomitant_therapy=rng.choice((None, None, "examplicillin", "examplone; examplicillin")),
    )
    # One study differs from the other as well: its shares are drawn around those of its route.
    tilt = rng.gauss(0.0, 0.12)
    complete, partial, same = ROUTES[route]
    weights = [max(complete + tilt, 0.02), partial, max(same - tilt, 0.02), max(1 - complete - partial - same, 0.01)]
    if n == 1:
        weights = [3 * weights[0], 2 * weights[1], weights[2], 0.5 * weights[3]]
    responses = rng.choices(("complete", "partial", "none", "worse"), weights, k=n)
    followed = [min(max(round(rng.gauss(followup, followup / 5), 1), duration), 60) for _ in range(n)]
    came_back = [word in ("complete", "partial") and rng.random() < 0.2 for word in responses]
    split = n == 1 or rng.random() < 0.85
    _outcomes(made, arm, responses, came_back, (followup, split))
    _events(made, arm, route, n)
    if n <= LARGEST_DESCRIBED:
        for i, (response, months, again) in enumerate(zip(responses, followed, came_back, strict=True), start=1):
            responded = response in ("complete", "partial")
            made.add(
                "patients",
                patient_id=f"{arm}-p{i}",
                arm_id=arm,
                age_years=rng.randint(19, 84),
                sex=rng.choice("FFM"),
                response=response if split else "not_reported",
                recurrence=("yes" if again else "no") if responded else "not_reported",
                followup_months=months,
                duration_months=duration,
                sessions=rng.randint(1, 8),
                response_months=round(rng.uniform(0.3, duration), 1) if responded and split else None,
            )


def _outcomes(
    made: Made, arm: str, responses: Sequence[str], came_back: Sequence[bool], told: tuple[int, bool]
) -> None:
    """Rows of outcomes.csv; an arm whose responses are not split has no complete remission and no worsening."""
    rng, n, (months, split) = made.rng, len(responses), told
    any_response = sum(word in ("complete", "partial") for word in responses)
    counts = {"complete_remission": responses.count("complete")} if split else {}
    counts |= {"any_response": any_response, "no_response": n - any_response}
    counts |= {"worse": responses.count("worse")} if split else {}
    confidence = rng.choice(("high", "high", "medium", "low"))
    for outcome, events in counts.items():
        derived = outcome == "no_response"
        made.add(
            "outcomes",
            arm_id=arm,
            outcome=outcome,
            unit="patient",
            events=events,
            total=n,
            definition="made up",
            timepoint_months=months,
            basis="derived" if derived else "reported",
            derivation="total minus any_response" if derived else None,
            source_location="made up by the script",
            confidence=confidence,
            agreed_by_both=rng.choice(("yes", "yes", "yes", "no")),
        )
    if any_response and rng.random() < 0.6:
        made.add(
            "outcomes",
            arm_id=arm,
            outcome="recurrence",
            unit="patient",
            events=sum(came_back),
            total=any_response,
            definition="made up",
            timepoint_months=months,
            basis="reported",
            derivation=None,
            source_location="made up by the script",
            confidence=confidence,
            agreed_by_both="yes",
        )


def _events(made: Made, arm: str, route: str, n: int) -> None:
    """Adverse events: a third of the arms is silent; the others tell of some terms, with none where nobody had it."""
    rng = made.rng
    if rng.random() < 0.33:
        return
    for term, (organ, share, routes) in TERMS.items():
        if rng.random() < 0.25:
            continue
        events = sum(rng.random() < (share if route in routes else 0.03) for _ in range(n))
        serious = "yes" if events and term == "local infection" else "no" if events else "not_reported"
        made.add(
            "adverse_events",
            arm_id=arm,
            term=term,
            system_organ_class=organ,
            events=events,
            total=n,
            serious=serious,
            management=None,
            source_location="made up by the script",
        )


def _appraisals(made: Made, study: str, design: str) -> None:
    """Two raters who agree mostly, and a consensus on every item on which they differ."""
    rng = made.rng
    tool, items = ("jbi-case-reports", 8) if design == "case_report" else ("jbi-case-series", 10)
    if design in ("retrospective_cohort", "prospective_single_arm"):
        tool, items = "murad-2018", 8
    words = ("yes", "no", "unclear", "not_applicable")
    for item in range(1, items + 1):
        leaning = rng.choice(((8, 1, 2, 0), (4, 3, 3, 0), (5, 2, 4, 1)))
        first = rng.choices(words, leaning)[0]
        second = first if rng.random() < 0.8 else rng.choices(words, leaning)[0]
        said = {"A": first, "B": second}
        if first != second:
            said["consensus"] = rng.choice((first, second))
        for rater, judgement in said.items():
            made.add(
                "appraisals",
                study_id=study,
                tool=tool,
                item=item,
                rater=rater,
                judgement=judgement,
                support="made up by the script",
                source_location=None,
            )


def _not_included(made: Made) -> None:
    rng, number = made.rng, 0
    for version, amounts in LEFT_OUT.items():
        ways = (
            ("excluded", "title_abstract", ""),
            ("excluded", "full_text", ""),
            ("excluded", "full_text", "not_retrieved"),
            ("awaiting_classification", "full_text", "outcome_unclear"),
        )
        for amount, (decision, stage, fixed) in zip(amounts, ways, strict=True):
            for _ in range(amount):
                number += 1
                key = f"synthetic-out{number:03d}"
                _report(made, key, None, rng.randint(1998, 2024), "other", decision, version)
                made.rows["screening"][-1] |= {"stage": stage, "reason": fixed or rng.choice(REASONS)}


def _searches(made: Made) -> None:
    """A search log whose records, less those removed, are those that were screened."""
    kinds = dict.fromkeys(DATABASES, "database") | {REGISTER: "register"} | OTHERS
    for version in LEFT_OUT:
        rows = [row for row in made.rows["screening"] if row["version"] == version]
        for i, (source, kind) in enumerate(kinds.items(), start=1):
            # A record found in both databases is screened once: it counts as a duplicate of the second search.
            screened = sum(row["source"].split("; ")[0] == source for row in rows)
            both = sum(source in row["source"].split("; ")[1:] for row in rows)
            more = made.rng.randint(3, 12) if kind == "database" else 0
            automatic = made.rng.randint(1, 6) if kind == "database" else 0
            made.add(
                "searches",
                search_id=f"v{version}-{i}",
                source=source,
                kind=kind,
                date="2020-02-01" if version == 1 else "2024-05-31",
                query="example AND nodule",
                records=screened + both + more + automatic,
                duplicates_removed=both + more,
                automation_removed=automatic,
                otherwise_removed=0,
                version=version,
            )


def _certainty(made: Made) -> None:
    """Two raters, and a consensus (the first one's word) where they differ; recurrence is left unjudged."""
    for outcome, domains in CERTAINTY.items():
        for domain, words in domains.items():
            said = {"A": words[0], "B": words[-1]} | ({"consensus": words[0]} if len(words) > 1 else {})
            for rater, word in said.items():
                level = domain in ("start", "overall")
                row = {"judgement": None if level else word, "certainty": word if level else None}
                reason = (
                    None
                    if domain == "overall" or word in ("not_serious", "undetected")
                    else f"made up by the script: {domain}"
                )
                made.add("certainty", outcome=outcome, selection=None, domain=domain, **row, reason=reason, rater=rater)


def _references(reports: Iterable[Mapping[str, Any]]) -> str:
    return "\n".join(
        f"@misc{{{row['report_id']},\n  author = {{Example, A.}},\n  title = {{Synthetic report {row['report_id']},"
        f" which does not exist}},\n  year = {{{row['year']}}},\n}}\n"
        for row in reports
    )


def _write_csv(path: Path, rows: Sequence[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
