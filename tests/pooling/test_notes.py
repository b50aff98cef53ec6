"""The caveats: every sentence can be filled in, every citation exists."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

from evidence.errors import UsageError
from evidence.pooling.notes import _TEXTS, citations, codes, note

BIBLIOGRAPHY = Path(__file__).parents[2] / "evidence" / "document" / "methods.bib"


@pytest.mark.parametrize("code", codes())
def test_every_note_is_one_whole_text(code: str) -> None:
    wanted = {name for _, name, _, _ in string.Formatter().parse(_TEXTS[code][1]) if name}
    found = note(code, **dict.fromkeys(wanted, "7"))
    assert found.code == code and found.text.endswith(".") and "{" not in found.text
    assert found.severity in ("info", "caution", "warning")


def test_an_unknown_code_lists_the_near_ones() -> None:
    with pytest.raises(UsageError, match="few-studies"):
        note("few-study")


def test_every_citation_is_in_the_bibliography() -> None:
    keys = set(re.findall(r"^@\w+\{([^,]+),", BIBLIOGRAPHY.read_text(encoding="utf-8"), re.MULTILINE))
    assert set(citations()) <= keys
