"""Whether it hangs on an outcome that a report is published: the one that has parts, not its parts."""

from __future__ import annotations

from .answer import not_askable
from .asked import Asked


def refuse_unpublishable(asked: Asked) -> None:
    """Refuse an outcome that is part of another, or beside the one that has parts; a bare table has one outcome.

    Raises:
        NotAskableError: with the outcome on which publication hangs.
    """
    if asked.review is None or asked.outcome is None:
        return
    outcomes = asked.review.settings.outcomes
    spec = outcomes[asked.outcome]
    title, again = spec.title.lower(), f"{asked.spelling.of('force', 'true')} asks all the same"
    for whole, how in ((spec.part_of, "part"), (spec.complement_of, "the reverse")):
        if whole is not None:
            name = outcomes[whole].title.lower()
            raise not_askable(
                f"{title} is {how} of {name}, on which it hangs whether a report is published ({again})",
                f"ask it of {whole}",
            )
    wholes = list(dict.fromkeys(other.part_of for other in outcomes.values() if other.part_of is not None))
    if wholes and asked.outcome not in wholes:
        names = " or ".join(outcomes[whole].title.lower() for whole in wholes)
        raise not_askable(
            f"whether a report is published hangs on {names} rather than on {title} ({again})",
            f"ask it of {wholes[0]}",
        )
