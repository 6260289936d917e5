"""Social-security cards are read at a window too; other cards say what to do instead."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from device.flows.card_readers import WAIT_SECONDS, Outcome
from device.flows.read_card import Phase, Why
from simulators.smart_card.deck import DECK
from tests.device.card_scene import cards_of
from tests.device.counter import CLERK
from tests.virtual_time import virtual


@pytest.mark.parametrize(
    ("card", "outcome"),
    [
        ("bank", Outcome.NOT_SUPPORTED),
        ("transit", Outcome.NOT_SUPPORTED),
        ("storage", Outcome.NOT_SUPPORTED),
        ("identity", Outcome.NEEDS_ID_READER),
        ("identity-mute", Outcome.NEEDS_ID_READER),
    ],
)
@virtual
async def test_a_smart_card_that_is_not_for_us_says_what_to_do_instead(
    tmp_path: Path, card: str, outcome: Outcome
) -> None:
    async with cards_of(tmp_path) as cards:
        reading = await cards.reading("smart_card")
        await asyncio.sleep(2)
        cards.port.lay(DECK[card](lambda _: None))
        await cards.until(lambda: reading.phase is Phase.FAILED)
        assert (reading.outcome, reading.told) == (outcome, None)
        await cards.until(lambda: reading.lies)
        cards.port.tear()
        await cards.until(lambda: reading.lies is False)


@virtual
async def test_a_social_security_card_is_read_and_asked_back_until_it_is_taken(tmp_path: Path) -> None:
    async with cards_of(tmp_path) as cards:
        reading = await cards.reading("smart_card")
        await asyncio.sleep(2)
        cards.port.lay(DECK["social-2.00"](lambda _: None))
        await cards.until(lambda: reading.phase is not Phase.READING)
        assert (reading.phase, cards.state(reading)["card"]["kind"]) == (Phase.READ, "social-security")
        assert cards.lines(reading)["number"] == "110***********009X"
        cards.desk.end(reading.id, CLERK, Why.DONE)
        await cards.until(lambda: reading.lies)
        await asyncio.sleep(5)
        cards.port.tear()
        await cards.until(lambda: reading.lies is False)


@virtual
async def test_a_smart_card_reader_waits_as_long_and_no_longer(tmp_path: Path) -> None:
    async with cards_of(tmp_path) as cards:
        reading = await cards.reading("smart_card")
        begun = asyncio.get_running_loop().time()
        await cards.until(lambda: reading.phase is Phase.FAILED)
        assert (reading.outcome, reading.told) == (Outcome.NO_CARD, None)
        assert asyncio.get_running_loop().time() - begun == pytest.approx(WAIT_SECONDS, abs=1.5)
        assert cards.desk.read(reading.id, CLERK) is None
        await asyncio.sleep(1)
        cards.port.unplug()
        await cards.until(lambda: reading.phase is Phase.FAILED)
        assert (reading.outcome, reading.told) == (Outcome.READER_LOST, None)
