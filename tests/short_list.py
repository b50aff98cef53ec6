"""The analyses of this repository with a shorter list of questions: a whole report in seconds, not a minute."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from evidence.analysis import Analysis
from evidence.analysis_file import read_analysis

ANALYSES = Path(__file__).resolve().parents[1] / "analyses"
#: Two that every review can be asked, and that are answered at once.
FEW = ("leave-one-out", "case-reports")
_LIST = re.compile(r"^sensitivity = \[.*?^\]\n", re.MULTILINE | re.DOTALL)


def short_list(name: str, questions: tuple[str, ...] = FEW) -> Analysis:
    """An analysis of this repository that asks only these of its questions."""
    analysis = read_analysis(ANALYSES / f"{name}.toml")
    outcomes = tuple(
        replace(one, sensitivity=tuple(asked for asked in one.sensitivity if asked.question in questions))
        for one in analysis.outcomes
    )
    assert {asked.question for one in outcomes for asked in one.sensitivity} == set(questions)
    return replace(analysis, outcomes=outcomes)


def short_copy(name: str, folder: Path, questions: tuple[str, ...] = FEW) -> Path:
    """The file of an analysis in a folder, each of its lists of questions replaced by this one."""
    text = (ANALYSES / f"{name}.toml").read_text(encoding="utf-8")
    listed = ", ".join(f'"{question}"' for question in questions)
    short, lists = _LIST.subn(f"sensitivity = [{listed}]\n", text)
    assert lists == text.count("sensitivity =") > 0
    path = folder / f"{name}.toml"
    path.write_text(short, encoding="utf-8", newline="\n")
    return path
