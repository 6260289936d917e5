"""A clerk's press, from the page, the scanner or the caller: one command to the hall, or a step of the window's own.

| the hall                             | the press                                                                    |
|--------------------------------------|------------------------------------------------------------------------------|
| answers                              | is done there, or refused                                                    |
| is known to be away                  | is done here (device/flows/island.py), or refused *hall-unreachable*         |
| gives no answer in COMMAND_SECONDS   | as above once it is known to be away; the command expires, see island.py     |
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from device.flows.island import Island
from device.flows.serve import WindowDesk
from device.sync.link import HallUnreachable
from hall import contract
from hall.contract import Clerk, Command, Mode, Refusal, WindowState, numbering
from hall.contract.slips import Slip, SlipRefused


@dataclass(frozen=True, slots=True)
class Press:
    """What was pressed. ``request`` names this press for ever: sent again, it is answered again and done once."""

    act: str
    request: str
    digits: str = ""
    ticket: str = ""
    service: str = ""
    text: str = ""
    """What a scanner read."""


@dataclass(frozen=True, slots=True)
class Pressed:
    """What came of it. ``reason`` is None when it was done; ``say`` names a fitter sentence than the reason's own."""

    reason: Refusal | None
    window: WindowState | None
    say: str = ""


COMMANDS: dict[str, Callable[..., Command]] = {
    "next": contract.CallNext,
    "call-number": contract.CallNumber,
    "scan": contract.Admit,
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

_OWN_STEPS = {"start": "started", "finish": "finished", "missed": "missed"}
"""What a window does by itself while the hall is away, and the fact that tells it."""

BY_HAND = "numbers-by-hand"
"""The sentence for *next* without the hall: numbers are typed or scanned now."""

IN_DOUBT = "press-in-doubt"
"""The sentence for a step that does not fit what the hall may have done before it."""


def command_for(
    what: Press, window: int, clerk: Clerk, mode: Mode, held_call: str, slip: Slip | None = None
) -> Command:
    """The command of this press; of a *scan* with the slip. Raises KeyError for an act that is none."""
    extra = {_EXTRA[what.act]: getattr(what, _EXTRA[what.act])} if what.act in _EXTRA else {}
    if slip is not None:
        extra = {"ticket": slip.ticket, "digits": slip.digits, "service": slip.service, "date": slip.date}
    return COMMANDS[what.act](
        request=what.request,
        window=window,
        operator=clerk.staff_no,
        post=clerk.post,
        mode=mode,
        call="" if what.act in _FREE_OF_SCREEN else held_call,
        **extra,
    )


async def press(desk: WindowDesk, what: Press, clerk: Clerk, mode: Mode) -> Pressed:
    """Do one press at a window. Raises HallUnreachable, HallRefused, JournalStopped, KeyError (no such act)."""
    held = desk.state.held if desk.state else None
    if what.act == "invite":
        if held is None:
            return Pressed(None if desk.invite_again() else "nothing-held", desk.state)
        what = replace(what, act="finish")
    slip = None
    if what.act == "scan":
        try:
            slip = desk.slip(what.text)
        except SlipRefused as refused:
            return Pressed(refused.reason, desk.state)
        if held is not None and numbering.bare(held.number) == slip.digits:
            if desk.state and desk.state.phase == "serving":
                return Pressed(None, desk.state)
            what, slip = replace(what, act="start"), None  # whose slip it is was called here: the person has come
    if not desk.island.away:
        try:
            return await _by_the_hall(desk, what, clerk, mode, slip)
        except HallUnreachable:
            if not desk.island.away:
                raise
    return await _alone(desk.island, what, clerk, slip)


async def _by_the_hall(desk: WindowDesk, what: Press, clerk: Clerk, mode: Mode, slip: Slip | None) -> Pressed:
    held = desk.state.held if desk.state else None
    command = command_for(what, desk.number, clerk, mode, held.call if held else "", slip)
    ticket, visit = (held.ticket, held.visit) if held else ("", "")
    answer = await desk.command(command, ticket=what.ticket or ticket, visit=visit)
    return Pressed(answer.reason, answer.window)


async def _alone(island: Island, what: Press, clerk: Clerk, slip: Slip | None) -> Pressed:
    """What this window does of it by itself."""
    reason: Refusal | None
    if slip is not None:
        reason = await island.admit(what.request, clerk, slip.digits, slip)
    elif what.act == "call-number":
        reason = await island.admit(what.request, clerk, what.digits)
    elif what.act == "recall":
        reason = island.recall()
    elif what.act == "next":
        await island.step("finished", clerk)
        return Pressed("hall-unreachable", island.state, BY_HAND)
    elif what.act in _OWN_STEPS:
        reason = await island.step(_OWN_STEPS[what.act], clerk)
        return Pressed(reason, island.state, IN_DOUBT if reason == "hall-unreachable" else "")
    else:
        COMMANDS[what.act]  # an act that is none is told as such, with and without the hall
        reason = "hall-unreachable"
    return Pressed(reason, island.state)
