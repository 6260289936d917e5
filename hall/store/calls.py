"""Calls: one row from *called* to *finished*, with each step on the way."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from hall.store.tickets import Ticket
from hall.store.writer import Tx

Ended = Literal["returned", "missed", "undone", "redirected", "finished"]


def begin(tx: Tx, call: str, ticket: Ticket, *, window: int, operator: str, step: str, now_ms: int) -> None:
    """A ticket is called to a window."""
    tx.execute(
        "INSERT INTO call (id, date, ticket, number, window, operator, at_ms, events) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (call, ticket.date, ticket.id, ticket.number, window, operator, now_ms, _event(step, now_ms)),
    )


def note(tx: Tx, call: str, steps: Iterable[str], now_ms: int, ended: Ended | None = None) -> None:
    """Steps of a call; ``ended`` says how it stands now, None for not ended (any more)."""
    events = "".join("," + _event(step, now_ms) for step in steps)
    tx.execute(
        "UPDATE call SET events = events || ?, ended = ?, ended_ms = ? WHERE id = ?",
        (events, ended, now_ms if ended else None, call),
    )


def is_shown(tx: Tx, call: str) -> bool:
    """Whether a box has told that this call stands on a display or page."""
    row = tx.execute("SELECT shown_ms FROM call WHERE id = ?", (call,)).fetchone()
    return row is not None and row[0] is not None


def show(tx: Tx, call: str, ticket: str, at_ms: int) -> bool:
    """It does, since then; the first time counts. False when the hall knows no such call of this ticket."""
    sql = "UPDATE call SET shown_ms = coalesce(shown_ms, ?) WHERE id = ? AND ticket = ?"
    return tx.execute(sql, (at_ms, call, ticket)).rowcount == 1


def _event(step: str, now_ms: int) -> str:
    return f'{{"step":"{step}","at_ms":{now_ms}}}'
