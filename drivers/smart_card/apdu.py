"""Commands to a card and its answers (ISO/IEC 7816-4, short form), with the repeats that T=0 asks for. Pure.

An exchange is a generator: it gives commands as bytes and is sent the card's answers. Nothing an answer held stands in
an exception or a repr.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field
from typing import TypeVar

from drivers.contract import Garbled

T = TypeVar("T")
Exchange = Generator[bytes, bytes, T]

ANSWER_CAP = 258
"""Bytes of one answer in short form: 256 and the status word."""
DATA_CAP = 4096
"""Bytes gathered over GET RESPONSEs: many times the longest record that is read here."""
ROUNDS_CAP = 300
"""Answers to one command: a card that always has more is broken."""

SELECT, READ_RECORD, GET_RESPONSE = 0xA4, 0xB2, 0xC0

OK = 0x9000
RECORD_ABSENT = 0x6A83
MORE, WRONG_LENGTH = 0x61, 0x6C


@dataclass(frozen=True, slots=True)
class Command:
    """``le``: bytes wanted, 1 to 256; None when no answer data is asked for."""

    ins: int
    p1: int = 0
    p2: int = 0
    data: bytes = b""
    le: int | None = None
    cla: int = 0

    def encode(self) -> bytes:
        """CLA INS P1 P2 [Lc data] [Le]; 256 is written 00. Raises ValueError for more than 255 bytes of data."""
        if len(self.data) > 255 or not (self.le is None or 1 <= self.le <= 256):
            raise ValueError("a short command has at most 255 bytes of data and asks for 1 to 256 → split it")
        body = bytes((len(self.data),)) + self.data if self.data else b""
        end = b"" if self.le is None else bytes((self.le & 0xFF,))
        return bytes((self.cla, self.ins, self.p1, self.p2)) + body + end

    @classmethod
    def decode(cls, raw: bytes) -> Command:
        """The command that these bytes are. Raises Garbled."""
        if len(raw) < 4:
            raise Garbled("a command without its header")
        cla, ins, p1, p2 = raw[:4]
        rest = raw[4:]
        if len(rest) <= 1:
            return cls(ins, p1, p2, le=(rest[0] or 256) if rest else None, cla=cla)
        length, end = rest[0], rest[1 + rest[0] :]
        if not length or len(rest) < 1 + length or len(end) > 1:
            raise Garbled("a command whose length is wrong")
        return cls(ins, p1, p2, rest[1 : 1 + length], (end[0] or 256) if end else None, cla)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a card said: ``data`` and the status word."""

    status: int
    data: bytes = field(default=b"", repr=False)

    def encode(self) -> bytes:
        """Data, SW1, SW2."""
        return self.data + self.status.to_bytes(2, "big")

    @classmethod
    def decode(cls, raw: bytes) -> Answer:
        """Raises Garbled for what no card may say: SW1 is 61 to 6F or 9x."""
        if not 2 <= len(raw) <= ANSWER_CAP:
            raise Garbled(f"a card's answer of {len(raw)} bytes")
        if not (0x61 <= raw[-2] <= 0x6F or 0x90 <= raw[-2] <= 0x9F):
            raise Garbled("a card's answer without a status word")
        return cls(int.from_bytes(raw[-2:], "big"), raw[:-2])

    @property
    def sw1(self) -> int:
        """The first half of the status word."""
        return self.status >> 8

    @property
    def sw2(self) -> int:
        """The second half: of 61 and 6C a length, 00 meaning 256."""
        return self.status & 0xFF


def transact(command: Command) -> Exchange[Answer]:
    """One command with its repeats: 6C xx asks again with the right length, 61 xx is fetched. Raises Garbled."""
    asked, data = command, b""
    for _ in range(ROUNDS_CAP):
        answer = Answer.decode((yield asked.encode()))
        data += answer.data
        if len(data) > DATA_CAP:
            break
        if answer.sw1 == WRONG_LENGTH and asked.le != (answer.sw2 or 256):
            asked = Command(asked.ins, asked.p1, asked.p2, asked.data, answer.sw2 or 256, asked.cla)
        elif answer.sw1 == MORE:
            asked = Command(GET_RESPONSE, le=answer.sw2 or 256, cla=command.cla)
        else:
            return Answer(answer.status, data)
    raise Garbled("a card's answer does not end")


def refused_or_found(command: Command) -> Exchange[bool]:
    """Whether the card accepts a command, of whose answer nothing is fetched and nothing kept. Raises Garbled."""
    answer = Answer.decode((yield command.encode()))
    return answer.status == OK or answer.sw1 in (MORE, WRONG_LENGTH)
