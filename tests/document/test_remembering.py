"""A model that keeps what it fitted gives the same results, and fits equal counts once."""

from __future__ import annotations

from typing import Any

from evidence.counts import Counts
from evidence.document.remembering import Remembering
from evidence.pooling import model


def test_equal_counts_are_fitted_once_and_others_again() -> None:
    fitted: list[Counts] = []

    class Spying:
        name = "common-effect"

        def fit(self, counts: Counts, study_limits: str) -> Any:
            fitted.append(counts)
            return model("common-effect").fit(counts, study_limits)

    kept = Remembering(Spying())
    first = kept.fit(Counts([1, 2], [3, 4]))
    assert kept.fit(Counts([1, 2], [3, 4])) is first and len(fitted) == 1
    for other in (Counts([1, 3], [3, 4]), Counts([1, 2], [3, 5]), Counts([1, 2], [3, 4], ["a", "b"])):
        kept.fit(other)
    kept.fit(Counts([1, 2], [3, 4]), "wilson")
    kept.fit(Counts([1, 2], [3, 4], studies=["s", "s"]))
    assert len(fitted) == 6
    assert kept.name == "common-effect"


def test_the_result_names_the_model_itself() -> None:
    chosen = model("common-effect")
    assert Remembering(chosen).fit(Counts([1, 2], [3, 4])).model == chosen
