"""Commands and answers of ISO 7816-4: nothing lost, nothing endless, nothing told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.contract import Garbled
from drivers.smart_card.apdu import ANSWER_CAP, DATA_CAP, ROUNDS_CAP, Answer, Command, transact
from tests.drivers.memory_card import through

BYTE = st.integers(0, 255)
COMMANDS = st.builds(
    Command, BYTE, BYTE, BYTE, st.binary(max_size=255), st.none() | st.integers(1, 256), st.sampled_from((0x00, 0xFF))
)
READ = Command(0xB2, 1, 0x2C, le=18)


@given(COMMANDS)
def test_a_command_survives(command: Command) -> None:
    assert Command.decode(command.encode()) == command


@given(st.binary(max_size=ANSWER_CAP - 2), st.integers(0x6100, 0x6FFF) | st.integers(0x9000, 0x9FFF))
def test_an_answer_survives(data: bytes, status: int) -> None:
    assert Answer.decode(Answer(status, data).encode()) == Answer(status, data)


@given(st.binary(max_size=ANSWER_CAP + 5))
def test_any_bytes_are_an_answer_or_garbled(raw: bytes) -> None:
    try:
        answer = Answer.decode(raw)
    except Garbled:
        return
    assert answer.encode() == raw


def test_neither_an_answer_nor_what_is_wrong_with_it_tells_what_it_held() -> None:
    assert "31" not in repr(Answer(0x9000, b"\x31\x31"))
    with pytest.raises(Garbled) as garbled:
        Answer.decode(b"11010119000101009X")
    assert str(garbled.value) == "a card's answer without a status word"


@given(st.binary(max_size=300))
def test_any_bytes_are_a_command_or_garbled(raw: bytes) -> None:
    try:
        command = Command.decode(raw)
    except Garbled:
        return
    assert command.encode() == raw


@pytest.mark.parametrize("wrong", [Command(0xB2, le=0), Command(0xB2, le=257), Command(0xA4, data=bytes(256))])
def test_what_no_short_command_holds_is_refused(wrong: Command) -> None:
    with pytest.raises(ValueError, match="→"):
        wrong.encode()


def test_a_wrong_length_is_asked_again_with_the_right_one() -> None:
    said = {"00 B2 01 2C 12": "6C 06", "00 B2 01 2C 06": "03 04 32 2E 30 30 90 00"}
    answer = through(transact(READ), lambda raw: bytes.fromhex(said[raw.hex(" ").upper()]))
    assert answer == Answer(0x9000, bytes.fromhex("03 04 32 2E 30 30"))


def test_a_length_of_00_is_256_bytes() -> None:
    asked: list[bytes] = []

    def card(raw: bytes) -> bytes:
        asked.append(raw)
        return bytes.fromhex("6C 00") if len(asked) == 1 else bytes(256) + bytes.fromhex("90 00")

    assert len(through(transact(READ), card).data) == 256
    assert asked[1] == bytes.fromhex("00 B2 01 2C 00")


def test_a_card_that_repeats_its_wrong_length_is_believed_to_refuse() -> None:
    assert through(transact(READ), lambda _: bytes.fromhex("6C 06")) == Answer(0x6C06)


def test_what_waits_is_fetched_piece_by_piece_with_the_commands_class() -> None:
    said = iter(("61 03", "01 02 03 61 02", "6C 01", "04 90 00"))
    asked: list[str] = []

    def card(raw: bytes) -> bytes:
        asked.append(raw.hex(" ").upper())
        return bytes.fromhex(next(said))

    assert through(transact(Command(0xA4, 4, data=b"\x01")), card) == Answer(0x9000, bytes((1, 2, 3, 4)))
    assert asked == ["00 A4 04 00 01 01", "00 C0 00 00 03", "00 C0 00 00 02", "00 C0 00 00 01"]


@pytest.mark.parametrize("said", ["61 01", "61 00", bytes(256).hex() + "61 00"])
def test_a_card_that_always_has_more_is_garbled_soon(said: str) -> None:
    rounds = 0

    def card(_: bytes) -> bytes:
        nonlocal rounds
        rounds += 1
        return bytes.fromhex(said)

    with pytest.raises(Garbled):
        through(transact(READ), card)
    assert rounds <= min(ROUNDS_CAP, DATA_CAP if len(said) < 8 else DATA_CAP // 256 + 1)


@given(st.lists(st.binary(max_size=12), min_size=1, max_size=40))
def test_whatever_a_card_says_a_command_ends_in_an_answer_or_garbled(said: list[bytes]) -> None:
    turns = iter(said * ROUNDS_CAP)
    try:
        answer = through(transact(READ), lambda _: next(turns))
    except Garbled:
        return
    assert len(answer.data) <= DATA_CAP
