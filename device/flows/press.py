"""A clerk's press, from the page or from the caller, made into one command to the hall."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from device.flows.serve import WindowDesk
from hall import contract
from hall.contract import Clerk, Command, Mode, Refusal, WindowState


@dataclass(frozen=True, slots=True)
class Press:
    """What was pressed. ``request`` names this press for ever: sent again, it is answered again and done once."""

    act: str
    request: str
    digits: str = ""
    ticket: str = ""
    service: str = ""


@dataclass(frozen=True, slots=True)
class Pressed:
    """What came of it. ``reason`` is None when it was done."""

    reason: Refusal | None
    window: WindowState | None


COMMANDS: dict[str, Callable[..., Command]] = {
    "next": contract.CallNext,
    "call-number": contract.CallNumber,
    "recall": contract.Recall,
    "start": contract.Start,
    "finish": contract.Finish,
    "missed": contract.Miss,
    "park": contract.Park,
    "take-back": contract.TakeBack,
    "redirect": contract.Redirect,
    "undo": contract.Undo,
}
_EXTRA = {"call-number": "digits", "take-back": "ticket", "redirect": "service"}
_FREE_OF_SCREEN = {"undo", "take-back"}
"""These act on a ticket that is not the one held: no call on the screen to compare with."""


def command_for(press: Press, window: int, clerk: Clerk, mode: Mode, held_call: str) -> Command:
    """The command of this press. Raises KeyError for an act that is none."""
    extra = {_EXTRA[press.act]: getattr(press, _EXTRA[press.act])} if press.act in _EXTRA else {}
    return COMMANDS[press.act](
        request=press.request,
        window=window,
        operator=clerk.staff_no,
        post=clerk.post,
        mode=mode,
        call="" if press.act in _FREE_OF_SCREEN else held_call,
        **extra,
    )


async def press(desk: WindowDesk, what: Press, clerk: Clerk, mode: Mode) -> Pressed:
    """Do one press at a window. Raises HallUnreachable, HallRefused, JournalStopped, KeyError (no such act)."""
    state = desk.state
    held = state.held if state else None
    if what.act == "invite":
        if held is None:
            return Pressed(None if desk.invite_again() else "nothing-held", state)
        what = Press("finish", what.request)
    command = command_for(what, desk.number, clerk, mode, held.call if held else "")
    ticket, visit = (held.ticket, held.visit) if held else ("", "")
    answer = await desk.command(command, ticket=what.ticket or ticket, visit=visit)
    return Pressed(answer.reason, answer.window)
