"""The caveats of a regression."""

from __future__ import annotations

from .. import display
from ..counts import Counts
from .design import Design, nearly_singular
from .notes import note
from .result import Note

#: Studies that each covariate should have (J).
STUDIES_PER_COVARIATE = 10


def shared_notes(counts: Counts, design: Design) -> list[Note]:
    """Notes that every regression has: not by chance, few studies, arms left out, columns that nearly coincide."""
    covariates = len(design.names) - (design.intercept is not None)
    k = len(set(counts.studies))
    found = []
    if covariates:
        found.append(note("not-randomised-covariates"))
    asked = display.plural(covariates, "coefficient")
    if k < STUDIES_PER_COVARIATE * covariates:
        found.append(note("few-studies-per-covariate", k=k, coefficients=asked, wanted=STUDIES_PER_COVARIATE))
    if design.left_out:
        arms = "; ".join(f"{label} ({', '.join(names)})" for label, names in design.left_out)
        found.append(note("covariate-missing", left_out=len(design.left_out), arms=arms))
    close = nearly_singular(design)
    if close:
        found.append(note("nearly-singular", columns=" and ".join(close)))
    return found


def several_arms(counts: Counts) -> str | None:
    """Names of the studies with several arms, or None."""
    several = [study for study in dict.fromkeys(counts.studies) if counts.studies.count(study) > 1]
    return ", ".join(several) or None
