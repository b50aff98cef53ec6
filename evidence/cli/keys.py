"""Single keys of a terminal, or lines where there is none."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

ENTER, ESCAPE, BACKSPACE, RESIZED, CLOSED = "enter", "escape", "backspace", "resized", "closed"
#: Seconds between two looks at the size of the window.
_LOOK = 0.25

_NAMES = {"\r": ENTER, "\n": ENTER, "\x1b": ESCAPE, "\x7f": BACKSPACE, "\x08": BACKSPACE, "\x04": CLOSED, "": CLOSED}
#: What arrow keys and the like send on POSIX, and on Windows after a first 0 or 0xE0.
_ARROWS = {"[A": "up", "[B": "down", "[C": "down", "[D": "up", "[5~": "up", "[6~": "down", "OA": "up", "OB": "down"}
_WINDOWS_ARROWS = {"H": "up", "P": "down", "K": "up", "M": "down", "I": "up", "Q": "down"}


class Keys(Protocol):
    """Where keys come from."""

    #: Whether keys come one by one, so that a page can be drawn anew for each.
    single: bool

    def key(self) -> str:
        """The next key: a character, or one of the names above; :data:`CLOSED` at the end."""
        ...

    def text(self, prompt: str, known: str = "") -> str | None:
        """A line of text, the known one if nothing is typed; None where it is given up."""
        ...


class Lines:
    """Lines of a pipe or a file: each is what would be pressed."""

    single = False

    def key(self) -> str:
        """The next line; an empty one is Enter."""
        line = sys.stdin.readline()
        return (line.strip() or ENTER) if line else CLOSED

    def text(self, prompt: str, known: str = "") -> str | None:
        """The next line, the known text where it is empty."""
        line = sys.stdin.readline()
        return (line.strip() or known) if line else None


class Terminal:
    """Keys of a terminal that has been set so that they come one by one."""

    single = True

    def __init__(self) -> None:
        self._size = window_size()
        self._left = ""

    def key(self) -> str:
        """The next key; :data:`RESIZED` where the window has another size."""
        while True:
            if self._left or _waiting(_LOOK):
                return self._next()
            if (size := window_size()) != self._size:
                self._size = size
                return RESIZED

    def text(self, prompt: str, known: str = "") -> str | None:
        """A line with its own editing: Backspace, Escape gives it up."""
        typed = known
        while True:
            _say(f"\r\x1b[2K{prompt}{typed[-_room(prompt) :]}")
            key = self.key()
            if key in (ENTER, CLOSED, ESCAPE):
                _say("\n")
                return typed.strip() if key == ENTER else None
            if key == BACKSPACE:
                typed = typed[:-1]
            elif len(key) == 1 and key.isprintable():
                typed += key

    def _next(self) -> str:
        if os.name == "nt":
            return _windows_key()
        if not self._left:
            self._left = _read()
        first, self._left = self._left[:1], self._left[1:]
        if first == "\x03":
            raise KeyboardInterrupt
        if first == "\x1b" and self._left[:1] in ("[", "O"):
            end = next((i for i, c in enumerate(self._left[1:], 1) if c.isalpha() or c == "~"), len(self._left) - 1)
            code, self._left = self._left[: end + 1], self._left[end + 1 :]
            return _ARROWS.get(code, "unknown")
        return _NAMES.get(first, first)


@contextmanager
def keys() -> Iterator[Keys]:
    """Keys one by one where both ends are a terminal, else lines; the terminal is as before afterwards."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()) or os.environ.get("TERM") == "dumb":
        yield Lines()
    elif os.name == "nt":
        yield Terminal()
    else:
        with _one_by_one():
            yield Terminal()


@contextmanager
def _one_by_one() -> Iterator[None]:
    import termios
    import tty

    place = sys.stdin.fileno()
    before = termios.tcgetattr(place)
    tty.setcbreak(place)
    try:
        yield
    finally:
        termios.tcsetattr(place, termios.TCSADRAIN, before)


def _waiting(seconds: float) -> bool:
    """Whether a key was pressed, at the latest after so many seconds."""
    if os.name == "nt":
        return _windows_waiting(seconds)
    import select

    return bool(select.select([sys.stdin.fileno()], [], [], seconds)[0])


def _read() -> str:
    """What was pressed: one character, or all of what one key sent."""
    place = sys.stdin.fileno()
    got = os.read(place, 64)
    while got and _cut(got) and _waiting(_LOOK):
        got += os.read(place, 64)
    return got.decode("utf-8", errors="replace")


def _cut(got: bytes) -> bool:
    """Whether the bytes end inside a character."""
    try:
        got.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.end == len(got) and error.reason == "unexpected end of data"
    return False


def _windows_waiting(seconds: float) -> bool:
    import time
    from importlib import import_module

    msvcrt = import_module("msvcrt")
    until = time.monotonic() + seconds
    while not msvcrt.kbhit():
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


def _windows_key() -> str:
    from importlib import import_module

    msvcrt = import_module("msvcrt")
    key = str(msvcrt.getwch())
    if key == "\x03":
        raise KeyboardInterrupt
    if key in ("\x00", "\xe0"):
        return _WINDOWS_ARROWS.get(str(msvcrt.getwch()), "unknown")
    return CLOSED if key == "\x1a" else _NAMES.get(key, key)


def window_size() -> tuple[int, int]:
    """Columns and lines of the window as it is now, whatever the environment said when it was opened."""
    try:
        size = os.get_terminal_size(sys.stdout.fileno())
    except OSError:
        return (80, 24)
    return (size.columns or 80, size.lines or 24)


def _room(prompt: str) -> int:
    """Characters of a text that fit behind a prompt."""
    return max(8, window_size()[0] - len(prompt) - 1)


def _say(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()
