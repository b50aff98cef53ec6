"""The comparison of printed digits itself."""

from __future__ import annotations

from pathlib import Path

from tests.published.printed import FURTHER_CASES, agrees, apart, half_digit


def test_half_of_the_last_digit() -> None:
    assert abs(half_digit("0.25") - 0.005) < 1e-9
    assert abs(half_digit("12") - 0.5) < 1e-8
    assert agrees(0.2549, "0.25") and not agrees(0.2551, "0.25")
    assert agrees(-3.3018, "-3.30") and not agrees(-3.31, "-3.30")
    assert apart([1.04, 1.06], "1.0 1.0") == [(1.06, "1.0")]


def test_every_file_names_its_source() -> None:
    for path in Path(__file__).parent.glob("test_*.py"):
        if path.stem != "test_printed":
            text = path.read_text(encoding="utf-8")
            assert "10." in text or "tests/" in text or "tutorial" in text, path.name
            assert "Seen in" in text, path.name


def test_further_cases_are_in_their_files() -> None:
    for name, file in FURTHER_CASES.items():
        assert (Path(__file__).parent / f"{file}.py").is_file(), name
