"""`evidence screen` in a real terminal: keys, pages, sizes, and what is left when it is killed."""

from __future__ import annotations

import os
import re
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from evidence.bibliography.screening import ScreenedFiles, path_of
from tests.bibliography.citing import import_records, record

pty = pytest.importorskip("pty", reason="pseudo-terminals are a thing of POSIX")

ROOT = Path(__file__).parents[2]
#: Seconds within which a page must stand; a machine with much to do needs some of them to start Python.
PATIENCE = 30.0
CLEAR, STYLE = "\x1b[2J\x1b[H", re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
LONG = " ".join(f"Sentence {i} of an abstract that takes more than one page." for i in range(60))


class Terminal:
    """A process in a terminal of some size: its pages as they would be seen."""

    def __init__(self, arguments: list[str], columns: int = 80, lines: int = 24, **environment: str) -> None:
        self.seen = ""
        self.process, self.place = pty.fork()
        if self.process == 0:
            os.environ.pop("COLUMNS", None)
            os.environ.pop("LINES", None)
            os.environ.update(TERM="xterm-256color", PYTHONPATH=str(ROOT), **environment)
            os.execv(sys.executable, [sys.executable, "-m", "evidence", *arguments])
        self.resize(columns, lines)

    def resize(self, columns: int, lines: int) -> None:
        import fcntl
        import struct
        import termios

        fcntl.ioctl(self.place, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def press(self, keys: str) -> None:
        os.write(self.place, keys.encode())

    def page(self, *words: str, width: int = 80) -> list[str]:
        """Lines of the page, as soon as it holds these words, is not wider, and nothing more comes."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            self._read(0.02)
            shown = self._shown()
            if all(word in " ".join(shown) for word in words) and max(map(len, shown)) <= width:
                before = len(self.seen)
                self._read(0.02)
                if len(self.seen) == before:
                    return shown
        raise AssertionError(f"{words} not on the page:\n" + "\n".join(self._shown()))

    def end(self) -> int:
        """Wait for the end; the exit code."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            self._read(0.02)
            done, status = os.waitpid(self.process, os.WNOHANG)
            if done:
                self._read(0.02)
                os.close(self.place)
                return os.waitstatus_to_exitcode(status)
        raise AssertionError("it does not end")

    def kill(self, how: signal.Signals) -> int:
        os.kill(self.process, how)
        return self.end()

    def _shown(self) -> list[str]:
        last = self.seen.rsplit(CLEAR, 1)[-1]
        return [line.rstrip() for line in STYLE.sub("", last).replace("\r", "").split("\n")]

    def _read(self, seconds: float) -> None:
        import select

        while select.select([self.place], [], [], seconds)[0]:
            try:
                got = os.read(self.place, 65536)
            except OSError:  # the other end has gone
                return
            if not got:
                return
            self.seen += got.decode("utf-8", errors="replace")


@pytest.fixture
def review(third_review: Path) -> Path:
    records = [record(i, abstract=LONG if i == 0 else f"About heels, number {i}.") for i in range(6)]
    import_records(third_review, records)
    return third_review


@pytest.fixture
def started(review: Path) -> Iterator[Terminal]:
    terminal = Terminal(["screen", str(review), "--as", "anna", "--highlight", "heels"])
    yield terminal
    try:
        os.kill(terminal.process, signal.SIGKILL)
        os.waitpid(terminal.process, 0)
    except (ProcessLookupError, ChildProcessError):
        pass


def said(review: Path) -> list[tuple[str, str, str | None, str | None]]:
    own = ScreenedFiles(review).screened().of("anna").values()
    return [(one.report_id, one.decision, one.reason, one.notes) for one in own]


def test_a_session_that_is_killed_and_goes_on(review: Path, started: Terminal) -> None:
    page = started.page("Made-up title number 0", "page 1 of")
    assert len(page) == 24
    assert max(map(len, page)) <= 80
    assert page[0].split() == [
        "heel-pain",
        "·",
        "title",
        "and",
        "abstract",
        "·",
        "anna",
        "0",
        "decided",
        "now,",
        "6",
        "to",
        "go",
    ]
    assert page[-1].startswith("[i]nclude  [e]xclude")
    started.press(" ")
    started.page("page 2 of")
    started.press("\x1b[B")
    started.page("page 3 of")
    started.resize(40, 60)
    assert len(started.page("Made-up title number 0", "[q]uit", width=40)) == 60
    started.resize(30, 20)
    assert len(started.page("Sentence", "[q]uit", width=30)) == 20
    started.resize(80, 24)
    started.press("i")
    started.page("Made-up title number 1", "author0: include")
    assert "\x1b[1;4mheels" in started.seen
    started.press("e")
    started.page("Why is it not included?", "1  not shock waves")
    started.press("\x1b")
    started.page("About heels, number 1")
    started.press("nlooks öd\x7f\x7fodd\r")
    started.page("note: looks odd")
    started.press("e1")
    started.page("Made-up title number 2", "author1: exclude, not_shock_waves")
    started.press("u")
    started.page("Made-up title number 3", "3 decided now, 3 to go")
    assert started.kill(signal.SIGKILL) == -signal.SIGKILL
    assert said(review) == [
        ("author0", "include", None, None),
        ("author1", "exclude", "not_shock_waves", "looks odd"),
        ("author2", "unsure", None, None),
    ]
    assert "author1,PubMed,excluded,title_abstract,not_shock_waves,looks odd" in (review / "screening.csv").read_text(
        encoding="utf-8"
    )

    again = Terminal(["screen", str(review), "--as", "anna"], NO_COLOR="1")
    again.page("Made-up title number 3", "0 decided now, 3 to go")
    again.press("b")
    again.page("Made-up title number 2", "anna: unsure")
    again.press("bb")
    again.page("Made-up title number 0", "anna: include")
    again.press("e\r")
    again.page("Made-up title number 1", "anna: exclude", "author0: exclude")
    again.press("x")
    again.page("author1: taken back", "4 to go")
    again.press("?")
    again.page("take the decision back", "any key: back")
    again.press("zsii")
    again.page("Made-up title number 4")
    again.press("ii")
    again.page("Made-up title number 1")
    again.press("\x03")
    assert again.end() == 130
    left = ScreenedFiles(review).screened().of("anna")
    assert left["author0", "title_abstract"].decision == "exclude"
    assert ("author1", "title_abstract") not in left
    # The terminal is as it was: the screen of its own is left.
    assert again.seen.rstrip().endswith("interrupted")
    assert "\x1b[?1049l" in again.seen


def test_all_is_decided_and_one_goes_back(review: Path, started: Terminal) -> None:
    started.page("Made-up title number 0")
    started.press("iiiiii")
    started.page("Nothing is left to decide here.", "6 decided now, 0 to go")
    started.press("b")
    started.page("Made-up title number 5", "anna: include")
    started.press("e1")
    started.page("Nothing is left to decide here.")
    started.press("q")
    assert started.end() == 0
    printed = STYLE.sub("", started.seen.rsplit("\x1b[?1049l", 1)[-1]).replace("\r", "")
    assert "anna, title and abstract: 6 decided now, 6 in all, 0 to go\n" in printed
    assert f"saved in {path_of(review, 'anna')}\n" in printed
    assert "5 reports to read in full: evidence screen" in printed
    assert said(review)[-1] == ("author5", "exclude", "not_shock_waves", None)
