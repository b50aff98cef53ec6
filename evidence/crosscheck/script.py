"""An analysis as a script of other software."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING

from ..errors import unknown, usage
from .case import quantities

if TYPE_CHECKING:
    from .case import Case

#: What is asked for -> the module that writes it. Another is a file and a line here.
LANGUAGES: Mapping[str, str] = {"metafor": "metafor", "meta": "meta", "stata": "stata"}


def script(case: Case, to: str = "metafor", heading: str = "counts") -> str:
    """A script that does the same analysis, with our numbers as comments.

    Args:
        case: What is analysed.
        to: One of ``LANGUAGES``.
        heading: What the analysis is of.

    Raises:
        UsageError: an unknown language, or one that has no such model.
    """
    from .. import __version__

    if to not in LANGUAGES:
        raise unknown("language", to, list(LANGUAGES))
    module = import_module(f".{LANGUAGES[to]}", __package__)
    why = module.refusal(case) if case.fitted else None
    if why:
        raise usage(f"{module.NAME} can't do this analysis: {why.rstrip('.')}", "choose another model", "no-such-model")
    return str(module.script(case, quantities(case), heading, __version__))
