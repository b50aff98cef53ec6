"""What is asked of a database, and what it answers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from ..errors import ComputeError, Problem


@dataclass(frozen=True, slots=True)
class Asked:
    """A search.

    Attributes:
        query: Word for word, in the language of the database.
        since, until: Days between which the database entered the records, ``2024-05-31``; "" = no limit.
        email: Who asks. address: Of the service, "" = its own.
    """

    query: str
    since: str = ""
    until: str = ""
    email: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a database handed out.

    Attributes:
        database: Its name. records: How many records it says there are.
        content: They, as a file of records. suffix: For the name of that file.
        understood: How the database read the query, where it tells; else "".
    """

    database: str
    records: int
    content: bytes
    suffix: str
    understood: str = ""


@contextmanager
def refused(name: str) -> Iterator[None]:
    """Turn what can go wrong on the way to a service into a problem with a mend.

    Raises:
        ComputeError: the service can't be reached, or answers with what can't be read.
    """
    from http.client import HTTPException
    from urllib.error import HTTPError

    mend = "nothing was written: try again later, or export the records on its page and import them"
    try:
        yield
    except HTTPError as error:
        message = f"{name} refused the request: {error.code} {error.reason}"
        raise ComputeError(Problem("service-refused", message, mend)) from error
    except (OSError, HTTPException) as error:
        reason = getattr(error, "reason", error)
        raise ComputeError(Problem("no-connection", f"{name} can't be reached: {reason}", mend)) from error
    except (ValueError, KeyError, RuntimeError) as error:
        message = f"{name} answered with what can't be read: {error}"
        raise ComputeError(Problem("strange-answer", message, mend)) from error
