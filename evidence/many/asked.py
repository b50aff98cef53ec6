"""What is asked of ``pool_many``, checked before anything is read."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypedDict

from ..errors import unknown, usage

if TYPE_CHECKING:
    from ..review.headers import Choice
    from ..workers import Workers


class Work(TypedDict, total=False):
    """Who computes, and who is told.

    Attributes:
        workers: Processes of this machine; more than one need the extra [cluster], and a script that starts them needs
            ``if __name__ == "__main__":``. They start in some 5 seconds, and pay from ten seconds of one process on
            (some 20,000 analyses by the default model; never by inverse variances).
        cluster: Address of a Dask scheduler, e.g. ``tcp://10.0.0.1:8786``, whose workers compute instead.
        progress: A function that is told what is done ("reading", "sorting", "pooling", or a sentence where there is
            no worker), how many rows of it, and of how many (0 where that is not known yet).
    """

    workers: int
    cluster: str | None
    progress: Callable[[str, int, int], None] | None


_WORK = tuple(Work.__annotations__)
_NAMES = ("table", "by", "model", "events", "total", "study", "time", *_WORK)


def choice_of(by: Any, events: Any, total: Any, study: Any, time: Any) -> Choice:
    """The columns, which are names.

    Raises:
        UsageError: one that is none; totals and times.
    """
    from ..review.headers import Choice

    if not isinstance(by, str):
        raise usage(f"by {by!r} is no name of a column", 'give one name, e.g. by="analysis_id"', "by")
    named = {"events": events, "total": total, "study": study, "time": time}
    for name, value in named.items():
        if value is not None and not isinstance(value, str):
            raise usage(f"{name} {value!r} is no name of a column", "give one name, or leave it out", name)
    if total is not None and time is not None:
        raise usage("--total is of proportions, --exposure of rates", "give one of them", "two-sizes")
    return Choice(events, total, None, study, time)


def refuse_no_model(model: Any) -> None:
    """Refuse what is neither a specification nor the name of one; nothing is the default.

    Raises:
        UsageError: with the near names.
    """
    from ..pooling import MODELS
    from ..pooling.options import check_choice

    if isinstance(model, str):
        check_choice("model", model, MODELS)
    elif model is not None and not hasattr(model, "estimate"):
        raise usage(f"{model!r} is no model", 'give a name, or evidence.model("inverse-variance", ...)', "model")


def workers_of(work: Work) -> Workers:
    """Who computes.

    Raises:
        UsageError: an argument that does not exist, or is of another kind; a worker that loads the script of the call.
    """
    from ..workers import Workers
    from ..workers.cluster import refuse_while_loading

    for name in work:
        if name not in _WORK:
            raise unknown("argument", name, _NAMES)
    given: dict[str, Any] = dict(work)
    cluster, progress = given.get("cluster"), given.get("progress")
    if cluster is not None and not isinstance(cluster, str):
        raise usage(f"cluster {cluster!r} is no address", 'give one, e.g. cluster="tcp://10.0.0.1:8786"', "cluster")
    if progress is not None and not callable(progress):
        mend = "give a function of what is done, how many rows of it, and of how many, e.g. progress=print"
        raise usage(f"progress {progress!r} is no function", mend, "progress")
    workers = Workers(work.get("workers", 1), cluster)
    refuse_while_loading(workers)
    return workers
