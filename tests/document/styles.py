"""Small CSL styles of our own, each with what a test needs."""

from __future__ import annotations

HEAD = (
    '<?xml version="1.0" encoding="utf-8"?>\n'
    '<style xmlns="http://purl.org/net/xbiblio/csl" class="{kind}" version="1.0"{more}>\n'
    "<info><title>T</title><id>t</id>{info}<updated>2026-01-01T00:00:00+00:00</updated></info>\n"
)
LIST = '<bibliography><layout><text variable="title"/></layout></bibliography></style>'
NUMBER = '<citation><layout><text variable="citation-number"/></layout></citation>'


def style(body: str, kind: str = "in-text", more: str = "", info: str = "") -> bytes:
    """A style of this body."""
    return (HEAD.format(kind=kind, more=more, info=info) + body).encode()


AUTHOR_DATE = style(
    """
<macro name="people"><names variable="author"><name form="short" and="text"/></names></macro>
<macro name="year"><date variable="issued"><date-part name="year"/></date></macro>
<citation et-al-min="3" et-al-use-first="1" disambiguate-add-year-suffix="true">
  <layout prefix="(" suffix=")" delimiter="; ">
    <group delimiter=" "><text macro="people"/><text macro="year"/></group>
  </layout>
</citation>
<bibliography>
  <sort><key macro="people"/><key variable="issued"/></sort>
  <layout suffix=".">
    <group delimiter=". ">
      <names variable="author"><name initialize-with=". " name-as-sort-order="all" and="symbol"/></names>
      <text macro="year" prefix="(" suffix=")"/>
      <text variable="title" quotes="true"/>
      <text variable="container-title" font-style="italic"/>
      <text variable="volume" font-weight="bold"/>
      <text variable="DOI" prefix="https://doi.org/"/>
    </group>
  </layout>
</bibliography>
</style>""",
    info='<category citation-format="author-date"/>',
)

#: Cases and affixes of parts of names, which citeproc-py alone does not print; nothing for what is no article; the year
#: and the day apart.
ODD = style(
    '<citation><layout><names variable="author"><name form="short"/></names></layout></citation>'
    '<bibliography><layout><choose><if type="article-journal"><group delimiter=". ">'
    '<names variable="author"><name initialize-with="." name-as-sort-order="all">'
    '<name-part name="family" text-case="capitalize-first" prefix="~"/>'
    '<name-part name="given" text-case="lowercase"/></name></names>'
    '<date variable="issued" text-case="capitalize-first"><date-part name="year"/></date>'
    '<text variable="title" text-case="capitalize-first"/>'
    '<date variable="issued"><date-part name="month"/></date>'
    "</group></if></choose></layout></bibliography></style>"
)

#: Raised numbers; the list sorted by title, its own numbers in brackets.
RAISED = style(
    '<citation><layout vertical-align="sup" delimiter=","><text variable="citation-number"/></layout></citation>'
    '<bibliography><sort><key variable="title"/></sort><layout>'
    '<text variable="citation-number" prefix="[" suffix="] "/>'
    '<text variable="title"/></layout></bibliography></style>'
)
