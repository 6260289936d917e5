"""The driver over a card in memory: every kind of card, four lines, torn and unplugged at every byte, nothing told."""

from __future__ import annotations

import asyncio
import logging
import pickle
import traceback
from collections.abc import Callable
from typing import Any

import pytest

from drivers.contract import (
    CARD_PRESENT,
    Card,
    ChipSerial,
    CompletionCode,
    DeviceFault,
    Gone,
    Personal,
    Refused,
    SocialSecurityCard,
    State,
    UnsupportedCard,
    UnsupportedKind,
)
from drivers.deadline import Deadline
from drivers.smart_card.pcsc import PcscReader, PcscSettings
from simulators.smart_card import others
from simulators.smart_card.chip import Chip
from simulators.smart_card.deck import AYGUL, DECK, LONG, RARE, STRETCHED, ZHANG
from tests.drivers.line import WAYS, Way
from tests.drivers.memory_card import MemoryPort
from tests.virtual_time import run, virtual

SEEDS = range(25)
SECONDS = 5.0
SLACK = 0.001
FOREIGN = {
    "bank": UnsupportedKind.BANK,
    "credit": UnsupportedKind.BANK,
    "transit": UnsupportedKind.TRANSIT,
    "old-transit": UnsupportedKind.TRANSIT,
    "storage": UnsupportedKind.STORAGE,
    "identity-mute": UnsupportedKind.RESIDENT_IDENTITY,
    "stranger": UnsupportedKind.UNKNOWN,
}


def fresh(name: str, noticed: list[str] | None = None) -> Chip:
    return DECK[name]((noticed if noticed is not None else []).append)


def reader(port: MemoryPort, *, chip_serial: bool = True) -> PcscReader:
    return PcscReader(PcscSettings(chip_serial=chip_serial), port)


async def in_time(driver: PcscReader, seconds: float = SECONDS) -> Card | DeviceFault:
    deadline = Deadline.after(seconds)
    outcome: Card | DeviceFault
    try:
        outcome = await driver.read_card(deadline)
    except DeviceFault as fault:
        outcome = fault
    assert asyncio.get_running_loop().time() <= deadline.at + SLACK
    return outcome


def told(name: str) -> Card:
    outcome = run(in_time(reader(MemoryPort(fresh(name)))))
    assert not isinstance(outcome, DeviceFault)
    return outcome


@pytest.mark.parametrize(("name", "kind"), FOREIGN.items())
def test_a_card_that_is_not_for_us_is_told_by_its_kind_and_no_number_of_it_is_asked(
    name: str, kind: UnsupportedKind
) -> None:
    noticed: list[str] = []
    port = MemoryPort(fresh(name, noticed))
    assert run(in_time(reader(port))) == UnsupportedCard(kind)
    assert noticed == []
    assert port.powered is False


def test_no_card_of_the_deck_is_ever_asked_for_a_number_a_key_or_a_pin() -> None:
    for name in DECK:
        noticed: list[str] = []
        run(in_time(reader(MemoryPort(fresh(name, noticed)))))
        assert noticed == [], name


def test_a_storage_card_gets_no_command_at_all() -> None:
    port = MemoryPort(fresh("storage"))
    run(in_time(reader(port)))
    assert port.commands == []


def test_an_identity_card_gives_its_chips_serial_where_it_does() -> None:
    assert told("identity") == ChipSerial(Personal(others.CHIP_SERIAL))


@pytest.mark.parametrize("batch", [0x05, 0x07, 0x0C])
def test_identity_cards_of_every_batch_are_known(batch: int) -> None:
    chip = others.IdentityCard(serial=False, batch=batch)
    assert run(in_time(reader(MemoryPort(chip)))) == UnsupportedCard(UnsupportedKind.RESIDENT_IDENTITY)


def test_a_hall_may_forbid_to_ask_for_the_chips_serial() -> None:
    port = MemoryPort(fresh("identity"))
    outcome = run(in_time(reader(port, chip_serial=False)))
    assert outcome == UnsupportedCard(UnsupportedKind.RESIDENT_IDENTITY)
    assert port.commands == []


@virtual
async def test_the_state_tells_whether_a_card_lies_there() -> None:
    port = MemoryPort()
    driver = reader(port)
    assert await driver.open(Deadline.after(1)) == State.of()
    port.lay(fresh("bank"))
    assert await driver.poll(Deadline.after(1)) == State.of(CARD_PRESENT)
    assert State.of(CARD_PRESENT).accepting


@virtual
async def test_a_card_is_waited_for_until_it_comes_or_the_deadline() -> None:
    port = MemoryPort()
    driver = reader(port)
    loop = asyncio.get_running_loop()
    begun = loop.time()
    assert await driver.wait_for_card(Deadline.after(10)) is False
    assert loop.time() - begun == pytest.approx(10)
    loop.call_later(3, port.lay, fresh("bank"))
    assert await driver.wait_for_card(Deadline.after(10)) is True
    assert loop.time() - begun == pytest.approx(13)
    assert await driver.wait_for_removal(Deadline.after(1)) is False
    loop.call_later(2, port.tear)
    assert await driver.wait_for_removal(Deadline.after(10)) is True


@virtual
async def test_without_a_card_a_read_is_refused_as_the_persons_affair() -> None:
    outcome = await in_time(reader(MemoryPort()))
    assert isinstance(outcome, Refused)
    assert outcome.code is CompletionCode.USER_ERROR


@virtual
async def test_a_reader_unplugged_while_a_card_is_waited_for_is_gone() -> None:
    port = MemoryPort()
    asyncio.get_running_loop().call_later(1, port.unplug)
    with pytest.raises(Gone):
        await reader(port).wait_for_card(Deadline.after(5))


@virtual
async def test_an_open_that_fails_lets_go_of_the_port() -> None:
    port = MemoryPort()
    asked = port.answer_to_reset

    async def unplugged_meanwhile(deadline: Deadline) -> bytes | None:
        port.unplug()
        return await asked(deadline)

    port.answer_to_reset = unplugged_meanwhile  # type: ignore[method-assign]
    with pytest.raises(Gone):
        await reader(port).open(Deadline.after(1))
    assert port.opened is False


def right_so_far(outcome: SocialSecurityCard, right: SocialSecurityCard) -> bool:
    """Whether nothing told is wrong; what could not be made out may be missing, and says so."""
    return all(
        getattr(outcome, field) in (None, getattr(right, field))
        for field in ("region", "version", "issued", "valid_until", "card_number", "name", "sex", "nation", "born")
    )


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", ["social-1.00", "social-2.00-long-name", "social-3.00", "identity", "transit"])
def test_over_every_line_a_read_is_right_or_one_of_the_four(name: str, way: Way) -> None:
    right = told(name)
    for seed in SEEDS if way in ("lossy", "delayed") else (0,):
        outcome = run(in_time(reader(MemoryPort(fresh(name), way, seed=seed))))
        if way != "lossy":
            assert outcome == right
        elif isinstance(outcome, SocialSecurityCard):
            assert isinstance(right, SocialSecurityCard)
            assert right_so_far(outcome, right)
        else:  # an identity card whose serial did not come whole is one that does not give it
            assert outcome in (
                right,
                UnsupportedCard(FOREIGN.get(f"{name}-mute", UnsupportedKind.TRANSIT)),
            ) or isinstance(outcome, DeviceFault)


def test_a_deadline_too_short_for_a_slow_card_ends_in_silence() -> None:
    outcome = run(in_time(reader(MemoryPort(fresh("social-2.00"), "delayed")), 0.1))
    assert type(outcome).__name__ == "Silent"


@pytest.mark.parametrize("name", ["social-2.00", "identity", "credit"])
@pytest.mark.parametrize("lost", ["the card", "the reader"])
def test_lost_at_any_byte_a_read_is_right_or_one_of_the_four_and_the_next_is_whole(name: str, lost: str) -> None:
    right = told(name)
    whole = MemoryPort(fresh(name))
    run(in_time(reader(whole)))
    for cut in range(whole.carried + 1):
        port = MemoryPort(fresh(name))
        port.cut_after = cut
        port.on_cut = port.tear if lost == "the card" else port.unplug
        outcome = run(in_time(reader(port)))
        if cut == whole.carried:
            assert outcome == right
        elif name == "social-2.00":
            assert isinstance(outcome, DeviceFault)
        assert port.powered is False
        port.cut_after, port.plugged = None, True
        port.lay(fresh(name))
        assert run(in_time(reader(port))) == right


VALUES = {
    value
    for holder in (ZHANG, AYGUL, LONG, RARE, STRETCHED)
    for value in (holder.number, holder.name, holder.name[:3], holder.number[6:14])
} | {"A00000001", others.CHIP_SERIAL.hex(), repr(others.CHIP_SERIAL), repr(ZHANG.name.encode("gbk"))[2:-1]}


def shows_of(value: object) -> list[str]:
    return [
        repr(value),
        str(value),
        f"{value}",
        f"{value!r:>80}",
        logging.Formatter().format(_line(value)),
    ]


def _line(value: object) -> logging.LogRecord:
    return logging.LogRecord("device", logging.INFO, __file__, 1, "read %s", (value,), None)


def test_no_personal_value_is_in_anything_that_shows_a_card() -> None:
    for name in DECK:
        card = told(name)
        for shown in shows_of(card):
            assert not [value for value in VALUES if value in shown], name


def damaged(way: Callable[[bytes], bytes]) -> Chip:
    chip: Any = fresh("social-2.00")
    honest = chip.answer
    chip.answer = lambda raw: way(honest(raw))
    return chip  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    "way",
    [
        lambda said: said[:-1],
        lambda said: said[:-2] if len(said) > 2 else said,
        lambda said: said[:1] + b"\x01" + said[2:] if len(said) > 8 else said,
        lambda said: said * 9,
    ],
    ids=["a byte less", "no status word", "a wrong length", "much too long"],
)
def test_no_personal_value_is_in_any_exception(way: Callable[[bytes], bytes]) -> None:
    fault = run(in_time(reader(MemoryPort(damaged(way)))))
    assert isinstance(fault, DeviceFault)
    shown = "".join(traceback.format_exception(fault)) + repr(fault)
    assert not [value for value in VALUES if value in shown]


def test_a_personal_value_is_given_only_to_who_asks_and_never_pickled() -> None:
    value = Personal("11010119000101009X")
    assert value.reveal() == "11010119000101009X"
    assert value == Personal("11010119000101009X") != Personal("")
    assert len({value, Personal("11010119000101009X")}) == 1
    assert value
    assert not Personal("")
    with pytest.raises(TypeError, match="a personal value is not pickled"):
        pickle.dumps(value)
