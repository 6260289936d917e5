"""SDT frames of second-generation ID card readers (protocols/idcard-sdt.md §2 to §4, §6). Pure.

    request  AA AA AA 96 69 | Len | CMD PARA [data] | CHK
    answer   AA AA AA 96 69 | Len | SW1 SW2 SW3 [data] | CHK

Len, high byte first, counts every byte behind it; CHK is the XOR from Len to the byte before CHK. Nothing is escaped:
a preamble may stand in the data, so frames are cut by length, and the next preamble is looked for only after an error.
What a card says is in no repr and in no exception here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import IntEnum
from functools import reduce
from operator import xor

from drivers.contract import Garbled, Silent
from drivers.framing import Cut

PREAMBLE = bytes.fromhex("AA AA AA 96 69")
MARK = PREAMBLE[2:]
"""Readers lose the first bytes of the preamble on USB; this much of it must be there."""
LENGTH_CAP = 0x090A
"""Text, photo and two fingerprints: the longest answer."""
ANSWER_LENGTH = 4
"""Of an answer without data."""
FRAME_CAP = len(PREAMBLE) + 2 + LENGTH_CAP
VENDOR_TIME_OUT = bytes.fromhex("00 05 05 05 05")
"""One vendor's way to say that the module was silent; it keeps neither the length nor the XOR rule."""

TEXT_SIZE, PHOTO_SIZE, BODY_NUMBER_SIZE, SAM_ID_SIZE = 256, 1024, 28, 16
NEWEST_ADDRESS_SIZES = (70, 140, 210, 280)
SPEEDS = (115200, 57600, 38400, 19200, 9600)

Command = tuple[int, int]
SAM_RESET: Command = (0x10, 0xFF)
SAM_STATUS: Command = (0x11, 0xFF)
SAM_ID: Command = (0x12, 0xFF)
FIND: Command = (0x20, 0x01)
SELECT: Command = (0x20, 0x02)
READ: Command = (0x30, 0x01)
READ_WITH_FINGERPRINT: Command = (0x30, 0x10)
NEWEST_ADDRESS: Command = (0x30, 0x03)
BODY_NUMBER: Command = (0x30, 0x05)
RF_FRAME: Command = (0x61, 0xFF)


class SW3(IntEnum):
    """The status byte that counts; SW1 and SW2 are 00 or passed through from the card."""

    REQUEST_CHECKSUM = 0x10
    REQUEST_LENGTH = 0x11
    REQUEST_COMMAND = 0x21
    BEYOND_AUTHORITY = 0x23
    UNKNOWN_ERROR = 0x24
    CARD_REJECTED_SAM = 0x31
    SAM_REJECTED_CARD = 0x32
    INFORMATION_CHECK = 0x33
    FINGERPRINT_CHECK = 0x37
    INFORMATION_LENGTH = 0x3F
    CARD_TYPE = 0x40
    READ_FAILED = 0x41
    GET_CHALLENGE = 0x47
    SELF_TEST = 0x60
    NOT_AUTHORISED = 0x66
    NO_CARD = 0x80
    SELECT_FAILED = 0x81
    DONE = 0x90
    NO_SUCH_ITEM = 0x91
    CARD_FOUND = 0x9F


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer; ``data`` is empty unless ``sw3`` is a success."""

    sw3: int
    data: bytes = field(default=b"", repr=False)
    sw1: int = 0
    sw2: int = 0


@dataclass(frozen=True, slots=True)
class Reading:
    """The blocks of a card's answer. A fingerprint is passed over, never kept."""

    text: bytes = field(repr=False)
    photo: bytes = field(repr=False)


_SHAPES: dict[Command, tuple[int, tuple[int, ...]]] = {
    SAM_RESET: (SW3.DONE, (0,)),
    SAM_STATUS: (SW3.DONE, (0,)),
    SAM_ID: (SW3.DONE, (SAM_ID_SIZE,)),
    FIND: (SW3.CARD_FOUND, (4,)),
    SELECT: (SW3.DONE, (8,)),
    READ: (SW3.DONE, (4 + TEXT_SIZE + PHOTO_SIZE,)),
    READ_WITH_FINGERPRINT: (SW3.DONE, tuple(6 + TEXT_SIZE + PHOTO_SIZE + size for size in (0, 512, 1024))),
    NEWEST_ADDRESS: (SW3.DONE, NEWEST_ADDRESS_SIZES),
    BODY_NUMBER: (SW3.DONE, (BODY_NUMBER_SIZE,)),
}
_SUCCESSES = (SW3.DONE, SW3.CARD_FOUND)


def request(command: Command, data: bytes = b"") -> bytes:
    """A whole request."""
    return encode(bytes(command) + data)


def set_speed(baud: int) -> bytes:
    """60 n: the answer still comes at the old speed (U); whether it outlives a power cut is the vendor's (U)."""
    return encode(bytes((0x60, SPEEDS.index(baud))))


def encode(body: bytes) -> bytes:
    """Preamble, length and checksum round a body."""
    counted = (len(body) + 1).to_bytes(2, "big") + body
    return PREAMBLE + counted + bytes((reduce(xor, counted),))


def scan(unread: bytes) -> Cut:
    """The next frame with a right XOR; a head that cannot be one, or whose XOR is wrong, is passed over."""
    at = unread.find(MARK)
    if at < 0:
        begun = re.search(rb"\xaa{1,3}\x96?\Z", unread)
        return Cut(begun.start() if begun else len(unread), 0)
    start = max(at - 2, len(unread[:at].rstrip(b"\xaa")))
    counted = at + len(MARK)
    if unread[counted : counted + len(VENDOR_TIME_OUT)] == VENDOR_TIME_OUT:
        return Cut(start, counted + len(VENDOR_TIME_OUT) - start)
    length = int.from_bytes(unread[counted : counted + 2], "big")
    end = counted + 2 + length
    if len(unread) >= counted + 2 and not ANSWER_LENGTH <= length <= LENGTH_CAP:
        return Cut(counted, 0)
    if len(unread) < max(end, counted + 2 + ANSWER_LENGTH):
        return Cut(start, 0)
    return Cut(counted, 0) if reduce(xor, unread[counted:end]) else Cut(start, end - start)


def decode(frame: bytes) -> Answer:
    """What ``scan`` cut out; it is already checked. Raises Silent for the vendor's own time-out."""
    counted = frame[frame.index(MARK) + len(MARK) :]
    if counted == VENDOR_TIME_OUT:
        raise Silent("the reader says that its module is silent")
    sw1, sw2, sw3 = counted[2:5]
    return Answer(sw3, counted[5:-1], sw1, sw2)


def answers(command: Command, answer: Answer) -> bool:
    """Whether this can be the answer to ``command``: a success has its status and size, an error has no data."""
    success, sizes = _SHAPES[command]
    if answer.sw3 in _SUCCESSES:
        return answer.sw3 == success and len(answer.data) in sizes
    return not answer.data


def answer_size(command: Command) -> int:
    """Bytes of the longest answer to this command."""
    return len(PREAMBLE) + 2 + ANSWER_LENGTH + max(_SHAPES[command][1])


def reading(answer: Answer) -> Reading:
    """The blocks of 30 01 or 30 10, by the lengths that stand before them. Raises Garbled."""
    data = answer.data
    sizes = [int.from_bytes(data[at : at + 2], "big") for at in (0, 2, 4)]
    for count in (2, 3):
        if sizes[:2] == [TEXT_SIZE, PHOTO_SIZE] and 2 * count + sum(sizes[:count]) == len(data):
            blocks = data[2 * count :]
            return Reading(blocks[:TEXT_SIZE], blocks[TEXT_SIZE : TEXT_SIZE + PHOTO_SIZE])
    raise Garbled(f"a reading of {len(data)} bytes whose lengths do not fit")


def sam_id(answer: Answer) -> str:
    """The security module's number as it is printed: 05.03-20200101-0000123456-0987654321."""
    data = answer.data
    first, second = (int.from_bytes(data[at : at + 2], "little") for at in (0, 2))
    day, serial, last = (int.from_bytes(data[at : at + 4], "little") for at in (4, 8, 12))
    return f"{first:02d}.{second:02d}-{day:08d}-{serial:010d}-{last:010d}"
