"""R's numbers kept beside an analysis, so that a report can say what was reproduced without R."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import DataError, Problem
from .case import quantities
from .comparison import Answer, Closeness, CrossCheck, Value, compare

if TYPE_CHECKING:
    from ..counts import Counts, Rates
    from .case import Case

SUFFIX = ".crosscheck.json"


@dataclass(frozen=True, slots=True)
class Stored:
    """What was kept of one outcome.

    Attributes:
        outcome, where: Which outcome of the analysis.
        counts: Hash of its counts.
        model: Name and every option of the model.
        study_limits: Name of the studies' own limits.
        answers: Of R's packages.
    """

    outcome: str
    where: Mapping[str, Any]
    counts: str
    model: Mapping[str, Any]
    study_limits: str
    answers: tuple[Answer, ...]

    def is_of(self, case: Case) -> bool:
        """Whether counts, model and study limits are still those of the case."""
        now = (counts_hash(case.arms), _plain(case.model.to_dict()), case.study_limits)
        return now == (self.counts, _plain(self.model), self.study_limits)

    def against(self, case: Case) -> CrossCheck:
        """Our numbers of now beside the kept ones."""
        ours = quantities(case)
        rows = tuple(row for answer in self.answers for row in compare(ours, answer))
        remarks = tuple((answer.software, answer.says) for answer in self.answers if answer.says)
        return CrossCheck(str(case.model.title), rows, remarks)


def path_of(analysis: Path) -> Path:
    """Where the numbers of ``analyses/NAME.toml`` are kept: ``analyses/NAME.crosscheck.json``."""
    return analysis.with_suffix(SUFFIX)


def counts_hash(counts: Counts | Rates) -> str:
    """SHA-256 of events, totals (or times) and which arms share a study; labels do not matter."""
    order = list(dict.fromkeys(counts.studies))
    rows = [
        [order.index(study), int(x), n.item()]
        for study, x, n in zip(counts.studies, counts.events, counts.n, strict=True)
    ]
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()


def store(case: Case, outcome: str, where: Mapping[str, Any], answers: Sequence[Answer]) -> Stored:
    """What is kept of a case."""
    return Stored(outcome, dict(where), counts_hash(case.arms), case.model.to_dict(), case.study_limits, tuple(answers))


def to_text(stored: Sequence[Stored]) -> str:
    """The file's text: the same for the same numbers."""
    content = {"outcomes": [_entry(entry) for entry in stored]}
    return json.dumps(content, ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def _entry(stored: Stored) -> dict[str, Any]:
    return {
        "outcome": stored.outcome,
        "where": dict(stored.where),
        "counts_sha256": stored.counts,
        "model": _plain(stored.model),
        "study_limits": stored.study_limits,
        "answers": [_answer_entry(answer) for answer in stored.answers],
    }


def _answer_entry(answer: Answer) -> dict[str, Any]:
    return {
        "software": answer.software,
        "version": answer.version,
        "options": dict(answer.options),
        "values": {key: list(v) if isinstance(v, tuple) else v for key, v in answer.values.items()},
        "tolerances": {
            key: {"fraction": c.fraction, "why": c.why} for key, c in answer.closeness.items() if key in answer.values
        },
        "not_comparable": dict(answer.apart),
        "says": answer.says,
    }


def read_stored(path: Path) -> tuple[Stored, ...] | None:
    """What is kept in a file; None where there is none.

    Raises:
        DataError: it is not such a file.
    """
    if not path.is_file():
        return None
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return tuple(_stored(entry) for entry in content["outcomes"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        message = f"can't be read: {type(error).__name__}: {error}"
        mend = "make it again with `evidence crosscheck ANALYSIS --save`, or remove it"
        raise DataError(Problem("not-a-crosscheck", message, mend, str(path))) from error


def _stored(entry: Mapping[str, Any]) -> Stored:
    return Stored(
        str(entry["outcome"]),
        dict(entry["where"]),
        str(entry["counts_sha256"]),
        dict(entry["model"]),
        str(entry["study_limits"]),
        tuple(_answer(answer) for answer in entry["answers"]),
    )


def _answer(entry: Mapping[str, Any]) -> Answer:
    return Answer(
        str(entry["software"]),
        entry["version"],
        {key: _value(value) for key, value in entry["values"].items()},
        {key: Closeness(float(c["fraction"]), str(c["why"])) for key, c in entry["tolerances"].items()},
        dict(entry["not_comparable"]),
        entry["says"],
        dict(entry["options"]),
    )


def _value(value: Any) -> Value:
    return tuple(float(v) for v in value) if isinstance(value, list) else float(value)


def _plain(options: Mapping[str, Any]) -> Any:
    """Options as JSON has them, so that those of now and those of a file can be compared."""
    return json.loads(json.dumps(dict(options), default=str))
