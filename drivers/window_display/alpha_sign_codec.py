"""The Alpha sign protocol, BetaBrite and relatives. Pure.

    5 × 00 | 01 | type | address, 2 hex digits | 02 | command | [03 | sum 02 … 03, 4 hex digits] | 04
    A | file | 1B | position | mode | text                    write a text file
    E $ | file | A U | size, 4 hex digits | FF00              divide the memory: one text file, unlocked, always shown

The sum is of sixteen bits, in upper-case hex. The sign finds its speed by the noughts. All is ASCII, so a line of seven
bits with even parity (7E1) and one of eight (8N1) differ in the eighth bit alone. Small dots (command I) are in the
document, their layout is in no source at hand: no Chinese. An answer is one byte and says not who gives it.
Sources: Alpha document 9708-8061F, tenderlove/betabrite, alphasignpy, wls.wwco.com.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from drivers.contract import Garbled
from drivers.framing import Cut, sum16

NOUGHTS = bytes(5)
SOH, STX, ETX, EOT, ESC = b"\x01", b"\x02", b"\x03", b"\x04", b"\x1b"
ACK, NAK = 0x06, 0x15
WRITE_TEXT, SPECIAL, MEMORY = b"A", b"E", b"$"
ALL_SIGNS, EVERY_ADDRESS = "Z", "00"
TEXT_CAP = 512
"""Bytes of text: many times the longest wording of a window."""
DATA_CAP = TEXT_CAP + 16
FRAME_CAP = DATA_CAP + 32
ANSWER_SIZE = 1
ANSWER_CAP = 8

Position = Literal["middle", "top", "bottom", "fill"]
POSITIONS: dict[Position, bytes] = {"middle": b" ", "top": b'"', "bottom": b"&", "fill": b"0"}
Mode = Literal["rotate", "hold"]
MODES: dict[Mode, bytes] = {"rotate": b"a", "hold": b"b"}

_PACKET = re.compile(rb"\x00*\x01([!-~])([0-9A-F?]{2})\x02([^\x00-\x04]+)(?:\x03([0-9A-F]{4}))?\x04", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Packet:
    """One command to a sign; ``checked``: with its sum."""

    command: bytes
    address: str = EVERY_ADDRESS
    sign_type: str = ALL_SIGNS
    checked: bool = True


def encode(packet: Packet) -> bytes:
    """The packet as eight-bit bytes. Raises ValueError for a command that cannot be in one."""
    if not packet.command or len(packet.command) > DATA_CAP or any(byte <= EOT[0] for byte in packet.command):
        raise ValueError(f"{len(packet.command)} bytes of command, a packet holds {DATA_CAP}, and none of 00 to 04")
    command = STX + packet.command
    if packet.checked:
        command += ETX
        command += b"%04X" % sum16(command)
    return NOUGHTS + SOH + packet.sign_type.encode("ascii") + packet.address.encode("ascii") + command + EOT


def decode(frame: bytes) -> Packet:
    """The packet in what ``scan_packet`` cut out, of seven bits or eight. Raises Garbled."""
    found = _PACKET.fullmatch(eight_bits(frame))
    if found is None:
        raise Garbled(f"no packet: {frame.hex(' ')}")
    sign_type, address, command, checksum = found.groups()
    if checksum is not None and int(checksum, 16) != sum16(STX + command + ETX):
        raise Garbled(f"a wrong sum: {frame.hex(' ')}")
    return Packet(command, address.decode("ascii"), sign_type.decode("ascii"), checksum is not None)


def write_text(file: str, text: bytes, mode: Mode, position: Position) -> bytes:
    """Command A: the whole of a text file, in ASCII."""
    return WRITE_TEXT + file.encode("ascii") + ESC + POSITIONS[position] + MODES[mode] + text


def set_memory(file: str, size: int) -> bytes:
    """Command E $: nothing but one text file of ``size`` bytes. What the sign held is lost."""
    return SPECIAL + MEMORY + file.encode("ascii") + b"AU%04XFF00" % size


def text_of(command: bytes) -> str | None:
    """What a command A shows; None of another command."""
    return command[5:].decode("latin-1") if command[:1] == WRITE_TEXT and command[2:3] == ESC else None


def scan_packet(unread: bytes) -> Cut:
    """The next packet: from its last 01 to its 04, with the noughts before it."""
    heard = eight_bits(unread)
    begin = heard.find(SOH)
    if begin < 0:
        return Cut(len(heard) - _noughts_before(heard, len(heard)), 0)
    end = heard.find(EOT, begin)
    last = heard.rfind(SOH) if end < 0 else heard.rfind(SOH, begin, end)
    start = last - _noughts_before(heard, last)
    return Cut(start, 0 if end < 0 else end + 1 - start)


def scan(unread: bytes) -> Cut:
    """The next answer, of seven bits or eight."""
    for place, byte in enumerate(eight_bits(unread)):
        if byte in (ACK, NAK):
            return Cut(place, ANSWER_SIZE)
    return Cut(len(unread), 0)


def obeyed(answer: bytes) -> bool:
    """Whether the sign has taken the packet. Raises Garbled for what is no answer."""
    heard = eight_bits(answer)
    if len(heard) != ANSWER_SIZE or heard[0] not in (ACK, NAK):
        raise Garbled(f"no answer: {answer.hex(' ')}")
    return heard[0] == ACK


def seven_even(data: bytes) -> bytes:
    """The same bytes as a port of eight bits has to send them on a line of seven with even parity."""
    return bytes(byte | (byte.bit_count() & 1) << 7 for byte in data)


def eight_bits(data: bytes) -> bytes:
    """The bytes without their parity, if they had one."""
    return bytes(byte & 0x7F for byte in data)


def _noughts_before(heard: bytes, end: int) -> int:
    most = heard[max(0, end - len(NOUGHTS)) : end]
    return len(most) - len(most.rstrip(b"\0"))
