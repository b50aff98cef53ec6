"""Problems in the language of the caller: options of the command line, or arguments of a function."""

from __future__ import annotations

import re
from dataclasses import replace

from ..errors import EvidenceError

_OPTION = re.compile(r"--([a-z]+)(?: (COL\b|'[^']*'|\"[^\"]*\"|[\w.]+(?= or | and |$|[,;)])))?")

#: Options whose arguments are called otherwise.
_NAMES = {"exposure": "time"}


def in_python(error: EvidenceError) -> EvidenceError:
    """The same with ``events="dead"`` for ``--events dead``."""
    return type(error)(
        replace(problem, message=_python(problem.message), mend=_python(problem.mend)) for problem in error.problems
    )


def _python(text: str) -> str:
    return _OPTION.sub(_argument, text)


def _argument(found: re.Match[str]) -> str:
    option, value = found.groups()
    name = _NAMES.get(option, option)
    if value is None:
        return f"{name}="
    return f'{name}="{value}"' if value[0] not in "'\"" else f"{name}={value}"
