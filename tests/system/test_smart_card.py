"""The real pcscd with virtual readers: every card, torn out anywhere, the service frozen, killed and restarted."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import structlog

from device.cell import Cell
from drivers.contract import (
    ChipSerial,
    CompletionCode,
    DeviceFault,
    Garbled,
    Gone,
    Personal,
    Refused,
    Remedy,
    Silent,
    SocialSecurityCard,
    UnsupportedCard,
    UnsupportedKind,
)
from drivers.deadline import Deadline
from drivers.smart_card.pcsc import PcscReader, PcscSettings
from drivers.smart_card.pcsc_port import PcscPort, readers
from simulators.control import Fault, Tear
from simulators.smart_card import others
from simulators.smart_card.deck import LONG, ZHANG
from tests.system.card_hands import (
    BACK_OFF,
    FIRST,
    LIMIT,
    SECOND,
    again,
    emptied,
    hands,
    opened,
    outcome,
    read,
    until_open,
)
from tests.system.pcscd import Pcscd

pytestmark = pytest.mark.system

WORST_GAP = 0.5
"""Seconds for which the loop may stand still on a machine that does other things too; a call that blocked it would
hold it for the whole of a deadline.
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for all: where the service is found is read once a process."""
    return tmp_path_factory.mktemp("pcscd")


@pytest.fixture
def service(folder: Path) -> Iterator[Pcscd]:
    pcscd = Pcscd(folder)
    pcscd.start()
    yield pcscd
    pcscd.stop()


CARDS = {
    "social-1.00": Personal(ZHANG.name),
    "social-2.00-long-name": Personal(LONG.name),
    "social-3.00": None,
    "identity": ChipSerial(Personal(others.CHIP_SERIAL)),
    "bank": UnsupportedCard(UnsupportedKind.BANK),
    "transit": UnsupportedCard(UnsupportedKind.TRANSIT),
    "storage": UnsupportedCard(UnsupportedKind.STORAGE),
    "stranger": UnsupportedCard(UnsupportedKind.UNKNOWN),
}
"""A social-security card by its holder's name, any other as a whole."""
FOR_US = {"inserted", "removed", "command", "state", "torn"}


async def test_two_readers_at_once_read_every_kind_of_card(service: Pcscd) -> None:
    assert sorted(await readers(Deadline.after(LIMIT))) == sorted(service.addresses)
    told: dict[str, Any] = {}

    async def one(reader: str, cards: list[str]) -> None:
        async with opened(reader) as driver:
            for name in cards:
                at_work[reader].insert(name)
                card = await read(driver)
                told[name] = card.name if isinstance(card, SocialSecurityCard) else card
                at_work[reader].remove()
                await emptied(driver)

    async with hands(service) as at_work:
        await asyncio.gather(one(FIRST, list(CARDS)[::2]), one(SECOND, list(CARDS)[1::2]))
    assert told == CARDS
    assert [event for event in at_work.events if event["event"] not in FOR_US] == []


LONGEST = 2 + 2 + 30 + 2
"""Bytes of the message that carries the name's record."""


async def test_torn_out_anywhere_a_read_is_refused_or_garbled_and_the_next_is_right(service: Pcscd) -> None:
    async def one(reader: str, tears: list[tuple[int, int]]) -> None:
        async with opened(reader) as driver:
            for after, octets in tears:
                gone = service.removals(reader)
                at_work[reader].insert("social-2.00")
                assert await driver.wait_for_card(Deadline.after(LIMIT))
                at_work[reader].do(Tear(after, octets))
                with pytest.raises((Refused, Garbled)) as fault:
                    await driver.read_card(Deadline.after(LIMIT))
                if octets == 0:
                    assert isinstance(fault.value, Refused)
                    assert fault.value.code is CompletionCode.USER_ERROR
                await emptied(driver)
                await asyncio.to_thread(service.await_removal, reader, gone)
            at_work[reader].insert("social-2.00")
            card = await read(driver)
            assert isinstance(card, SocialSecurityCard)
            assert card.name == Personal(ZHANG.name)

    async with hands(service) as at_work:
        await asyncio.gather(one(FIRST, [(0, 0), (5, 0), (9, 17)]), one(SECOND, [(1, 3), (12, 0), (9, LONGEST - 1)]))


async def test_a_card_that_answers_slowly_or_byte_by_byte_is_read_right(service: Pcscd) -> None:
    async def one(reader: str, manner: str) -> None:
        async with opened(reader) as driver:
            at_work[reader].do(Fault(manner, True))
            at_work[reader].insert("social-2.00")
            card = await read(driver)
            assert isinstance(card, SocialSecurityCard)
            assert not card.not_read

    async with hands(service) as at_work:
        await asyncio.gather(one(FIRST, "slow"), one(SECOND, "byte-by-byte"))


async def test_a_card_that_says_nothing_is_silent_and_once_it_is_pulled_the_reader_works(service: Pcscd) -> None:
    reader = SECOND
    async with hands(service) as at_work, opened(reader) as driver:
        at_work[reader].do(Fault("mute", True))
        at_work[reader].insert("social-2.00")
        assert await driver.wait_for_card(Deadline.after(LIMIT))
        deadline = Deadline.after(0.3)
        with pytest.raises(Silent):
            await driver.read_card(deadline)
        assert asyncio.get_running_loop().time() < deadline.at + WORST_GAP
        at_work[reader].do(Fault("mute", False))
        at_work[reader].insert("bank")
        assert await again(driver) == UnsupportedCard(UnsupportedKind.BANK)


async def test_a_card_in_another_programs_hands_is_refused_for_the_moment(service: Pcscd) -> None:
    reader = FIRST
    other = PcscPort(reader)
    async with hands(service) as at_work, opened(reader) as driver:
        at_work[reader].insert("bank")
        assert await driver.wait_for_card(Deadline.after(LIMIT))
        await other.open(Deadline.after(LIMIT))
        await other.connect(Deadline.after(LIMIT))
        with pytest.raises(Refused) as refused:
            await driver.read_card(Deadline.after(LIMIT))
        assert refused.value.code is CompletionCode.DEVICE_NOT_READY
        await other.close()
        assert await driver.read_card(Deadline.after(LIMIT)) == UnsupportedCard(UnsupportedKind.BANK)


async def test_a_reader_that_is_not_there_is_gone_and_an_unclear_name_is_for_who_set_it(service: Pcscd) -> None:
    with pytest.raises(Gone, match="there is no reader ACS"):
        await PcscPort("ACS").open(Deadline.after(LIMIT))
    with pytest.raises(Refused) as refused:
        await PcscPort("Hall").open(Deadline.after(LIMIT))
    assert refused.value.remedy is Remedy.CONFIGURATION


@asynccontextmanager
async def beating() -> AsyncIterator[list[float]]:
    """How long the loop stood still, again and again."""
    gaps: list[float] = []

    async def beat() -> None:
        last = time.monotonic()
        while True:
            await asyncio.sleep(0.005)
            gaps.append(time.monotonic() - last)
            last = time.monotonic()

    async with asyncio.TaskGroup() as group:
        task = group.create_task(beat())
        try:
            yield gaps
        finally:
            task.cancel()


async def test_a_service_frozen_is_silent_killed_is_gone_and_back_it_is_found_again(service: Pcscd) -> None:
    async with beating() as gaps, hands(service) as at_work, opened() as driver:
        at_work[FIRST].insert("social-2.00")
        assert isinstance(await read(driver), SocialSecurityCard)

        service.freeze()
        verbs = (driver.read_card, driver.poll, driver.open)
        faults = [await outcome(verb(Deadline.after(0.3))) for verb in verbs]
        assert [type(fault) for fault in faults] == [Silent, Silent, Silent]
        service.thaw()
        await until_open(driver)
        assert isinstance(await read(driver), SocialSecurityCard)

        waiting = outcome(driver.wait_for_removal(Deadline.after(LIMIT)))
        ended, _ = await asyncio.gather(waiting, asyncio.to_thread(service.stop))
        assert isinstance(ended, Gone)
        for verb in (driver.read_card, driver.poll, driver.open):
            assert isinstance(await outcome(verb(Deadline.after(1))), Gone)

        await asyncio.to_thread(service.start)
        await until_open(driver)
        assert isinstance(await again(driver), SocialSecurityCard)
    assert max(gaps) < WORST_GAP


VALUES = (
    ZHANG.name,
    ZHANG.number,
    "A00000001",
    ZHANG.name.encode("gbk").hex(" ").upper(),
    ZHANG.number.encode().hex(" "),
)


async def read_by(cell: Cell[PcscReader]) -> str:
    """What a cell's caller would see of a read that worked."""
    async with asyncio.timeout(LIMIT):
        while True:
            with suppress(DeviceFault):
                return repr(await cell.do(lambda reader, deadline: reader.read_card(deadline), LIMIT))
            await asyncio.sleep(BACK_OFF)


async def lost(cell: Cell[PcscReader]) -> None:
    async with asyncio.timeout(LIMIT):
        with cell.watch.watching() as changed:
            while "link-lost" not in cell.state.keywords():
                await changed.wait()
                changed.clear()


async def test_no_personal_value_is_in_any_line_of_a_cells_log_or_of_the_services(service: Pcscd) -> None:
    cell = Cell("reader", "pcsc-reader", PcscReader(PcscSettings(), PcscPort(FIRST)), family="smart_card")
    with structlog.testing.capture_logs() as lines:
        async with hands(service) as at_work, asyncio.TaskGroup() as group:
            running = group.create_task(cell.run())
            at_work[FIRST].insert("social-2.00")
            told = await read_by(cell)
            at_work[FIRST].do(Tear(9, 20))
            torn = await outcome(cell.do(lambda reader, deadline: reader.read_card(deadline), LIMIT))
            await asyncio.to_thread(service.stop)
            gone = await outcome(cell.do(lambda reader, deadline: reader.poll(deadline), LIMIT))
            await lost(cell)
            running.cancel()
    assert "SocialSecurityCard" in told
    assert isinstance(torn, DeviceFault)
    assert isinstance(gone, Gone)
    assert any(line["event"] == "device lost" for line in lines)
    everything = [*map(repr, lines), told, repr(torn), repr(gone), *service.log]
    assert not [value for value in VALUES for line in everything if value in line]


async def test_a_card_is_laid_down_and_torn_away_from_outside(service: Pcscd, tmp_path: Path) -> None:
    reader = SECOND
    host, port = service.addresses[reader]
    control = tmp_path / "card.sock"
    process = await asyncio.create_subprocess_exec(
        *(
            sys.executable,
            "-m",
            "yichuang",
            "simulate",
            "card",
            "--reader",
            f"{host}:{port}",
            "--control",
            str(control),
        ),
        *("--insert", "social-2.00"),
    )
    try:
        async with opened(reader) as driver:
            card = await read(driver)
            assert isinstance(card, SocialSecurityCard)
            assert card.name == Personal(ZHANG.name)
            told, ask = await asyncio.open_unix_connection(control)
            state = json.loads(await told.readline())
            assert state["card"] == "social-2.00"
            ask.write(b'{"do":"tear","after":3}\n')
            await until_said(told, '"ok":true')
            with pytest.raises(Refused):
                await driver.read_card(Deadline.after(LIMIT))
            ask.write(b'{"do":"insert","card":"nobody"}\n{"do":"tear","after":0,"octets":1}\n')
            assert "the cards are social-1.00" in await until_said(told, '"ok":false')
            assert "0, 2 or more bytes" in await until_said(told, '"ok":false')
            await emptied(driver)
            ask.write(b'{"do":"insert","card":"transit"}\n')
            assert await again(driver) == UnsupportedCard(UnsupportedKind.TRANSIT)
            ask.close()
            await ask.wait_closed()
    finally:
        process.terminate()
        assert await asyncio.wait_for(process.wait(), LIMIT) == 0
    assert not control.exists()


async def until_said(told: asyncio.StreamReader, what: str) -> str:
    async with asyncio.timeout(LIMIT):
        while what not in (line := (await told.readline()).decode()):
            assert line
    return line
