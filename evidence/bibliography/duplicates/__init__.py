"""Records that are one report: found, grouped under people's decisions, and merged."""

from .finding import Pair, Progress, find_duplicates
from .judging import Outcome, Thresholds

__all__ = ["Outcome", "Pair", "Progress", "Thresholds", "find_duplicates"]
