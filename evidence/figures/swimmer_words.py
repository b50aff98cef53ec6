"""What a swimmer plot says beside its ink."""

from __future__ import annotations

from collections import Counter

from .. import display
from ..courses import Course, Courses
from ..review.groups import NOT_REPORTED_LABEL

SORTED = {
    "response": "by response",
    "duration": "by duration of treatment, longest first",
    "follow-up": "by follow-up, longest first",
    "study": "by study",
}
#: Patients up to this many are told one by one.
FEW = 40


def months(value: float | None) -> str:
    """``60``, ``1.8``, or a dash where it is not reported."""
    return display.DASH if value is None else f"{round(value, 1):g}"


def span_words(one: Course) -> str:
    """Months treated and followed, ``8 / –``."""
    return f"{months(one.treated)} / {months(one.followed)}"


def nobody(courses: Courses) -> str:
    """What is said where no patient has a row."""
    return (
        f"Nothing recorded: none of the {courses.treated} treated patients is described individually in what was read."
        " Such patients are read from patients.csv, one row each."
    )


def feet(courses: Courses, wide: bool) -> list[str]:
    """Footnotes: how many there are, what is not known, how to read the short forms."""
    people = courses.patients
    silent = sum(one.treated is None and one.followed is None for one in people)
    text = (
        f"{len(people)} of {courses.treated} treated patients are described individually; sorted {SORTED[courses.sort]}"
    )
    text += f" within {_heading(courses)}." if courses.heading else "."
    missing = {
        "response": sum(one.response is None for one in people),
        "recurrence": sum(one.recurrence is None for one in people),
        "duration of treatment": sum(one.treated is None for one in people),
        "follow-up": sum(one.followed is None for one in people),
    }
    unknown = [f"{name} of {amount}" for name, amount in missing.items() if amount]
    found = [text]
    if unknown:
        said = f"Not reported, of {len(people)} patients: {', '.join(unknown)}. {display.DASH} = not reported, never 0."
        if silent:
            said += f" Neither bar nor line: neither duration is reported ({display.plural(silent, 'patient')})."
        found.append(said)
    if courses.duration is None:
        found.append(
            "No column is known to say how long patients were treated: declare one under [columns.patients] in"
            ' review.toml, with a unit of time such as unit = "months", or name it with the option duration.'
        )
    if not wide:
        found.append("R+ = recurrence, R− = no recurrence; neither: recurrence is not reported.")
    return found


def _heading(courses: Courses) -> str:
    return courses.heading[:1].lower() + courses.heading[1:]


def alt_text(courses: Courses) -> str:
    """The plot in words."""
    people = courses.patients
    counted = Counter(one.response for one in people)
    order = [*courses.responses, None]
    shown = ", ".join(f"{_word(term)} {counted[term]}" for term in order if counted[term])
    text = (
        f"Swimmer plot of {display.plural(len(people), 'patient')} described individually, of {courses.treated}"
        f" treated. Response: {shown}."
    )
    rows = [_row(one) for one in people if one.treated is not None or one.followed is not None]
    rows = rows if len(rows) <= FEW else [f"{len(rows)} patients with a duration"]
    silent = len([one for one in people if one.treated is None and one.followed is None])
    if rows:
        text += f" {'; '.join(rows)}."
    if silent:
        text += f" Neither duration of treatment nor follow-up is reported of {display.plural(silent, 'patient')}."
    return text


def _word(term: str | None) -> str:
    return NOT_REPORTED_LABEL if term is None else term.replace("_", " ")


def _months(value: float) -> str:
    text = months(value)
    return f"{text} month" if text == "1" else f"{text} months"


def _row(one: Course) -> str:
    treated, followed = ("not reported" if v is None else _months(v) for v in (one.treated, one.followed))
    text = f"{one.label}: response {_word(one.response)}, treated {treated}, followed {followed}"
    if one.responded is not None:
        text += f", response seen at {_months(one.responded)}"
    return text if one.recurrence is None else f"{text}, recurrence {_word(one.recurrence)}"
