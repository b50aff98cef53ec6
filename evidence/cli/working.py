"""Who computes, as it was typed: this process, several of this machine, or a cluster."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..workers import Workers
    from .options import Typed


def one_thread() -> None:
    """One thread for a product of matrices, as the workers have: sums in another order would end in other digits."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")


def workers_typed(typed: Typed) -> Workers:
    """Who computes.

    Args:
        typed: What was typed for ``options.of_work``.

    Raises:
        UsageError: a cluster, and a number of workers.
    """
    from ..workers import Workers

    return Workers(typed["workers"], typed["cluster"])


@contextmanager
def spread_as_typed(typed: Typed) -> Iterator[None]:
    """Within this block stacks of many fits are spread over the processes that were asked for.

    Raises:
        UsageError: as ``evidence.spread_over``.
    """
    one_thread()
    from ..workers import spread_over

    with spread_over(workers_typed(typed)):
        yield
