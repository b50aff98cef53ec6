"""Versions: frozen, read again, damaged, rebuilt up to a year, and taken from git."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from evidence.errors import DataError, EvidenceError, UsageError
from evidence.review.review import read_review
from evidence.updates.as_of import as_of
from evidence.updates.change_text import summary
from evidence.updates.collecting import collect
from evidence.updates.difference import difference
from evidence.updates.finding import frozen_versions, read_version, review_of
from evidence.updates.snapshot import frozen, write_version
from evidence.updates.version import OF_TODAY, Version, check_label, manifest, sha256


def analyses(folder: Path) -> Path:
    return folder.parent.parent / "analyses"


def now(folder: Path) -> Version:
    return read_version(folder, analyses(folder), "now")


def freeze(folder: Path, label: str = "first", made: str = "2026-11-28") -> Path:
    return write_version(folder, frozen(now(folder), label, made, {"heel": []}))


def codes(error: EvidenceError) -> list[str]:
    return [problem.code for problem in error.problems]


def test_a_version_comes_back_as_it_was_frozen(heel: Path) -> None:
    place = freeze(heel)
    again = read_version(heel, analyses(heel), "first")
    assert again == frozen(now(heel), "first", "2026-11-28", {"heel": []})
    assert read_version(heel, analyses(heel), str(place)) == again
    assert (place / "outcomes.csv").read_bytes() == (heel / "outcomes.csv").read_bytes()
    assert set(again.analyses) == {"heel"}
    assert review_of(again).name == read_review(heel).name
    assert [path.name for path in (heel / "versions").iterdir()] == ["first"]


def test_the_same_content_is_the_same_bytes(heel: Path) -> None:
    one, two = (frozen(now(heel), "first", "2026-11-28", {"b": 1, "a": 2}) for _ in range(2))
    assert manifest(one) == manifest(two)


def test_imported_records_are_kept_by_hash_and_counts(heel: Path) -> None:
    (heel / "records" / "files").mkdir(parents=True)
    (heel / "records" / "files" / "i1-found.ris").write_bytes(b"TY  - JOUR\n")
    (heel / "records" / "imports.csv").write_text("import_id,file\ni1,found.ris\n", encoding="utf-8")
    found = collect(heel, analyses(heel))
    assert found.records["files"] == 2 and found.records["rows"] == {"imports": 1}
    assert not any("records" in name for name in found.files)
    (heel / "records" / "files" / "i1-found.ris").write_bytes(b"TY  - BOOK\n")
    assert collect(heel, analyses(heel)).records["sha256"] != found.records["sha256"]


@pytest.mark.parametrize("label", ["", "now", "HEAD", "../up", "a/b", ".hidden", "a b", "nul", "x" * 41, "end."])
def test_a_bad_label_is_refused(label: str) -> None:
    with pytest.raises(UsageError, match="bad-label"):
        check_label(label)


def test_a_label_is_taken_once(heel: Path) -> None:
    freeze(heel)
    for taken in ("first", "FIRST"):
        with pytest.raises(UsageError, match="version-exists"):
            freeze(heel, taken)


def test_nothing_half_written_is_left(heel: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "rename", full)
    with pytest.raises(DataError, match="No space left"):
        freeze(heel)
    assert list((heel / "versions").iterdir()) == []


def test_a_damaged_version_says_what_is_wrong(heel: Path) -> None:
    place = freeze(heel)

    def wrong() -> list[str]:
        with pytest.raises(DataError) as caught:
            read_version(heel, analyses(heel), "first")
        return codes(caught.value)

    (place / "extra.csv").write_text("a\n1\n", encoding="utf-8")
    (place / "arms.csv").write_text("arm_id\n", encoding="utf-8")
    (place / "studies.csv").unlink()
    assert sorted(wrong()) == ["version-changed", "version-file-missing", "version-stray"]
    values = json.loads((place / "manifest.json").read_text(encoding="utf-8"))
    for text, code in (
        (json.dumps(values | {"format": 2}), "version-format"),
        (json.dumps(values | {"files": {"../../arms.csv": "0"}}), "version-damaged"),
        (json.dumps({"format": 1}), "version-damaged"),
        ("[", "version-damaged"),
        ("[]", "version-damaged"),
    ):
        (place / "manifest.json").write_text(text, encoding="utf-8")
        assert code in wrong()
    (place / "manifest.json").unlink()
    assert wrong() == ["version-damaged"]


@pytest.mark.parametrize(
    "change",
    [
        {"format": True},
        {"format": 0},
        {"label": ["first"]},
        {"review": "../heel-pain"},
        {"made": "yesterday"},
        {"made": 5},
        {"until": "2016"},
        {"until": True},
        {"notes": "one"},
        {"records": [1]},
        {"not_kept": "certainty"},
    ],
)
def test_a_manifest_that_says_what_cannot_be_is_refused(heel: Path, change: dict[str, object]) -> None:
    place = freeze(heel) / "manifest.json"
    place.write_text(json.dumps(json.loads(place.read_text(encoding="utf-8")) | change), encoding="utf-8")
    with pytest.raises(DataError, match=r"manifest\.json: .*version-damaged"):
        read_version(heel, analyses(heel), "first")


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "nope",
        '{"heel": 5}',
        '{"heel": [{"outcome": 1}]}',
        '{"heel": [{"outcome": "improved", "pooled": "x"}]}',
        '{"heel": [{"outcome": "improved", "pooled": {"mean": "x"}}]}',
    ],
)
def test_results_that_are_none_are_refused(heel: Path, text: str) -> None:
    place = freeze(heel)
    values = json.loads((place / "manifest.json").read_text(encoding="utf-8"))
    values["files"]["results.json"] = sha256(text.encode())
    (place / "results.json").write_text(text, encoding="utf-8")
    (place / "manifest.json").write_text(json.dumps(values), encoding="utf-8")
    with pytest.raises(DataError, match=r"results\.json.*version-damaged"):
        read_version(heel, analyses(heel), "first")


def test_a_file_that_is_no_json_says_the_line(heel: Path) -> None:
    place = freeze(heel) / "manifest.json"
    place.write_text('{\n "format": 1,\n "label"\n}', encoding="utf-8")
    with pytest.raises(DataError, match=r"manifest\.json:4: the file can't be read"):
        read_version(heel, analyses(heel), "first")


def test_a_version_goes_with_its_review_when_that_is_renamed(heel: Path) -> None:
    freeze(heel)
    moved = heel.rename(heel.with_name("heel"))
    for asked in ("first", str(moved / "versions" / "first")):
        version = read_version(moved, analyses(moved), asked)
        assert version.notes == ("Frozen when the review was called heel-pain.",)
        assert review_of(version).name == "heel-pain" and set(version.analyses) == {"heel"}


def test_a_version_whose_folder_was_renamed_is_refused(heel: Path) -> None:
    place = freeze(heel)
    shutil.copytree(place, place.with_name("second"))
    with pytest.raises(DataError, match="call the folder first again"):
        read_version(heel, analyses(heel), "second")


def test_an_empty_version_and_one_of_another_review(heel: Path, tmp_path: Path) -> None:
    write_version(heel, Version("bare", heel.name, {"review.toml": b'title = "x"\n'}, "2026-01-01"))
    with pytest.raises(DataError, match="version-empty"):
        read_version(heel, analyses(heel), "bare")
    write_version(heel, Version("nothing", heel.name, {}, "2026-01-01"))
    with pytest.raises(DataError, match="version-empty"):
        read_version(heel, analyses(heel), "nothing")
    place = freeze(heel)
    other = tmp_path / "data" / "other"
    shutil.copytree(heel, other)
    with pytest.raises(DataError, match="version-of-another-review"):
        read_version(other, analyses(heel), str(place))


def test_a_version_that_does_not_exist_lists_those_that_do(heel: Path, tmp_path: Path) -> None:
    freeze(heel)
    with pytest.raises(UsageError, match="did you mean first"):
        read_version(heel, analyses(heel), "frist")
    with pytest.raises(UsageError, match="unknown-version"):
        read_version(heel, analyses(heel), "--help")
    with pytest.raises(DataError, match=r"without manifest\.json"):
        read_version(heel, analyses(heel), str(tmp_path))


def test_line_ends_are_no_change(heel: Path) -> None:
    place = freeze(heel)
    for path in (place / "arms.csv", place / "review.toml"):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert read_version(heel, analyses(heel), "first").label == "first"


def test_up_to_a_year(heel: Path) -> None:
    early = as_of(now(heel), 2002)
    review = review_of(early)
    assert [row["study_id"] for row in review.rows("studies")] == ["ada-2001", "bo-2002"]
    assert {row["arm_id"] for row in review.rows("outcomes")} == {"ada-low", "ada-high", "bo"}
    assert [row["report_id"] for row in review.rows("screening")] == ["ada2001", "ada2001b", "bo2002"]
    assert set(review.references) == {"ada2001", "ada2001b", "bo2002"}
    assert early.until == 2002 and "whose year is unknown are not in" in early.notes[1] and "NA" in early.notes[1]
    assert [row["report_id"] for row in review_of(as_of(now(heel), 2001)).rows("reports")] == ["ada2001"]


def test_a_link_to_a_later_arm_is_cut(heel: Path) -> None:
    text = (heel / "studies.csv").read_text(encoding="utf-8").replace("Cy 2010,2010", "Cy 2010,2012")
    (heel / "studies.csv").write_text(text.replace("di-2011,Di 2011,2011", "di-2011,Di 2011,2009"), encoding="utf-8")
    text = (heel / "reports.csv").read_text(encoding="utf-8").replace("cy-2010,2010", "cy-2010,2012")
    (heel / "reports.csv").write_text(text.replace("di-2011,2011", "di-2011,2009"), encoding="utf-8")
    arms = {row["arm_id"]: row for row in review_of(as_of(now(heel), 2010)).rows("arms")}
    assert "cy" not in arms and arms["di"]["same_patients_as"] is None


def test_no_study_up_to_a_year(heel: Path) -> None:
    with pytest.raises(UsageError, match="the earliest is of 2001"):
        as_of(now(heel), 1990)


def test_the_oldest_state_stands_first(heel: Path) -> None:
    freeze(heel, "a")
    for label, year in (("z-late", 2010), ("b-early", 2002)):
        write_version(heel, frozen(as_of(now(heel), year), label, "2026-11-28", {}))
    assert [version.label for version in frozen_versions(heel)] == ["b-early", "z-late", "a"]


def test_versions_of_one_day_stand_as_they_were_made(heel: Path) -> None:
    """Labels say nothing of the order; one that has its day alone stands before those of the day that have a time."""
    for label, made in (("with-example", "T09:00:01Z"), ("v3", "T09:00:02Z"), ("a", "T10:00:00Z"), ("old", "")):
        freeze(heel, label, f"2026-11-28{made}")
    freeze(heel, "earlier", "2026-11-27T23:59:59Z")
    found = frozen_versions(heel)
    assert [version.label for version in found] == ["earlier", "old", "with-example", "v3", "a"]
    assert (found[3].day, found[3].when) == ("2026-11-28", "2026-11-28 09:00 UTC")
    assert (found[1].day, found[1].when) == ("2026-11-28", "2026-11-28")


def test_the_end_of_a_year_that_is_not_over_is_the_time_of_making(heel: Path) -> None:
    write_version(heel, frozen(as_of(now(heel), 2026), "this-year", "2026-11-28T09:00:00Z", {}))
    freeze(heel, "a", "2026-11-28T10:00:00Z")
    assert [version.label for version in frozen_versions(heel)] == ["this-year", "a"]


@pytest.mark.parametrize(
    ("label", "why"),
    [("con", "Windows reserves"), ("LPT1.x", "Windows reserves"), ("now", "the tables as they are"), ("v.", "a dot")],
)
def test_a_label_that_keeps_the_rule_and_cant_be_one_says_why(label: str, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        check_label(label)


def test_a_folder_that_is_no_version_is_to_be_removed_first(heel: Path) -> None:
    (heel / "versions" / "v3").mkdir(parents=True)
    with pytest.raises(DataError, match=r"remove the folder .*v3 and make it anew: .* heel-pain --label v3"):
        read_version(heel, analyses(heel), "v3")
    with pytest.raises(UsageError, match=r"holds no version.*\n.*remove the folder"):
        freeze(heel, "v3")


def test_nothing_is_taken_for_a_label_that_it_is_hardly_like(heel: Path) -> None:
    freeze(heel)
    with pytest.raises(UsageError, match="use one of first, now"):
        read_version(heel, analyses(heel), "nope")


def test_tables_with_errors_are_not_rebuilt(heel: Path) -> None:
    path = heel / "studies.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("study_id,label", "study,label"), encoding="utf-8")
    with pytest.raises(DataError, match=r"studies\.csv:1:.*version now: "):
        as_of(now(heel), 2002)


def test_the_versions_of_calcinosis_are_as_they_were_frozen(calcinosis: Path) -> None:
    found = {version.label: version for version in frozen_versions(calcinosis)}
    assert {"end-of-2016": 2016, "end-of-2021": 2021}.items() <= {name: v.until for name, v in found.items()}.items()
    counts = {
        name: [(one["pooled"]["events"], one["pooled"]["n"]) for one in version.results[calcinosis.name][:2]]
        for name, version in found.items()
    }
    assert counts["end-of-2016"] == [(0, 1), (10, 11)] and counts["end-of-2021"] == [(2, 5), (15, 17)]


def test_problems_of_a_version_name_it(heel: Path) -> None:
    (heel / "outcomes.csv").write_text(
        (heel / "outcomes.csv").read_text(encoding="utf-8").replace("patient,6,14", "patient,16,14"), encoding="utf-8"
    )
    freeze(heel)
    with pytest.raises(DataError, match=r"outcomes\.csv:2:.*version first: "):
        review_of(read_version(heel, analyses(heel), "first"))


def git(folder: Path, *arguments: str) -> None:
    who = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_a_revision_of_git_is_read_without_a_checkout(heel: Path) -> None:
    root = heel.parent.parent
    before = now(heel).files
    git(root, "init", "-q")
    git(root, "commit", "-q", "--allow-empty", "-m", "nothing yet")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "first")
    (heel / "arms.csv").write_text("arm_id\n", encoding="utf-8")
    (root / "analyses" / "heel.toml").unlink()
    then = read_version(heel, analyses(heel), "HEAD")
    assert then.files == before and then.label.startswith("HEAD (")
    assert (heel / "arms.csv").read_text(encoding="utf-8") == "arm_id\n"
    with pytest.raises(DataError, match="was not there at HEAD~1"):
        read_version(heel, analyses(heel), "HEAD~1")
    with pytest.raises(UsageError, match="unknown-version"):
        read_version(heel, analyses(heel), "HEAD~7")
    moved = heel.rename(heel.with_name("heel"))
    with pytest.raises(DataError, match="say what it was called: HEAD:data/heel-pain"):
        read_version(moved, analyses(moved), "HEAD")
    named = read_version(moved, analyses(moved), "HEAD:data/heel-pain")
    assert named.files == before and named.review == heel.name
    git(root, "commit", "-q", "--allow-empty", "-m", "later")
    shallow = root.parent / f"{root.name}-shallow"
    git(root.parent, "clone", "-q", "--depth", "1", root.as_uri(), str(shallow))
    with pytest.raises(UsageError, match="git fetch --unshallow"):
        read_version(shallow / "data" / heel.name, shallow / "analyses", "HEAD~1")


def test_without_git_it_is_said_that_revisions_cannot_be_asked_for(heel: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(heel))
    for path in (None, ""):
        if path is not None:
            monkeypatch.setenv("PATH", path)
        with pytest.raises(UsageError, match="lies in no checkout"):
            read_version(heel, analyses(heel), "HEAD")


def test_what_tells_of_today_is_left_out_and_named(heel: Path) -> None:
    certainty = "outcome,domain,judgement,rater\nimproved,risk_of_bias,serious,A\n"
    (heel / "certainty.csv").write_text(certainty, encoding="utf-8")
    (heel / "extraction").mkdir()
    (heel / "extraction" / "extractor_a_outcomes.csv").write_text("arm_id\n", encoding="utf-8")
    version = frozen(as_of(now(heel), 2002), "early", "2026-11-28", {})
    assert version.notes[-1].startswith("Left out, as they tell of today and not of then: judgements of certainty")
    assert "extraction/" in version.notes[-1] and "records/" not in version.notes[-1]
    place = write_version(heel, version)
    early = read_version(heel, analyses(heel), "early")
    assert early.not_kept == OF_TODAY and not {"certainty.csv"} & early.files.keys()
    (table,) = (one for one in difference(early, now(heel)).tables if one.table == "certainty")
    assert table.same and table.not_kept and table.added == ()
    assert summary(table) == "not compared: the earlier version was rebuilt without it"
    # One that was rebuilt before manifests said so left out the same.
    values = json.loads((place / "manifest.json").read_text(encoding="utf-8"))
    del values["not_kept"]
    (place / "manifest.json").write_text(json.dumps(values), encoding="utf-8")
    assert read_version(heel, analyses(heel), "early") == early


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_it_is_said_why_git_knows_no_revision(heel: Path) -> None:
    root = heel.parent.parent

    def why(asked: str) -> str:
        with pytest.raises(UsageError) as caught:
            read_version(heel, analyses(heel), asked)
        return caught.value.problems[0].message

    git(root, "init", "-q", "-b", "trunk")
    assert "nothing has been committed" in why("HEAD")
    git(root, "commit", "-q", "--allow-empty", "-m", "one")
    git(root, "commit", "-q", "--allow-empty", "-m", "two")
    assert "the history of HEAD has 2 commits, the earliest is HEAD~1" in why("HEAD~3")
    assert "the history of trunk has 2 commits" in why("trunk^^")
    assert why("main").endswith("branches and tags there are trunk")
