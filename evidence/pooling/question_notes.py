"""The caveats that only answers to questions carry (``sensitivity``): code, severity, sentence and citation of each."""

from __future__ import annotations

from .result import NoteSeverity

QUESTION_NOTES: dict[str, tuple[NoteSeverity, str, tuple[str, ...]]] = {
    "added-last": ("caution", "Without a {what}, and so added last, in the order of the table: {studies}.", ()),
    "added-in-table-order": ("info", "Studies of the same {what} are added in the order of the table: {ties}.", ()),
    "limits-of-two": (
        "info",
        (
            "Of 2 studies the limits are by profile (chi-squared quantile, 1 degree of freedom), of more by profile-t"
            " (t quantile, k - 1 degrees of freedom): those of 2 are much narrower for that alone, and can't be"
            " compared with the others."
        ),
        (),
    ),
    "random-subsets": (
        "info",
        "{drawn} of {possible} subsets of studies were drawn at random (seed {seed}); the rest were not looked at.",
        (),
    ),
    "subsets-not-drawn": (
        "info",
        "The figure shows {shown} of the {all} subsets: the others have no {spread} ({why}).",
        (),
    ),
    "simulated-boundary": (
        "info",
        (
            "Of {draws} data sets simulated at one tau, at most {boundary} have no events, only events or no maximum of"
            " the likelihood, and at most {failed} no fit. They count with the limits that are printed for them, and as"
            " misses where there are none."
        ),
        (),
    ),
    "simulated-tau": (
        "caution",
        "These studies give no estimate of tau: data were simulated at fixed values of it only.",
        (),
    ),
    "egger-invalid": (
        "warning",
        (
            "Tests of funnel asymmetry are not valid for proportions: effect and standard error come from the same"
            " counts. Without anything missing Egger's test rejected at the {level} level {egger} (our simulations);"
            " a Peters-type test did so in {small} and {singles} of them."
        ),
        ("hunter2014",),
    ),
    "patients-described": (
        "caution",
        (
            "{described} described one by one, of {treated} treated in the same arms: those that were described are no"
            " sample of the others."
        ),
        (),
    ),
    "filter-not-identified": (
        "caution",
        (
            "The share of such reports that is published is varied, not estimated: the data barely identify it. The"
            " log-likelihood changes by {change} from a share of 1 to {least}, but that hangs on the assumed shape of"
            " the differences between studies."
        ),
        ("copas2001",),
    ),
    "filter-exempt": (
        "info",
        "Exempt from the filter, being about something else and published whatever they found: {labels}.",
        (),
    ),
    "filter-none-exempt": (
        "info",
        "No report is marked as incidental (about something else, published whatever it found), so none is exempt.",
        (),
    ),
}
