"""Which frozen version an update began from, and what the flow then counts as previous and as new."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from evidence.review.review import read_review
from evidence.updates.previous import earlier_of, flow_of
from tests.updates.test_news import correct
from tests.updates.test_versions import freeze

#: The study that came last, in every table that names it; and its report.
DI = ("di2011", "di-2011", "di,")


def write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def without_di(folder: Path) -> dict[str, str]:
    """Take the last study out of every table; the tables as they were."""
    kept = {}
    for path in sorted(folder.glob("*.csv")):
        kept[path.name] = path.read_text(encoding="utf-8")
        lines = kept[path.name].splitlines(keepends=True)
        write(path, "".join(line for line in lines if not line.startswith(DI)))
    bib = folder / "references.bib"
    kept[bib.name] = bib.read_text(encoding="utf-8")
    write(bib, re.sub(r"@\w+\{di2011,.*?\n\}\n", "", kept[bib.name], flags=re.S))
    return kept


def put_back(folder: Path, kept: dict[str, str]) -> None:
    for name, text in kept.items():
        write(folder / name, text)


@pytest.fixture
def updated(heel: Path) -> Path:
    """The review with a version that had not the last study."""
    kept = without_di(heel)
    freeze(heel, "2011")
    put_back(heel, kept)
    return heel


def test_without_a_version_the_tables_alone_are_counted(heel: Path) -> None:
    review = read_review(heel)
    assert earlier_of(review) is None and flow_of(review) == review.flow and flow_of(review).since is None


def test_previous_studies_are_those_of_the_frozen_version_and_new_ones_the_difference(updated: Path) -> None:
    flow = flow_of(read_review(updated))
    assert flow.previous is not None and flow.since is not None and flow.since.label == "2011"
    assert (flow.previous.studies, flow.previous.reports, flow.previous.treated) == (4, 5, 68)
    assert (flow.new.studies, flow.new.reports, flow.new.treated) == (1, 1, 9)
    assert flow.previous.studies + flow.new.studies - flow.since.gone == flow.included.studies == 5
    assert flow.previous.reports + flow.new.reports + flow.further == flow.included.reports
    assert sum(way.screened for way in flow.streams) == 1
    assert flow.found == 7 and not flow.differences and not flow.since.said
    stored = flow.to_dict()
    assert stored["previous"]["studies"] == 4 and stored["new"]["treated"] == 9
    assert stored["since"] == {"version": "2011", "notes": [], "gone": 0, "corrected": []}


def test_corrections_alone_begin_no_update(updated: Path) -> None:
    freeze(updated, "2012")
    correct(updated, 7)
    freeze(updated, "2013")
    found = earlier_of(read_review(updated))
    assert found is not None and found.label == "2011"


def test_a_renamed_study_is_the_same_and_a_corrected_number_is_told(updated: Path) -> None:
    for path in updated.glob("*.csv"):
        write(path, path.read_text(encoding="utf-8").replace("bo-2002", "bo-b-2002"))
    for name in ("studies", "arms"):
        path = updated / f"{name}.csv"
        write(path, re.sub(r"^(na.*),1,", r"\1,2,", path.read_text(encoding="utf-8"), flags=re.M))
    flow = flow_of(read_review(updated))
    assert flow.since is not None and flow.since.gone == 0 and flow.new.studies == 1
    assert flow.since.said == ("Of the 4 studies of 2011 that are still in, patients treated: 68 then, 69 now.",)


def test_a_study_that_went_is_told(updated: Path) -> None:
    freeze(updated, "2012")
    without_di(updated)
    flow = flow_of(read_review(updated))
    assert flow.since is not None and (flow.since.label, flow.since.gone) == ("2012", 1)
    assert flow.previous is not None and (flow.previous.studies, flow.new.studies, flow.studies) == (5, 0, 4)


def test_a_report_that_waited_and_is_in_now_is_new(heel: Path) -> None:
    screening = heel / "screening.csv"
    said = screening.read_text(encoding="utf-8")
    kept = without_di(heel)
    write(screening, said.replace("di2011,Example database,included", "di2011,Example database,excluded", 1))
    write(
        screening,
        screening.read_text(encoding="utf-8").replace("excluded,full_text,,", "excluded,full_text,not_shock_waves,"),
    )
    reports = kept["reports.csv"].replace("di2011,di-2011", "di2011,")
    write(heel / "reports.csv", reports)
    write(heel / "references.bib", kept["references.bib"])
    freeze(heel, "before")
    put_back(heel, kept)
    flow = flow_of(read_review(heel))
    assert flow.previous is not None and flow.new.studies == 1 and sum(way.screened for way in flow.streams) == 1


def numbered(folder: Path, second: str) -> None:
    """Give screening.csv the column version: 2 for one report, 1 for the others."""
    path = folder / "screening.csv"
    head, *rows = path.read_text(encoding="utf-8").splitlines()
    rows = [f"{row},{2 if row.startswith(f'{second},') else 1}" for row in rows]
    write(path, "\n".join((f"{head},version", *rows)) + "\n")


def test_the_column_and_the_frozen_version_that_agree(updated: Path) -> None:
    numbered(updated, "di2011")
    freeze(updated, "while-at-it")
    flow = flow_of(read_review(updated))
    assert flow.since is not None and flow.since.label == "2011", "one frozen during the update is not what came before"
    assert flow.differences == () and sum(way.screened for way in flow.streams) == 1


def test_the_column_and_the_frozen_version_that_do_not_agree(updated: Path) -> None:
    numbered(updated, "cy2010")
    flow = flow_of(read_review(updated))
    first, second = flow.differences
    assert "for 1 study (di-2011): version in screening.csv has it before 2, 2011 has not" in first
    assert "for 1 study (cy-2010): 2011 has it, version in screening.csv not before 2" in second
    assert flow.previous is not None and flow.previous.studies == 4, "the frozen version is counted"


def test_a_version_that_todays_codebook_refuses_is_passed_over(updated: Path) -> None:
    text = (updated / "outcomes.csv").read_text(encoding="utf-8")
    kept = without_di(updated)
    correct(updated, 18)
    freeze(updated, "broken")
    put_back(updated, kept)
    write(updated / "outcomes.csv", text)
    found = earlier_of(read_review(updated))
    assert found is not None and found.label == "2011"
