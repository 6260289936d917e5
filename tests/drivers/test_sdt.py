"""What the ID card reader's driver promises: one reading a placement, refusals that say what to do, no secret told."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from drivers.contract import (
    CARD_TORN,
    HARDWARE_FAILURE,
    CardKind,
    CompletionCode,
    Garbled,
    Gone,
    IdCard,
    NoCard,
    Refused,
    Remedy,
    Silent,
    State,
)
from drivers.deadline import Deadline
from drivers.id_card.sdt import REFUSALS, SdtReader, SdtSettings
from drivers.id_card.sdt_codec import SW3
from simulators.id_card_reader import sdt as device
from simulators.id_card_reader.cards import CARDS, PHOTO
from simulators.id_card_reader.module import REJECTED
from tests.drivers.id_card_device import Reader, opened
from tests.drivers.line import Line
from tests.virtual_time import virtual


def now() -> float:
    return asyncio.get_running_loop().time()


async def read(driver: SdtReader, seconds: float = 10, **extras: Any) -> IdCard | NoCard:
    return await driver.read_card(Deadline.after(seconds), **extras)


async def a_card(driver: SdtReader, **extras: Any) -> IdCard:
    card = await read(driver, **extras)
    assert isinstance(card, IdCard)
    return card


@pytest.mark.parametrize("name", CARDS)
@virtual
async def test_every_kind_of_card_is_read(name: str) -> None:
    reader = Reader()
    driver, _, state = await opened(reader)
    reader.module.lay(name)
    card = await a_card(driver)
    kinds = {"J": CardKind.HK_MACAO_TAIWAN, "I": CardKind.FOREIGNER_2017, "Y": CardKind.FOREIGNER_2023}
    assert card.kind is kinds.get(CARDS[name].letter, CardKind.RESIDENT)
    assert (card.name, card.number.reveal()) == (CARDS[name].fields["name"], CARDS[name].fields["number"])
    assert card.number_sound
    assert card.photo == PHOTO
    assert reader.asked == ["find", "select", "read"]
    assert (state, driver.sam_id) == (State.of(), "05.03-20200101-0000123456-0987654321")


@virtual
async def test_newest_address_and_body_number_are_asked_for_only_when_they_are_wanted() -> None:
    reader = Reader()
    driver, _, _ = await opened(reader)
    reader.module.lay("resident", newest_address="上海市黄浦区示例路3号")
    card = await a_card(driver, newest_address=True, body_number=True)
    assert (card.newest_address, card.body_number) == ("上海市黄浦区示例路3号", bytes(range(0xC0, 0xDC)))
    assert reader.asked[2:] == ["read", "newest-address", "body-number"]


@virtual
async def test_no_newest_address_is_another_thing_than_not_having_asked() -> None:
    reader = Reader()
    driver, _, _ = await opened(reader)
    reader.module.lay("resident")
    assert (await a_card(driver, newest_address=True)).newest_address == ""
    reader.module.lift()
    reader.module.lay("resident")
    assert (await a_card(driver)).newest_address is None


@pytest.mark.parametrize("answer", [0x41, 0x24, b"\xaa\xaa", b""])
@virtual
async def test_a_card_read_is_given_even_where_its_newest_address_cannot_be_had(answer: bytes | int) -> None:
    reader = Reader()
    driver, _, _ = await opened(reader)
    reader.module.lay("resident")
    reader.instead = {"newest-address": answer, "body-number": answer}
    card = await a_card(driver, newest_address=True, body_number=True)
    assert (card.name, card.newest_address, card.body_number) == ("张三", None, None)


@virtual
async def test_a_card_is_waited_for_and_read_when_it_comes() -> None:
    reader = Reader()
    driver, _, _ = await opened(reader)
    asyncio.get_running_loop().call_later(3, reader.module.lay, "resident")
    begun = now()
    assert isinstance(await read(driver, 20), IdCard)
    assert 3 < now() - begun < 4.5


@virtual
async def test_looks_for_a_card_are_three_hundred_milliseconds_apart() -> None:
    reader = Reader()
    driver, _, _ = await opened(reader)
    await read(driver)
    gaps = [b - a for a, b in zip(reader.asked_at, reader.asked_at[1:], strict=False)]
    assert len(gaps) > 5
    assert min(gaps) >= 0.3 - 0.001


@virtual
async def test_waiting_ends_in_time_for_a_card_that_comes_last() -> None:
    reader = Reader()
    driver, _, _ = await opened(reader)
    begun = now()
    assert await read(driver, 12) == NoCard(may_lie=False)
    waited = now() - begun
    assert 12 - driver.reading_seconds() - 0.4 < waited < 12
    reader.module.read_seconds = 2.9
    asyncio.get_running_loop().call_later(waited - 0.31, reader.module.lay, "resident")
    assert isinstance(await read(driver, 12), IdCard)


@virtual
async def test_a_card_that_stays_lying_is_read_once_and_not_taken_for_removed() -> None:
    reader = Reader()
    driver, _, _ = await opened(reader)
    reader.module.lay("resident")
    assert isinstance(await read(driver), IdCard)
    assert await read(driver) == NoCard(may_lie=True)
    reader.module.lift()
    reader.module.lay("rare-name")
    assert (await a_card(driver)).name == "𠅤䶮㛃"


@virtual
async def test_a_card_torn_away_is_to_be_laid_down_again_and_then_read() -> None:
    reader = Reader()
    driver, _, _ = await opened(reader)
    reader.module.lay("resident")
    reader.module.tear()
    with pytest.raises(Refused) as refused:
        await read(driver)
    assert (refused.value.code, refused.value.remedy) == (CompletionCode.USER_ERROR, Remedy.CLEAR)
    torn = await driver.poll(Deadline.after(1))
    assert torn == State.of(CARD_TORN)
    assert torn.accepting
    reader.module.lay("resident")
    assert isinstance(await read(driver), IdCard)
    assert await driver.poll(Deadline.after(1)) == State.of()


@virtual
async def test_a_card_that_the_module_rejects_is_to_be_lifted() -> None:
    reader = Reader()
    driver, _, _ = await opened(reader)
    reader.module.lay(REJECTED)
    with pytest.raises(Refused) as refused:
        await read(driver)
    assert (refused.value.code, refused.value.remedy) == (CompletionCode.INVALID_DATA, Remedy.CLEAR)
    assert (await driver.poll(Deadline.after(1))).keywords() == {"card-rejected"}
    assert await read(driver) == NoCard(may_lie=True)


@pytest.mark.parametrize("sw3", sorted({*SW3, 0x77} - {SW3.DONE, SW3.CARD_FOUND, SW3.REQUEST_COMMAND}))
@virtual
async def test_every_status_in_answer_to_a_reading_has_code_and_remedy(sw3: int) -> None:
    reader = Reader()
    driver, _, _ = await opened(reader)
    reader.module.lay("resident")
    reader.instead["read"] = sw3
    with pytest.raises(Garbled if sw3 in (0x10, 0x11) else Refused, match=f"{sw3:02X}") as fault:
        await read(driver)
    if isinstance(fault.value, Refused):
        card_at_fault = sw3 in REFUSALS and REFUSALS[sw3][3] is not None and sw3 not in (0x60, 0x66)
        assert (fault.value.remedy is Remedy.CLEAR) is card_at_fault
        assert fault.value.remedy is not Remedy.NONE


@virtual
async def test_a_reader_that_does_not_know_30_01_is_asked_30_10_and_not_30_01_again() -> None:
    reader = Reader()
    driver, _, _ = await opened(reader)
    reader.module.faults.add("no-30-01")
    reader.module.lay("resident", with_fingerprint=True)
    first = await a_card(driver)
    assert reader.asked == ["find", "select", "read", "read-with-fingerprint"]
    reader.module.lift()
    reader.module.lay("resident")
    assert await a_card(driver) == first
    assert reader.asked[4:] == ["find", "select", "read-with-fingerprint"]


@virtual
async def test_settings_say_which_reading_and_a_reader_without_it_is_a_matter_of_settings() -> None:
    reader = Reader()
    reader.module.faults.add("no-30-01")
    driver, _, _ = await opened(reader, SdtSettings(read="text-photo"))
    reader.module.lay("resident")
    with pytest.raises(Refused) as refused:
        await read(driver)
    assert refused.value.remedy is Remedy.CONFIGURATION
    reader.module.lift()
    reader.module.lay("resident")
    driver, _, _ = await opened(reader, SdtSettings(read="with-fingerprint"))
    assert isinstance(await read(driver), IdCard)


@virtual
async def test_a_card_half_on_the_reader_is_looked_for_again_and_asked_to_be_lifted_at_the_end() -> None:
    reader = Reader()
    driver, _, _ = await opened(reader)
    reader.module.lay("resident")
    reader.instead["select"] = device.SELECT_FAILED
    asyncio.get_running_loop().call_later(2, reader.instead.clear)
    assert isinstance(await read(driver), IdCard)
    reader.module.lift()
    reader.module.lay("resident")
    reader.instead["select"] = device.SELECT_FAILED
    with pytest.raises(Refused) as refused:
        await read(driver)
    assert refused.value.remedy is Remedy.CLEAR


@virtual
async def test_one_lost_look_is_no_fault_and_two_are_silence() -> None:
    reader = Reader()
    driver, _, _ = await opened(reader)
    reader.silent = True
    loop = asyncio.get_running_loop()
    loop.call_later(0.5, setattr, reader, "silent", False)
    loop.call_later(2, reader.module.lay, "resident")
    assert isinstance(await read(driver), IdCard)
    reader.silent = True
    begun = now()
    with pytest.raises(Silent, match="20 01"):
        await read(driver)
    assert now() - begun < 2.5


@virtual
async def test_no_answer_to_the_only_look_there_is_time_for_does_not_mean_no_card() -> None:
    reader = Reader()
    driver, _, _ = await opened(reader)
    reader.silent = True
    with pytest.raises(Silent):
        await read(driver, 3)


@virtual
async def test_a_reader_that_falls_silent_while_it_reads_is_silent_in_time() -> None:
    reader = Reader()
    driver, _, _ = await opened(reader)
    reader.module.lay("resident")
    reader.instead["read"] = b""
    with pytest.raises(Silent, match="30 01"):
        await read(driver)
    assert (await driver.poll(Deadline.after(1))).keywords() == {"card-torn"}


@virtual
async def test_a_vendors_own_time_out_is_silence_at_once() -> None:
    reader = Reader()
    driver, _, _ = await opened(reader)
    reader.module.lay("resident")
    reader.instead["read"] = device.VENDOR_TIME_OUT
    begun = now()
    with pytest.raises(Silent):
        await read(driver)
    assert now() - begun < 1


@virtual
async def test_a_late_answer_to_an_earlier_question_is_no_answer_to_this_one() -> None:
    reader = Reader()
    driver, _, _ = await opened(reader)
    reader.module.lay("resident")
    reader.instead["select"] = device.answer(device.FOUND, bytes(4)) + device.answer(device.DONE, bytes(8))
    assert isinstance(await read(driver), IdCard)


@virtual
async def test_what_came_before_a_question_is_no_answer_to_it() -> None:
    reader = Reader()
    driver, _, _ = await opened(reader)
    reader.say(device.answer(device.SELF_TEST))
    arrived = asyncio.Event()
    asyncio.get_running_loop().call_later(1, arrived.set)
    await arrived.wait()
    assert await driver.poll(Deadline.after(1)) == State.of()


@virtual
async def test_an_answer_damaged_on_the_way_is_garbled() -> None:
    reader = Reader()
    driver, _, _ = await opened(reader)
    reader.module.lay("resident")
    whole = device.answer(device.DONE, device.reading(CARDS["resident"].text(), PHOTO))
    reader.instead["read"] = whole[:600] + whole[601:]
    with pytest.raises(Garbled, match="30 01"):
        await read(driver)


@virtual
async def test_noise_and_a_preamble_cut_short_do_no_harm() -> None:
    reader = Reader()
    driver, _, _ = await opened(reader)
    reader.module.lay("resident")
    reader.instead["find"] = b"\x00\xaa\x55" + device.answer(device.FOUND, bytes(4))
    reader.instead["select"] = device.answer(device.DONE, bytes(8))[2:]
    assert isinstance(await read(driver), IdCard)


@virtual
async def test_a_module_that_fails_its_self_test_is_reset_once_and_then_stopped() -> None:
    reader = Reader()
    reader.module.faults.add("self-test-failed")
    line = Line(reader, baud=115_200)
    driver = SdtReader(SdtSettings(), line)
    state = await driver.open(Deadline.after(5))
    assert state == State.of(HARDWARE_FAILURE)
    assert not state.accepting
    assert reader.asked == ["status", "reset", "status"]
    reader.module.faults.clear()
    assert await driver.poll(Deadline.after(1)) == State.of()


@virtual
async def test_a_module_that_takes_not_even_the_reset_is_stopped_and_not_lost() -> None:
    reader = Reader()
    reader.module.faults.add("self-test-failed")
    reader.instead["reset"] = b""
    state = await SdtReader(SdtSettings(), Line(reader, baud=115_200)).open(Deadline.after(5))
    assert state == State.of(HARDWARE_FAILURE)


@virtual
async def test_a_card_read_may_still_lie_there_after_the_line_was_opened_anew() -> None:
    reader = Reader()
    driver, _, _ = await opened(reader)
    reader.module.lay("resident")
    assert isinstance(await read(driver), IdCard)
    await driver.close()
    await driver.open(Deadline.after(5))
    assert await read(driver) == NoCard(may_lie=True)


@virtual
async def test_a_module_that_is_not_authorised_is_not_configured() -> None:
    reader = Reader()
    reader.instead["status"] = 0x66
    state = await SdtReader(SdtSettings(), Line(reader, baud=115_200)).open(Deadline.after(5))
    assert state.keywords() == {"not-configured"}


@virtual
async def test_an_opening_that_fails_leaves_the_line_closed() -> None:
    reader = Reader()
    reader.silent = True
    line = Line(reader)
    with pytest.raises(Silent):
        await SdtReader(SdtSettings(), line).open(Deadline.after(5))
    assert line.gone is not None


@virtual
async def test_a_reader_closed_while_somebody_looks_for_a_card_is_gone() -> None:
    reader = Reader()
    driver, line, _ = await opened(reader)
    asyncio.get_running_loop().call_later(1, line.unplug)
    with pytest.raises(Gone):
        await read(driver, 20)
    await driver.close()


@pytest.mark.parametrize("options", [{"poll_ms": 299}, {"poll_ms": 2001}, {"read_seconds": 0.5}, {"read_seconds": 11}])
def test_options_that_cannot_be_are_refused_with_their_remedy(options: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="→"):
        SdtSettings(**options)  # type: ignore[arg-type]


@virtual
async def test_once_a_card_is_not_wanted_any_more_the_reader_is_left_within_one_look() -> None:
    reader = Reader()
    driver, _, _ = await opened(reader)
    begun = now()
    asyncio.get_running_loop().call_later(2, reader.module.lay, "resident")
    assert await read(driver, 30, wanted=lambda: now() < begun + 1.9) == NoCard(may_lie=False)
    assert now() - begun == pytest.approx(2, abs=0.2)
    assert "read" not in reader.asked


@virtual
async def test_a_card_found_in_the_moment_it_is_no_longer_wanted_is_not_read() -> None:
    reader = Reader()
    driver, _, _ = await opened(reader)
    reader.module.lay("resident")
    assert await read(driver, wanted=lambda: not reader.asked) == NoCard(may_lie=True)
    assert reader.asked == ["find", "select"]
    assert isinstance(await a_card(driver), IdCard)
