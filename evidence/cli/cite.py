"""How to cite this software, in words and as BibTeX."""

from __future__ import annotations


def citation() -> str:
    """The citation, made from the package's own metadata."""
    from .. import __version__

    title = "evidence: pooled proportions from published case reports and case series"
    return (
        f"The evidence authors (2026). {title} (version {__version__}) [Computer software].\n"
        "\n"
        "@software{evidence,\n"
        "  author = {{The evidence authors}},\n"
        f"  title = {{{title}}},\n"
        "  year = {2026},\n"
        f"  version = {{{__version__}}},\n"
        "  license = {MIT},\n"
        "}\n"
        "\n"
        "Please cite the reviewed reports and the review's tables as well: each data folder has a README."
    )
