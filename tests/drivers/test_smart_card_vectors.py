"""The literal bytes of smartcards.md in the direction that a driver has: commands are encoded, answers understood."""

from __future__ import annotations

from datetime import date
from functools import reduce
from operator import xor
from typing import Any

import pytest

from drivers.contract import CardField, NotRead, Personal, SocialSecurityCard
from drivers.smart_card import recognise, social_security
from drivers.smart_card.apdu import GET_RESPONSE, READ_RECORD, SELECT, Answer, Command
from simulators.smart_card.deck import DECK
from tests.drivers.memory_card import through
from tests.drivers.vectors import Vector, vectors

ALL = vectors("social-security")
TYPE_B = vectors("identity-type-b")
WORKED = [vector for vector in ALL if vector.name.startswith("worked")]


def _named(vector: Vector) -> str:
    return vector.name


def test_every_vector_says_where_it_comes_from() -> None:
    for vector in (*ALL, *TYPE_B):
        assert {"V", "S", "C", "U"} & set(vector.source.replace(",", " ").replace(";", " ").split()), vector.name
        directions = ("to-device", "from-device", "never", "refused", "radio-to-card", "radio-from-card")
        assert vector.direction in directions


def _command(m: dict[str, Any]) -> Command:
    match m["command"]:
        case "select-application":
            return social_security.SELECT_APPLICATION
        case "select-file":
            return Command(SELECT, 0x02, 0x00, bytes((0xEF, m["file"])))
        case "select-name":
            return Command(SELECT, 0x04, 0x00, bytes.fromhex(m["name"]))
        case "get-response":
            return Command(GET_RESPONSE, le=m["size"])
        case "chip-serial":
            return recognise.CHIP_SERIAL
        case _ if "number" in m:
            return Command(READ_RECORD, m["number"], m["file"] << 3 | 4, le=m["size"] + 2)
    return Command(READ_RECORD, m["identifier"], m["file"] << 3, le=m["size"] + 2)


@pytest.mark.parametrize("vector", [v for v in ALL if v.direction == "to-device"], ids=_named)
def test_commands_are_these_bytes(vector: Vector) -> None:
    assert _command(vector.meaning).encode() == vector.data
    assert Command.decode(vector.data) == _command(vector.meaning)


@pytest.mark.parametrize("vector", [v for v in ALL if "status" in v.meaning], ids=_named)
def test_answers_mean_this(vector: Vector) -> None:
    told = dict(vector.meaning)
    answer = Answer.decode(vector.data)
    assert answer.status == told.pop("status")
    if "tag" not in told:
        assert answer.data == b""
        return
    tag = told.pop("tag")
    assert answer.data[:2] == bytes((tag, len(answer.data) - 2))
    card = social_security.meaning({tag: answer.data[2:]})
    assert {field: _said(card, field) for field in told} == told


def _said(card: SocialSecurityCard, field: str) -> Any:
    value = getattr(card, field.replace("-", "_"))
    value = value.reveal() if isinstance(value, Personal) else value
    return value.isoformat() if isinstance(value, date) else value


@pytest.mark.parametrize("vector", [v for v in ALL if "card" in v.meaning], ids=_named)
def test_answers_to_reset_mean_this(vector: Vector) -> None:
    assert recognise.is_identity(vector.data) is (vector.meaning["card"] == "identity")
    assert recognise.is_storage(vector.data) is (vector.meaning["card"] == "storage")


def test_the_worked_exchange_is_held_in_its_order_and_read_as_it_says() -> None:
    said = {WORKED[at].data: WORKED[at + 1].data for at in range(0, len(WORKED), 2)}
    asked: list[bytes] = []

    def card(command: bytes) -> bytes:
        asked.append(command)
        return said.get(command, bytes.fromhex("6A 83"))

    assert through(social_security.select(), card) is True
    read = through(social_security.read(), card)
    assert [command for command in asked if command in said] == [v.data for v in WORKED[::2]]
    assert read == SocialSecurityCard(
        region="110100",
        version="2.00",
        social_security_number=Personal("11010119000101009X"),
        name=Personal("张三"),
        sex=Personal(1),
        nation=Personal("01"),
        born=Personal(date(1900, 1, 1)),
        not_read=dict.fromkeys(
            (CardField.ISSUED, CardField.VALID_UNTIL, CardField.CARD_NUMBER, CardField.BIRTHPLACE), NotRead.ABSENT
        ),
    )


NEVER = {v.meaning["instruction"]: v for v in ALL if v.direction == "never"}


@pytest.mark.parametrize("vector", NEVER.values(), ids=_named)
def test_no_exchange_with_any_card_has_a_command_that_must_never_be(vector: Vector) -> None:
    for make in DECK.values():
        chip = make(lambda _: None)
        asked: list[bytes] = []

        def card(command: bytes, asked: list[bytes] = asked, answer: Any = chip.answer) -> bytes:
            asked.append(command)
            reply: bytes = answer(command)
            return reply

        if through(social_security.select(), card):
            through(social_security.read(), card)
        through(recognise.foreign_kind(chip.atr), card)
        through(recognise.chip_serial(), card)
        assert {command[1] for command in asked} <= {0xA4, 0xB2, 0xC0, 0x36}
        assert vector.data[1] not in {command[1] for command in asked}


def _serial(answer: bytes) -> tuple[bytes | None, list[bytes]]:
    """What is made of this answer to the question for a chip's serial, and all that was asked."""
    asked: list[bytes] = []

    def card(command: bytes) -> bytes:
        asked.append(command)
        return answer

    return through(recognise.chip_serial(), card), asked


@pytest.mark.parametrize("vector", [v for v in TYPE_B if v.direction == "from-device"], ids=_named)
def test_a_chips_serial_is_asked_for_so_and_understood(vector: Vector) -> None:
    (question,) = [v.data for v in TYPE_B if v.direction == "to-device"]
    assert _serial(vector.data) == (bytes.fromhex(vector.meaning["serial"]), [question])


@pytest.mark.parametrize("vector", [v for v in TYPE_B if v.direction == "refused"], ids=_named)
def test_what_is_no_serial_is_none(vector: Vector) -> None:
    serial, asked = _serial(vector.data)
    assert serial is None
    assert not {v.data for v in TYPE_B if v.direction == "never"} & set(asked)


@pytest.mark.parametrize("vector", [v for v in TYPE_B if v.direction == "radio-from-card"], ids=_named)
def test_a_card_is_known_by_the_answer_to_reset_that_its_reader_makes_of_its_atqb(vector: Vector) -> None:
    kind, pupi, about = vector.data[0], vector.data[1:5], vector.data[5:]
    assert (kind, pupi) == (0x50, bytes.fromhex(vector.meaning["pupi"]))
    body = bytes.fromhex("88 80 01") + about + b"\0"  # PC/SC part 3, 3.1.3.2.3
    made = b"\x3b" + body + bytes((reduce(xor, body),))
    assert made == bytes.fromhex(vector.meaning["answer_to_reset"])
    assert recognise.is_identity(made)
    assert not recognise.is_identity(made[:4] + b"\xd1\x03\x87" + made[7:])
