"""Problems speak the language of the caller."""

from __future__ import annotations

import pytest

from evidence.errors import usage
from evidence.many.wording import in_python


@pytest.mark.parametrize(
    ("told", "python"),
    [
        ("--events 'evnts' is not a column", "events='evnts' is not a column"),
        ("name it with --by; did you mean a?", "name it with by=; did you mean a?"),
        ('name the one to use: --events a or --events "b c"', 'name the one to use: events="a" or events="b c"'),
        ("name it with --exposure COL, or call it time", 'name it with time="COL", or call it time'),
        ("give each its own column: --by, --total", "give each its own column: by=, total="),
        ("--total is of proportions", "total= is of proportions"),
        ("nothing to say", "nothing to say"),
    ],
)
def test_options_become_arguments(told: str, python: str) -> None:
    (problem,) = in_python(usage(told, told)).problems
    assert (problem.message, problem.mend) == (python, python)
