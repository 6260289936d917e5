"""What follows from a fact, as statements for the journal's own transaction. Pure; the tables are schema/001.sql."""

from __future__ import annotations

from collections.abc import Callable

from hall.contract import Fact
from hall.contract.numbering import ticket_id

Statement = tuple[str, tuple[object, ...]]


def follows(fact: Fact, device: str, journal: str) -> list[Statement]:
    """Statements that bring the projections up to this fact; none for kinds that change nothing."""
    rule = _RULES.get(fact.kind)
    return rule(fact, device, journal) if rule else []


def _requested(fact: Fact, device: str, journal: str) -> list[Statement]:
    data = fact.data
    row = (
        fact.seq,
        ticket_id(device, journal, fact.seq),
        data.get("service") or "",
        data.get("touch") or "",
        data.get("place_of") or "",
    )
    return [("INSERT INTO ticket (seq, ticket, service, touch, place_of) VALUES (?, ?, ?, ?, ?)", row)]


def _issued(fact: Fact, _device: str, _journal: str) -> list[Statement]:
    data = fact.data
    row = (data.get("number") or "", data.get("source") or "", data.get("date") or "", data.get("ticket"))
    return [("UPDATE ticket SET number = ?, source = ?, date = ?, outcome = 'issued' WHERE ticket = ?", row)]


def _outcome(fact: Fact, _device: str, _journal: str) -> list[Statement]:
    # A number that is in a hand cannot be uncertain any more; a citizen's word may still change doubtful.
    sql = """UPDATE ticket SET outcome = ? WHERE ticket = ?
             AND NOT (outcome IN ('printed', 'noted', 'voided') AND ? = 'doubtful')"""
    return [(sql, (fact.kind, fact.data.get("ticket"), fact.kind))]


def _rating_opened(fact: Fact, _device: str, _journal: str) -> list[Statement]:
    return [("INSERT OR REPLACE INTO rating (ticket, seq) VALUES (?, ?)", (fact.data.get("ticket"), fact.seq))]


def _rating_ended(fact: Fact, _device: str, _journal: str) -> list[Statement]:
    return [("DELETE FROM rating WHERE ticket = ?", (fact.data.get("ticket"),))]


_RULES: dict[str, Callable[[Fact, str, str], list[Statement]]] = {
    "requested": _requested,
    "issued": _issued,
    "printed": _outcome,
    "noted": _outcome,
    "doubtful": _outcome,
    "voided": _outcome,
    "rating-opened": _rating_opened,
    "rated": _rating_ended,
    "not-rated": _rating_ended,
}
