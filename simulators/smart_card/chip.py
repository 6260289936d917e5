"""What every simulated card has: commands taken apart, status words, answers fetched piece by piece (ISO 7816-4)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

DONE = bytes.fromhex("90 00")
NO_FILE = bytes.fromhex("6A 82")
NO_RECORD = bytes.fromhex("6A 83")
NO_FILE_CHOSEN = bytes.fromhex("69 86")
NOT_AUTHENTICATED = bytes.fromhex("69 82")
UNKNOWN_INSTRUCTION = bytes.fromhex("6D 00")
WRONG_PARAMETERS = bytes.fromhex("6A 86")
WRONG_LENGTH = bytes.fromhex("67 00")

Notice = Callable[[str], None]
"""Told when the reader does what none of ours should: ``pin-tried``, ``number-asked``, ``uid-asked``."""


@dataclass(frozen=True, slots=True)
class Request:
    """One command. ``wanted``: bytes of answer that it asks for; None when none."""

    instruction: int
    p1: int
    p2: int
    body: bytes
    wanted: int | None
    card_class: int = 0


def request(raw: bytes) -> Request | None:
    """What a reader asks; None for what is no short command."""
    if len(raw) < 4:
        return None
    card_class, instruction, p1, p2, *tail = raw
    if not tail:
        return Request(instruction, p1, p2, b"", None, card_class)
    if len(tail) == 1:
        return Request(instruction, p1, p2, b"", tail[0] or 256, card_class)
    size = tail[0]
    body, last = bytes(tail[1 : size + 1]), tail[size + 1 :]
    if size == 0 or len(body) < size or len(last) > 1:
        return None
    return Request(instruction, p1, p2, body, (last[0] or 256) if last else None, card_class)


class Chip:
    """Answers commands. A heir says what each asks for; here is how an answer gets out.

    ``pieces``: the most bytes an answer to GET RESPONSE holds. A case 4 command (data both ways) over T=0 is answered
    by ``61 xx``, and what it found is fetched.
    """

    atr = b""
    pieces = 256

    def __init__(self, notice: Notice = lambda _what: None) -> None:
        self.notice = notice
        self._waiting = b""

    def reset(self) -> None:
        """Power went off: nothing is selected, nothing waits."""
        self._waiting = b""

    def answer(self, raw: bytes) -> bytes:
        """To one command, data and status word."""
        asked = request(raw)
        if asked is None:
            return WRONG_LENGTH
        if asked.instruction == 0xC0:
            return self._fetched(asked)
        self._waiting = b""
        return self.obey(asked)

    def obey(self, asked: Request) -> bytes:
        """Do it; the answer."""
        raise NotImplementedError

    def out(self, found: bytes, asked: Request) -> bytes:
        """``found`` as this command's answer: right away, with the right length told, or to be fetched."""
        if asked.body:
            self._waiting = found
            return bytes((0x61, min(len(found), self.pieces, 255))) if found else DONE
        if asked.wanted != len(found):
            return bytes((0x6C, len(found)))
        if len(found) > self.pieces:
            self._waiting = found
            return bytes((0x61, self.pieces))
        return found + DONE

    def _fetched(self, asked: Request) -> bytes:
        if not self._waiting:
            return NO_FILE_CHOSEN
        due = min(len(self._waiting), self.pieces, 255)
        if asked.wanted != due:
            return bytes((0x6C, due))
        piece, self._waiting = self._waiting[:due], self._waiting[due:]
        left = min(len(self._waiting), self.pieces, 255)
        return piece + (bytes((0x61, left)) if left else DONE)
