"""What a device may be asked without printing, feeding, moving or changing anything.

| model        | question                                                            |
|--------------|---------------------------------------------------------------------|
| escpos       | on USB: the port's device id; DLE EOT 1, 4, 1: status, in real time; |
|              | then GS I, once it answered                                          |
| sdt-reader   | 11 FF: how the security module is; touches no card                   |
| onbon-bx5k/e | A2 00: ping                                                          |
| cpower5200   | 76 with 01: whether the LEDs are on                                  |
| modbus-text  | function 03: read one register                                       |

Strips ``A0 90``, Alpha signs, customer displays, displays of the settings' own frame, callers and keypads have no
question: they are listened to.

A printer that answers nothing takes any question for text. So none holds a byte that prints or feeds while nobody has
answered on a line, each is shorter than a line of paper, and EMPTY_LINE behind it empties that line again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from drivers.contract import AskablePort, Garbled, Identity, PortQuestion, Silent, State, Transport
from drivers.deadline import Deadline
from drivers.dialect import modbus as modbus_dialect
from drivers.framing import Framer, Scan, crc16_modbus
from drivers.id_card import sdt_codec as sdt
from drivers.ticket_printer import escpos_codec as escpos
from drivers.ticket_printer.escpos_identity import ask_identity
from drivers.ticket_printer.escpos_link import Link
from drivers.ticket_printer.usb_port_codec import DeviceId, device_id
from drivers.window_display import cpower5200_codec as cpower
from drivers.window_display import onbon_bx5e_codec as bitmap
from drivers.window_display import onbon_bx5k_codec as font
from drivers.window_display.onbon_frame import HOST, WILDCARD, Frame
from drivers.window_display.transaction import Transactions
from workshop.probe.finding import Device, Note

EMPTY_LINE = b"\0" + escpos.INITIALIZE
"""The nought ends half a hanzi, which would swallow the ESC."""
PRINTS = frozenset(b"\n\r\x0c\x10\x1b\x1c\x1d")
"""Line feed, carriage return, form feed, and what begins a command."""
NARROWEST_LINE = 32
"""Letters on 58 mm paper: so many in a row are printed without a line feed."""
ANSWER_SECONDS = 0.25
"""Devices answer within some 10 ms; their drivers wait longer because a slow answer is no fault there."""
STATUS_SECONDS = 0.5
"""What manuals give a printer for DLE EOT (protocols/ticket-printers.md §1)."""
SETTLE_SECONDS = 0.03
"""Within this a longer message would have gone on."""
MODBUS_READ, MODBUS_EXCEPTION = 0x03, 0x83
TICKET_COMMANDS = ("ESC/POS", "ESCPOS", "EPSON")
"""How the names of ticket printers' languages begin in a device id (U: read in no standard)."""
NOBODY = DeviceId()


@dataclass(frozen=True, slots=True)
class Question:
    """How cards of one model are asked whether they are there. ``everyone``: the address that each of them hears."""

    model: str
    bauds: tuple[int, ...]
    everyone: int | None
    request: Callable[[int], bytes]
    scan: Scan
    cap: int
    answered_by: Callable[[bytes, bytes], int | None]
    """Of the request and a frame: who answers; None for an echo. Raises Garbled."""
    answer_size: int
    doubts: tuple[str, ...] = ()

    async def ask(self, transport: Transport, address: int, deadline: Deadline) -> Device | None:
        """Who answers; None when nobody does. Raises Garbled when somebody spoke and was not understood, Gone."""
        request = self.request(address)
        transactions = Transactions(address, transport, self.scan, self.cap, silence=3.5)
        try:
            answered = await transactions.ask(
                request,
                lambda frame: self.answered_by(request, frame),
                answer_size=self.answer_size,
                answer_seconds=ANSWER_SECONDS,
                deadline=deadline,
            )
        except Silent:
            return None
        return Device(self.model, answered, doubts=tuple(Note(word) for word in self.doubts))


async def ask_device_id(transport: Transport, deadline: Deadline) -> DeviceId:
    """Who a USB printer says it is, beside its bytes; nothing on any other line. Raises Gone."""
    if not isinstance(transport, AskablePort):
        return NOBODY
    try:
        answer = await transport.ask_port(PortQuestion.DEVICE_ID, deadline.sooner(STATUS_SECONDS))
    except Silent:
        return NOBODY
    return device_id(answer or b"")


def is_office_printer(told: DeviceId) -> bool:
    """Whether it names the languages that it speaks, and none of them is a ticket printer's."""
    speaks = {command.upper() for command in told.commands}
    return bool(speaks) and not any(command.startswith(TICKET_COMMANDS) for command in speaks)


def mute_printer(told: DeviceId) -> Device | None:
    """A printer that answers no question on its line, and says beside it that it speaks ESC/POS."""
    if not told.commands or is_office_printer(told):
        return None
    return Device("escpos", None, _named(told), (Note("doubt-columns"), Note("doubt-mute")))


def _named(told: DeviceId) -> tuple[Note, ...]:
    text = " ".join(part for part in (told.maker, told.model, told.serial) if part)
    return (Note("identity", {"text": text}),) if text else ()


async def ask_printer(transport: Transport, deadline: Deadline, port: DeviceId = NOBODY) -> Device | None:
    """A printer by its status: three times one byte and nothing else, for noise may hold such a byte. Raises Gone.

    ``port``: what it said of itself beside the line.
    """
    for n in (escpos.PRINTER, escpos.PAPER, escpos.PRINTER):
        if not await _is_one_status(transport, escpos.status_request(n), deadline):
            return None
    link = Link(transport)
    told: list[Note] = []
    try:
        link.drain()
        state = State.of(*await link.reasons(deadline))
        told.append(Note("state", {"keywords": " ".join(sorted(state.keywords())) or "idle"}))
        identity = await ask_identity(link, deadline) if state.accepting else Identity()
        identity = identity.or_else(Identity(port.maker, port.model, "", port.serial))
        if identity:
            parts = (identity.maker, identity.model, identity.firmware, identity.serial)
            told.append(Note("identity", {"text": " ".join(part for part in parts if part)}))
    except (Silent, Garbled):
        pass
    return Device("escpos", None, tuple(told), (Note("doubt-columns"),))


async def _is_one_status(transport: Transport, request: bytes, deadline: Deadline) -> bool:
    """Whether the answer is a status and no more: a keypad's frame ends in a byte that is one, too."""
    async with transport.turn():
        transport.discard()
        limit = deadline.sooner(transport.wire_time(len(request) + 1) + STATUS_SECONDS)
        await transport.write(request, limit)
        heard = bytearray()
        try:
            heard += await transport.read(limit)
            settled = limit.sooner(SETTLE_SECONDS + transport.wire_time(len(request) + 1))
            while True:
                heard += await transport.read(settled)
        except Silent:
            pass
    decoder = escpos.Decoder()
    answers = decoder.feed(bytes(heard).removeprefix(request))
    statuses = [answer for answer in answers if isinstance(answer, escpos.Status)]
    unasked = escpos.Flow | escpos.AutomaticStatus
    others = [answer for answer in answers if not isinstance(answer, escpos.Status | unasked)]
    return len(statuses) == 1 and not others and not decoder.garbled


async def ask_reader(transport: Transport, deadline: Deadline) -> Device | None:
    """An ID card reader by how its module is. Raises Gone."""
    request = sdt.request(sdt.SAM_STATUS)
    framer = Framer(sdt.scan, sdt.FRAME_CAP)
    async with transport.turn():
        transport.discard()
        limit = deadline.sooner(transport.wire_time(len(request) + sdt.answer_size(sdt.SAM_STATUS)) + ANSWER_SECONDS)
        await transport.write(request, limit)
        while True:
            try:
                for frame in framer.feed(await transport.read(limit)):
                    answer = sdt.decode(frame)
                    if sdt.answers(sdt.SAM_STATUS, answer):
                        return Device("sdt-reader", None, (Note("module", {"status": f"{answer.sw3:02X}"}),))
            except Silent:
                return None


def harmless(request: bytes) -> bool:
    """Whether a printer that takes this for text prints and feeds nothing."""
    return not PRINTS & set(request) and sum(byte >= 0x20 for byte in request) < NARROWEST_LINE


def modbus_read(address: int) -> bytes:
    """Function 03 for one register: the first one whose question is harmless. A refusal is an answer too."""
    for register in range(256):
        body = bytes((address, MODBUS_READ)) + register.to_bytes(2, "big") + b"\x00\x01"
        request = body + crc16_modbus(body).to_bytes(2, "little")
        if harmless(request):
            return request
    return request


def _from_card(
    decode: Callable[[bytes], Frame], sibling: Callable[[bytes], Frame]
) -> Callable[[bytes, bytes], int | None]:
    """A card of the other series may refuse the question in its own frames: it is asked later in these."""

    def answered_by(_request: bytes, frame: bytes) -> int | None:
        try:
            heard = decode(frame)
        except Garbled:
            sibling(frame)
            return None
        return None if heard.source == HOST else heard.source

    return answered_by


def _from_cpower(request: bytes, frame: bytes) -> int | None:
    heard = cpower.decode(frame)
    return None if frame == request or heard.command != cpower.POWER else heard.card


def _from_modbus(request: bytes, frame: bytes) -> int | None:
    mine = frame[0] == request[0] and frame[1] in (MODBUS_READ, MODBUS_EXCEPTION)
    return frame[0] if mine and frame != request else None


DISPLAYS: tuple[Question, ...] = (
    Question(
        "onbon-bx5k",
        (9600, 57600),
        WILDCARD,
        lambda address: font.request(font.PING, address),
        font.scan,
        font.FRAME_CAP,
        _from_card(font.decode, bitmap.decode),
        font.ACK_FRAME_SIZE,
        ("doubt-panel", "doubt-window"),
    ),
    Question(
        "onbon-bx5e",
        (9600, 57600),
        WILDCARD,
        bitmap.ping,
        bitmap.scan,
        bitmap.FRAME_CAP,
        _from_card(bitmap.decode, font.decode),
        bitmap.ACK_FRAME_SIZE,
        ("doubt-panel", "doubt-series", "doubt-window"),
    ),
    Question(
        "cpower5200",
        (115200, 9600, 38400),
        cpower.EVERY_CARD,
        cpower.power_query,
        cpower.scan,
        cpower.FRAME_CAP,
        _from_cpower,
        cpower.ANSWER_SIZE,
        ("doubt-panel", "doubt-window"),
    ),
    Question(
        "modbus-text",
        (9600, 19200),
        None,
        modbus_read,
        modbus_dialect.scan_answer,
        64,
        _from_modbus,
        7,
        ("doubt-registers", "doubt-window"),
    ),
)
