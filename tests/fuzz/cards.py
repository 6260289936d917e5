"""The fuzz targets of cards: the text of an identity card, and a smart card that answers anything."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import date

from drivers.contract import (
    CardKind,
    Garbled,
    IdCard,
    NotRead,
    Personal,
    Refused,
    SocialSecurityCard,
    citizen_number,
)
from drivers.framing import Framer
from drivers.id_card import sdt_codec, sdt_text
from drivers.id_card.sdt_codec import Reading
from drivers.smart_card import apdu, recognise, social_security
from tests.drivers.vectors import vectors
from tests.fuzz.oracles import tried

_LETTERS = (b"", b" \0", b"J\0", b"I\0", b"Y\0")
"""b"": the layout that the input has itself."""
_PHOTO = bytes(sdt_codec.PHOTO_SIZE)
_SECRETS = ("name", "number", "address", "english_name")

_ABSENT = bytes.fromhex("6A 83")
_ATRS = (
    bytes.fromhex("3B 88 80 01 01 D1 03 86 00 00 00 00"),
    bytes.fromhex("3B 82 80 01 11 22"),
    bytes.fromhex("3B 8F 80 01 80 4F 0C A0 00 00 03 06"),
    b"",
)
_COMMANDS_CAP = 4000
"""No card keeps a reading longer than this; each command is bounded by ROUNDS_CAP itself."""


def check_text(data: bytes) -> None:
    """Any 256 bytes are a card of one of the four layouts, or refused without a word of what they hold."""
    letter, text = _LETTERS[(data[:1] or b"\0")[0] % len(_LETTERS)], data[1:].ljust(sdt_codec.TEXT_SIZE, b"\0")
    at = sdt_text.LAYOUT_AT
    block = text[:at] + letter + text[at + len(letter) : sdt_codec.TEXT_SIZE]
    card, refusal = tried(lambda: sdt_text.card(Reading(block, _PHOTO)), Refused)
    if card is None:
        assert letter == b"", "one of the four layouts is refused"
        assert refusal == "a card whose layout is not known", "a refusal that tells"
        return
    _check_card(card)
    assert isinstance(sdt_text.newest_address(data), str)


def _check_card(card: IdCard) -> None:
    number = card.number.reveal()
    assert card.number_sound == (citizen_number.fault(number, card.kind) is None)
    assert card.number_sound <= (len(number) == (15 if card.kind is CardKind.FOREIGNER_2017 else 18))
    assert all(day is None or isinstance(day, date) for day in (card.born, card.valid_from, card.valid_until))
    assert len(card.photo) == sdt_codec.PHOTO_SIZE
    shown = f"{card} {card!r}"
    for field in _SECRETS:
        value = getattr(card, field)
        value = value.reveal() if isinstance(value, Personal) else value
        assert len(value) < 4 or value not in shown, f"{field} is in a repr"
    for field in (field.name for field in dataclasses.fields(card)):
        value = getattr(card, field)
        if isinstance(value, str):
            value.encode("utf-8")


def text_seeds() -> list[bytes]:
    """The text of every card in the vectors, under its own letter."""
    found = []
    for vector in vectors("sdt", "from-device"):
        if "card" in vector.meaning:
            (frame,) = Framer(sdt_codec.scan, sdt_codec.FRAME_CAP).feed(vector.data)
            found.append(b"\0" + sdt_codec.reading(sdt_codec.decode(frame)).text)
    return found


def check_exchange(data: bytes) -> None:
    """A card may answer anything: an exchange ends, with what was told or Garbled, and tells no value on the way."""
    which, answers = (data[:1] or b"\0")[0], _answers(data[1:])
    exchange = (
        social_security.read(),
        social_security.select(),
        recognise.chip_serial(),
        recognise.foreign_kind(_ATRS[which // 4 % len(_ATRS)]),
    )[which % 4]
    given = b""
    try:
        for _ in range(_COMMANDS_CAP):
            command = next(exchange) if not given else exchange.send(given)
            assert apdu.Command.decode(command).encode() == command, "a command is not what was meant"
            given = next(answers, _ABSENT)
    except StopIteration as done:
        if isinstance(done.value, SocialSecurityCard):
            _check_social(done.value)
        return
    except Garbled:
        return
    raise AssertionError("an exchange does not end")


def _check_social(card: SocialSecurityCard) -> None:
    assert card.version is None or len(card.version) == 4
    assert all(isinstance(why, NotRead) for why in card.not_read.values())
    for field in dataclasses.fields(card):
        value = getattr(card, field.name)
        if isinstance(value, Personal) and isinstance(value.reveal(), str):
            assert len(value.reveal()) < 4 or value.reveal() not in repr(card), f"{field.name} is in a repr"
            value.reveal().encode("utf-8")


def _answers(data: bytes) -> Iterator[bytes]:
    """Each behind its length; 00: no bytes at all, which no reader gives, but a broken one may."""
    while data:
        size, data = data[0], data[1:]
        yield data[:size] or b"\0"
        data = data[size:]


def exchange_seeds() -> list[bytes]:
    """What the cards of the vectors answer, one after the other, to each of the exchanges."""
    said = [vector.data for vector in vectors("social-security", "from-device")]
    told = b"".join(bytes((len(answer),)) + answer for answer in said if len(answer) < 256)
    readings = [
        b"\0" + told,
        b"\0" + told[3:],
        bytes.fromhex("01 02 90 00"),
        bytes.fromhex("02 02 6C 08 0A") + bytes(8),
    ]
    return [*readings, bytes.fromhex("02 0A 11 22 33 44 55 66 77 88 90 00"), *(bytes((3 + 4 * n,)) for n in range(4))]
