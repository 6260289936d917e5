"""ESC/POS bytes: commands out, answers in. Pure; references are to Epson's ESC/POS manuals and their Chinese relatives.

Incoming bytes carry no length and no checksum: they are told apart by their fixed bits (Epson TM-L60II, TM-U220).
"""

from __future__ import annotations

from dataclasses import dataclass

from drivers.contract import (
    COVER_OPEN,
    CUTTER_JAM,
    HARDWARE_FAILURE,
    HEAD_OVER_TEMP,
    MEDIA_EMPTY,
    MEDIA_LOW,
    OFFLINE,
    Align,
    Reason,
    Severity,
)
from drivers.dots import Raster
from drivers.framing import Cut, Framer

PRINTER, OFFLINE_CAUSE, ERROR_CAUSE, PAPER = 1, 2, 3, 4
"""The n of DLE EOT n."""

INITIALIZE = b"\x1b@"
CHINESE_ON = b"\x1c&"
CHINESE_OFF = b"\x1c."
ASB_OFF, ASB_ALL = b"\x1da\x00", b"\x1da\x0f"
PAPER_REQUEST = b"\x1dr\x01"
RECOVER_AND_CLEAR = b"\x10\x05\x02"
RECOVER = b"\x10\x05\x01"
CLEAR_BUFFERS = b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"
CUT_FULL = b"\x1dVA\x00"
CUT_PARTIAL = b"\x1dVB\x00"

_ALIGN: dict[Align, int] = {"left": 0, "centre": 1, "right": 2}
_LEVELS = {"L": 0x30, "M": 0x31, "Q": 0x32, "H": 0x33}
_REALTIME = (b"\x10\x04", b"\x10\x05", b"\x10\x14")


def status_request(n: int) -> bytes:
    """DLE EOT n: answered at once, ahead of everything buffered."""
    return bytes((0x10, 0x04, n))


def automatic_status(n: int) -> bytes:
    """GS a n: four bytes at each change of what the bits of ``n`` choose."""
    return bytes((0x1D, 0x61, n))


def print_complete_request(mark: str) -> bytes:
    """GS ( H fn 48: the printer returns ``mark``, four characters 20-7E, once all before it is printed."""
    if len(mark) != 4 or not all(" " <= character <= "~" for character in mark):
        raise ValueError(f"a mark is four characters 20-7E, not {mark!r}")
    return b"\x1d(H\x06\x0000" + mark.encode("ascii")


def letter_size(width: int, height: int) -> bytes:
    """GS !: size of ASCII letters in whole multiples, 1 to 8."""
    return bytes((0x1D, 0x21, (width - 1) << 4 | (height - 1)))


def hanzi_size(width: int, height: int) -> bytes:
    """FS !: size of hanzi, 1 or 2. GS ! scales them on some printers only, so both are sent."""
    return bytes((0x1C, 0x21, (width > 1) << 2 | (height > 1) << 3))


def align(side: Align) -> bytes:
    """ESC a: where lines stand from here on."""
    return bytes((0x1B, 0x61, _ALIGN[side]))


def bold(on: bool) -> bytes:
    """ESC E."""
    return bytes((0x1B, 0x45, on))


def feed(lines: int) -> bytes:
    """ESC d: print and feed 0 to 255 lines."""
    return bytes((0x1B, 0x64, lines))


def text(line: str) -> bytes:
    """One line in Chinese mode: GBK, which is the two-byte part of GB18030. Raises UnicodeEncodeError."""
    return line.encode("gbk") + b"\n"


def harmless(image: Raster) -> Raster:
    """A dot is added where dots would read as a real-time command, which printers obey even there."""
    data = image.data
    for sequence in _REALTIME:
        data = data.replace(sequence, b"\x18" + sequence[1:])
    return Raster(image.width_bytes, image.rows, data)


def raster(image: Raster) -> bytes:
    """GS v 0."""
    size = image.width_bytes.to_bytes(2, "little") + image.rows.to_bytes(2, "little")
    return b"\x1dv0\x00" + size + harmless(image).data


def qr(data: bytes, module: int, level: str) -> bytes:
    """GS ( k: model 2, module of 1 to 16 dots, correction L M Q H, store, print."""
    return b"".join(
        (
            _qr_function(b"1A2\x00"),
            _qr_function(b"1C" + bytes((module,))),
            _qr_function(b"1E" + bytes((_LEVELS[level],))),
            _qr_function(b"1P0" + data),
            _qr_function(b"1Q0"),
        )
    )


def _qr_function(parameters: bytes) -> bytes:
    return b"\x1d(k" + len(parameters).to_bytes(2, "little") + parameters


@dataclass(frozen=True, slots=True)
class Status:
    """One byte that answers some DLE EOT; which one, only the asker knows."""

    value: int

    def plain(self) -> bool:
        """As an answer to n = 1: on-line and not waiting to be; the drawer line does not matter."""
        return not self.value & 0x68

    def reasons(self, n: int) -> frozenset[Reason]:
        """What it means as an answer to ``n``."""
        return frozenset(reason for mask, reason in _REASONS[n] if self.value & mask) - self._half_said(n)

    def error(self) -> bool:
        """As an answer to n = 2: an error occurred, ask n = 3."""
        return bool(self.value & 0x40)

    def _half_said(self, n: int) -> frozenset[Reason]:
        return frozenset({MEDIA_LOW}) if n == PAPER and self.value & 0x60 else frozenset()


_REASONS: dict[int, tuple[tuple[int, Reason], ...]] = {
    PRINTER: ((0x08, OFFLINE),),
    OFFLINE_CAUSE: ((0x04, COVER_OPEN), (0x20, MEDIA_EMPTY)),
    ERROR_CAUSE: ((0x04, HARDWARE_FAILURE), (0x08, CUTTER_JAM), (0x20, HARDWARE_FAILURE), (0x40, HEAD_OVER_TEMP)),
    # Either bit of a pair counts: clones set one, and without a near-end sensor paper end comes alone (§1).
    PAPER: ((0x0C, MEDIA_LOW), (0x60, MEDIA_EMPTY)),
}


@dataclass(frozen=True, slots=True)
class AutomaticStatus:
    """Four bytes of ASB (GS a)."""

    value: bytes

    def reasons(self) -> frozenset[Reason]:
        """What is wrong, in the same words as DLE EOT."""
        printer, error, paper, _ = self.value
        found = {reason for mask, reason in _ASB_PRINTER if printer & mask}
        found |= {reason for mask, reason in _REASONS[ERROR_CAUSE] if error & mask}
        if paper & 0x0C:
            found.add(MEDIA_EMPTY)
        elif paper & 0x03:
            found.add(MEDIA_LOW)
        return frozenset(found)

    def stopped(self) -> bool:
        """Whether the printer takes nothing from its buffer now."""
        return any(reason.severity is Severity.ERROR for reason in self.reasons())


_ASB_PRINTER = ((0x08, OFFLINE), (0x20, COVER_OPEN))


@dataclass(frozen=True, slots=True)
class Buffered:
    """One byte that answers GS r: everything sent before it was processed."""

    value: int

    def reasons(self) -> frozenset[Reason]:
        """As an answer to GS r 1."""
        if self.value & 0x0C:
            return frozenset({MEDIA_EMPTY})
        return frozenset({MEDIA_LOW}) if self.value & 0x03 else frozenset()


@dataclass(frozen=True, slots=True)
class PrintComplete:
    """Everything before the request with this mark is printed."""

    mark: str


@dataclass(frozen=True, slots=True)
class Cleared:
    """The buffers are empty."""


@dataclass(frozen=True, slots=True)
class GoingOffline:
    """The printer announces that it stops (GS ( H fn 49)."""

    causes: bytes


@dataclass(frozen=True, slots=True)
class Info:
    """A text answer to GS I."""

    text: str


@dataclass(frozen=True, slots=True)
class Flow:
    """XON or XOFF."""

    go: bool


Answer = Status | AutomaticStatus | Buffered | PrintComplete | Cleared | GoingOffline | Info | Flow

BLOCK_CAP = 82
"""Longest block: GS I answers hold up to 80 characters between 5F and 00."""
FLOW = {0x11: Flow(go=True), 0x13: Flow(go=False)}
"""They may stand anywhere, inside other answers too."""
_NOTHING_YET, _ONE_BYTE, _GARBAGE = Cut(0, 0), Cut(0, 1), Cut(1, 0)


class Decoder:
    """Answers out of whatever the printer sends, unasked status included. ``garbled`` counts what was no answer."""

    def __init__(self) -> None:
        self._framer = Framer(scan, BLOCK_CAP)

    @property
    def garbled(self) -> int:
        """Bytes that belonged to no answer."""
        return self._framer.garbled

    def feed(self, data: bytes) -> list[Answer]:
        """The answers that ``data`` completes. XON and XOFF may stand inside any other."""
        answers: list[Answer] = [FLOW[byte] for byte in data if byte in FLOW]
        answers += map(answer, self._framer.feed(bytes(byte for byte in data if byte not in FLOW)))
        return answers

    def forget(self) -> None:
        """Drop an answer begun; its rest will not come any more."""
        self._framer.forget()


def scan(unread: bytes) -> Cut:
    """The next answer by its fixed bits; XON and XOFF have been taken out."""
    head = unread[0]
    if head & 0x93 == 0x12 or head & 0xF0 == 0x00:
        return _ONE_BYTE
    if head & 0x93 == 0x10:
        if any(byte & 0x90 for byte in unread[1:4]):
            return _GARBAGE
        return Cut(0, 4) if len(unread) >= 4 else _NOTHING_YET
    if head in (0x37, 0x5F):
        return _scan_block(unread)
    return _GARBAGE


def _scan_block(unread: bytes) -> Cut:
    for index, byte in enumerate(unread[1:], 1):
        if byte == 0:
            return Cut(0, index + 1) if _block(unread[1:index], unread[0]) else _GARBAGE
        if byte < 0x20:
            return _GARBAGE
    return _NOTHING_YET


def _block(body: bytes, head: int) -> Answer | None:
    if head == 0x5F:
        return Info(body.decode("ascii", "replace"))
    if body[:1] == b"\x22" and len(body) == 5 and body.isascii():
        return PrintComplete(body[1:].decode("ascii"))
    if body[:1] == b"\x23":
        return GoingOffline(body[1:])
    return Cleared() if body == b"\x25" else None


def answer(frame: bytes) -> Answer:
    """What ``scan`` cut out."""
    head = frame[0]
    if len(frame) == 1:
        return Status(head) if head & 0x93 == 0x12 else Buffered(head)
    block = _block(frame[1:-1], head) if head in (0x37, 0x5F) else None
    return block if block is not None else AutomaticStatus(frame)
