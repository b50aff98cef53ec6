"""Characters that no file can hold."""

from __future__ import annotations

import pytest

from evidence.characters import unseen, unseen_values, without_unseen


def test_each_line_names_its_first_one() -> None:
    found = list(unseen("a\tb\r\nc\x07\x08\rd\n\ufffe", "f.bib"))
    assert [(one.file, one.line) for one in found] == [("f.bib", 2), ("f.bib", 4)]
    assert "character 2 of the line, U+0007" in found[0].message and "U+FFFE" in found[1].message
    assert all(one.code == "control-character" and one.mend for one in found)


@pytest.mark.parametrize("text", ["", "Größe β\t\r\n “q” \u00a0\U0001f600", "\x85"])
def test_text_is_left_alone(text: str) -> None:
    assert not list(unseen(text, "f")) and without_unseen(text) == text


@pytest.mark.parametrize("bad", ["\x00", "\x0b", "\x1f", "\ud800", "\ufffe", "\uffff"])
def test_what_xml_lacks_is_replaced(bad: str) -> None:
    assert without_unseen(f"a{bad}b") == "a\ufffdb" and list(unseen(bad, "f"))


def test_values_are_found_by_their_path() -> None:
    values = {"a": [{"b": "x\x07"}, "fine", 3], "c\x01": True, "d": {"e": "\x7f"}}
    assert list(unseen_values(values)) == [("a", 0, "b"), ("c\x01",), ("d", "e")]
