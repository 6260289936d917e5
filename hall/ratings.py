"""One rating a visit: a grade beats its absence; a second grade is a conflict."""

from __future__ import annotations

from typing import get_args

from hall.contract import GRADES, Fact, NotRatedReason
from hall.store import ratings
from hall.store.ratings import Rating
from hall.store.tickets import Ticket
from hall.store.writer import Tx


def rating_of(fact: Fact, ticket: Ticket, at_ms: int) -> Rating | None:
    """The rating that a *rated* or *not-rated* fact tells; None when its grade or reason is no word we know."""
    data, rated = fact.data, fact.kind == "rated"
    word, known = (data.get("grade"), GRADES) if rated else (data.get("reason"), get_args(NotRatedReason))
    window, channel = data.get("window"), data.get("channel")
    if word not in known or not isinstance(window, int):
        return None
    return Rating(
        visit=ticket.visit,
        date=ticket.date,
        ticket=ticket.id,
        number=ticket.number,
        window=window,
        operator=fact.operator,
        outcome=fact.kind,
        grade=str(word) if rated else None,
        reason=None if rated else str(word),
        channel=str(channel) if rated and channel else None,
        at_ms=at_ms,
        tags=str(data.get("tags") or "") if rated else "",
    )


def keep(tx: Tx, rating: Rating) -> bool:
    """Keep it unless a grade stands already. False only for a second grade: somebody must look at it."""
    known = ratings.find(tx, rating.visit)
    if known is None or known.outcome != "rated":
        ratings.put(tx, rating)
        return True
    return rating.outcome != "rated"
