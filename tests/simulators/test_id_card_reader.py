"""The simulated ID card reader: literal vectors from the device's side, cards laid down and torn away, faults."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.control import Fault, Grade, LayCard, LiftCard, TearCard
from simulators.id_card_reader import sdt
from simulators.id_card_reader.cards import CARDS, fingerprint
from simulators.id_card_reader.module import Module, Phase
from simulators.id_card_reader.reader import Reader
from tests.simulators.host import Wired, vectors, wired

BAUD = 115_200
FIND = bytes.fromhex("AA AA AA 96 69 00 03 20 01 22")
SELECT = bytes.fromhex("AA AA AA 96 69 00 03 20 02 21")
READ = bytes.fromhex("AA AA AA 96 69 00 03 30 01 32")
READ_WITH_FINGERPRINT = bytes.fromhex("AA AA AA 96 69 00 03 30 10 23")
NEWEST = bytes.fromhex("AA AA AA 96 69 00 03 30 03 30")
NO_CARD = bytes.fromhex("AA AA AA 96 69 00 04 00 00 80 84")
FOUND = bytes.fromhex("AA AA AA 96 69 00 08 00 00 9F 00 00 00 00 97")
SELECTED = bytes.fromhex("AA AA AA 96 69 00 0C 00 00 90 00 00 00 00 00 00 00 00 9C")
READ_FAILED = bytes.fromhex("AA AA AA 96 69 00 04 00 00 41 45")
READING = 1295


def _named(vector: dict[str, Any]) -> str:
    return str(vector["name"])


def heard(raw: bytes) -> sdt.Request | sdt.Wrong:
    reader = sdt.RequestReader()
    (request,) = [got for byte in raw if (got := reader.feed(byte))]
    return request


@pytest.mark.parametrize("vector", vectors("sdt", "to-device"), ids=_named)
def test_a_reader_understands(vector: dict[str, Any]) -> None:
    request, m = heard(bytes.fromhex(vector["bytes"])), vector["meaning"]
    if "refused" in m:
        assert request == sdt.Wrong(m["refused"])
        return
    assert isinstance(request, sdt.Request)
    assert (request.name, request.data) == (m["request"], bytes.fromhex(m.get("data", "")))
    if "baud" in m:
        assert (115200, 57600, 38400, 19200, 9600)[request.parameter] == m["baud"]


def said(m: dict[str, Any]) -> bytes:
    """What the module says when this is meant."""
    if m.get("time_out"):
        return sdt.VENDOR_TIME_OUT
    if "simulated" in m:
        card, finger = CARDS[m["simulated"]], fingerprint() if m.get("fingerprint") else b""
        wanted = finger if m["answer_to"] == "read-with-fingerprint" else None
        return sdt.answer(sdt.DONE, sdt.reading(card.text(), card.photo, wanted))
    if "newest_address" in m:
        module = Module(0)
        module.lay("resident", newest_address=m["newest_address"])
        module.phase = Phase.READ
        return module.answer(sdt.Request("newest-address", 3))
    if "sam_id" in m:
        return Module(0).answer(sdt.Request("sam-id", 0xFF))
    return sdt.answer(m["sw3"], bytes.fromhex(m["data"]))[m.get("lost", 0) :]


@pytest.mark.parametrize("vector", vectors("sdt", "from-device"), ids=_named)
def test_a_reader_says(vector: dict[str, Any]) -> None:
    assert said(vector["meaning"]) == bytes.fromhex(vector["bytes"])


@given(st.binary(max_size=60))
def test_after_any_noise_a_request_is_heard_within_one_longest_frame(noise: bytes) -> None:
    reader = sdt.RequestReader()
    got = [reader.feed(byte) for byte in noise + FIND * 3]
    assert sdt.Request("find", 1) in got


@pytest.fixture
async def reader(tmp_path: Path) -> AsyncIterator[Wired]:
    async with wired(tmp_path, BAUD, partial(Reader, read_seconds=0.05)) as it:
        yield it


async def ask(reader: Wired, request: bytes, count: int) -> bytes:
    reader.host.write(request)
    return await reader.host.read(count)


async def select(reader: Wired) -> None:
    assert await ask(reader, FIND, len(FOUND)) == FOUND
    assert await ask(reader, SELECT, len(SELECTED)) == SELECTED


@pytest.mark.wire
class TestCards:
    async def test_a_card_is_found_selected_read_and_then_not_found_until_it_was_lifted(self, reader: Wired) -> None:
        assert await ask(reader, FIND, len(NO_CARD)) == NO_CARD
        reader.station.do(LayCard(card="resident"))
        await select(reader)
        reading = await ask(reader, READ, READING)
        assert reading[14:18] == "张三".encode("utf-16-le")
        assert await ask(reader, FIND, len(NO_CARD)) == NO_CARD
        assert reader.station.snapshot()[0]["card"] == "resident"
        reader.station.do(LiftCard())
        reader.station.do(LayCard(card="rare-name"))
        assert await ask(reader, FIND, len(FOUND)) == FOUND

    async def test_a_reading_takes_the_time_of_its_bytes_and_of_the_module(self, reader: Wired) -> None:
        reader.station.do(LayCard(card="resident"))
        await select(reader)
        begun = reader.host.write(READ)
        await reader.host.read(READING)
        assert (await reader.heard.next("answered", 3))["t"] - begun >= 0.05 + (READING + len(READ)) * 10 / BAUD

    async def test_a_fingerprint_makes_the_answer_longer(self, reader: Wired) -> None:
        reader.station.do(LayCard(card="resident", fingerprint=True))
        await select(reader)
        assert len(await ask(reader, READ_WITH_FINGERPRINT, 2321)) == 2321

    async def test_the_newest_address_is_there_after_a_reading(self, reader: Wired) -> None:
        reader.station.do(LayCard(card="resident", newest_address="上海市黄浦区示例路3号"))
        assert (await ask(reader, NEWEST, 11))[9] == sdt.READ_FAILED
        await select(reader)
        await ask(reader, READ, READING)
        assert len(await ask(reader, NEWEST, 81)) == 81

    async def test_a_card_torn_away_fails_in_the_middle_of_its_reading(self, reader: Wired) -> None:
        reader.station.do(LayCard(card="resident"))
        await select(reader)
        reader.station.do(TearCard())
        assert await ask(reader, READ, len(READ_FAILED)) == READ_FAILED
        assert reader.station.snapshot()[0]["card"] == ""

    async def test_a_card_that_is_rejected_must_be_lifted(self, reader: Wired) -> None:
        reader.station.do(LayCard(card="rejected"))
        await select(reader)
        assert (await ask(reader, READ, 11))[9] == 0x32
        assert await ask(reader, FIND, len(NO_CARD)) == NO_CARD

    async def test_what_cannot_be_done_is_refused(self, reader: Wired) -> None:
        with pytest.raises(ValueError, match="resident"):
            reader.station.do(LayCard(card="passport"))
        with pytest.raises(ValueError, match="lay one down"):
            reader.station.do(TearCard())
        reader.station.do(LayCard(card="resident"))
        with pytest.raises(ValueError, match="lift it"):
            reader.station.do(LayCard(card="resident"))
        with pytest.raises(ValueError, match="lay-card"):
            reader.station.do(Grade(address=1, grade=1))
        with pytest.raises(ValueError, match="self-test-failed"):
            reader.station.do(Fault(name="tired", on=True))


@pytest.mark.wire
class TestFaults:
    async def test_a_failed_self_test_answers_everything_with_60(self, reader: Wired) -> None:
        reader.station.do(Fault(name="self-test-failed", on=True))
        assert (await ask(reader, FIND, 11))[9] == 0x60

    async def test_wrong_sums_short_preambles_and_the_vendors_time_out(self, reader: Wired) -> None:
        reader.station.do(Fault(name="wrong-checksum", on=True))
        assert await ask(reader, FIND, 11) == NO_CARD[:-1] + b"\x85"
        reader.station.do(Fault(name="wrong-checksum", on=False))
        reader.station.do(Fault(name="short-preamble", on=True))
        assert await ask(reader, FIND, 9) == NO_CARD[2:]
        reader.station.do(Fault(name="short-preamble", on=False))
        reader.station.do(Fault(name="vendor-time-out", on=True))
        assert await ask(reader, FIND, 10) == sdt.VENDOR_TIME_OUT

    async def test_a_silent_reader_answers_again_once_it_is_not(self, reader: Wired) -> None:
        reader.station.do(Fault(name="silent", on=True))
        reader.host.write(FIND)
        reader.station.do(Fault(name="slow", on=True))
        assert reader.station.snapshot()[0]["faults"] == ["silent", "slow"]
        reader.station.do(Fault(name="slow", on=False))
        await reader.heard.next("state", 3)
        reader.station.do(Fault(name="silent", on=False))
        assert await ask(reader, FIND, len(NO_CARD)) == NO_CARD

    async def test_a_request_broken_off_does_not_spoil_the_next(self, reader: Wired) -> None:
        module = sdt.RequestReader()
        assert [got for byte in FIND[:8] + FIND if (got := module.feed(byte))] == [sdt.Wrong(sdt.WRONG_CHECKSUM)]
        assert await ask(reader, FIND, len(NO_CARD)) == NO_CARD
