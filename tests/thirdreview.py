"""A small synthetic review on another subject, with its own columns, words and outcomes; no number in it is real.

It holds what the other reviews lack: two arms in one study, several time points, two units, patients counted twice, a
declared search, and a study named "NA".
"""

from __future__ import annotations

from pathlib import Path

NAME = "heel-pain"

REVIEW = """
title = "Synthetic example: shock waves for heel pain"
question = "Among people with heel pain given shock waves, what proportion is free of pain?"
status = "draft"
search_date = 2024-05-01
databases = ["Example database"]
other_sources = ["reference lists"]
curators = ["A. Example"]
registration = "none (synthetic)"
protocol = "none (synthetic)"
funding = "none"
interests = "none"

[eligibility]
population = "Adults with heel pain"
intervention = "Shock waves"

[outcomes.pain_free]
title = "Free of pain"
definition = "No pain on a scale from 0 to 10"
part_of = "improved"

[outcomes.improved]
title = "Improved"
definition = "Less pain"

[outcomes.not_improved]
title = "Not improved"
definition = "The same pain or more"
complement_of = "improved"

[outcomes.heel_swollen]
title = "Swollen heel"
definition = "Swelling seen"
unit = "heel"
time = { nearest = 3 }

[vocabulary.outcomes]
unit = ["patient", "heel"]

[vocabulary.screening]
reason = ["not_shock_waves"]

[columns.arms.device]
type = "term"
terms = { focused = "one focus", radial = "spread out", not_reported = "not stated" }
required = true
meaning = "Kind of device"

[columns.arms.energy_mj_mm2]
type = "number"
heading = "Energy"
unit = "mJ/mm2"
min = 0
max = 5
meaning = "Energy of a pulse"

[columns.arms.sides]
type = "list"
terms = ["left", "right"]
meaning = "Sides treated"

[columns.arms.guided]
type = "yes_no"
meaning = "Guided by ultrasound"

[columns.studies.setting]
type = "text"
meaning = "Where the patients were seen"

[columns.patients.shoe_size]
type = "integer"
min = 20
meaning = "Shoe size"
"""

TABLES = {
    "reports": """
report_id,study_id,year,design,country,language,publication_type,source_seen,url_or_doi,notes
ada2001,ada-2001,2001,case_series,Norway,en,article,full_text,10.1000/ada,
ada2001b,ada-2001,2002,case_series,Norway,en,abstract,abstract,10.1000/adb,
bo2002,bo-2002,2002,case_series,Chile; Peru,es,article,full_text,10.1000/bo,
na,na,,case_report,,,letter,abstract,https://example.org/na,
cy2010,cy-2010,2010,controlled_trial,Japan,ja,article,full_text,10.1000/cy,
di2011,di-2011,2011,case_series,Japan,ja,article,full_text,10.1000/di,
ed2012,,2012,review,,en,article,abstract,10.1000/ed,
""",
    "screening": """
report_id,source,decision,stage,reason,notes
ada2001,Example database,included,full_text,,
ada2001b,Example database,duplicate_report,full_text,,the same patients
bo2002,Example database,included,full_text,,
na,reference lists,included,full_text,,
cy2010,Example database,included,full_text,,
di2011,Example database,included,full_text,,
ed2012,reference lists,excluded,title_abstract,not_shock_waves,
""",
    "studies": """
study_id,label,year,country,design,n_treated,setting
ada-2001,Ada 2001,2001,Norway,case_series,30,clinic
bo-2002,Bo 2002,2002,Chile; Peru,case_series,12,"clinic,
private"
na,NA,,,case_report,1,
cy-2010,Cy 2010,2010,Japan,controlled_trial,25,hospital
di-2011,Di 2011,2011,Japan,case_series,9,hospital
""",
    "arms": """
arm_id,study_id,label,n_treated,same_patients_as,device,energy_mj_mm2,sides,guided,notes
ada-low,ada-2001,Low energy,14,,focused,0.1,left; right,yes,
ada-high,ada-2001,High energy,16,,focused,0.5,left,yes,
bo,bo-2002,Radial,12,,radial,0.2,right,no,
na-1,na,One patient,1,,not_reported,,,,
cy,cy-2010,Radial,25,,radial,0.3,left; right,,
di,di-2011,Radial,9,cy,radial,0.3,left,,some of Cy
""",
    "outcomes": """
arm_id,outcome,unit,events,total,definition,timepoint_months,basis,derivation,source_location,confidence,notes
ada-low,improved,patient,6,14,,3,reported,,table 2,high,
ada-low,improved,patient,9,14,,12,reported,,table 2,high,
ada-low,pain_free,patient,3,14,,12,reported,,table 2,high,
ada-high,improved,patient,11,16,,3,reported,,table 2,high,
ada-high,improved,patient,12,15,,12,reported,,table 2,high,
bo,improved,patient,8,12,,6,reported,,text,medium,
bo,not_improved,patient,4,12,,6,derived,12 - 8,text,medium,
bo,pain_free,patient,0,12,,6,reported,,text,medium,
na-1,improved,patient,1,1,,,reported,,title,low,
cy,improved,patient,20,25,,6,reported,,table 1,high,
cy,pain_free,heel,30,40,,6,reported,,table 1,high,
cy,heel_swollen,heel,2,40,,3,reported,,text,high,
cy,heel_swollen,heel,1,40,,6,reported,,text,high,
di,improved,patient,7,9,,6,reported,,table 3,high,
""",
}

REFERENCES = "\n".join(
    f"@article{{{key},\n  author = {{Example, A.}},\n  title = {{Synthetic report {key}}},\n}}"
    for key in ("ada2001", "ada2001b", "bo2002", "na", "cy2010", "di2011", "ed2012")
)


def write_third_review(folder: Path) -> Path:
    """Write the review into ``folder`` (made if needed) and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "review.toml").write_text(REVIEW, encoding="utf-8", newline="\n")
    for name, text in TABLES.items():
        (folder / f"{name}.csv").write_text(text.lstrip(), encoding="utf-8", newline="\n")
    (folder / "references.bib").write_text(REFERENCES, encoding="utf-8", newline="\n")
    return folder
