"""Calls: one row from *called* to *finished*, with each step on the way."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec

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


def begun_ms(tx: Tx, call: str) -> int | None:
    """When this call began; None for a call nobody knows."""
    row = tx.execute("SELECT at_ms FROM call WHERE id = ?", (call,)).fetchone()
    return row[0] if row else None


def show(tx: Tx, call: str, ticket: str, at_ms: int) -> bool:
    """It does, since then; the first time counts. False when the hall knows no such call of this ticket."""
    sql = "UPDATE call SET shown_ms = coalesce(shown_ms, ?) WHERE id = ? AND ticket = ?"
    return tx.execute(sql, (at_ms, call, ticket)).rowcount == 1


def speak(tx: Tx, call: str, ticket: str, at_ms: int) -> bool:
    """It was heard from a loudspeaker; the first time counts. False when the hall knows no such call of this ticket."""
    sql = "UPDATE call SET spoken_ms = coalesce(spoken_ms, ?) WHERE id = ? AND ticket = ?"
    return tx.execute(sql, (at_ms, call, ticket)).rowcount == 1


def is_known(tx: Tx, call: str) -> bool:
    """Whether there is a call of this name."""
    return tx.execute("SELECT 1 FROM call WHERE id = ?", (call,)).fetchone() is not None


def standing(tx: Tx, call: str) -> tuple[Ended | None, list[str]]:
    """How a call has ended, None for not at all, and its steps so far; none for a call that nobody knows."""
    row = tx.execute("SELECT ended, events FROM call WHERE id = ?", (call,)).fetchone()
    return (row[0], [event["step"] for event in msgspec.json.decode(f"[{row[1]}]")]) if row else (None, [])


def move(tx: Tx, date: str, ticket_id: str, to: Ticket) -> None:
    """Calls of this ticket, on its day, were calls of that one."""
    sql = "UPDATE call SET ticket = ?, number = ? WHERE date = ? AND ticket = ?"
    tx.execute(sql, (to.id, to.number, date, ticket_id))


def ticket_of(tx: Tx, call: str) -> str | None:
    """Whose call this is; None for a call nobody knows."""
    row = tx.execute("SELECT ticket FROM call WHERE id = ?", (call,)).fetchone()
    return row[0] if row else None


def give(tx: Tx, call: str, to: Ticket) -> None:
    """This call was a call of that ticket."""
    tx.execute("UPDATE call SET ticket = ?, number = ? WHERE id = ?", (to.id, to.number, call))


def _event(step: str, now_ms: int) -> str:
    return f'{{"step":"{step}","at_ms":{now_ms}}}'
