"""The history: each version with its count, its estimate between its limits, or that it has none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from evidence.figures import FIGURES, STYLES
from evidence.figures.history_plot import layout_history
from evidence.updates.history import History
from tests.figures.looking import assert_whole
from tests.updates.test_explained import end

BANNER = "Synthetic: for no decision, and this sentence stands on every output."
ENDS = (
    replace(end("2015", value=None, reason="No arm has a count."), k=0),
    end("end-of-2016-with-a-long-name-of-forty-char", ("a", 0, 1), value=None, reason="One study: nothing is pooled."),
    end("2021", ("a", 0, 1), ("b", 2, 4), ("c", 5, 6), value=0.4),
    end("now", ("a", 0, 1), ("b", 2, 4), ("c", 5, 6), ("d", 9, 9), value=0.7),
)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("width", [257.0, 174.0, 84.0])
def test_each_version_stands_at_its_place(style: str, width: float) -> None:
    layout = layout_history(History("healed", ENDS, BANNER), replace(STYLES[style], width_mm=width))
    assert_whole(layout.page)
    assert len(layout.row_y) == len(ENDS)
    for role, wanted in (
        ("estimate", [(one.value, y) for one, y in zip(ENDS, layout.row_y, strict=True)]),
        ("observed", [(one.events / one.n if one.n else None, y) for one, y in zip(ENDS, layout.row_y, strict=True)]),
    ):
        marks = [shape for shape in layout.page.shapes if shape.role == role]
        middles = [tuple(sum(p[i] for p in shape.points) / len(shape.points) for i in (0, 1)) for shape in marks]
        places = [(layout.plot.at_x(value), y) for value, y in wanted if value is not None]
        assert len(middles) == len(places)
        assert all(a == pytest.approx(b, abs=1e-6) for a, b in zip(middles, places, strict=True))
    limits = [line for line in layout.page.lines if line.y0 in layout.row_y]
    assert [(line.x0, line.x1) for line in limits] == [(layout.plot.at_x(0.2), layout.plot.at_x(0.8))] * 2


def test_counts_stand_below_and_what_there_is_not_is_said() -> None:
    layout = layout_history(History("healed", ENDS))
    words = [text.text for text in layout.page.texts]
    assert words.count("no estimate") == 2
    assert {"0/1 in 1 study", "7/11 in 3 studies", "no patient counted", "40 % (20 to 80)"} <= set(words)
    assert "2015: No arm has a count." in words
    assert "Now: 70 % (20 to 80 %), 16/20 in 4 studies." in layout.alt


def test_what_the_estimates_were_made_of_is_said() -> None:
    same = History("healed", ENDS)
    text = " ".join(text.text for text in layout_history(same).page.texts)
    assert "computed by this software from its own tables" in text
    assert same.method.endswith(f": {ENDS[3].model}.") and same.to_dict()["method"] == same.method
    other = History("healed", (*ENDS[:3], replace(ENDS[3], model="beta-binomial", what="mean")))
    assert other.method.endswith(f": {ENDS[2].model} (2021); beta-binomial (now).")
    assert other.what == f"mean or {ENDS[2].what}"
    assert History("healed", ENDS[:2]).method == ""
    assert ENDS[3].ci is not None
    wider = History("healed", (*ENDS[:3], replace(ENDS[3], ci=replace(ENDS[3].ci, level=0.9))))
    assert wider.method.endswith("; intervals at 95 % (2021), 90 % (now).")


def test_many_versions_go_over_pages() -> None:
    ends = tuple(end(f"v{i}", ("a", 1, 3), ("b", 2, 4)) for i in range(60))
    figure = FIGURES["history"].draw(History("healed", ends), "default", {})
    assert len(figure.pages) > 1
    for page in figure.pages:
        assert_whole(page)
    assert sum(text.text.startswith("v") and text.text[1:].isdigit() for p in figure.pages for text in p.texts) == 60
