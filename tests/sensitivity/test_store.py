"""Kept answers: the same in every byte, never an error, whole or not at all."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evidence import Counts, model
from evidence.sensitivity import store
from evidence.sensitivity.asked import Asked
from evidence.sensitivity.store import Form, Packed, beside, kept, key_of

ROOT = Path(__file__).resolve().parents[2]
Answer = tuple[str, np.ndarray, np.ndarray]
FORM: Form[Answer] = Form(
    lambda answer: Packed({"text": answer[0]}, {"numbers": answer[1], "names": answer[2]}),
    lambda found: (found.words["text"], found.arrays["numbers"], found.arrays["names"]),
)
NUMBERS = np.array([[0.1 + 0.2, np.nan, -0.0], [np.inf, 5e-324, 1 / 3]])


@pytest.fixture
def asked(bare_selection: Any, tmp_path: Path) -> Asked:
    return Asked(bare_selection, model("beta-binomial"), store=tmp_path / "kept")


class Computing:
    """An answer that counts how often it was computed."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> Answer:
        self.times += 1
        return "Größe", NUMBERS, np.array(["a", "Öhm"])


def files(asked: Asked) -> list[Path]:
    assert asked.store is not None
    return [path for path in asked.store.iterdir() if path.name != ".gitignore"]


def same(found: Answer, expected: Answer) -> bool:
    return found[0] == expected[0] and all(
        ours.tobytes() == theirs.tobytes() and ours.dtype == theirs.dtype and ours.shape == theirs.shape
        for ours, theirs in zip(found[1:], expected[1:], strict=True)
    )


def test_an_answer_is_computed_once_and_comes_back_the_same(asked: Asked) -> None:
    compute = Computing()
    first = kept(asked, "q", {"draws": 5}, compute, FORM)
    again = kept(asked, "q", {"draws": 5}, compute, FORM)
    assert compute.times == 1 and same(again, first)
    assert len(files(asked)) == 1 and files(asked)[0].name.startswith("q-")


def test_without_a_folder_it_is_computed(asked: Asked) -> None:
    compute = Computing()
    for _ in range(2):
        kept(replace(asked, store=None), "q", {}, compute, FORM)
    assert compute.times == 2


@pytest.mark.parametrize("cut", [0, 1, 40, 64, 65, 66, 200, -1])
def test_a_file_that_ends_early_is_computed_again(asked: Asked, cut: int) -> None:
    compute = Computing()
    first = kept(asked, "q", {}, compute, FORM)
    (path,) = files(asked)
    whole = path.read_bytes()
    path.write_bytes(whole[:cut])
    assert same(kept(asked, "q", {}, compute, FORM), first) and compute.times == 2
    assert path.read_bytes() == whole


def test_any_changed_byte_is_seen(asked: Asked) -> None:
    compute = Computing()
    first = kept(asked, "q", {}, compute, FORM)
    (path,) = files(asked)
    whole = path.read_bytes()
    places = range(0, len(whole), 37)
    for i in places:
        path.write_bytes(whole[:i] + bytes([whole[i] ^ 1]) + whole[i + 1 :])
        assert same(kept(asked, "q", {}, compute, FORM), first)
    assert compute.times == 1 + len(places)


@pytest.mark.parametrize("content", [b"", b"\n", b"nothing of ours", b"PK\x03\x04" + bytes(100)])
def test_a_strange_file_is_replaced(asked: Asked, content: bytes) -> None:
    kept(asked, "q", {}, Computing(), FORM)
    (path,) = files(asked)
    whole = path.read_bytes()
    path.write_bytes(content)
    kept(asked, "q", {}, Computing(), FORM)
    assert path.read_bytes() == whole


def test_the_file_of_another_answer_under_this_name_is_not_taken(asked: Asked) -> None:
    kept(asked, "q", {"seed": 1}, Computing(), FORM)
    (first,) = files(asked)
    kept(asked, "q", {"seed": 2}, Computing(), FORM)
    (second,) = (path for path in files(asked) if path != first)
    second.write_bytes(first.read_bytes())
    compute = Computing()
    kept(asked, "q", {"seed": 2}, compute, FORM)
    assert compute.times == 1


def test_an_answer_of_another_form_is_computed_again(asked: Asked) -> None:
    kept(asked, "q", {}, Computing(), FORM)
    said: list[str] = []
    other: Form[str] = Form(lambda answer: Packed({"other": answer}), lambda found: found.words["other"])
    assert kept(replace(asked, progress=said.append), "q", {}, lambda: "new", other) == "new"
    assert len(said) == 1 and kept(asked, "q", {}, lambda: "never", other) == "new"


def test_the_key_changes_with_all_that_an_answer_depends_on(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    def with_counts(counts: Counts) -> Asked:
        return replace(asked, selection=replace(asked.selection, counts=counts))

    own = asked.counts
    keys = [
        key_of(asked, "q", {"seed": 1}),
        key_of(asked, "r", {"seed": 1}),
        key_of(asked, "q", {"seed": 2}),
        key_of(replace(asked, model=model("beta-binomial", level=0.9)), "q", {"seed": 1}),
        key_of(with_counts(Counts([1, 3], [3, 9], own.labels)), "q", {"seed": 1}),
        key_of(with_counts(Counts([1, 2], [4, 9], own.labels)), "q", {"seed": 1}),
        key_of(with_counts(Counts(own.events, own.n, ["A", "C"])), "q", {"seed": 1}),
        key_of(with_counts(Counts(own.events, own.n, own.labels, ["A", "A"])), "q", {"seed": 1}),
    ]
    monkeypatch.setattr(store, "__version__", "0.0.0")
    keys.append(key_of(asked, "q", {"seed": 1}))
    monkeypatch.undo()
    monkeypatch.setattr(store, "source_hash", lambda: "another")
    keys.append(key_of(asked, "q", {"seed": 1}))
    monkeypatch.undo()
    assert len(set(keys)) == len(keys)
    assert key_of(asked, "q", {"seed": 1}) == keys[0]


def test_a_folder_that_cant_be_made_costs_nothing(asked: Asked, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    compute = Computing()
    for _ in range(2):
        assert kept(replace(asked, store=tmp_path / "file" / "kept"), "q", {}, compute, FORM)[0] == "Größe"
    assert compute.times == 2


@pytest.mark.parametrize("step", ["replace", "fdopen"])
def test_a_write_that_fails_leaves_nothing(asked: Asked, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    real = getattr(os, step)

    def full(*arguments: Any, **options: Any) -> Any:
        if step == "fdopen":
            real(*arguments, **options).close()
        raise OSError("no space left on device")

    monkeypatch.setattr(os, step, full)
    assert kept(asked, "q", {}, Computing(), FORM)[0] == "Größe"
    monkeypatch.undo()
    assert files(asked) == []


def test_objects_that_need_pickle_are_refused(asked: Asked) -> None:
    form: Form[int] = Form(lambda answer: Packed({}, {"objects": np.array([object()])}), lambda found: 0)
    with pytest.raises(ValueError, match="pickle"):
        kept(asked, "q", {}, lambda: 1, form)


def test_git_leaves_the_folder_out(asked: Asked) -> None:
    kept(asked, "q", {}, Computing(), FORM)
    assert asked.store is not None and (asked.store / ".gitignore").read_text(encoding="utf-8") == "*\n"
    assert beside(Path("analyses") / "a.toml") == Path("analyses") / ".evidence-cache"
    assert ".evidence-cache/" in (ROOT / ".gitignore").read_text(encoding="utf-8").split()
