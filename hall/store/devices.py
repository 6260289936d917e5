"""The newest state of every device of every box: what staff must see before a kiosk's paper ends."""

from __future__ import annotations

from typing import NamedTuple

from hall.store.writer import Tx


class Device(NamedTuple):
    """A device as its box told it last. ``reasons``: keywords, comma-separated."""

    box: str
    name: str
    phase: str
    reasons: str
    at_ms: int


def put(tx: Tx, state: Device) -> None:
    """It stands so, unless something newer is known: a journal set aside may be told after the one in use."""
    tx.execute(
        "INSERT INTO device (box, name, phase, reasons, at_ms) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE"
        " SET phase = excluded.phase, reasons = excluded.reasons, at_ms = excluded.at_ms"
        " WHERE excluded.at_ms >= device.at_ms",
        state,
    )
