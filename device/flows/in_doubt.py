"""What a window may still do by itself after presses that the hall may have done, or not: what fits both pasts."""

from __future__ import annotations

import asyncio

from device.clock import Clock
from device.journal import Journal
from hall.contract import (
    EXPIRES_MS,
    Admit,
    CallNext,
    CallNumber,
    Finish,
    Held,
    Miss,
    Park,
    Redirect,
    SignIn,
)

TAKING = frozenset({Park, Redirect})
FINISHING = frozenset({Admit, CallNext, CallNumber, Finish})
"""Presses that end a call, by what becomes of its ticket; Miss is the third."""

MARGIN_MS = 1_000
"""The hall counts a press's age on its own clock, to which this box's was compared over a line of unknown length."""


def unanswered(journal: Journal, window: int, held: Held) -> set[type]:
    """Kinds of presses about this call that have no answer."""
    presses = journal.unanswered(window)
    return {type(press) for press in presses if not isinstance(press, SignIn) and press.call == held.call}


def may(kind: str, pressed: set[type]) -> bool:
    """Whether *started*, *finished* or *missed* fits whatever the hall has done of what was pressed."""
    return not pressed & ({*TAKING, *FINISHING} if kind == "missed" else {*TAKING, Miss})


def leaving(pressed: set[type]) -> str | None:
    """What a clerk who turns to somebody else has done with what stands at the window; None: the hall will know."""
    return next((kind for kind in ("finished", "missed") if may(kind, pressed)), None)


async def until_expired(journal: Journal, window: int, clock: Clock) -> None:
    """Wait until the hall will no longer do what was pressed at this window and never answered."""
    pressed = [
        press.mono_ms
        for press in journal.unanswered(window)
        if not isinstance(press, SignIn) and press.boot == clock.boot_id
    ]
    left_ms = max(pressed, default=0) + EXPIRES_MS + MARGIN_MS - clock.mono_ms()
    if pressed and left_ms > 0:
        await asyncio.sleep(left_ms / 1000)
