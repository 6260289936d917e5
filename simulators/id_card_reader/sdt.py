"""The reader's side of the SDT frames (idcard-sdt.md §2 to §4, §6)."""

from __future__ import annotations

from dataclasses import dataclass

PREAMBLE = b"\xaa\xaa\xaa\x96\x69"
LONGEST_REQUEST = 16
"""Length field of the longest request a reader takes; real ones have 3 or 4."""
VENDOR_TIME_OUT = PREAMBLE + b"\x00\x05\x05\x05\x05"

COMMANDS = {
    (0x10, 0xFF): "reset",
    (0x11, 0xFF): "status",
    (0x12, 0xFF): "sam-id",
    (0x20, 0x01): "find",
    (0x20, 0x02): "select",
    (0x30, 0x01): "read",
    (0x30, 0x10): "read-with-fingerprint",
    (0x30, 0x03): "newest-address",
    (0x30, 0x05): "body-number",
    (0x61, 0xFF): "rf-frame",
    **{(0x60, n): "set-speed" for n in range(5)},
}

DONE, FOUND, NO_SUCH_ITEM = 0x90, 0x9F, 0x91
WRONG_CHECKSUM, WRONG_LENGTH, WRONG_COMMAND = 0x10, 0x11, 0x21
SAM_REJECTED_CARD, READ_FAILED, SELF_TEST, NO_CARD, SELECT_FAILED = 0x32, 0x41, 0x60, 0x80, 0x81


@dataclass(frozen=True, slots=True)
class Request:
    """What the host asks: a name of COMMANDS, with the parameter and any data behind it."""

    name: str
    parameter: int
    data: bytes = b""


@dataclass(frozen=True, slots=True)
class Wrong:
    """A frame that the module answers with this status."""

    sw3: int


class RequestReader:
    """Bytes in, a request or what is wrong with it out."""

    def __init__(self) -> None:
        self._held = bytearray()

    def feed(self, byte: int) -> Request | Wrong | None:
        """Take one byte."""
        self._held.append(byte)
        while self._held[:5] != PREAMBLE[: len(self._held)]:
            del self._held[0]
        if len(self._held) < 7:
            return None
        length = self._held[5] << 8 | self._held[6]
        if not 3 <= length <= LONGEST_REQUEST:
            self._held.clear()
            return Wrong(WRONG_LENGTH)
        if len(self._held) < 7 + length:
            return None
        counted = bytes(self._held[5:])
        self._held.clear()
        return _request(counted)


def _request(counted: bytes) -> Request | Wrong:
    if checksum(counted[:-1]) != counted[-1]:
        return Wrong(WRONG_CHECKSUM)
    name = COMMANDS.get((counted[2], counted[3]))
    if name is None:
        return Wrong(WRONG_COMMAND)
    return Request(name, counted[3], counted[4:-1])


def checksum(counted: bytes) -> int:
    """XOR of everything from the length field on."""
    value = 0
    for byte in counted:
        value ^= byte
    return value


def answer(sw3: int, data: bytes = b"", *, wrong_checksum: bool = False) -> bytes:
    """A whole answer; SW1 and SW2 are 00."""
    length = 3 + len(data) + 1
    counted = bytes((length >> 8, length & 0xFF, 0, 0, sw3)) + data
    return PREAMBLE + counted + bytes((checksum(counted) ^ wrong_checksum,))


def reading(text: bytes, photo: bytes, fingerprint: bytes | None = None) -> bytes:
    """The data of 30 01; with a fingerprint, which may be empty, that of 30 10."""
    blocks = [text, photo] if fingerprint is None else [text, photo, fingerprint]
    return b"".join(bytes((len(block) >> 8, len(block) & 0xFF)) for block in blocks) + b"".join(blocks)


def sam_id(first: int, second: int, day: int, serial: int, last: int) -> bytes:
    """The 16 bytes of the module's number."""
    parts = ((first, 2), (second, 2), (day, 4), (serial, 4), (last, 4))
    return b"".join(value.to_bytes(size, "little") for value, size in parts)
