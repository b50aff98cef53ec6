"""The command ``evidence``: one module per command, imported when it is called.

A command module has ``HELP``, one line, and ``command(...)``, a function with typer annotations. Errors of the package
are printed with their mends; exit codes: 0 fine, 1 problems in the data, 2 wrong usage, 3 cannot compute. What nobody
foresaw is one line too; ``EVIDENCE_TRACEBACK=1`` shows where it happened.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence

#: What commands are for -> command -> one line of help. The module has the command's name.
GROUPS: Mapping[str, Mapping[str, str]] = {
    "The tables of a review": {
        "new": "Begin a review: its tables with an example, its settings, its analysis.",
        "add": "Add a report to a review: linked rows with empty cells to fill.",
        "sheet": "Write a review as one workbook with drop-downs, or read it back.",
        "check": "Check the tables of a review and print every problem at once.",
        "correct": "Correct a cell of a table, with the reason that diff tells.",
        "exclude": "Take a study out of a review: its decision, and its rows in all tables.",
        "agree": "Compare what two extractors entered, and settle where they differ.",
        "overlap": "Find arms that may have the same patients, and record decisions on them.",
        "codebook": "Print what every column of a review means.",
    },
    "From searches to included reports": {
        "import": "Import records: RIS, BibTeX, PubMed, EndNote, Web of Science, CSV, ...",
        "search": "Ask PubMed and Europe PMC again; new records go to screening.",
        "dedupe": "Find duplicates among the imported records; decisions can be undone.",
        "screen": "Screen records one by one: include, exclude with a reason, unsure.",
        "export": "Export the records of a review as RIS, BibTeX or CSV (ASReview, Rayyan).",
    },
    "Numbers and figures": {
        "pool": "Pool an outcome of a review, or the counts of a spreadsheet.",
        "many": "Pool every analysis of a table with one row per study.",
        "regress": "Regress an outcome on what is known of the arms: year, route, ...",
        "sensitivity": "Ask how far a result can be relied on: without one study, by year, ...",
        "forest": "Draw a forest plot of an outcome, or of the counts of a spreadsheet.",
        "draw": "Draw any figure: forest, funnel, flow of reports, ...; alone: list them.",
        "gallery": "Draw every kind of figure of the analyses on one page.",
    },
    "Reports and proof": {
        "build": "Build the reports of the analyses: page, tables, figures, numbers.",
        "snapshot": "Freeze a review under a label: tables, analyses and results.",
        "diff": "Tell what changed between two versions of a review, and why.",
        "matter": "Tell how much new evidence would move a number across a threshold.",
        "verify": "Verify that a report holds: its files, its inputs, and every number anew.",
        "crosscheck": "Compare an analysis with PyMARE, statsmodels and R.",
        "replicate": "Find how a published proportion was pooled, then pool it anew and update it.",
        "script": "Write an analysis as a script of R (metafor, meta) or Stata.",
    },
}
#: Command -> one line of help.
COMMANDS: Mapping[str, str] = {name: text for group in GROUPS.values() for name, text in group.items()}

WRONG_USAGE = 2
CANNOT_COMPUTE = 3
INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line.

    Args:
        arguments: What was typed after ``evidence``; the process's own if not given.

    Returns:
        The exit code.
    """
    _speak_utf8()
    typed = list(sys.argv[1:] if arguments is None else arguments)
    try:
        code = _run(typed)
        if code == INTERRUPTED:  # typer makes an exit code of it
            raise KeyboardInterrupt
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        # The reader (| head) has gone: nothing more can be said.
        _close_stdout()
        return 0
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return INTERRUPTED
    except Exception as error:
        if os.environ.get("EVIDENCE_TRACEBACK"):
            raise
        return _unforeseen(error)


def _close_stdout() -> None:
    """Send what is still to be written to nowhere, so that Python does not try to write it at exit."""
    sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    os.dup2(sys.stdout.fileno(), 1)


def _unforeseen(error: Exception) -> int:
    """Say an error that no command expected: the system's (a full disk), or a defect of ours."""
    from ..errors import Problem

    if isinstance(error, OSError):
        _close_stdout()
        problem = Problem("system", str(error), "make room, or write and read elsewhere; then run it again")
    else:
        mend = "this is a defect of evidence: report it with what EVIDENCE_TRACEBACK=1 prints"
        problem = Problem("defect", f"{type(error).__name__}: {error}", mend)
    print(problem, file=sys.stderr)
    return CANNOT_COMPUTE


def _speak_utf8() -> None:
    """Keep the encoding asked for, but never fail on a character it lacks, nor on a stream that is closed."""
    asked = bool(os.environ.get("PYTHONIOENCODING"))
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
        reconfigure = getattr(getattr(sys, name), "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace") if asked else reconfigure(encoding="utf-8", errors="replace")


def _run(typed: list[str]) -> int:
    if not typed or typed[0] in ("-h", "--help", "help"):
        print(_help())
        return 0 if typed else WRONG_USAGE
    if typed[0] == "--version":
        from .. import __version__

        print(f"evidence {__version__}")
        return 0
    if typed[0] == "--cite":
        from .cite import citation

        print(citation())
        return 0
    if typed[0] not in COMMANDS:
        from ..errors import near

        kind = "option" if typed[0].startswith("-") else "command"
        print(f"{kind} {typed[0]!r} is not known [unknown-{kind}]", file=sys.stderr)
        print(f"  mend: {near(typed[0], list(COMMANDS))}", file=sys.stderr)
        return WRONG_USAGE
    return _command(typed[0], typed[1:])


def _help() -> str:
    lines = [
        "Evidence synthesis from published case reports and case series.",
        "",
        "usage: evidence COMMAND ...",
        "",
        *(line for title, group in GROUPS.items() for line in _group(title, group)),
        "  --cite      How to cite this software.",
        "  --version   Its version.",
        "",
        "evidence COMMAND --help tells more about a command.",
    ]
    return "\n".join(lines)


def _group(title: str, group: Mapping[str, str]) -> list[str]:
    return [f"{title}:", *(f"  {name:<11} {text}" for name, text in group.items()), ""]


def _command(name: str, arguments: list[str]) -> int:
    from ..errors import EvidenceError
    from .calling import call

    try:
        return call(name, arguments)
    except EvidenceError as error:
        if os.environ.get("EVIDENCE_TRACEBACK"):
            raise
        sys.stdout.flush()
        for problem in sorted(error.problems, key=lambda problem: problem.severity == "error"):  # what failed: last
            print(problem, file=sys.stderr)
        return error.exit_code
