"""R without R: a stand-in answers stored text. Where R is there, the same with R itself."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from evidence.counts import Counts, Rates
from evidence.crosscheck import crosscheck
from evidence.crosscheck.case import case_of, quantities
from evidence.crosscheck.comparison import compare
from evidence.crosscheck.r import answers, read_numbers, run_script, summary
from evidence.errors import ComputeError
from evidence.pooling import model
from tests.crosscheck.pritz import GLMM, REML, printed, pritz
from tests.fake_r import FakeR


def has_metafor() -> bool:
    command = shutil.which("Rscript")
    if command is None:
        return False
    code = 'quit(status = !nzchar(system.file(package = "metafor")))'
    return subprocess.run([command, "--vanilla", "-e", code], capture_output=True, check=False).returncode == 0


needs_r = pytest.mark.skipif(not has_metafor(), reason="Rscript with metafor is not installed")


def judged(counts: Counts | Rates, chosen: Any) -> dict[str, str]:
    case = case_of(counts, chosen)
    (answer,) = answers(case)
    return {row.key: row.verdict for row in compare(quantities(case), answer)}


def test_stored_numbers_of_metafor_are_ours(fake_r: FakeR) -> None:
    folder = fake_r(printed(GLMM))
    found = judged(pritz(), model("logistic-normal", prediction="none"))
    assert {key: found[key] for key in GLMM} == dict.fromkeys(GLMM, "same")
    assert found["log_likelihood"] == found["proportion_lower"] == "not comparable"
    assert "nAGQ = 100" in (folder / "seen.R").read_text(encoding="utf-8")
    assert (folder / "first").read_text(encoding="utf-8").strip() == "--vanilla"


def test_stored_numbers_of_inverse_variance_are_ours_to_the_tight_tolerance(fake_r: FakeR) -> None:
    folder = fake_r(printed(REML))
    assert judged(pritz(), "inverse-variance") == dict.fromkeys(REML, "same")
    seen = (folder / "seen.R").read_text(encoding="utf-8")
    for part in ("threshold = 1e-13", "stepadj = 0.5", 'method = "REML"', 'test = "adhoc"', "level = 95", "add = 0.5"):
        assert part in seen


@pytest.mark.parametrize("key", REML)
def test_a_number_that_is_off_is_found_out(fake_r: FakeR, key: str) -> None:
    fake_r(printed({**REML, key: REML[key] * (1 + 1e-4)}))
    found = judged(pritz(), "inverse-variance")
    assert {name for name, verdict in found.items() if verdict == "differs"} == {key}


def test_no_r_is_a_sentence(no_r: None) -> None:
    found = crosscheck(pritz(), "inverse-variance")
    assert ("R", "Rscript is not on the path, so nothing was checked with R.") in found.remarks
    assert {row.software for row in found.rows} == {"PyMARE", "statsmodels"}


def test_an_r_without_the_packages_is_a_sentence(fake_r: FakeR) -> None:
    fake_r("", packages="")
    (found,) = answers(case_of(pritz(), "common-effect"))
    assert found.says and "neither metafor nor meta" in found.says


def test_an_r_that_stops_is_a_sentence_with_what_it_said(fake_r: FakeR) -> None:
    fake_r("", code=1, says="Error in rma.glmm: Cannot fit ML model.\nExecution halted\n")
    (found,) = answers(case_of(pritz(), "logistic-normal"))
    assert found.says == "R stopped: Error in rma.glmm: Cannot fit ML model." and not found.values


def test_both_packages_are_asked_where_both_are_there(fake_r: FakeR) -> None:
    folder = fake_r(printed({"estimate": REML["estimate"]}), packages="metafor\t3.8-1\t\nmeta\t8.1-0\t\n")
    found = answers(case_of(pritz(), "inverse-variance"))
    assert [answer.software for answer in found] == ["metafor", "meta"]
    assert "metaprop(" in (folder / "seen.R").read_text(encoding="utf-8")


def test_numbers_are_read_with_all_digits_and_na_is_no_number() -> None:
    versions, values = read_numbers("R\t4.2.2\nmetafor\t3.8-1\nse\t0.1000000000000000055511\t\nq\tNA\t\nupper\tInf\t\n")
    assert versions == {"R": "4.2.2", "metafor": "3.8-1"} and values == {"se": 0.1}
    assert read_numbers("study_limits\t0\t1\t0.5\t1\n")[1] == {"study_limits": (0.0, 1.0, 0.5, 1.0)}
    for output in ("", "R\t4.2.2\n", "se\tnonsense\n"):
        with pytest.raises(ComputeError, match="r-stopped"):
            read_numbers(output)


@pytest.mark.skipif(os.name != "posix", reason="a shell script stands in for Rscript")
def test_an_r_that_does_not_end_is_stopped(tmp_path: Path) -> None:
    command = tmp_path / "slow"
    command.write_text("#!/bin/sh\nexec sleep 30\n", encoding="utf-8")
    command.chmod(0o755)
    with pytest.raises(ComputeError, match=r"did not end within 0\.2 seconds"):
        run_script(str(command), "", patience=0.2)
    with pytest.raises(ComputeError, match="could not be started"):
        run_script(str(tmp_path / "nothing"), "")


def test_a_run_is_told_in_a_line(fake_r: FakeR) -> None:
    folder = fake_r(printed(GLMM))
    case = case_of(pritz(), "logistic-normal")
    said = summary(case, str(folder / "Rscript"), "1")
    assert said.startswith("metafor 3.8-1 (R 4.2.2): 3 numbers, all within tolerance; largest deviation 9.6e-06")
    fake_r(printed({**GLMM, "tau2": 0.6}))
    assert "1 beyond tolerance" in summary(case, str(folder / "Rscript"), "1")


@needs_r
@pytest.mark.slow
def test_r_itself_has_the_same_numbers() -> None:
    """One analysis of each kind; the measures and estimators are in tests/reference."""
    counts = Counts(
        [0, 1, 3, 1, 9, 3], [1, 5, 6, 4, 28, 3], labels=['a "b"', "c\\d", "$e`f'", "Ödön", "g\nh", "\U0001f600"]
    )
    for chosen in (
        model("logistic-normal", limits="t"),
        model("inverse-variance", measure="PFT", tau2="PM", limits="hk", tau2_limits="q-profile"),
    ):
        found = set(judged(counts, chosen).items())
        assert {verdict for key, verdict in found if key != "log_likelihood"} == {"same"}
        assert len(found) >= 10


@needs_r
@pytest.mark.slow
def test_r_itself_has_the_same_rates() -> None:
    found = judged(
        Rates([0, 1, 3, 12, 0, 25, 4], [2.5, 0.4, 10, 31.7, 90, 100, 5]), model("poisson-normal", limits="wald")
    )
    assert found.pop("log_likelihood") == "not comparable"
    assert set(found.values()) == {"same"} and {"estimate", "tau2", "mean", "lower", "study_limits"} <= set(found)
