"""The card's side of the C-Power5200 frame (led-displays.md §3): frames in, requests, answers out."""

from __future__ import annotations

from dataclasses import dataclass

HEAD, END, ESCAPE = 0xA5, 0xAE, 0xAA
EXTERNAL_CALL, POWER, RESTART = 0x7B, 0x76, 0x2D
EVERY_CARD = 0xFF
CHECKSUM, SEQUENCE, UNKNOWN = 1, 2, 3
LARGEST = 2048
ANY_ID = b"\xff\xff\xff\xff"
PAUSE_SECONDS = 0.1
"""On the network: what comes after it belongs to no frame begun before."""

_TO_ESCAPE = {0xA5: b"\xaa\x05", 0xAE: b"\xaa\x0e", 0xAA: b"\xaa\x0a"}


@dataclass(frozen=True, slots=True)
class Frame:
    """What stood between A5 and AE, unescaped; ``sound``: its sum is right and it is one of the family's requests."""

    card: int
    command: int
    mark: int
    data: bytes
    sound: bool
    size: int

    @property
    def wants_answer(self) -> bool:
        """Whether it is for one card and asks for an answer: bit 0 of the confirm byte."""
        return self.card != EVERY_CARD and bool(self.mark & 1)


class FrameReader:
    """Bytes in, a frame out at its AE. Anything before an A5 is noise."""

    def __init__(self) -> None:
        self._body: bytearray | None = None
        self._escaped = False
        self._size = 0

    def feed(self, byte: int, _at: float) -> Frame | None:
        """Take one byte. A frame too short to be one is noise."""
        if byte == HEAD:
            self._body, self._escaped, self._size = bytearray(), False, 1
            return None
        if self._body is None:
            return None
        self._size += 1
        if byte == END:
            body, self._body = bytes(self._body), None
            return _frame(body, self._size)
        if self._escaped:
            self._body.append(0xA0 | byte)
            self._escaped = False
        elif byte == ESCAPE:
            self._escaped = True
        else:
            self._body.append(byte)
        if len(self._body) > LARGEST:
            self._body = None
        return None


def _frame(body: bytes, size: int) -> Frame | None:
    if len(body) < 7:
        return None
    right = sum(body[:-2]) & 0xFFFF == body[-2] | body[-1] << 8 and body[:2] == b"\x68\x32"
    return Frame(body[2], body[3], body[4], body[5:-2], right, size)


@dataclass(frozen=True, slots=True)
class Split:
    """Sub-command 01: the windows are these, as left, top, right, bottom."""

    boxes: tuple[tuple[int, int, int, int], ...]


@dataclass(frozen=True, slots=True)
class PureText:
    """Sub-command 12."""

    window: int
    effect: int
    align: int
    speed: int
    stay: int
    font: int
    red: int
    green: int
    blue: int
    text: str


@dataclass(frozen=True, slots=True)
class StoredProgram:
    """Sub-command 06."""


@dataclass(frozen=True, slots=True)
class SaveOrClear:
    """Sub-command 07."""

    clear: bool


Call = Split | PureText | StoredProgram | SaveOrClear


class Refusal(Exception):
    """A call that the card does not obey."""

    def __init__(self, result: int) -> None:
        super().__init__(f"result {result}")
        self.result = result


def call(data: bytes) -> Call:
    """What a frame with command 7B asks for. Raises Refusal."""
    if len(data) < 5 or int.from_bytes(data[0:2], "little") != len(data) - 4:
        raise Refusal(CHECKSUM)
    packet, last, content = data[2], data[3], data[4:]
    if packet or last:
        raise Refusal(SEQUENCE)
    match content[0]:
        case 0x01 if len(content) >= 2 and len(content) == 2 + content[1] * 8:
            return Split(tuple(_box(content[at : at + 8]) for at in range(2, len(content), 8)))
        case 0x06:
            return StoredProgram()
        case 0x07 if len(content) > 1:
            return SaveOrClear(content[1] == 1)
        case 0x12 if len(content) >= 12 and content[-1] == 0:
            return _pure_text(content)
    raise Refusal(UNKNOWN)


def _pure_text(content: bytes) -> PureText:
    window, effect, align, speed = content[1:5]
    font, red, green, blue = content[7:11]
    stay, text = int.from_bytes(content[5:7], "big"), content[11:-1].decode("gbk", "replace")
    return PureText(window, effect, align, speed, stay, font, red, green, blue, text)


def _box(raw: bytes) -> tuple[int, int, int, int]:
    x, y, width, height = (int.from_bytes(raw[at : at + 2], "big") for at in (0, 2, 4, 6))
    return x, y, x + width, y + height


def answer(
    card: int, command: int, result: int, data: bytes, *, kind: int = 0xE8, wrong_checksum: bool = False
) -> bytes:
    """A frame of the card on a serial line; ``kind`` 68 is what firmware up to 3.2 says."""
    return escaped(said(card, command, result, data, kind=kind, wrong_checksum=wrong_checksum))


def said(card: int, command: int, result: int, data: bytes, *, kind: int, wrong_checksum: bool) -> bytes:
    """What a card says, with its sum, before it is made ready for a line."""
    body = bytes((kind, 0x32, card, command, result)) + data
    total = sum(body) + wrong_checksum & 0xFFFF
    return body + bytes((total & 0xFF, total >> 8))


def escaped(body: bytes) -> bytes:
    """For a serial line."""
    return bytes((HEAD,)) + b"".join(_TO_ESCAPE.get(b, bytes((b,))) for b in body) + bytes((END,))


class NetworkReader:
    """Bytes of a connection in, a frame out when as many have come as its header says.

    A header with another id code is none; after a pause a new header begins.
    """

    def __init__(self, id_code: bytes) -> None:
        self._id_code = id_code
        self._bytes = bytearray()
        self._last = 0.0

    def feed(self, byte: int, at: float) -> Frame | None:
        """Take one byte."""
        if at - self._last > PAUSE_SECONDS:
            self._bytes.clear()
        self._last = at
        self._bytes.append(byte)
        if not self._id_code.startswith(self._bytes[:4]):
            del self._bytes[0]
            return None
        if len(self._bytes) < 8:
            return None
        length = self._bytes[4] | self._bytes[5] << 8
        if length > LARGEST:
            self._bytes.clear()
        if len(self._bytes) < 8 + length:
            return None
        body = bytes(self._bytes[8:])
        self._bytes.clear()
        return _frame(body, 8 + length)


def wrapped(body: bytes, id_code: bytes) -> bytes:
    """For the network."""
    return id_code + bytes((len(body) & 0xFF, len(body) >> 8, 0, 0)) + body
