"""Every number in the prose, tables and figures of the committed reports is one of their results.json."""

from __future__ import annotations

import copy
import csv
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from tests.document.reading_back import LEAVES, Stored, page_of, strangers, tokens

REPORTS = Path(__file__).parents[2] / "reports"
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?")
NAMES = ("sts-calcinosis-cutis", "sts-calciphylaxis")


@cache
def page(name: str) -> etree._Element:
    """The committed page."""
    return page_of((REPORTS / name / "index.html").read_text(encoding="utf-8"))


@cache
def results(name: str) -> dict[str, Any]:
    """The committed results."""
    values: dict[str, Any] = json.loads((REPORTS / name / "results.json").read_text(encoding="utf-8"))
    return values


def table(name: str, anchor: str) -> list[list[float]]:
    """Numbers of a table beside the report, where results.json keeps only what is said of its rows: subsets."""
    path = REPORTS / name / "tables" / f"{anchor}.csv"
    if not anchor.endswith("-subsets") or not path.is_file():
        return []
    rows = csv.reader(path.read_text(encoding="utf-8").splitlines())
    return [[float(cell) for cell in row if NUMBER.fullmatch(cell)] for row in rows]


def lines(section: etree._Element, starts: dict[str, Any]) -> Iterator[tuple[Any, etree._Element, str]]:
    """What is stored for it, the element and its text, for each line after the first element that ``starts`` names."""
    current = None
    for element in section.iter():
        current = starts.get(element.get("id") or "", current)
        if current is not None and element.tag in LEAVES:
            yield current, element, "".join(str(part) for part in element.itertext())


def unknown(section: etree._Element, starts: dict[str, Stored]) -> tuple[int, list[tuple[str, str]]]:
    """How many numbers were looked at, and those that are not stored."""
    looked, found = 0, []
    for stored, element, text in lines(section, starts):
        looked += len(list(tokens(text)))
        found += [stranger for stranger in strangers([text], stored) if not of_the_picture(element, *stranger, stored)]
    return looked, found


#: What a picture draws without results.json keeping it: each of up to 2^16 subsets, a difference of two kept numbers.
DRAWN_ONLY = ("subset", "log-likelihood, against all published")


def of_the_picture(element: etree._Element, token: str, text: str, stored: Stored) -> bool:
    """Whether a number belongs to the drawing alone: a tick, a class of its legend, the reach of its points.

    Forest plots print estimates; they stand in the section of results, where no tick is let pass.
    """
    if element.tag == "text":
        return text.strip() == token
    if element.tag == "desc":
        ends = token.removesuffix(" %").split(" to ")
        stored_ends = all(stored.holds(end) or stored.holds(f"{end} %") for end in ends)
        return stored_ends or any(words in text for words in DRAWN_ONLY)
    return False


def of_outcome(name: str, outcome: dict[str, Any]) -> tuple[Any, ...]:
    """What is stored of an outcome, without the questions asked of it."""
    return {key: value for key, value in outcome.items() if key != "sensitivity"}, results(name)["flow"]


def result_starts(name: str, values: dict[str, Any]) -> dict[str, Stored]:
    """Heading of an outcome -> what is stored of it."""
    return {f"outcome-{one['name']}": Stored(*of_outcome(name, one)) for one in values["outcomes"]}


@pytest.mark.parametrize("name", NAMES)
def test_results(name: str) -> None:
    section = page(name).get_element_by_id("results")
    for _, element, text in lines(section, dict.fromkeys(result_starts(name, results(name)), True)):
        assert element.tag != "text" or text.strip()
    looked, found = unknown(section, result_starts(name, results(name)))
    assert looked > 250
    assert found == []


@pytest.mark.parametrize("name", NAMES)
def test_sensitivity(name: str) -> None:
    starts = {}
    for one in results(name)["outcomes"]:
        for answer in one["sensitivity"]:
            anchor = f"sensitivity-{one['name']}-{answer['question']}"
            starts[anchor] = starts[f"panel-{anchor}"] = Stored(answer, table(name, anchor), *of_outcome(name, one))
    looked, found = unknown(page(name).get_element_by_id("sensitivity"), starts)
    assert looked > 1000
    assert found == []


@pytest.mark.parametrize("name", NAMES)
def test_changes(name: str) -> None:
    """What is new since earlier versions: there where results.json has it, with its numbers."""
    section, values = page(name).get_element_by_id("changes", None), results(name)
    assert (section is None) == ("changes" not in values)
    if section is not None:
        stored = Stored(values["changes"], values["banner"])
        _, found = unknown(section, {"changes": stored})
        assert found == []


@pytest.mark.parametrize("name", NAMES)
def test_summary(name: str) -> None:
    """Each sentence by its own numbers, the table at a glance by the outcomes."""
    section, values = page(name).get_element_by_id("summary"), results(name)
    text = " ".join(str(part) for part in section.itertext()).replace("\u00a0", " ")
    for sentence in values["summary"]:
        assert sentence["text"] in " ".join(text.split())
        # Arms of an outcome are counted where the outcome is stored.
        arms = [{"k": len(one["pooled"]["studies"])} for one in values["outcomes"]]
        stored = Stored(sentence["numbers"], values["analysis"], *arms)
        assert strangers([sentence["text"]], stored) == []
    rows = section.xpath(".//tbody/tr")
    assert len(rows) == len(values["outcomes"])
    for row, outcome in zip(rows, values["outcomes"], strict=True):
        cells = ["".join(str(part) for part in cell.itertext()) for cell in row]
        assert strangers(cells, Stored(*of_outcome(name, outcome))) == []


@pytest.mark.parametrize("key", ["mean", "mean_ci", "pi"])
def test_another_result_is_found_out(key: str) -> None:
    """A page that prints anything but what is stored does not pass."""
    name = NAMES[0]
    values = copy.deepcopy(results(name))
    outcome = values["outcomes"][0]
    for other in ("methods", "subgroups", "bounds"):
        outcome[other] = None
    pooled = outcome["pooled"]
    pooled[key] = 0.777 if key == "mean" else {**pooled[key], "upper": 0.777}
    pooled["headline"] = None
    _, found = unknown(page(name).get_element_by_id("results"), result_starts(name, values))
    assert found
