"""The hashes of a report's files, as sha256sum reads them."""

from __future__ import annotations

import hashlib
from pathlib import Path

from evidence.document.sums import SUMS, is_unchanged, read_sums, sums


def test_one_line_per_file_as_sha256sum_writes_it() -> None:
    first, second = (hashlib.sha256(content).hexdigest() for content in (b"\x00\r\n", b"x\n"))
    text = sums({"b/c d.csv": "x\n", "a": b"\x00\r\n"})
    assert text == f"{first}  a\n{second}  b/c d.csv\n"
    assert read_sums(text) == {"a": first, "b/c d.csv": second}


def test_what_is_no_line_of_it_is_left_out() -> None:
    assert read_sums("nothing\n\nabc  file\n") == {}
    assert SUMS.endswith(".sha256")


def test_other_line_ends_are_no_change_and_another_letter_is(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    wanted = hashlib.sha256(b"a\nb\n").hexdigest()
    for content, same in ((b"a\nb\n", True), (b"a\r\nb\r\n", True), (b"a\nc\n", False)):
        file.write_bytes(content)
        assert is_unchanged(file, wanted) is same
