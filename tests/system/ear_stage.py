"""A hall, a kiosk and a counter as processes of their own, both used by ear; nobody shows a page."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from simulators.client import BoxClient
from simulators.demo.places import Ports, RunDirectory
from simulators.demo.processes import Child
from simulators.demo.props import ControlSocket
from simulators.demo.settings import CLERKS, COUNTER, KIOSK
from simulators.demo.stage import Stage, connects, until_holds
from simulators.demo.tables import device
from tests.free_ports import free_neighbours
from tests.system.hearing import Listener
from tests.system.running import PORTS

AT_KIOSK, AT_WINDOW, WINDOW = 1, 2, 1
"""Numbers of the access keypads, and of the window that has one."""
ACCESS = "access"


class EarStage(Stage):
    """The demonstration's hall, with an access keypad and a headphone at the kiosk and at one window."""

    def __init__(self, run: RunDirectory, ports: Ports) -> None:
        super().__init__(run, ports)
        link, control = run.port(ACCESS), run.control(ACCESS)
        numbers = f"{AT_KIOSK},{AT_WINDOW}"
        arguments = ["simulate", "usb-keypads", "--link", str(link), "--control", str(control)]
        self.lines[ACCESS] = Child(ACCESS, [*arguments, "--ports", numbers, "--jacks", numbers], run.log(ACCESS))

    def headphone(self, at: int) -> Path:
        """What sounds in this headphone."""
        return self.run.root / f"headphone-{at}.wav"

    async def _certify(self) -> None:
        """The settings are written: add what is heard and felt, and let the kiosk know all calls."""
        hall = self.run.settings("hall")
        hall.write_text(hall.read_text().replace(f'name = "{KIOSK}"', f'name = "{KIOSK}"\nboard = ["*"]'))
        kiosk, counter = self.run.settings(KIOSK), self.run.settings(COUNTER)
        kiosk.write_text(kiosk.read_text().replace("[kiosk]", '[kiosk]\nheadphone = "headphone"\nslip_at = "right"'))
        one = f"[[window]]\nnumber = {WINDOW}\n"
        counter.write_text(counter.read_text().replace(one, f'{one}headphone = "headphone"\n'))
        for settings, at, window in ((kiosk, AT_KIOSK, None), (counter, AT_WINDOW, WINDOW)):
            lines = self._line("ears", f"sound:{self.headphone(at)}")
            lines += self._line(ACCESS, f"input:{self.run.port(ACCESS)}-{at}")
            lines += device("headphone", "speaker", "ears", window=window)
            lines += device("access-keys", "usb-access-keypad", ACCESS, window=window)
            settings.write_text(settings.read_text() + lines)
        access = self.lines[ACCESS]
        await access.start()
        await until_holds(access, lambda: connects(self.run.control(ACCESS)))
        await super()._certify()

    @staticmethod
    def _line(name: str, port: str) -> str:
        return f'\n[[line]]\nname = "{name}"\nport = {json.dumps(port)}\nsimulated = true\n'


class Hands:
    """Somebody's hands at an access keypad: five keys and a plug, nothing else."""

    def __init__(self, stage: EarStage, at: int) -> None:
        self._at = at
        self._socket = ControlSocket(ACCESS, stage.run.control(ACCESS), lambda _line, _event: None)

    async def press(self, *keys: str) -> None:
        """One after the other, no faster than a hand does."""
        for key in keys:
            answer = await self._socket.do("press", address=self._at, keys=NAMES.get(key, key))
            assert answer["ok"], answer

    async def plug(self, into: bool) -> None:
        """Put the headphone in, or take it out."""
        await self.press("headphone-in" if into else "headphone-out")

    async def __aenter__(self) -> Self:
        connected = asyncio.Event()
        self._listening = asyncio.ensure_future(self._socket.listen(connected))
        await connected.wait()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._listening.cancel()
        await asyncio.gather(self._listening, return_exceptions=True)


NAMES = {"choose": "enter", "back": "esc"}
"""What the keys send, where that is called otherwise."""


class Clerk:
    """The clerk of the window: knows nothing of the citizen but the number that is called."""

    def __init__(self, stage: EarStage) -> None:
        self._box = BoxClient(stage.counter_url)
        self._presses = 0

    async def open(self) -> None:
        answer = await self._box.sign_in(WINDOW, CLERKS[0].name, CLERKS[0].pin)
        assert "error" not in answer, answer

    async def does(self, act: str) -> None:
        self._presses += 1
        answer = await self._box.press(WINDOW, act, f"press-{self._presses}")
        assert answer.get("outcome") == "done", answer

    async def close(self) -> None:
        await self._box.close()


@asynccontextmanager
async def by_ear(folder: Path) -> AsyncIterator[EarStage]:
    """Set up until the block ends."""
    stage = EarStage(RunDirectory(folder), Ports(free_neighbours(PORTS)))
    await stage.set_up(lambda _words: None)
    try:
        yield stage
    finally:
        await stage.strike()


__all__ = ["AT_KIOSK", "AT_WINDOW", "WINDOW", "Clerk", "EarStage", "Hands", "Listener", "by_ear"]
