"""A driver of somebody else's, put into the machine by an entry point: it has the fit that a file asks it for."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path

from drivers.contract import State, Transport
from drivers.deadline import Deadline

FIT = Path("/var/lib/yichuang/box/fit")


@dataclass(frozen=True, slots=True)
class Nothing:
    """It has no options."""


class Fitful:
    """A display that shows nothing."""

    family = "window_display"
    Settings = Nothing
    poll_seconds = 0.5

    def __init__(self, settings: Nothing, transport: Transport) -> None:
        """Its line is never opened."""

    async def open(self, deadline: Deadline) -> State:
        """It is always there."""
        return State.of()

    async def poll(self, deadline: Deadline) -> State:
        """Have the fit."""
        match _asked():
            case "hang the loop":
                _hang()
            case "stick":
                await asyncio.get_running_loop().create_future()
            case "crash":
                raise ZeroDivisionError("a bug of the driver's")
        return State.of()

    async def close(self) -> None:
        """Nothing is open."""


def _asked() -> str:
    """A fit comes once; only a crash comes again at each start."""
    asked = FIT.read_text("ascii").strip() if FIT.exists() else ""
    if asked and asked != "crash":
        FIT.unlink()
    return asked


def _hang() -> None:
    """A call that blocks, in the loop's own thread."""
    time.sleep(10_000)
