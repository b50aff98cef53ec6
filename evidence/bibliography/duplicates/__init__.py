"""Records that are one report: found, grouped under people's decisions, and merged."""

from .finding import Pair, Progress, find_duplicates
from .grouping import Conflict, Decision, Groups, group
from .judging import Outcome, Thresholds
from .merging import merge

__all__ = [
    "Conflict",
    "Decision",
    "Groups",
    "Outcome",
    "Pair",
    "Progress",
    "Thresholds",
    "find_duplicates",
    "group",
    "merge",
]
