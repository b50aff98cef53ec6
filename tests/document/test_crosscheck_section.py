"""The section on other software: what was kept beside our numbers of now, stale where they have changed."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import pytest

from evidence.analysis_file import read_analysis
from evidence.counts import Counts
from evidence.crosscheck.case import case_from
from evidence.crosscheck.comparison import Answer, Value
from evidence.crosscheck.stored import counts_hash, path_of, read_stored, store, to_text
from evidence.document.build import render
from evidence.document.findings import Findings
from evidence.document.inputs import inputs
from evidence.document.sections.crosscheck import section
from evidence.errors import DataError
from evidence.outcomes import select
from evidence.review.review import read_review

ROOT = Path(__file__).parents[2]


def with_stored(findings: Findings, folder: Path, change: float = 0.0) -> Findings:
    """The findings of an analysis that has R's numbers beside it: ours, changed by ``change``."""
    path = folder / "heel-pain.toml"
    path.write_text(findings.analysis.path.read_text(encoding="utf-8"), encoding="utf-8")
    kept = []
    for found in findings.outcomes:
        case = case_from(found.selection.counts, found.pooled, found.request.study_limits)
        assert found.pooled.estimate is not None
        values: dict[str, Value] = {"proportion": found.pooled.estimate + change}
        apart = {"log_likelihood": "it has another constant"}
        answer = Answer("metafor", "3.8-1, R 4.2.2", values, {}, apart, says="it has no profile.")
        kept.append(store(case, found.request.outcome, found.request.where, [answer]))
    path_of(path).write_text(to_text(kept), encoding="utf-8")
    return replace(findings, analysis=replace(findings.analysis, path=path))


def text_of(findings: Findings) -> str:
    return " ".join(render(findings)["report.md"].split())


def test_nothing_is_said_where_nothing_was_kept(findings: Findings) -> None:
    assert section(findings) is None
    assert "other software" not in text_of(findings)


def test_what_was_reproduced_is_said_with_the_largest_difference(findings: Findings, tmp_path: Path) -> None:
    text = text_of(with_stored(findings, tmp_path, 3e-10))
    assert "Checked with other software" in text
    assert "| Improved | metafor 3.8-1, R 4.2.2 | proportion (common proportion) | below 0.000000001 | – |" in text
    stamp = "Software: metafor 3.8-1, R 4.2.2. Largest difference: below 0.000000001. No number differs beyond its"
    assert stamp in text
    assert "Not comparable: it has another constant." in text
    assert "Improved, metafor: it has no profile." in text
    assert "Stale" not in text


def test_why_there_was_nothing_to_check_is_in_words(calcinosis_findings: Findings) -> None:
    said = text_of(calcinosis_findings)
    assert "Recurrence, metafor: nothing of the model to check: each study has one unit." in said
    assert "the status is" not in said


def test_a_number_that_differs_is_told_as_such(findings: Findings, tmp_path: Path) -> None:
    text = text_of(with_stored(findings, tmp_path, 3e-4))
    assert "Largest difference: proportion (common proportion), below 0.001. 2 numbers differ beyond their" in text
    assert (
        "| Improved | metafor 3.8-1, R 4.2.2 | – | proportion (common proportion), below 0.001 |"
        " proportion (common proportion) |" in text
    )


@pytest.mark.parametrize(("key", "value"), [("counts_sha256", "0" * 64), ("study_limits", "wilson")])
def test_changed_counts_or_limits_make_it_stale(findings: Findings, tmp_path: Path, key: str, value: str) -> None:
    changed = with_stored(findings, tmp_path)
    path = path_of(changed.analysis.path)
    content = json.loads(path.read_text(encoding="utf-8"))
    content["outcomes"][0][key] = value
    path.write_text(json.dumps(content), encoding="utf-8")
    text = text_of(changed)
    assert "Stale: Improved. The counts or the model have changed" in text
    assert "| Improved | metafor" not in text and "| Free of pain | metafor" in text


def test_another_model_makes_it_stale(findings: Findings, tmp_path: Path) -> None:
    found = findings.outcomes[0]
    case = case_from(found.selection.counts, found.pooled, found.request.study_limits)
    (kept,) = (store(case, "improved", {}, []),)
    assert kept.is_of(case)
    assert not kept.is_of(replace(case, model=replace(case.model, level=0.9)))
    assert not kept.is_of(replace(case, arms=case.arms.take([0, 1])))


def test_the_hash_is_of_counts_and_shared_studies_not_of_names() -> None:
    one = Counts([1, 2, 3], [4, 5, 6], labels=["a", "b", "c"])
    assert counts_hash(one) == counts_hash(Counts([1, 2, 3], [4, 5, 6], labels=["x", "y", "z"]))
    assert counts_hash(one) != counts_hash(Counts([1, 2, 3], [4, 5, 6], studies=["s", "s", "t"]))
    assert counts_hash(one) != counts_hash(Counts([1, 2, 4], [4, 5, 6]))


def test_what_is_kept_reads_back_as_it_was(tmp_path: Path, findings: Findings) -> None:
    found = findings.outcomes[0]
    case = case_from(found.selection.counts, found.pooled, found.request.study_limits)
    values: dict[str, Value] = {"estimate": 1 / 3, "study_limits": (0.1, 0.2)}
    kept = store(case, "improved", {"device": "radial"}, [Answer("metafor", "3.8-1", values, apart={"se": "why"})])
    path = tmp_path / "x.crosscheck.json"
    path.write_text(to_text([kept]), encoding="utf-8")
    assert read_stored(path) == (kept,)
    assert read_stored(tmp_path / "nothing") is None


@pytest.mark.parametrize("text", ["{", "[]", '{"outcomes": [{}]}', '{"outcomes": [1]}', "\x80"])
def test_a_damaged_file_is_a_problem_with_a_mend(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.crosscheck.json"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(DataError, match="not-a-crosscheck"):
        read_stored(path)


def test_the_file_is_among_the_inputs(findings: Findings, tmp_path: Path) -> None:
    changed = with_stored(findings, tmp_path)
    names = [file.name for file in inputs(changed.analysis, changed.review)]
    assert "analyses/heel-pain.crosscheck.json" in names
    assert read_analysis(changed.analysis.path).name == "heel-pain"


@pytest.mark.parametrize("name", ["sts-calcinosis-cutis", "sts-calciphylaxis"])
def test_the_committed_numbers_are_of_the_committed_analyses(name: str) -> None:
    analysis = read_analysis(ROOT / "analyses" / f"{name}.toml")
    review = read_review(analysis.review)
    kept = read_stored(path_of(analysis.path))
    assert kept is not None
    for stored, request in zip(kept, analysis.outcomes, strict=True):
        counts = select(review, request.outcome, where=request.where, time=request.time).counts.present()
        assert (stored.outcome, stored.counts) == (request.outcome, counts_hash(counts))
        assert stored.model == request.model.to_dict()
    report = ROOT / "reports" / name / "tables" / "crosscheck.csv"
    rows = list(csv.DictReader(report.read_text(encoding="utf-8").splitlines()))
    assert len(rows) == len(kept)
    assert [row["differs"] for row in rows] == [""] * len(rows), "metafor has all these numbers"
