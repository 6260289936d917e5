"""A kiosk that is used by ear, with everything around it in reach: keys, jack and headphone are the test's to play."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx

from device.flows.ask_help import HelpDesk
from device.flows.ear_calls import TicketCalls
from device.flows.ear_desk import EarDesk
from device.flows.ear_menu import Known
from device.flows.mouth import Mouth
from device.supervise import Tasks
from device.sync.desired import Desired
from device.watch import Watch
from drivers.contract import (
    LINK_LOST,
    AccessKey,
    AccessPress,
    Completion,
    CompletionCode,
    Gone,
    Headphone,
    Manner,
    State,
)
from hall.contract import Held, News, Said, WindowState
from tests.device.counter import TERM
from tests.device.inline_writer import InlineWriter
from tests.device.kiosk_scene import KioskScene
from tests.device.slips import SERVICES

WORD_SECONDS = 0.2
"""How long one character sounds here."""


class HeadphoneCell:
    """A cell whose speaker takes as long as its text has characters, and can be cut off."""

    name = "headphone"

    def __init__(self) -> None:
        self.state = State.of()
        self.watch = Watch()
        self.in_a_row = asyncio.Lock()
        self.said: list[str] = []
        self.cut: list[str] = []
        self.manners: list[Manner] = []
        self.lost = False
        self.sounds_since: float | None = None
        self.silent_since = 0.0
        self._sounding: asyncio.Timeout | None = None

    async def do(self, verb: Any, seconds: float, attempts: int = 1) -> Completion:
        if self.lost:
            raise Gone("lost")
        completion: Completion = await verb(self, None)
        return completion

    async def speak(self, text: str, language: str, deadline: object, manner: Manner) -> Completion:
        loop = asyncio.get_running_loop()
        self.said.append(text)
        self.manners.append(manner)
        self.sounds_since = loop.time()
        try:
            async with asyncio.timeout(None) as self._sounding:
                await asyncio.sleep(WORD_SECONDS * len(text))
        except TimeoutError:
            self.cut.append(text)
        finally:
            self._sounding, self.sounds_since, self.silent_since = None, None, loop.time()
        return Completion(CompletionCode.SUCCESS, None, "played")

    def cut_off(self) -> None:
        sounding, self._sounding = self._sounding, None
        if sounding is not None:
            sounding.reschedule(asyncio.get_running_loop().time())


class KeypadCell:
    """A cell whose keys and plug the test moves."""

    name = "access-keys"

    def __init__(self) -> None:
        self.state = State.of()
        self.watch = Watch()
        self.heard: asyncio.Queue[AccessPress | Headphone] = asyncio.Queue()

    def lose(self) -> None:
        self.state = State.of(LINK_LOST)
        self.watch.changed()

    def come_back(self) -> None:
        self.state = State.of()
        self.watch.changed()


class EarScene:
    """The kiosk, and whoever wears the headphone."""

    def __init__(self, folder: Path, tasks: Tasks, hall: httpx.AsyncClient) -> None:
        self.around = KioskScene(folder, writer=InlineWriter)
        self.kiosk = self.around.kiosk
        self.headphone, self.keypad = HeadphoneCell(), KeypadCell()
        self.desired = Desired(self.around.journal)
        self.help_desk = HelpDesk(self.around.journal, self.desired)
        lookup = SimpleNamespace(directory=SimpleNamespace(windows=[]))
        link: Any = SimpleNamespace(client=hall)
        calls = TicketCalls(link, self.desired, lookup)  # type: ignore[arg-type]
        speaker: Any = self.headphone
        keypads: Any = [self.keypad]
        self.desk = EarDesk(self.kiosk, Mouth(speaker), keypads, self._known, self.help_desk, tasks, calls, "right")
        self._version = 0

    def _known(self) -> Known:
        return Known(hall=Said(zh="演示大厅"), services=SERVICES, why_not=self.kiosk.why_not())

    @property
    def heard(self) -> str:
        """All that was said since it was last asked for."""
        said, self.headphone.said = "".join(self.headphone.said), []
        return said

    async def plug(self, into: bool) -> None:
        self.keypad.heard.put_nowait(Headphone(into))
        await asyncio.sleep(0.01)

    async def press(self, *keys: AccessKey) -> None:
        for key in keys:
            self.keypad.heard.put_nowait(AccessPress(key))
            await asyncio.sleep(0.5)

    async def takes_a_number(self) -> None:
        """By theme, the first one, the first matter, yes."""
        await self.press(*[AccessKey.CHOOSE] * 4)

    async def call(self, ticket: str, number: str, window: int = 3, calls: int = 1) -> None:
        """The hall calls it at a window."""
        self._version += 1
        held = Held(ticket=ticket, number=number, service="1", call="c-1", visit=ticket, calls=calls)
        state = WindowState(window=window, term=TERM, version=self._version, phase="called", held=held)
        await self.desired.offer_window(state)

    async def news(self, **more: Any) -> None:
        self._version += 1
        await self.desired.offer_news(News(term=TERM, version=self._version, **more))


def unknowing_hall() -> httpx.AsyncClient:
    """A hall that tells nobody the place of a ticket."""
    transport = httpx.MockTransport(lambda _request: httpx.Response(404))
    return httpx.AsyncClient(transport=transport, base_url="https://hall")


@asynccontextmanager
async def at_kiosk(folder: Path) -> AsyncIterator[EarScene]:
    """A kiosk with nobody at it; what it runs ends with the block."""
    async with unknowing_hall() as hall, Tasks() as tasks:
        scene = EarScene(folder, tasks, hall)
        tasks.start("by ear", scene.desk.run())
        tasks.start("kiosk", scene.kiosk.run())
        await asyncio.sleep(0.01)
        try:
            yield scene
        finally:
            tasks.stop()
    await scene.around.journal.close()
