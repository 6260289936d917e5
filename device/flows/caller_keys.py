"""The clerk's caller: its keys are the same commands as the clerk page's buttons.

| keys          | act         | keys             | act                         |
|---------------|-------------|------------------|-----------------------------|
| call          | next        | start            | start                       |
| digits + call | call-number | digits + start   | redirect to that service    |
| recall        | recall      | cancel           | undo                        |
| wait          | invite      | 5 + function     | missed                      |
| 0 + wait      | show waiting| any other        | refused: the caller says so |
"""

from __future__ import annotations

from contextlib import suppress
from uuid import uuid4

import structlog

from device.cell import Cell
from device.flows.press import Press, press
from device.flows.serve import CALLER_SECONDS, WindowDesk
from device.journal import JournalStopped
from device.sync.link import HallRefused, HallUnreachable
from drivers.contract import Caller, CallerKey, DeviceFault, KeyPress
from hall.contract import Mode

log = structlog.get_logger()

_ALONE = {
    CallerKey.CALL: "next",
    CallerKey.START: "start",
    CallerKey.RECALL: "recall",
    CallerKey.WAIT: "invite",
    CallerKey.CANCEL: "undo",
}
MISSED_DIGITS = "5"
SHOW_WAITING_DIGITS = "0"


def press_of(keys: KeyPress) -> Press | None:
    """The press that these keys mean; None for keys without a meaning here."""
    request = uuid4().hex
    match keys.key, keys.digits:
        case CallerKey.FUNCTION, digits if digits == MISSED_DIGITS:
            return Press("missed", request)
        case CallerKey.CALL, digits if digits:
            return Press("call-number", request, digits=digits)
        case CallerKey.START, digits if digits:
            return Press("redirect", request, service=digits)
        case key, "" if key in _ALONE:
            return Press(_ALONE[key], request)
        case _:
            return None


class CallerDesk:
    """Listens to one caller and presses for the clerk who is signed in at its window."""

    def __init__(self, desk: WindowDesk, caller: Cell[Caller], mode: Mode) -> None:
        self._desk = desk
        self._caller = caller
        self._mode = mode

    async def run(self) -> None:
        """One press after the other, for ever."""
        while True:
            keys: KeyPress = await self._caller.heard.get()
            if keys == KeyPress(CallerKey.WAIT, SHOW_WAITING_DIGITS):
                await self._show_waiting()
            else:
                await self._tell(await self._press(keys))

    async def _press(self, keys: KeyPress) -> bool:
        state, what = self._desk.state, press_of(keys)
        if what is None or state is None or state.clerk is None:
            return False
        try:
            pressed = await press(self._desk, what, state.clerk, self._mode)
        except (HallUnreachable, HallRefused, JournalStopped) as error:
            log.warning("caller press failed", window=self._desk.number, act=what.act, why=str(error))
            return False
        return pressed.reason is None

    async def _tell(self, success: bool) -> None:
        with suppress(DeviceFault):
            await self._caller.do(lambda caller, limit: caller.tell(success, limit), CALLER_SECONDS)

    async def _show_waiting(self) -> None:
        waiting = self._desk.waiting_here()
        with suppress(DeviceFault):
            await self._caller.do(lambda caller, limit: caller.show_number("", waiting, limit), CALLER_SECONDS)
