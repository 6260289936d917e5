"""The only client of the simulators' control sockets: hears, presses keys, switches faults, keeps evidence."""

from __future__ import annotations

import asyncio
import json
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from simulators.demo.evidence import Evidence, KeyPress, PadEvent, Shown, Slip, digits_in
from simulators.demo.settings import GRADES
from simulators.demo.tables import PAD_BIT

Event = dict[str, Any]
Hears = Callable[[str, Event], None]

PRESS_SECONDS = 5.0
"""A press is tried up to three times, 300 ms each, on a line that other frames share."""

LARGEST_LINE = 1 << 20


class ControlSocket:
    """JSON lines with one simulator: its events go to ``hears``, its answers to whoever asked."""

    def __init__(self, line: str, path: Path, hears: Hears) -> None:
        self.line = line
        self._path = path
        self._hears = hears
        self._asked: deque[asyncio.Future[Event]] = deque()
        self._writer: asyncio.StreamWriter | None = None

    async def listen(self, connected: asyncio.Event) -> None:
        """Hear until cancelled or the simulator ends."""
        reader, writer = await asyncio.open_unix_connection(str(self._path), limit=LARGEST_LINE)
        self._writer = writer
        connected.set()
        try:
            while line := await reader.readline():
                self._take(json.loads(line))
        finally:
            self._writer = None
            for asked in self._asked:
                asked.cancel()
            self._asked.clear()
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    def _take(self, message: Event) -> None:
        if "ok" not in message:
            self._hears(self.line, message)
        elif self._asked:
            asked = self._asked.popleft()
            if not asked.done():
                asked.set_result(message)

    async def do(self, what: str, **more: object) -> Event:
        """Ask the simulator to do something; its answer. Raises ConnectionError when it is not there."""
        if self._writer is None:
            raise ConnectionError(f"the simulator of {self.line} is not there")
        answer: asyncio.Future[Event] = asyncio.get_running_loop().create_future()
        self._asked.append(answer)
        self._writer.write(json.dumps({"do": what, **more}).encode() + b"\n")
        return await answer


class Props:
    """All devices of a hall, seen and touched from outside. ``keypads``: the line of a window's caller and keypad."""

    def __init__(self, sockets: dict[str, Path], keypads: Callable[[int], str] = lambda _window: "keypads") -> None:
        self._keypads = keypads
        self._sockets = {line: ControlSocket(line, path, self._hear) for line, path in sockets.items()}
        self._wall_less_monotonic = time.time() - time.monotonic()
        self._pressing: dict[tuple[str, int], asyncio.Lock] = {}
        self._change = asyncio.Event()
        self._audience: list[Hears] = []
        self._pending: dict[tuple[str, int], asyncio.Future[Event]] = {}
        self.slips: list[Slip] = []
        self.shown: list[Shown] = []
        self.pads: list[PadEvent] = []
        self.keys: list[KeyPress] = []
        self._untold: dict[int, list[int]] = {}
        """By window: which of the keys pressed its caller has not been told the outcome of."""
        self.showing: dict[int, str] = {}
        self.lit: dict[int, bool] = {}
        self.state: dict[str, Event] = {}

    async def listen(self, connected: asyncio.Event) -> None:
        """Hear all simulators until cancelled; ``connected`` is set once all are there."""
        await self._listen(list(self._sockets.values()), connected)

    async def listen_too(self, sockets: dict[str, Path], connected: asyncio.Event) -> None:
        """Hear these beside the others, until cancelled or until they end."""
        more = {line: ControlSocket(line, path, self._hear) for line, path in sockets.items()}
        self._sockets |= more
        try:
            await self._listen(list(more.values()), connected)
        finally:
            for line in more:
                self._sockets.pop(line, None)
                self.state.pop(line, None)

    async def _listen(self, sockets: list[ControlSocket], connected: asyncio.Event) -> None:
        events = [asyncio.Event() for _ in sockets]
        async with asyncio.TaskGroup() as group:
            for socket, event in zip(sockets, events, strict=True):
                group.create_task(socket.listen(event))
            for event in events:
                await event.wait()
            connected.set()

    def attend(self, hears: Hears) -> None:
        """Pass every event on to this one too."""
        self._audience.append(hears)

    async def do(self, line: str, what: str, **more: object) -> Event:
        """Ask one line's simulator to do something. Raises ConnectionError when it is not there."""
        if line not in self._sockets:
            raise ConnectionError(f"the simulator of {line} is not there")
        return await self._sockets[line].do(what, **more)

    async def fault(self, line: str, name: str, on: bool, address: int | None = None) -> None:
        """Switch a fault on or off, for one address or the whole line."""
        where = {} if address is None else {"address": address}
        answer = await self.do(line, "fault", name=name, on=on, **where)
        if not answer["ok"]:
            raise ValueError(f"{line} {name}: {answer.get('error')}")

    async def press_keys(self, window: int, keys: str) -> bool:
        """Press keys on a window's caller; whether the box acknowledged them."""
        mine = len(self.keys)
        self.keys.append(KeyPress(self.now_ms(), window, keys, acknowledged=False))
        self._untold.setdefault(window, []).append(mine)  # before the box can have told it anything
        heard = await self._taken(self._keypads(window), window, "press", keys=keys)
        self.keys[mine] = replace(self.keys[mine], acknowledged=heard is not None)
        return heard is not None

    def doubt_keys(self, window: int) -> None:
        """Nobody can say what became of the keys pressed last at this window."""
        last = max((n for n, pressed in enumerate(self.keys) if pressed.window == window), default=None)
        if last is not None:
            self.keys[last] = replace(self.keys[last], unsure=True)

    async def press_grade(self, window: int, grade: int) -> bool:
        """Press a grade (0 worst … 4 best) on a window's keypad; whether the box acknowledged it."""
        begun = self.now_ms()
        heard = await self._taken(self._keypads(window), PAD_BIT + window, "grade", grade=grade)
        self.pads.append(PadEvent(begun, window, "press", GRADES[grade], heard))
        return heard is not None

    async def _taken(self, line: str, address: int, what: str, **more: object) -> int | None:
        """Press once; when the box acknowledged it (UTC ms), None when it did not."""
        pressed = await self.press(line, address, what, **more)
        return self._at_ms(pressed) if pressed is not None and pressed["acknowledged"] else None

    async def press(self, line: str, address: int, what: str, **more: object) -> Event | None:
        """Press something once; what its simulator says came of it, None when it says nothing in time."""
        where = (line, address)
        async with self._pressing.setdefault(where, asyncio.Lock()):
            pressed: asyncio.Future[Event] = asyncio.get_running_loop().create_future()
            self._pending[where] = pressed
            try:
                answer = await self.do(line, what, address=address, **more)
                if not answer["ok"]:
                    raise ValueError(f"{line} {what}: {answer.get('error')}")
                async with asyncio.timeout(PRESS_SECONDS):
                    return await pressed
            except TimeoutError:
                return None
            finally:
                del self._pending[where]

    async def until(self, holds: Callable[[], bool], limit: float) -> bool:
        """Wait until this holds, at most ``limit`` seconds; whether it does."""
        with suppress(TimeoutError):
            async with asyncio.timeout(limit):
                while not holds():
                    await self._change.wait()
        return holds()

    def slip_of(self, digits: str) -> Slip | None:
        """The last piece of paper with this number."""
        return next((s for s in reversed(self.slips) if s.digits == digits), None)

    def evidence(self) -> Evidence:
        """What was seen and pressed so far."""
        return Evidence(slips=tuple(self.slips), shown=tuple(self.shown), pads=tuple(self.pads), keys=tuple(self.keys))

    def _hear(self, line: str, event: Event) -> None:
        at_ms = self._at_ms(event)
        match event["event"]:
            case "slip":
                self.slips.append(slip_seen(event, at_ms))
            case "shown":
                self._show(Shown(at_ms, int(event["address"]), str(event["text"])))
            case "dark":
                self._show(Shown(at_ms, int(event["address"]), ""))
            case "lit":
                window = int(event["address"]) - PAD_BIT
                self.lit[window] = bool(event["stars"])
                self.pads.append(PadEvent(at_ms, window, "lit" if event["stars"] else "dark"))
            case "pressed":
                pending = self._pending.get((line, int(event["address"])))
                if pending is not None and not pending.done():
                    pending.set_result(event)
            case "answered" if "address" in event:  # an ID card reader answers too
                self._outcome(int(event["address"]), at_ms, bool(event["success"]))
            case "state":
                self.state[line] = event
        for hears in self._audience:
            hears(line, event)
        self._change.set()
        self._change = asyncio.Event()

    def _outcome(self, window: int, at_ms: int, worked: bool) -> None:
        """Of the keys pressed; of which ones, is only sure when no others wait for theirs."""
        untold = self._untold.get(window, [])
        if len(untold) == 1:
            self.keys[untold[0]] = replace(self.keys[untold[0]], told_ms=at_ms, worked=worked)
        if untold:
            untold.pop(0)

    def _show(self, shown: Shown) -> None:
        if self.showing.get(shown.window) != shown.text:
            self.shown.append(shown)
        self.showing[shown.window] = shown.text

    def _at_ms(self, event: Event) -> int:
        return round((float(event["t"]) + self._wall_less_monotonic) * 1000) if "t" in event else self.now_ms()

    def now_ms(self) -> int:
        """UTC in ms, on a clock that no step of the machine's own moves."""
        return round((time.monotonic() + self._wall_less_monotonic) * 1000)


def slip_seen(event: Event, at_ms: int) -> Slip:
    """A printer's ``slip`` event as evidence: the number is what stands there in double size.

    It is complete when it was cut with everything that a slip has: what lacks its code was lost on the line in part.
    """
    numbers = [digits_in(text) for text in event["numbers"]]
    digits = next((number for number in numbers if number), "")
    complete = bool(event["complete"] and event["qr"])
    return Slip(at_ms, digits, complete, tuple(event["qr"]), str(event.get("png") or ""))
