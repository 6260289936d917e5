"""Asks one line, at one speed after the other, whether somebody is there.

Printers and card readers first, at all speeds: they have a line of their own, and take a display's question for noise.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol

from drivers.contract import AskablePort, Garbled, Gone, PortQuestion, Silent, Transport
from drivers.deadline import Deadline
from drivers.dialect.follow import Follower
from drivers.dialect.spoken import Piece
from drivers.dialect.table import dialect_of
from workshop.probe.finding import Device, Finding, Kind, Note, Outcome
from workshop.probe.questions import (
    DISPLAYS,
    EMPTY_LINE,
    Question,
    ask_device_id,
    ask_printer,
    ask_reader,
    harmless,
    is_office_printer,
    mute_printer,
)

BAUDS = (9600, 115200, 19200, 38400, 57600)
"""In the order of how often halls have them."""
FIRST_ADDRESSES = 4
"""Asked on a line where nobody has answered; once somebody has, up to LAST_ADDRESS."""
LAST_ADDRESS = 16
PAUSE_BYTES = 5
"""What begins a Modbus frame is a silence of three and a half characters."""
SEVERAL: Literal["several"] = "several"
"""Somebody spoke and was not understood: several at once, or noise."""
EARS_SECONDS = 0.15
OPEN_SECONDS = 2.0
LINE_SECONDS = 18.0
"""For all questions to one line."""
KEYS_BAUD = 9600
"""Of callers and rating keypads, whatever their make."""
_KEYS = {"caller-press": "ff68-caller", "pad-grade": "ff68-keypad"}


class Progress(Protocol):
    """Who wants to know how far it is."""

    def progress(self, port: str, baud: int | None) -> None:
        """This port is asked now, at this speed."""

    def done(self, port: str) -> None:
        """This port is asked no more."""


@dataclass(frozen=True, slots=True)
class Place:
    """One line to ask. ``open_at``: its transport at a speed; ``bauds`` None: it has no speed of its own."""

    port: str
    kind: Kind
    open_at: Callable[[int], Transport]
    bauds: tuple[int, ...] | None = BAUDS
    simulated: bool = False


class Listening:
    """A transport that keeps count of what came in (drivers.contract.Transport)."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self.heard = bytearray()

    async def open(self, deadline: Deadline) -> None:
        """Open it. Raises Gone, Silent."""
        await self._transport.open(deadline)

    async def write(self, data: bytes, deadline: Deadline) -> None:
        """Hand the bytes on. Raises Gone, Silent."""
        await self._transport.write(data, deadline)

    async def read(self, deadline: Deadline | None) -> bytes:
        """At least one byte. Raises Gone, Silent."""
        data = await self._transport.read(deadline)
        self.heard += data
        return data

    def discard(self) -> bytes:
        """What has come unread."""
        data = self._transport.discard()
        self.heard += data
        return data

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """The right to talk."""
        async with self._transport.turn():
            yield

    async def ask_port(self, question: PortQuestion, deadline: Deadline) -> bytes | None:
        """What the port itself answers. Raises Gone, Silent."""
        port = self._transport
        return await port.ask_port(question, deadline) if isinstance(port, AskablePort) else None

    def wire_time(self, count: int) -> float:
        """Seconds that so many bytes take."""
        return self._transport.wire_time(count)

    async def close(self) -> None:
        """Release it."""
        await self._transport.close()


async def probe_line(place: Place, progress: Progress, listen_seconds: float = 0.0) -> Finding:
    """Who is on this line; afterwards listens for keys where nobody answered. Never raises a DeviceFault."""
    asked = _Asked(place, progress)
    limit = Deadline.after(LINE_SECONDS)
    try:
        finding = await asked.all_questions(limit)
        if not finding.devices and listen_seconds:
            finding = await asked.listened(finding, listen_seconds)
    except (Gone, Silent) as fault:
        return asked.finding("closed", notes=(Note("closed", {"why": str(fault)}),))
    finally:
        progress.done(place.port)
    return finding


async def heard_keys(place: Place, progress: Progress, seconds: float) -> tuple[Device, ...]:
    """Callers and keypads that speak by themselves within this time; nobody is asked. Raises Gone, Silent."""
    asked = _Asked(place, progress)
    return (await asked.listened(asked.finding("silent"), seconds)).devices


class _Asked:
    """One line, and what came of it so far."""

    def __init__(self, place: Place, progress: Progress) -> None:
        self._place = place
        self._progress = progress
        self._tried: list[int] = []
        self._noise: dict[int, int] = {}
        """Baud → bytes that were no answer, as far as nobody answered."""
        self._pressed: dict[int | None, Device] = {}
        """Callers and keypads that spoke by themselves."""
        self._pressed_at = 0

    def finding(self, outcome: Outcome, **told: Any) -> Finding:
        """What to say of the line."""
        place = self._place
        tried = () if place.bauds is None else tuple(self._tried)
        begun = Finding(place.port, place.kind, "silent", tried=tried, simulated=place.simulated)
        return replace(begun, outcome=outcome, **told)

    async def all_questions(self, limit: Deadline) -> Finding:
        """Every question at every speed, until somebody has answered. Raises Gone, Silent (a port that is stuck)."""
        bauds = self._place.bauds or (0,)
        for baud in bauds:
            async with self._open(baud) as line:
                told = await ask_device_id(line, limit)
                if is_office_printer(told):
                    return self.finding(
                        "present", notes=(Note("office-printer", {"speaks": ", ".join(told.commands)}),)
                    )
                await _hear(line, EARS_SECONDS)
                device = await ask_printer(line, limit, told) or await ask_reader(line, limit) or mute_printer(told)
                if device is not None:
                    return self._answered(baud, [device], limit)
                await _empty(line, limit)
        for baud in bauds if self._place.kind != "usb" else ():
            async with self._open(baud) as line:
                found = await self._displays(line, baud, limit)
            if found:
                return self._answered(baud, found, limit)
        return self._nobody()

    async def listened(self, finding: Finding, seconds: float) -> Finding:
        """The same after so many seconds in which somebody may have pressed a key. Raises Gone, Silent."""
        async with self._open(KEYS_BAUD) as line:
            await _hear(line, seconds)
            strange = len(line.heard)
        if self._pressed:
            return replace(finding, outcome="heard", devices=tuple(self._pressed.values()), baud=KEYS_BAUD, notes=())
        if strange and finding.outcome == "silent":
            note = Note("noise", {"bauds": KEYS_BAUD, "count": strange})
            return replace(finding, outcome="noise", notes=(note, Note("check-pad")))
        return finding

    @asynccontextmanager
    async def _open(self, baud: int) -> AsyncIterator[Listening]:
        self._progress.progress(self._place.port, baud or None)
        line = Listening(self._place.open_at(baud))
        await line.open(Deadline.after(OPEN_SECONDS))
        try:
            if baud not in self._tried:
                self._tried.append(baud)
            yield line
        finally:
            await line.close()
            if line.heard:
                self._noise[baud] = self._noise.get(baud, 0) + len(line.heard)
                for device in _pressed(bytes(line.heard)):
                    self._pressed[device.address] = device
                    self._pressed_at = baud

    async def _displays(self, line: Listening, baud: int, limit: Deadline) -> list[Device]:
        found: list[Device] = []
        for question in DISPLAYS:
            if baud in question.bauds or not baud:
                found += await self._asked(question, line, limit, alone=not found)
        return found

    async def _asked(self, question: Question, line: Listening, limit: Deadline, *, alone: bool) -> list[Device]:
        """Everybody at once, and each by his address where none or several answered so."""
        several = False
        if question.everyone is not None:
            answered = await _ask(question, line, question.everyone, limit, alone=alone)
            several = answered is SEVERAL
            if (
                isinstance(answered, Device)
                and await _ask(question, line, _another(answered), limit, alone=False) is None
            ):
                return [answered]
        found: list[Device] = []
        for address in range(1, LAST_ADDRESS + 1):
            if address > FIRST_ADDRESSES and not found and not several:
                break
            answered = await _ask(question, line, address, limit, alone=alone and not found and not several)
            if isinstance(answered, Device):
                found.append(answered)
        return found

    def _answered(self, baud: int, devices: list[Device], limit: Deadline) -> Finding:
        notes = () if limit.left() else (Note("out-of-time"),)
        return self.finding("answered", devices=(*devices, *self._pressed.values()), baud=baud or None, notes=notes)

    def _nobody(self) -> Finding:
        if self._pressed:
            return self.finding("heard", devices=tuple(self._pressed.values()), baud=self._pressed_at or None)
        serial = self._place.kind == "serial"
        checks = [
            "check-power",
            *(["check-cable", "check-address", "check-speed", "cannot-be-asked"] if serial else []),
        ]
        if not self._noise:
            return self.finding("silent", notes=tuple(map(Note, checks)))
        bauds = " ".join(str(baud) for baud in sorted(self._noise)) if self._place.bauds else "-"
        noise = Note("noise", {"bauds": bauds, "count": sum(self._noise.values())})
        return self.finding("noise", notes=(noise, *map(Note, checks[1:])))


async def _ask(
    question: Question, line: Listening, address: int, limit: Deadline, *, alone: bool
) -> Device | Literal["several"] | None:
    """One question. ``alone``: nobody has answered on this line yet, it may be a printer's. Raises Gone, Silent."""
    if not limit.left() or (alone and not harmless(question.request(address))):
        return None
    try:
        device = await question.ask(line, address, limit)
    except Garbled:
        return SEVERAL
    if device is None and alone:
        await _empty(line, limit)
    return device


async def _empty(line: Listening, limit: Deadline) -> None:
    """A printer that took the last question for text forgets it; to all others it is noise, and a pause behind it."""
    await line.write(EMPTY_LINE, limit)
    await asyncio.sleep(line.wire_time(len(EMPTY_LINE) + PAUSE_BYTES))


def _another(device: Device) -> int:
    return 2 if device.address == 1 else 1


async def _hear(line: Listening, seconds: float) -> None:
    until = Deadline.after(seconds)
    try:
        while True:
            await line.read(until)
    except Silent:
        return


def _pressed(heard: bytes) -> Iterable[Device]:
    """Callers and keypads of the FF 68 family that spoke, once each."""
    follower = Follower([dialect_of("ff68-caller")], "from-device")
    pieces: list[Piece] = [*follower.feed(heard, 0.0), *follower.rest()]
    found: dict[int, Device] = {}
    for piece in pieces:
        if piece.said is not None and piece.said.word in _KEYS:
            model = _KEYS[piece.said.word]
            doubts = ("doubt-window",) if model == "ff68-caller" else ("doubt-grades", "doubt-window")
            address = int(piece.said.fields["address"])
            found[address] = Device(model, address, (Note("pressed"),), tuple(Note(word) for word in doubts))
    return found.values()
