"""One line is asked at every speed: who answers is named, who is silent is said to be, and nobody is asked too much."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.contract import Garbled, Gone
from drivers.deadline import Deadline
from drivers.ff68_frame import Frame
from drivers.id_card import sdt_codec as sdt
from drivers.ticket_printer import escpos_codec as escpos
from drivers.window_display import onbon_bx5k_codec as font
from drivers.window_display.onbon_frame import ACK, HOST, WILDCARD
from tests.drivers.line import Line
from tests.virtual_time import run, virtual
from workshop.probe.finding import Finding
from workshop.probe.line import BAUDS, Place, probe_line
from workshop.probe.questions import DISPLAYS, EMPTY_LINE

TWENTY_SECONDS = 20.0
MODULE_WELL = sdt.encode(b"\x00\x00\x90")
ONLINE = b"\x12"
DISPLAY_QUESTIONS = {question.request(address) for question in DISPLAYS for address in range(1, 17)}


class Scripted:
    """Says to each write what ``answer`` gives; may speak by itself."""

    def __init__(self, answer: Callable[[bytes], bytes] = lambda _asked: b"") -> None:
        self.say: Callable[[bytes], None] = lambda _data: None
        self.heard: list[bytes] = []
        self._answer = answer

    def hear(self, data: bytes) -> None:
        self.heard.append(data)
        if answer := self._answer(data):
            self.say(answer)


class Port:
    """A port with one device at its own speed, nobody at any other."""

    def __init__(self, device: Scripted, baud: int, *, bauds: tuple[int, ...] | None = BAUDS) -> None:
        self.device = device
        self.lines: list[Line] = []
        self.place = Place("/dev/x", "serial", lambda asked: self.opened(asked, baud), bauds)

    def opened(self, asked: int, baud: int) -> Line:
        self.lines.append(Line(self.device if asked == baud else Scripted(), baud=asked))
        return self.lines[-1]

    def written(self) -> list[bytes]:
        return [data for line in self.lines for data in line.written]


class Quiet:
    def progress(self, port: str, baud: int | None) -> None: ...

    def done(self, port: str) -> None: ...


def a_printer(asked: bytes) -> bytes:
    return ONLINE if asked.startswith(b"\x10\x04") else b""


def a_reader(asked: bytes) -> bytes:
    return MODULE_WELL if asked == sdt.request(sdt.SAM_STATUS) else b""


def a_card(address: int, asked: bytes) -> bytes:
    try:
        frame = font.decode(asked)
    except Garbled:
        return b""
    if frame.destination not in (address, WILDCARD):
        return b""
    return font.encode(font.Frame(HOST, address, bytes((*ACK, 0, 0, 0))))


async def asked(port: Port, listen_seconds: float = 0.0) -> Finding:
    begun = asyncio.get_running_loop().time()
    finding = await probe_line(port.place, Quiet(), listen_seconds)
    assert asyncio.get_running_loop().time() - begun <= TWENTY_SECONDS + listen_seconds
    assert all(line.gone is not None for line in port.lines), "every port is closed again"
    return finding


@virtual
async def test_a_silent_line_is_said_to_be_with_what_to_look_at() -> None:
    port = Port(Scripted(), 9600)
    finding = await asked(port)
    assert (finding.outcome, finding.tried, finding.devices) == ("silent", BAUDS, ())
    looks = [note.word for note in finding.notes]
    assert looks == ["check-power", "check-cable", "check-address", "check-speed", "cannot-be-asked"]


@pytest.mark.parametrize("baud", BAUDS)
@virtual
async def test_a_printer_is_found_at_its_own_speed_and_asked_for_no_display(baud: int) -> None:
    port = Port(Scripted(a_printer), baud)
    finding = await asked(port)
    assert [(device.model, finding.baud) for device in finding.devices] == [("escpos", baud)]
    assert not DISPLAY_QUESTIONS & set(port.written())
    assert finding.devices[0].tells[0].fields == {"keywords": "idle"}


@pytest.mark.parametrize("baud", BAUDS)
@virtual
async def test_a_card_reader_is_found_at_its_own_speed_and_asked_for_no_card(baud: int) -> None:
    port = Port(Scripted(a_reader), baud)
    finding = await asked(port)
    assert [(device.model, finding.baud) for device in finding.devices] == [("sdt-reader", baud)]
    assert not any(sdt.request(command) in port.written() for command in (sdt.FIND, sdt.SELECT, sdt.READ))
    assert not DISPLAY_QUESTIONS & set(port.written())


@virtual
async def test_a_printer_that_is_stopped_is_asked_nothing_that_it_would_keep_for_later() -> None:
    def without_paper(asked_: bytes) -> bytes:
        answers = {1: b"\x1a", 2: b"\x32", 4: b"\x7e"}
        return answers.get(asked_[2], b"\x12") if asked_.startswith(b"\x10\x04") else b""

    port = Port(Scripted(without_paper), 9600)
    finding = await asked(port)
    assert finding.devices[0].tells[0].fields == {"keywords": "media-empty offline"}
    assert all(data.startswith(b"\x10\x04") for data in port.device.heard)


@virtual
async def test_every_card_of_a_bus_is_found_by_its_address() -> None:
    for addresses in ((3,), (1, 2, 9), (200,)):

        def answer(asked_: bytes, addresses: tuple[int, ...] = addresses) -> bytes:
            answers = [a_card(address, asked_) for address in addresses]
            spoken = [answer for answer in answers if answer]
            return spoken[0] if len(spoken) == 1 else bytes(byte ^ 0x81 for byte in b"".join(spoken))

        finding = await asked(Port(Scripted(answer), 57600))
        assert [(device.model, device.address) for device in finding.devices] == [
            ("onbon-bx5k", address) for address in addresses
        ]
        assert finding.baud == 57600


@virtual
async def test_keys_that_are_pressed_meanwhile_tell_callers_and_pads() -> None:
    device = Scripted()
    frames = (Frame(2, 0x01, b"\x0c").encode(), Frame(130, 0x11, b"\x04").encode())
    port = Port(device, 9600)

    async def pressed() -> None:
        while True:
            for frame in frames:
                await asyncio.sleep(0.4)
                device.say(frame)

    async with asyncio.TaskGroup() as group:
        task = group.create_task(pressed())
        finding = await asked(port)
        task.cancel()
    assert (finding.outcome, finding.baud) == ("heard", 9600)
    assert {(found.model, found.address) for found in finding.devices} == {("ff68-caller", 2), ("ff68-keypad", 130)}


@virtual
async def test_a_key_that_is_pressed_while_it_listens_is_heard() -> None:
    device = Scripted()
    port = Port(device, 9600)

    async def pressed_late() -> None:
        await asyncio.sleep(TWENTY_SECONDS)
        device.say(Frame(1, 0x01, b"\x0c").encode())

    async with asyncio.TaskGroup() as group:
        group.create_task(pressed_late())
        finding = await asked(port, listen_seconds=10.0)
    assert (finding.outcome, finding.notes) == ("heard", ())


@given(seed=st.integers(0, 1 << 32), pause=st.floats(0.02, 0.5), longest=st.integers(2, 30))
@settings(deadline=None, max_examples=15)
def test_noise_is_never_taken_for_a_device(seed: int, pause: float, longest: int) -> None:
    noise = random.Random(seed)

    async def main() -> None:
        device = Scripted()
        port = Port(device, 9600)

        async def babbling() -> None:
            while True:
                await asyncio.sleep(pause)
                device.say(bytes(noise.randrange(256) for _ in range(noise.randrange(2, longest + 1))))

        async with asyncio.TaskGroup() as group:
            task = group.create_task(babbling())
            finding = await asked(port)
            task.cancel()
        assert (finding.outcome, finding.devices) == ("noise", ())

    run(main())


@virtual
async def test_behind_every_question_that_nobody_answers_the_line_of_paper_is_emptied() -> None:
    port = Port(Scripted(), 9600)
    await asked(port)
    for line in port.lines:
        text = [data for data in line.written if not data.startswith(b"\x10\x04")]
        assert text[-1:] == [EMPTY_LINE]
        assert set(text[1::2]) == {EMPTY_LINE}


@virtual
async def test_a_port_that_is_unplugged_in_the_middle_is_told_as_such() -> None:
    port = Port(Scripted(), 9600)

    async def unplugged() -> None:
        await asyncio.sleep(3)
        port.lines[-1].unplug()

    async with asyncio.TaskGroup() as group:
        group.create_task(unplugged())
        finding = await asked(port)
    assert (finding.outcome, finding.notes[0].word) == ("closed", "closed")


@virtual
async def test_a_port_that_cannot_be_opened_is_told_with_the_reason() -> None:
    class Forbidden(Line):
        async def open(self, deadline: Deadline) -> None:
            raise Gone("/dev/x: permission denied")

    place = Place("/dev/x", "serial", lambda _baud: Forbidden(Scripted()))
    finding = await probe_line(place, Quiet())
    assert (finding.outcome, finding.notes[0].fields["why"]) == ("closed", "/dev/x: permission denied")


@virtual
async def test_an_echo_is_no_answer() -> None:
    finding = await asked(Port(Scripted(lambda data: data), 9600))
    assert finding.devices == ()


@virtual
async def test_a_network_printer_has_no_speed_to_try() -> None:
    line = Line(Scripted(a_printer))
    finding = await probe_line(Place("tcp:192.0.2.7:9100", "network", lambda _baud: line, None), Quiet())
    assert (finding.outcome, finding.baud, finding.tried) == ("answered", None, ())
    assert escpos.status_request(1) in line.written
