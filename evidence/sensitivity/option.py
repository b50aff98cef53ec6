"""Options of a question: declared in its file as ``OPTIONS``, from which they are read, checked and listed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import near, usage


@dataclass(frozen=True, slots=True)
class Option:
    """One option.

    Attributes:
        default: What it is if not given. A value must be of its kind: a whole number, a fraction (a whole number will
            do), a text, true or false, a list of words (a tuple), anything (None).
        meaning: What it does, as a clause.
    """

    default: Any
    meaning: str

    @property
    def shown(self) -> str:
        """The default as it is written in an analysis or typed."""
        return shown(self.default)


Options = Mapping[str, Option]


@dataclass(frozen=True, slots=True)
class Spelling:
    """How the one who asks writes an option: in an analysis file, or typed.

    Attributes:
        what: What has the options. form: Of an option, with ``{name}`` and ``{value}``.
    """

    what: str = "the question"
    form: str = "{name} = {value}"

    def of(self, name: str, value: str) -> str:
        """The option as it is written."""
        return self.form.format(name=name, value=value)


IN_FILE = Spelling()


def shown(value: Any) -> str:
    """A value as it is typed: ``true``, ``3``, ``a,b``."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple | list):
        return ",".join(map(str, value))
    return str(value)


def chosen(given: Mapping[str, Any], options: Options, spelling: Spelling = IN_FILE) -> dict[str, Any]:
    """The options given, the rest by default.

    Raises:
        UsageError: an option that there is not, or a value of another kind than its default.
    """
    for name, value in given.items():
        if name not in options:
            mend = near(name, tuple(options)) if options else f"leave it out: {spelling.what} has none"
            raise usage(f"{spelling.what} has no option {name!r}", mend, "unknown-option")
        default = options[name].default
        kind = (int, float) if isinstance(default, float) else type(default)
        if isinstance(default, tuple) or default is None:
            continue
        if not isinstance(value, kind) or isinstance(value, bool) != isinstance(default, bool):
            mend = f"write it like {spelling.of(name, options[name].shown)}"
            said = shown(value) if isinstance(value, bool) else repr(value)
            raise usage(f"{name} = {said} is not possible", mend, "option-value")
    defaults = {name: option.default for name, option in options.items()}
    lists = {name: _words(value) for name, value in given.items() if isinstance(defaults[name], tuple)}
    return {**defaults, **given, **lists}


def _words(value: Any) -> tuple[str, ...]:
    """A list of words, or one text with commas between them."""
    words = value.split(",") if isinstance(value, str) else value
    if not isinstance(words, list | tuple):
        mend = 'write ["a", "b"], or a,b on the command line'
        raise usage(f"{shown(value)} is not a list of words", mend, "option-value")
    return tuple(str(word).strip() for word in words if str(word).strip())
