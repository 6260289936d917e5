"""The newest state of every device of every box: what staff must see before a kiosk's paper ends."""

from __future__ import annotations

from typing import NamedTuple

from hall.store.writer import Tx


class Device(NamedTuple):
    """A device as its box told it last. ``reasons``: keywords, comma-separated; ``family``: "" from an old box."""

    box: str
    name: str
    phase: str
    reasons: str
    at_ms: int
    family: str = ""


def put(tx: Tx, state: Device) -> None:
    """It stands so, unless something newer is known: a journal set aside may be told after the one in use."""
    tx.execute(
        "INSERT INTO device (box, name, phase, reasons, at_ms, family) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE"
        " SET phase = excluded.phase, reasons = excluded.reasons, at_ms = excluded.at_ms, family = excluded.family"
        " WHERE excluded.at_ms >= device.at_ms",
        state,
    )
    tx.effects.devices = True


def every(tx: Tx) -> list[Device]:
    """All of them."""
    rows = tx.execute("SELECT box, name, phase, reasons, at_ms, family FROM device ORDER BY box, name").fetchall()
    return [Device(*row) for row in rows]
