"""What a USB printer says beside its pipes (USB printer class 1.1, §4.2; protocols/ticket-printers.md §1). Pure.

GET_PORT_STATUS   one byte: 08 no error, 10 selected, 20 paper empty; all other bits 0
GET_DEVICE_ID     length u16, high byte first, itself included | KEY:value;KEY:value;…    (IEEE 1284)
"""

from __future__ import annotations

from dataclasses import dataclass

from drivers.contract import HARDWARE_FAILURE, MEDIA_EMPTY, OFFLINE, Garbled, Reason

NO_ERROR, SELECTED, PAPER_EMPTY = 0x08, 0x10, 0x20
DEVICE_ID_CAP = 1024
"""Bytes that are looked at; of what a printer says more, the rest is dropped."""

_KEYS = {
    "MANUFACTURER": "MFG",
    "MODEL": "MDL",
    "COMMAND SET": "CMD",
    "SERIALNUMBER": "SN",
    "SERN": "SN",
    "CLASS": "CLS",
}


@dataclass(frozen=True, slots=True)
class PortStatus:
    """The three bits that mean something."""

    no_error: bool
    selected: bool
    paper_empty: bool

    def reasons(self) -> frozenset[Reason]:
        """Off-line and error are what paper end makes of them: alone they stand for a cause that nobody names."""
        if self.paper_empty:
            return frozenset({MEDIA_EMPTY})
        if not self.selected:
            return frozenset({OFFLINE})
        return frozenset() if self.no_error else frozenset({HARDWARE_FAILURE})


@dataclass(frozen=True, slots=True)
class DeviceId:
    """In the maker's own words; "" for what it does not say. ``commands``: the languages that it speaks."""

    maker: str = ""
    model: str = ""
    serial: str = ""
    commands: tuple[str, ...] = ()


def port_status(answer: bytes) -> PortStatus:
    """Raises Garbled for what no printer of the class may say; 00 too, which some say always."""
    known = NO_ERROR | SELECTED | PAPER_EMPTY
    if len(answer) != 1 or not answer[0] or answer[0] & ~known:
        raise Garbled(f"no port status: {answer.hex(' ')}")
    byte = answer[0]
    return PortStatus(bool(byte & NO_ERROR), bool(byte & SELECTED), bool(byte & PAPER_EMPTY))


def device_id(answer: bytes) -> DeviceId:
    """What is understood of it: its length may be wrong, missing, or low byte first."""
    told: dict[str, str] = {}
    for part in _text(answer[:DEVICE_ID_CAP]).split(";"):
        key, colon, value = part.partition(":")
        name = key.strip().upper()
        if colon:
            told.setdefault(_KEYS.get(name, name), value.strip())
    commands = tuple(word.strip() for word in told.get("CMD", "").split(",") if word.strip())
    return DeviceId(told.get("MFG", ""), told.get("MDL", ""), told.get("SN", ""), commands)


def _text(answer: bytes) -> str:
    lengths = {int.from_bytes(answer[:2], order) for order in ("big", "little")}
    fitting = [length for length in lengths if 2 <= length <= len(answer)]
    begun = answer[: max(fitting)] if fitting else answer
    body = begun if begun[:1].isalpha() else begun[2:]
    return "".join(chr(byte) if 0x20 <= byte < 0x7F else " " for byte in body)
