"""Fixtures for every test: the reviews of this repository, and a synthetic third one."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest
from hypothesis import settings

from tests.fake_r import fake_r, no_r
from tests.thirdreview import NAME, write_third_review

__all__ = ["fake_r", "no_r"]

DATA = Path(__file__).parents[1] / "data"
#: Examples of a property that sets no number of its own, where the long tests are left out; else it is 100.
FEW_EXAMPLES = 20


def pytest_configure(config: pytest.Config) -> None:
    """Few examples in the short run, hypothesis' own number in the long one; no search for garbage while collecting."""
    gc.disable()
    # No deadline: it is of the clock on the wall, which on a busy machine goes on while a test waits; and the first
    # draw of a text makes hypothesis' tables of characters, 1 s of processor time that is no fault of a strategy.
    settings.register_profile("long", deadline=None)
    settings.register_profile("short", max_examples=FEW_EXAMPLES, deadline=None)
    settings.load_profile("short" if config.option.markexpr == "not slow" else "long")


def pytest_collection_finish() -> None:
    """What thousands of collected tests are made of is there to the end: no collection of garbage looks at it again."""
    gc.collect()
    gc.freeze()
    gc.enable()


@pytest.fixture
def third_review(tmp_path: Path) -> Path:
    """Folder of a fresh synthetic review on another subject, free to be changed."""
    return write_third_review(tmp_path / NAME)


@pytest.fixture(scope="session")
def calcinosis() -> Path:
    """Folder of the review of calcinosis cutis."""
    return DATA / "sts-calcinosis-cutis"


@pytest.fixture(scope="session")
def calciphylaxis() -> Path:
    """Folder of the review of calciphylaxis."""
    return DATA / "sts-calciphylaxis"
