"""A card or a slip left at the kiosk: asked for until it is gone, told to the guide when it stays."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec
import pytest

from device.cell import Cell
from device.clock import Clock
from device.flows.left_behind import LEFT_S, SLIP_S, SlipBack
from device.journal import Journal
from device.supervise import Tasks
from drivers.contract import MEDIA_NOT_TAKEN, State
from hall.contract import Fact
from simulators.smart_card.deck import DECK
from tests.device.inline_writer import InlineWriter
from tests.device.kiosk_reader import NOW_MS, KioskReader, kiosk_reader
from tests.virtual_time import virtual


async def read(kiosk: KioskReader) -> None:
    kiosk.card.begin()
    if kiosk.back.sees:
        kiosk.port.lay(DECK["social-2.00"](lambda _: None))
    else:
        kiosk.reader.module.lay("resident")
    await kiosk.phase("read")


def take(kiosk: KioskReader) -> None:
    """The hand takes the card; only a reader that sees notices, else somebody says so at the page."""
    if kiosk.back.sees:
        kiosk.port.tear()
    else:
        kiosk.back.taken()


@pytest.mark.parametrize("family", ["id_card", "smart_card"])
@virtual
async def test_a_card_that_is_taken_in_time_is_nobody_s_business(tmp_path: Path, family: str) -> None:
    async with kiosk_reader(tmp_path, family) as kiosk:
        await read(kiosk)
        assert kiosk.back.lies
        await asyncio.sleep(LEFT_S - 5)
        take(kiosk)
        await kiosk.until(lambda: not kiosk.back.lies)
        await asyncio.sleep(2 * LEFT_S)
        assert kiosk.told("card-left", "card-taken") == []


@pytest.mark.parametrize("family", ["id_card", "smart_card"])
@virtual
async def test_a_card_that_stays_for_half_a_minute_is_told_and_so_is_its_end(tmp_path: Path, family: str) -> None:
    async with kiosk_reader(tmp_path, family) as kiosk:
        await read(kiosk)
        began = asyncio.get_running_loop().time()
        await kiosk.until(lambda: kiosk.back.left)
        assert asyncio.get_running_loop().time() - began == pytest.approx(LEFT_S, abs=2)
        assert kiosk.back.lies
        await asyncio.sleep(600)
        [left] = kiosk.told("card-left", "card-taken")
        assert (left.kind, left.data) == ("card-left", {"reader": family})
        take(kiosk)
        await kiosk.until(lambda: len(kiosk.told("card-taken")) == 1 or not kiosk.back.lies)
        await asyncio.sleep(1)
        assert [fact.kind for fact in kiosk.told("card-left", "card-taken")] == ["card-left", "card-taken"]
        assert not kiosk.back.left


@virtual
async def test_a_reader_that_sees_is_believed_and_nobody_s_word(tmp_path: Path) -> None:
    async with kiosk_reader(tmp_path, "smart_card") as kiosk:
        await read(kiosk)
        kiosk.back.taken()
        await asyncio.sleep(5)
        assert kiosk.back.lies


class Slips:
    """A kiosk's printer with a sensor in its mouth."""

    def __init__(self, folder: Path) -> None:
        clock = Clock(wall_ms=lambda: NOW_MS, mono_ms=lambda: 1, boot_id="boot-1")
        self.journal = Journal.open(folder / "journal.db", "kiosk-1", clock, "demo", writer=InlineWriter)
        self.cell: Cell[object] = Cell("printer", "escpos", object(), family="ticket_printer")  # type: ignore[type-var]
        self.back = SlipBack([self.cell], self.journal)

    def see(self, *, slip: bool) -> None:
        self.cell.state = State.of(MEDIA_NOT_TAKEN) if slip else State.of()
        self.cell.watch.changed()

    def told(self) -> list[tuple[str, object]]:
        facts = [msgspec.json.decode(raw, type=Fact) for _, raw in self.journal.unsent(0, 100)]
        return [(fact.kind, fact.data.get("ticket")) for fact in facts if fact.kind.startswith("slip-")]


@virtual
async def test_a_slip_in_the_mouth_is_told_after_a_while_with_its_ticket(tmp_path: Path) -> None:
    slips = Slips(tmp_path)
    requested = await slips.journal.record("requested", {"service": "1", "touch": "t"})
    ticket = f"kiosk-1/{slips.journal.id}/{requested.seq}"
    number = {"service": "1", "number": "1001", "source": "hall", "date": "2026-11-23"}
    await slips.journal.record("issued", {"ticket": ticket, **number})
    async with Tasks() as tasks:
        tasks.start("slips", slips.back.run())
        slips.see(slip=True)
        await asyncio.sleep(SLIP_S - 1)
        slips.see(slip=False)
        await asyncio.sleep(2 * SLIP_S)
        assert slips.told() == []
        slips.see(slip=True)
        await asyncio.sleep(SLIP_S + 1)
        assert slips.back.lies
        assert slips.told() == [("slip-left", ticket)]
        slips.see(slip=False)
        await asyncio.sleep(1)
        assert not slips.back.lies
        assert slips.told() == [("slip-left", ticket), ("slip-taken", ticket)]
        tasks.stop()
    await slips.journal.close()
