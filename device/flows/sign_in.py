"""A clerk sits down at a window and leaves it again, with the hall and without.

| the hall                            | what it becomes                                                               |
|-------------------------------------|-------------------------------------------------------------------------------|
| lets the clerk in                   | a session here, and the clerk is known here from now on                       |
| refuses                             | no session; a PIN that was right once and no longer is is forgotten           |
| is away, the clerk is known here    | a session here; its facts carry the clerk's staff number. When the hall is up |
|                                     | it knows another clerk at this window, or none: the page asks to sign in anew |
| is away, the clerk is not known     | refused *wrong-name-or-pin*                                                   |
| is away, the clerk leaves           | the session ends here; at the hall it ends with the next sign-in or the day   |
"""

from __future__ import annotations

from contextlib import suppress
from uuid import uuid4

from device.flows.serve import WindowDesk
from device.journal import JournalStopped
from device.known_clerks import KnownClerks
from device.sessions import Sessions
from device.sync.link import HallUnreachable
from hall.contract import Clerk, Mode, Refusal, SignIn, SignOut


class Door:
    """Lets clerks in and out of the windows of a box."""

    def __init__(self, sessions: Sessions, known: KnownClerks, mode: Mode) -> None:
        self.sessions = sessions
        self._known = known
        self._mode = mode

    async def enter(self, desk: WindowDesk, name: str, pin: str) -> tuple[Clerk, str] | Refusal:
        """The clerk and the session's token, or why not. Raises HallUnreachable, HallRefused, JournalStopped."""
        clerk = await self._admitted(desk, name, pin)
        if isinstance(clerk, str):
            return clerk
        return clerk, await self.sessions.open(desk.number, clerk)

    async def leave(self, desk: WindowDesk, clerk: Clerk) -> Refusal | None:
        """None when the window is closed. Raises HallUnreachable, HallRefused, JournalStopped."""
        refusal = await self._released(desk, clerk)
        if refusal is None:
            await self.sessions.close(desk.number)
        return refusal

    async def _admitted(self, desk: WindowDesk, name: str, pin: str) -> Clerk | Refusal:
        if not desk.island.away:
            try:
                return await self._by_the_hall(desk, name, pin)
            except HallUnreachable:
                if not desk.island.away:
                    raise
        clerk = await self._known.find(name, pin)
        if isinstance(clerk, str):
            return clerk
        return await desk.island.seat(clerk) or clerk

    async def _by_the_hall(self, desk: WindowDesk, name: str, pin: str) -> Clerk | Refusal:
        command = SignIn(request=uuid4().hex, window=desk.number, name=name, pin=pin, mode=self._mode)
        said = await desk.command(command)
        if said.reason is not None or said.window is None or said.window.clerk is None:
            if said.reason == "wrong-name-or-pin":
                await self._known.forget(name, pin)
            return said.reason or "invalid"
        with suppress(JournalStopped):  # the hall has let them in; without it they will have to wait for it
            await self._known.keep(name, pin, said.window.clerk)
        return said.window.clerk

    async def _released(self, desk: WindowDesk, clerk: Clerk) -> Refusal | None:
        if desk.island.away:
            return await desk.island.seat(None)
        command = SignOut(
            request=uuid4().hex, window=desk.number, operator=clerk.staff_no, post=clerk.post, mode=self._mode
        )
        return (await desk.command(command)).reason
