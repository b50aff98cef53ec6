"""Good files broken in every way: nothing raises, what is whole is read, and nothing is lost without a word."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.bibliography.decoding import decode_records
from evidence.bibliography.importing import Imported, read_record_file
from evidence.bibliography.tagged import BETWEEN, searchable


@dataclass(frozen=True)
class Form:
    """A format: one record with its number in it, the text before and after all, the line that begins a record."""

    name: str
    record: str
    head: str = ""
    foot: str = ""


FORMS = [
    Form(
        "ris",
        "TY  - JOUR\nTI  - Title {n} é中\nAU  - Ada, A.\nAU  - Bö, B.\nPY  - 2001\nAB  - Words\nand more\nER  - \n",
    ),
    Form(
        "medline",
        "PMID- 100{n}\nOWN - NLM\nTI  - Title {n} é中\nFAU - Bö, Bo\nAB  - Words\n      and more\nDP  - 2001\n",
    ),
    Form(
        "web-of-science",
        "PT J\nAU Ada, A\n   Bö, B\nTI Title {n} é中\nAB Words\n   and more\nPY 2001\nUT WOS:{n}\nER\n",
        "FN Clarivate\nVR 1.0\n",
        "EF\n",
    ),
    Form("refer", "%0 Journal Article\n%T Title {n} é中\n%A Bö, B.\n%D 2001\n%X Words\nand more\n"),
]
EACH = pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-be", "gb18030")
ENDS = ("\n", "\r\n", "\r")


def text_of(form: Form, numbers: range) -> str:
    return form.head + "\n".join(form.record.replace("{n}", str(n)) for n in numbers) + form.foot


def titled(found: Imported) -> list[int]:
    """Numbers of the records that were read with their title."""
    titles = (re.match(r"Title (\d+) ", record.title or "") for record in found.batch.records)
    return [int(title[1]) for title in titles if title]


def check(content: bytes) -> Imported:
    """What holds of any file: numbers add up, places are exact and in order, every line is somewhere or told."""
    found = read_record_file(content, "x")
    text = decode_records(content, "x").text or ""
    batch = found.batch
    assert batch.found == len(batch.records) + len(batch.reported)
    assert all(problem.severity == "error" and problem.line for problem in batch.reported)
    at = 0
    for record in batch.records:
        assert at <= record.start < record.end <= len(text)
        assert record.raw == text[record.start : record.end]
        assert record.line == text.count("\n", 0, record.start) + 1
        at = record.end
    if found.format and not batch.reported and "text-outside" not in {problem.code for problem in batch.problems}:
        rest = searchable(text)
        for record in reversed(batch.records):
            rest = rest[: record.start] + rest[record.end :]
        assert [line for line in rest.split("\n") if not BETWEEN.fullmatch(line.strip("\ufeff"))] == []
    return found


@EACH
@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("end", ENDS, ids=("LF", "CRLF", "CR"))
def test_encodings_and_line_ends(form: Form, encoding: str, end: str) -> None:
    text = text_of(form, range(3)).replace("é中", "系统性硬化症的治疗" if encoding == "gb18030" else "é中")
    text = text.replace("ö", "o") if encoding == "gb18030" else text
    found = check(text.replace("\n", end).encode(encoding))
    assert titled(found) == [0, 1, 2]
    assert found.batch.problems == ()


@EACH
@given(st.data())
def test_a_file_that_was_cut_off(form: Form, data: st.DataObject) -> None:
    encoding = data.draw(st.sampled_from(("utf-8", "utf-8-sig", "utf-16")))
    content = text_of(form, range(4)).encode(encoding)
    at = data.draw(st.integers(0, len(content)))
    found = check(content[:at])
    whole = decode_records(content[:at], "x").text or ""
    complete = [n for n in range(4) if form.record.replace("{n}", str(n)).rstrip() in whole]
    assert set(complete) <= set(titled(found))
    started = whole.count(form.record[:5])
    assert found.batch.found in (started, started + 1) or not found.format


@EACH
@given(st.integers(0, 30), st.integers(1, 2))
def test_a_line_that_is_missing(form: Form, first: int, number: int) -> None:
    record = form.record.replace("{n}", "1").split("\n")[:-1]
    first = first % len(record)
    broken = "\n".join((*record[:first], *record[first + number :], ""))
    text = text_of(form, range(1)).removesuffix(form.foot) + "\n" + broken + "\n" + text_of(form, range(2, 4))
    found = check(text.encode())
    assert {0, 2, 3} <= set(titled(found))
    whole = "Title 1" in broken and ("Ada" in broken or "Bö" in broken)
    assert found.batch.found >= 3 + (whole and form.name != "medline")
    assert not whole or 1 in titled(found)


@EACH
@given(st.lists(st.tuples(st.integers(0, 200), st.sampled_from("\x00\x01\x1f\x7f\ufeff\u2028\x85\u200b")), max_size=6))
def test_characters_that_nobody_sees(form: Form, places: list[tuple[int, str]]) -> None:
    broken = form.record.replace("{n}", "1")
    for at, character in places:
        at %= len(broken)
        broken = broken[:at] + character + broken[at:]
    text = "\n".join((text_of(form, range(1)).removesuffix(form.foot), broken, text_of(form, range(2, 3))))
    assert {0, 2} <= set(titled(check(text.encode())))


@EACH
@pytest.mark.parametrize("character", ["\x00", "\x1f", "\ufeff"])
def test_an_unseen_character_before_every_line(form: Form, character: str) -> None:
    found = check("\n".join(character + line for line in text_of(form, range(3)).split("\n")).encode())
    assert titled(found) == [0, 1, 2]
    told = {problem.code for problem in found.batch.problems}
    assert told == (set() if character == "\ufeff" else {"control-character"})


@EACH
@given(st.permutations(("utf-8", "cp1252", "utf-8")), st.sampled_from(ENDS))
def test_files_of_several_encodings_put_together(form: Form, encodings: list[str], end: str) -> None:
    parts = [
        text_of(form, range(2 * i, 2 * i + 2)).replace("é中", "é–").replace("\n", end).encode(encoding)
        for i, encoding in enumerate(encodings)
    ]
    found = check(end.encode().join(parts))
    assert titled(found) == [0, 1, 2, 3, 4, 5]
    assert found.encoding == "utf-8 and cp1252"
    assert [problem.code for problem in found.problems] == ["mixed-encoding"]
    assert all(record.title is not None and record.title.endswith("é–") for record in found.batch.records)


@EACH
def test_files_with_marks_put_together(form: Form) -> None:
    content = b"".join(text_of(form, range(n, n + 1)).encode("utf-8-sig") + b"\n" for n in range(3))
    found = check(content)
    assert titled(found) == [0, 1, 2]


@EACH
@given(st.data())
def test_any_bytes_within_a_file(form: Form, data: st.DataObject) -> None:
    content = text_of(form, range(3)).encode()
    at = data.draw(st.integers(0, len(content)))
    check(content[:at] + data.draw(st.binary(max_size=12)) + content[at:])


@EACH
@given(st.data())
def test_lines_in_any_order(form: Form, data: st.DataObject) -> None:
    lines = data.draw(st.permutations(text_of(form, range(2)).split("\n")))
    check("\n".join(lines).encode())
