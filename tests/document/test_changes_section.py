"""What is new since the previous version: in the report where there is one, its numbers in results.json."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from evidence.analysis_file import read_analysis
from evidence.document.blocks import Details, FigureBlock, Paragraph, Points, Section, TableBlock, plain, walk
from evidence.document.build import make, render
from evidence.document.findings import Findings, find
from evidence.document.inputs import inputs
from evidence.document.results_json import to_dict
from evidence.document.sections import SECTIONS, flow
from evidence.document.sections.changes import section
from evidence.review.review import read_review
from tests.document.reading_back import Stored, page_of, strangers, words
from tests.thirdreview import NAME, write_third_review
from tests.updates.conftest import ANALYSIS
from tests.updates.test_news import correct
from tests.updates.test_versions import freeze

#: The same with a conclusion that earlier versions did not draw, and that the last correction undoes.
CONCLUDED = ANALYSIS.replace(
    'by = ["device"]',
    'by = ["device"]\nconclusions = [{name = "Two thirds improved", rule = "observed > 0.667"}]',
)


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Findings:
    """A review with two versions, corrected after each; made once."""
    folder = tmp_path_factory.mktemp("changed")
    heel = write_third_review(folder / "data" / NAME)
    (folder / "analyses").mkdir()
    (folder / "analyses" / "heel.toml").write_text(ANALYSIS, encoding="utf-8")
    freeze(heel, "2025-11")
    correct(heel, 7)
    freeze(heel, "2026-05")
    correct(heel, 2)
    (folder / "analyses" / "heel.toml").write_text(CONCLUDED, encoding="utf-8")
    analysis = replace(read_analysis(folder / "analyses" / "heel.toml"), review=str(heel))
    return find(analysis, read_review(heel))


def said(found: Section) -> str:
    return " ".join(plain(block.text) for block in walk(found.blocks) if isinstance(block, Paragraph))


def test_it_stands_between_results_and_sensitivity() -> None:
    names = list(SECTIONS)
    assert names[names.index("changes") - 1 : names.index("changes") + 2] == ["results", "changes", "sensitivity"]


def test_without_an_earlier_version_there_is_nothing(findings: Findings) -> None:
    assert section(findings) is None and "changes" not in to_dict(findings)


def test_each_outcome_has_its_change_figure_table_and_history(changed: Findings) -> None:
    found = section(changed)
    assert found is not None and found.title == "What is new since the previous version"
    text = said(found)
    assert "Compared with the version 2026-05" in text and "Compared with the version 2025-11" in text
    assert "In the version 2026-05 49 of 67 patients" in text and "Now 44 of 67 patients" in text
    assert "The counts are the same." in text
    blocks = list(walk(found.blocks))
    figures = [block.name for block in blocks if isinstance(block, FigureBlock)]
    assert figures == ["waterfall-improved", "history-improved"], "what has no estimate has a table alone"
    tables = [block.table.name for block in blocks if isinstance(block, TableBlock)]
    assert tables[:3] == ["changes-improved", "versions-improved", "versions-pain_free"]
    assert "changes-tables-2026-05" in tables and "changes-improved-2025-11" in tables


def test_what_is_folded_is_left_out_of_print_and_told_by_its_files(changed: Findings) -> None:
    found = section(changed)
    assert found is not None
    folded = [block for block in found.blocks if isinstance(block, Details)]
    assert [block.printed for block in folded] == [
        "Improved: every source of the change in numbers: tables/changes-improved.csv.",
        "What is new since the first version, 2025-11: tables/changes-improved-2025-11.csv.",
    ]
    assert changed.changes is not None
    kept = section(replace(changed, changes=replace(changed.changes, kept=True)))
    assert kept is not None and isinstance(kept.blocks[-1], Details)
    assert str(kept.blocks[-1].printed).endswith(f"tables/changes-improved-2025-11.csv, data/{NAME}/CHANGES.md.")


def test_a_conclusion_is_told_before_and_after_and_in_every_version(changed: Findings) -> None:
    found = section(changed)
    assert found is not None
    (points,) = [block for block in found.blocks if isinstance(block, Points)]
    assert [plain(item) for item in points.items] == [
        "Two thirds improved (observed share above 66.7 %): changed: holds in 2026-05 (observed share 73.1 %);"
        " does not hold now (observed share 65.7 %)."
    ]
    tables = {block.table.name: block.table for block in walk(found.blocks) if isinstance(block, TableBlock)}
    rows = [[cell.text for cell in row] for row in tables["versions-improved"].printed.rows]
    assert [(row[0], row[4]) for row in rows] == [
        ("2025-11 (2026-11-28)", "holds"),
        ("2026-05 (2026-11-28)", "holds"),
        ("Now", "does not hold"),
    ]
    assert rows[1][-1].startswith("1 arm with other counts; -") and rows[2][-1].endswith(" points.")
    values = to_dict(changed)["changes"]
    assert [[one["holds"] for one in version["verdicts"]] for version in values["histories"][0]["versions"]] == [
        [True],
        [True],
        [False],
    ]
    assert values["since"][0]["outcomes"][0]["conclusions"][0]["changed"] is True


def test_its_tables_hold_values(changed: Findings) -> None:
    found = section(changed)
    assert found is not None
    tables = {block.table.name: block.table for block in walk(found.blocks) if isinstance(block, TableBlock)}
    rows = [[cell.value for cell in row] for row in tables["changes-improved"].rows]
    assert [row[1] for row in rows] == ["version", "corrected", "change", "version"]
    assert rows[1][3] == pytest.approx(100 * (44 - 49) / 67) and rows[1][4] == rows[2][4]
    assert rows[3][4] - rows[0][4] == pytest.approx(rows[2][4])
    counted = {row[0].value: [cell.value for cell in row[1:5]] for row in tables["changes-tables-2026-05"].rows}
    assert counted["outcomes"] == [0, 0, 2, 0]


def test_every_number_of_the_section_is_in_the_results(changed: Findings) -> None:
    files = render(changed)
    values = json.loads(files["results.json"])
    element = page_of(files["index.html"]).get_element_by_id("changes")
    stored = Stored(values["changes"], values["banner"])
    assert len(list(words(element))) > 40
    ticks = [(token, text) for token, text in strangers(words(element), stored) if token == text.strip()]
    assert all(float(token) % 2.5 == 0 for token, _ in ticks), "of the axis"
    assert [one for one in strangers(words(element), stored) if one not in ticks] == []
    first = values["changes"]["since"][0]["outcomes"][0]
    first["steps"], first["decomposition"], first["paragraph"] = None, None, ""
    assert strangers(words(element), Stored({"since": [values["changes"]["since"][0]]})), "another result is found out"


def test_versions_are_among_the_inputs(changed: Findings) -> None:
    names = [file.name for file in inputs(changed.analysis, changed.review)]
    assert f"data/{NAME}/versions/2026-05/manifest.json" in names


def test_an_analysis_that_leaves_the_section_out_computes_nothing(changed: Findings) -> None:
    analysis = replace(changed.analysis, sections=("results",))
    assert find(analysis, changed.review).changes is None


def test_both_versions_of_the_first_review(calcinosis_findings: Findings) -> None:
    found = section(calcinosis_findings)
    assert found is not None
    text = said(found)
    assert "In the version end-of-2016 there is no estimate: 0 of 1 patient." in text
    assert "In the version end-of-2021 there is no estimate: 2 of 5 patients." in text
    assert "Gauffenic 2023 (CATSS-O) (9/28) -3.6" in text and "Gauffenic 2023 (CATSS-O) (9/28) -2.8" in text
    document = make(calcinosis_findings)
    figures = {block.name for block in document.figures}
    assert {"waterfall-any_response", "history-complete_remission"} <= figures
    assert "history-recurrence" not in figures, "no version has an estimate: the table says what each counts"
    assert "versions-recurrence" in {block.table.name for block in document.tables}
    spoken = " ".join(plain(item) for block in found.blocks if isinstance(block, Points) for item in block.items)
    assert "The interval excludes 50 %: known now: not known in end-of-2021, because there is no estimate" in spoken
    assert calcinosis_findings.changes is not None
    stored = calcinosis_findings.changes.to_dict()
    for told in stored["since"]:
        shared = told["outcomes"][1]["decomposition"]
        assert sum(part["points"] for part in shared["parts"]) == pytest.approx(shared["points"], abs=1e-9)


def test_the_flow_says_which_version_was_before_and_what_does_not_agree(calcinosis_findings: Findings) -> None:
    text = said(flow.section(calcinosis_findings))
    assert "The flow diagram shows what came in since the version end-of-2021; the table is of all versions." in text
    assert "Rebuilt from later tables" in text and "Does not add up" not in text
    wrong = replace(calcinosis_findings.flow, differences=("what was in before is not agreed on.",))
    found = flow.section(replace(calcinosis_findings, flow=wrong))
    cautions = [plain(one.text) for one in found.blocks if isinstance(one, Paragraph) and one.kind == "caution"]
    assert "Does not add up: what was in before is not agreed on." in cautions
    stored = to_dict(calcinosis_findings)["flow"]
    assert (stored["previous"]["studies"], stored["new"]["studies"], stored["studies"]) == (12, 11, 23)
    rows = {
        row[1].text: row[2].text for block in found.blocks if isinstance(block, TableBlock) for row in block.table.rows
    }
    assert rows["Studies that were in the previous version (end-of-2021)"] == "12" and rows["New studies"] == "11"
