"""A card at the kiosk: read at its invitation alone, looked at for one thing, and forgotten."""

from __future__ import annotations

import asyncio
from datetime import date
from pathlib import Path

import pytest

from device.flows.card_readers import WAIT_SECONDS
from device.flows.elder_card import FORGET_SECONDS, is_elder
from device.journal import JournalStopped
from simulators.id_card_reader.cards import CARDS
from simulators.id_card_reader.module import REJECTED
from simulators.smart_card.deck import DECK
from tests.device.card_scene import VALUES
from tests.device.kiosk_reader import kiosk_reader
from tests.virtual_time import virtual


@pytest.mark.parametrize(
    ("born", "today", "elder"),
    [
        (date(1961, 11, 23), "2026-11-23", True),
        (date(1961, 11, 24), "2026-11-23", False),
        (date(1900, 1, 1), "2026-11-23", True),
        (date(2000, 1, 1), "2026-11-23", False),
        (date(1960, 2, 29), "2025-02-28", False),
        (date(1960, 2, 29), "2025-03-01", True),
        (None, "2026-11-23", False),
        (date(1900, 1, 1), "", False),
    ],
)
def test_sixty_five_is_counted_in_birthdays_by_the_hall_s_date(born: date | None, today: str, elder: bool) -> None:
    assert is_elder(born, today) is elder


@virtual
async def test_nothing_is_asked_of_the_reader_before_the_invitation_is_taken(tmp_path: Path) -> None:
    async with kiosk_reader(tmp_path) as kiosk:
        kiosk.reader.module.lay("resident")
        await asyncio.sleep(60)
        assert "find" not in kiosk.reader.asked
        assert kiosk.card.state() == {
            "reader": "id_card",
            "ready": True,
            "phase": "idle",
            "outcome": None,
            "elder": False,
        }


@pytest.mark.parametrize("card", sorted(CARDS))
@virtual
async def test_a_card_of_somebody_born_in_1900_offers_the_elder_mode_and_leaves_no_value(
    tmp_path: Path, card: str
) -> None:
    async with kiosk_reader(tmp_path) as kiosk:
        assert kiosk.card.begin()
        assert not kiosk.card.begin()
        kiosk.reader.module.lay(card)
        state = await kiosk.phase("read")
        assert state == {"reader": "id_card", "ready": True, "phase": "read", "outcome": None, "elder": True}
        [fact] = kiosk.told("card-read")
        kind = "resident" if card.endswith("-name") else card
        assert fact.data == {"window": 0, "reader": "id_card", "card": kind, "outcome": "read"}
        assert (fact.operator, fact.visit) == ("", "")
        kept = kiosk.files()
        assert not [value for value in VALUES if value.encode() in kept]


@virtual
async def test_who_is_younger_is_offered_nothing(tmp_path: Path) -> None:
    async with kiosk_reader(tmp_path) as kiosk:
        kiosk.today = "1964-12-31"
        kiosk.card.begin()
        kiosk.reader.module.lay("resident")
        assert (await kiosk.phase("read"))["elder"] is False


@virtual
async def test_what_was_found_is_forgotten_after_a_minute_and_when_the_page_leaves(tmp_path: Path) -> None:
    async with kiosk_reader(tmp_path) as kiosk:
        kiosk.card.begin()
        kiosk.reader.module.lay("resident")
        await kiosk.phase("read")
        began = asyncio.get_running_loop().time()
        assert (await kiosk.phase("idle"))["elder"] is False
        assert asyncio.get_running_loop().time() - began == pytest.approx(FORGET_SECONDS, abs=1)
        kiosk.reader.module.lift()
        kiosk.card.begin()
        kiosk.reader.module.lay("resident")
        await kiosk.phase("read")
        kiosk.card.leave()
        assert kiosk.card.state()["elder"] is False


@virtual
async def test_a_page_that_has_left_is_not_told_of_a_card_read_meanwhile(tmp_path: Path) -> None:
    async with kiosk_reader(tmp_path) as kiosk:
        kiosk.card.begin()
        await asyncio.sleep(1)
        kiosk.card.leave()
        kiosk.reader.module.lay("resident")
        await asyncio.sleep(60)
        assert kiosk.card.state()["phase"] == "idle"
        [fact] = kiosk.told("card-read")
        assert fact.data["outcome"] == "canceled"
        assert not kiosk.back.lies


@virtual
async def test_no_card_in_time_is_said(tmp_path: Path) -> None:
    async with kiosk_reader(tmp_path) as kiosk:
        began = asyncio.get_running_loop().time()
        kiosk.card.begin()
        state = await kiosk.phase("failed")
        assert state["outcome"] == "no-card"
        assert asyncio.get_running_loop().time() - began == pytest.approx(WAIT_SECONDS, abs=2)
        assert not kiosk.back.lies


@virtual
async def test_a_card_that_is_rejected_is_asked_back_all_the_same(tmp_path: Path) -> None:
    async with kiosk_reader(tmp_path) as kiosk:
        kiosk.card.begin()
        kiosk.reader.module.lay(REJECTED)
        assert (await kiosk.phase("failed"))["outcome"] == "rejected"
        assert kiosk.back.lies


@virtual
async def test_what_cannot_be_noted_is_not_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with kiosk_reader(tmp_path) as kiosk:

        async def full(*_: object, **__: object) -> None:
            raise JournalStopped("disk-full", "no space left")

        monkeypatch.setattr(kiosk.journal, "record", full)
        kiosk.card.begin()
        kiosk.reader.module.lay("resident")
        state = await kiosk.phase("failed")
        assert (state["outcome"], state["elder"]) == ("not-recorded", False)


@virtual
async def test_a_social_security_card_will_do_where_the_kiosk_reads_those(tmp_path: Path) -> None:
    async with kiosk_reader(tmp_path, "smart_card") as kiosk:
        kiosk.card.begin()
        kiosk.port.lay(DECK["social-2.00"](lambda _: None))
        assert (await kiosk.phase("read"))["elder"] is True
        [fact] = kiosk.told("card-read")
        assert fact.data["card"] == "social-security"


@virtual
async def test_a_bank_card_tells_nothing(tmp_path: Path) -> None:
    async with kiosk_reader(tmp_path, "smart_card") as kiosk:
        kiosk.card.begin()
        kiosk.port.lay(DECK["bank"](lambda _: None))
        assert (await kiosk.phase("failed"))["outcome"] == "not-supported"
