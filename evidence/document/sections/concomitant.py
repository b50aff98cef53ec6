"""What else was given at the same time, word for word."""

from __future__ import annotations

from ... import display
from ...concomitant import Concomitant, concomitant_treatment
from ...tables.given_tables import concomitant_table
from ..blocks import Block, Section, TableBlock, paragraph
from ..findings import Findings


def section(findings: Findings) -> Section | None:
    """Who had other treatments, who had none, who doesn't say; None where no column of the review holds it."""
    found = concomitant_treatment(findings.review)
    if found is None:
        return None
    blocks: list[Block] = [paragraph(_counted(found), kind="lead")]
    if found.named:
        blocks.append(
            paragraph(
                "In arms with other treatments the numbers of this document can't tell apart what did what. The count"
                " is of all patients in those arms; not each of them need have had the other treatments."
            )
        )
    if found.named or found.none:
        blocks.append(TableBlock(concomitant_table(findings.review, found)))
    return Section("concomitant", "Other treatments at the same time", tuple(blocks))


def _counted(found: Concomitant) -> str:
    many = len(found.named)
    texts = [
        f"{many} of {display.plural(found.arms, 'arm')}, with {found.named_patients} of {found.patients} treated"
        f" patients, {'names' if many == 1 else 'name'} other treatments at the same time."
    ]
    none = len(found.none)
    texts.append(
        f"{none} {'states' if none == 1 else 'state'} that there were none ({found.none_patients} patients)."
        if none
        else "No arm states that there were none."
    )
    silent = len(found.silent)
    if silent:
        texts.append(
            f"{silent}, with {found.silent_patients} patients, {'does' if silent == 1 else 'do'} not say, which is not"
            " the same as none."
        )
    return " ".join(texts)
