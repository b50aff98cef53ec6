"""Three papers that were never written, as one database has them: with all fields, and with few."""

from __future__ import annotations

from dataclasses import replace

from evidence.bibliography.duplicates.essence import essence
from evidence.bibliography.duplicates.judging import Judgement, judge
from evidence.bibliography.record import Record

SKIN = Record(
    kind="article",
    title="Intralesional sodium thiosulfate for calcinosis cutis: a prospective cohort study",
    authors=("Müller, Hans-Peter", "García-López, María", "van der Berg, Jan W.", "O’Connor, Siobhán", "Li, Wei"),
    year=2018,
    journal="Journal of Imaginary Skin Medicine",
    volume="78",
    issue="4",
    pages="821-828",
    doi="10.1234/jism.2017.11.034",
    pmid="29198779",
    abstract="Calcium that is laid down in the skin hurts and breaks through it. We asked whether it becomes less after"
    " injections, and followed 28 patients for one year; in 19 of them lesions became smaller, in 4 they went away.",
)
CELLS = Record(
    kind="article",
    title="Effects of TNF-α inhibition on β-cell function in patients with type 2 diabetes: a randomised trial",
    authors=("Sørensen, K.", "Łukasiewicz, A.", "Çelik, B."),
    year=2011,
    journal="Diabetic Imaginings",
    volume="54",
    issue="12",
    pages="3081-93",
    doi="10.1234/s00125-011-2290-7",
)
SHORT = Record(
    kind="article",
    title="Calcium channel blockers in scleroderma",
    authors=("Tanaka, Y.",),
    year=1999,
    journal="Lantern",
    volume="353",
    issue="9155",
    pages="1048-9",
)
PAPERS = {"skin": SKIN, "cells": CELLS, "short": SHORT}


def unnumbered(record: Record) -> Record:
    """The record without DOI and PMID, which would tell by themselves."""
    return replace(record, doi=None, pmid=None)


def judged(a: Record, b: Record) -> Judgement:
    """The judgement on two records."""
    return judge(essence(a), essence(b))
