"""What was found out about one port."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from workshop.probe.machine import Holder

Kind = Literal["serial", "network", "usb", "input", "cards"]
Outcome = Literal["answered", "heard", "present", "silent", "noise", "taken", "closed"]
"""answered, heard: by its own bytes. present: plugged in, and cannot be asked. noise: bytes that nobody understands.
closed: the port could not be opened."""


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence of the wording room ``probe``."""

    word: str
    fields: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Device:
    """One device, as far as it told. ``doubts``: what it could not be asked, each with its remedy."""

    model: str
    address: int | None = None
    tells: tuple[Note, ...] = ()
    doubts: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """One port. ``tried``: bauds at which it was asked; ``baud``: the one at which it answered."""

    port: str
    kind: Kind
    outcome: Outcome
    devices: tuple[Device, ...] = ()
    baud: int | None = None
    tried: tuple[int, ...] = ()
    holder: Holder | None = None
    notes: tuple[Note, ...] = ()
    simulated: bool = False

    def as_object(self) -> dict[str, Any]:
        """For --json: keywords, no sentences."""
        told: dict[str, Any] = {
            "port": self.port,
            "kind": self.kind,
            "outcome": self.outcome,
            "baud": self.baud,
            "tried": list(self.tried),
            "simulated": self.simulated,
            "devices": [
                {
                    "model": device.model,
                    "address": device.address,
                    "tells": [_note(note) for note in device.tells],
                    "doubts": [_note(note) for note in device.doubts],
                }
                for device in self.devices
            ],
            "notes": [_note(note) for note in self.notes],
        }
        if self.holder is not None:
            told["holder"] = {"pid": self.holder.pid, "name": self.holder.name}
        return told


def _note(note: Note) -> dict[str, Any]:
    return {"word": note.word, **note.fields}
