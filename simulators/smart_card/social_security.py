"""A social-security card: application, two files, records by number and by identifier (smartcards.md §1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from simulators.smart_card import chip
from simulators.smart_card.chip import Chip, Notice, Request

APPLICATION = b"sx1.sh." + "社会保障".encode("gbk")
FCI = bytes.fromhex("6F 19 84 0F") + APPLICATION + bytes.fromhex("A5 06 9F 0C 03 86 01 01")
CARD_DATA, HOLDER_DATA = 0x05, 0x06
FIRST_OF_NAME, NAME_SIZE, REST_SIZE = 0x09, 30, 20


@dataclass(frozen=True, slots=True)
class Holder:
    """A made-up person, born on 1900-01-01."""

    number: str
    name: str
    sex: int
    nation: str
    birthplace: str
    born: str = "19000101"


@dataclass(frozen=True, slots=True)
class Make:
    """How a card was made.

    ``by_identifier`` False: P2 = 00 is refused, as by cards that know record numbers only. ``select_p1``: which P1
    selects a file. ``locked``: tags that are given only after authentication. ``rest_of_name``: whether it has that
    record; a 1.00 never does.
    """

    version: str = "2.00"
    region: str = "110100"
    number: str = "A00000001"
    issued: str = "20110101"
    valid_until: str = "20210101"
    by_identifier: bool = True
    by_short_id: bool = True
    select_p1: int = 0x02
    locked: frozenset[int] = frozenset()
    with_fci: bool = True
    rest_of_name: bool = True


HOLDER_TAGS = frozenset({0x08, 0x09, 0x4E, 0x0A, 0x0B, 0x0C, 0x0D})

Record = tuple[int, bytes]


class SocialSecurityCard(Chip):
    """One card of one holder."""

    def __init__(self, holder: Holder, make: Make, notice: Notice = lambda _what: None) -> None:
        super().__init__(notice)
        self._make = make
        region = bytes.fromhex(make.region)
        self.atr = bytes.fromhex("3B 6D 00 00 00 81 54 4C 97 86 84") + region[:2] + bytes.fromhex("00 00 00 01")
        self._files = {
            CARD_DATA: card_data(make),
            HOLDER_DATA: holder_data(holder, make.rest_of_name and make.version != "1.00"),
        }
        self._selected = False
        self._file = 0

    def reset(self) -> None:
        """Nothing is selected any more."""
        super().reset()
        self._selected, self._file = False, 0

    def obey(self, asked: Request) -> bytes:
        """SELECT and READ RECORD; keys and PINs are told to whoever watches."""
        match asked.instruction:
            case 0xA4:
                return self._select(asked)
            case 0xB2:
                return self._read(asked)
            case 0x20:
                self.notice("pin-tried")
                return bytes.fromhex("63 C2")
            case 0x82 | 0x88:
                self.notice("key-tried")
                return chip.NOT_AUTHENTICATED
        return chip.UNKNOWN_INSTRUCTION

    def _select(self, asked: Request) -> bytes:
        if asked.p1 == 0x04:
            if asked.body != APPLICATION:
                return chip.NO_FILE
            self._selected, self._file = True, 0
            return self.out(FCI, asked) if self._make.with_fci else chip.DONE
        if not self._selected or asked.p1 != self._make.select_p1 or len(asked.body) != 2:
            return chip.NO_FILE
        if asked.body[0] != 0xEF or asked.body[1] not in self._files:
            return chip.NO_FILE
        self._file = asked.body[1]
        return chip.DONE

    def _read(self, asked: Request) -> bytes:
        short_id, by_number = asked.p2 >> 3, asked.p2 & 0x07 == 0x04
        if not self._selected or asked.p2 & 0x07 not in (0x00, 0x04):
            return chip.NO_FILE_CHOSEN
        if (short_id and not self._make.by_short_id) or not (by_number or self._make.by_identifier):
            return chip.WRONG_PARAMETERS
        file = self._files.get(short_id or self._file)
        if file is None:
            return chip.NO_FILE_CHOSEN
        if short_id:
            self._file = short_id
        found = _numbered(file, asked.p1) if by_number else _identified(file, asked.p1)
        if found is None:
            return chip.NO_RECORD
        if found[0] in self._make.locked:
            return chip.NOT_AUTHENTICATED
        return self.out(bytes((found[0], len(found[1]))) + found[1], asked)


def card_data(make: Make) -> Sequence[Record]:
    """EF05."""
    identification = bytes.fromhex(make.region + "D1 56 00 00 05 00 00 00 00 01 FF FF FF")
    return (
        (0x01, identification),
        (0x02, b"\x01"),
        (0x03, make.version.encode("ascii")),
        (0x04, bytes(12)),
        (0x05, bytes.fromhex(make.issued)),
        (0x06, bytes.fromhex(make.valid_until)),
        (0x07, make.number.encode("ascii")),
    )


def holder_data(holder: Holder, rest_of_name: bool) -> Sequence[Record]:
    """EF06. From 2.00 on a record for the rest of the name stands third, and shifts the numbers behind it."""
    name = holder.name.encode("gb18030")
    first, rest = name[:NAME_SIZE], name[NAME_SIZE:]
    records: list[Record] = [(0x08, holder.number.encode("ascii")), (FIRST_OF_NAME, first.ljust(NAME_SIZE, b"\x00"))]
    if rest_of_name:
        records.append((0x4E, rest[:REST_SIZE].ljust(REST_SIZE, b"\x00")))
    records += [
        (0x0A, str(holder.sex).encode("ascii")),
        (0x0B, bytes.fromhex(holder.nation)),
        (0x0C, bytes.fromhex(holder.birthplace)),
        (0x0D, bytes.fromhex(holder.born)),
    ]
    return records


def _numbered(file: Sequence[Record], number: int) -> Record | None:
    return file[number - 1] if 1 <= number <= len(file) else None


def _identified(file: Sequence[Record], tag: int) -> Record | None:
    return next((record for record in file if record[0] == tag), None)
