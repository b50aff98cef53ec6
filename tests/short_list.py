"""The analyses of this repository with a shorter list of questions: a whole report in seconds, not a minute."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from evidence.analysis import Analysis, read_analysis
from evidence.sensitivity.questions import QUESTIONS

ANALYSES = Path(__file__).resolve().parents[1] / "analyses"
#: Two that every review can be asked, and that are answered at once.
FEW = ("leave-one-out", "case-reports")
_LIST = re.compile(r"^sensitivity = \[.*?^\]\n", re.MULTILINE | re.DOTALL)


def short_list(name: str, questions: tuple[str, ...] = FEW) -> Analysis:
    """An analysis of this repository of which only these of its questions are asked."""
    analysis = read_analysis(ANALYSES / f"{name}.toml")
    outcomes = tuple(
        replace(one, sensitivity=tuple(asked for asked in one.sensitivity if asked.question in questions))
        for one in analysis.outcomes
    )
    assert {asked.question for asked in outcomes[0].sensitivity} == set(questions)
    return replace(analysis, outcomes=outcomes)


def cheap(name: str) -> tuple[str, ...]:
    """The questions of an analysis that are not costly."""
    asked = read_analysis(ANALYSES / f"{name}.toml").outcomes[0].sensitivity
    return tuple(one.question for one in asked if not QUESTIONS[one.question].costly)


def short_copy(name: str, folder: Path, questions: tuple[str, ...] = FEW) -> Path:
    """The file of ``short_list``, written into a folder."""
    text = (ANALYSES / f"{name}.toml").read_text(encoding="utf-8")
    assert all(f'"{question}"' in text for question in questions)
    listed = ", ".join(f'"{question}"' for question in questions)
    short, number = _LIST.subn(f"sensitivity = [{listed}]\n", text)
    assert number == 1
    path = folder / f"{name}.toml"
    path.write_text(short, encoding="utf-8", newline="\n")
    return path
