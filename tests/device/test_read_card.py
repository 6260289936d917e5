"""A card is read only after its notice, for the page that asked; every outcome has its word."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from device.flows.card_readers import WAIT_SECONDS, Outcome
from device.flows.read_card import Phase, Reading, Why
from device.supervise import Tasks
from drivers.id_card.sdt_codec import SW3
from hall.contract import Clerk
from simulators.id_card_reader.cards import CARDS
from simulators.id_card_reader.module import REJECTED
from tests.device.card_scene import Cards, cards_of
from tests.device.counter import CLERK
from tests.virtual_time import virtual


@virtual
async def test_nothing_is_asked_of_the_reader_before_the_notice_was_shown(tmp_path: Path) -> None:
    async with cards_of(tmp_path) as cards:
        cards.reader.module.lay("resident")
        reading = await cards.announced()
        await asyncio.sleep(60)
        assert "find" not in cards.reader.asked
        assert (reading.phase, cards.state(reading)["card"]) == (Phase.ANNOUNCED, None)
        assert cards.desk.read("another reading's id", CLERK) == "reading-over"
        assert cards.desk.read(reading.id, Clerk(staff_no="008", name="张小红")) == "reading-over"
        assert "find" not in cards.reader.asked


@pytest.mark.parametrize(
    ("card", "kind", "lines", "validity"),
    [
        ("resident", "resident", {"name": "张**", "number": "110***********009X"}, "long-term"),
        ("rare-name", "resident", {"name": "𠅤**", "number": "110***********0022"}, "valid"),
        ("hk-macao-taiwan", "hk-macao-taiwan", {"name": "李**", "number": "810***********0018"}, "expired"),
        (
            "foreigner-2017",
            "foreigner-2017",
            {"name": "安**", "english-name": "S**", "number": "UTO********0101"},
            "expired",
        ),
        (
            "foreigner-2023",
            "foreigner-2023",
            {"name": "示**", "english-name": "S**", "number": "911***********1002"},
            "valid",
        ),
    ],
)
@virtual
async def test_all_four_layouts_are_told_masked_and_whole_only_when_the_clerk_asks(
    tmp_path: Path, card: str, kind: str, lines: dict[str, str], validity: str
) -> None:
    async with cards_of(tmp_path) as cards:
        reading = await cards.read(card)
        told = cards.state(reading)["card"]
        assert (reading.phase, told["kind"], cards.lines(reading)) == (Phase.READ, kind, lines)
        assert (told["validity"], told["sound"]) == (validity, True)
        whole = cards.desk.show(reading.id, CLERK)
        fields = CARDS[card].fields
        assert isinstance(whole, list)
        assert {each["key"]: each["text"] for each in whole if each["key"] != "english-name"} == {
            key: fields[key] for key in ("name", "number")
        }
        assert cards.desk.show(reading.id, Clerk(staff_no="008", name="张小红")) == "reading-over"
        assert cards.desk.show("", CLERK) == "reading-over"


@virtual
async def test_an_unknown_date_judges_no_card(tmp_path: Path) -> None:
    async with cards_of(tmp_path) as cards:
        told = cards.state(await cards.read("hk-macao-taiwan"), "")["card"]
        assert (told["validity"], told["valid_until"]) == ("until", "2025-01-01")


async def tear(cards: Cards) -> None:
    cards.reader.module.lay("resident")
    cards.reader.module.tear()


async def lay(cards: Cards, name: str = "resident") -> None:
    cards.reader.module.lay(name)


async def reject(cards: Cards) -> None:
    cards.reader.module.lay(REJECTED)


async def nothing(cards: Cards) -> None:
    """Nobody does anything."""


async def not_authorised(cards: Cards) -> None:
    cards.reader.instead["find"] = SW3.NOT_AUTHORISED


async def unplug(cards: Cards) -> None:
    cards.line.unplug()


async def fall_silent(cards: Cards) -> None:
    cards.reader.silent = True


@pytest.mark.parametrize(
    ("happens", "outcome"),
    [
        (tear, Outcome.TORN),
        (reject, Outcome.REJECTED),
        (nothing, Outcome.NO_CARD),
        (not_authorised, Outcome.READER_FAULTY),
        (unplug, Outcome.READER_LOST),
        (fall_silent, Outcome.READER_LOST),
    ],
)
@virtual
async def test_a_reading_that_fails_says_in_a_word_why_and_may_be_tried_again(
    tmp_path: Path, happens: Any, outcome: Outcome
) -> None:
    async with cards_of(tmp_path) as cards:
        reading = await cards.reading()
        begun = asyncio.get_running_loop().time()
        await asyncio.sleep(2)
        await happens(cards)
        await cards.until(lambda: reading.phase is Phase.FAILED)
        assert (reading.outcome, reading.told) == (outcome, None)
        assert asyncio.get_running_loop().time() - begun <= WAIT_SECONDS + 1.5
        cards.reader.instead.clear()
        cards.reader.silent = False
        cards.reader.module.lift()
        cards.line.replug()
        await asyncio.sleep(20)
        assert cards.desk.read(reading.id, CLERK) is None
        cards.reader.module.lay("resident")
        await cards.until(lambda: reading.phase is not Phase.READING)
        assert reading.phase is Phase.READ
        assert [(fact.data["outcome"], fact.data["card"]) for fact in cards.noted()] == [
            (outcome, ""),
            ("read", "resident"),
        ]


@virtual
async def test_a_card_that_stays_lying_is_read_again_only_once_it_was_lifted(tmp_path: Path) -> None:
    async with cards_of(tmp_path) as cards:
        first = await cards.read()
        cards.desk.end(first.id, CLERK, Why.DONE)
        again = await cards.reading()
        await cards.until(lambda: again.phase is Phase.FAILED)
        assert again.outcome is Outcome.LIES_STILL


@virtual
async def test_a_cancel_ends_it_at_once_and_a_card_laid_down_after_it_is_not_read(tmp_path: Path) -> None:
    async with cards_of(tmp_path) as cards:
        reading = await cards.reading()
        await asyncio.sleep(2)
        cards.desk.end(reading.id, CLERK, Why.CANCELED)
        assert (reading.phase, reading.why) == (Phase.OVER, Why.CANCELED)
        cards.reader.module.lay("resident")
        await asyncio.sleep(30)
        assert "read" not in cards.reader.asked
        assert [fact.data["outcome"] for fact in cards.noted()] == ["canceled"]
        assert cards.desk.read(reading.id, CLERK) == "reading-over"


@virtual
async def test_a_card_that_is_being_read_when_somebody_cancels_is_thrown_away_unseen(tmp_path: Path) -> None:
    async with cards_of(tmp_path) as cards:
        reading = await cards.reading()
        cards.reader.module.lay("resident")
        await cards.asked("read")
        cards.desk.end(reading.id, CLERK, Why.CANCELED)
        await asyncio.sleep(10)
        assert (reading.phase, reading.told) == (Phase.OVER, None)
        assert [(fact.data["outcome"], fact.data["card"]) for fact in cards.noted()] == [("canceled", "")]
        assert "link-lost" not in cards.cells["id_card"].state.keywords()
        assert cards.line.opens == 1


@virtual
async def test_a_card_is_read_only_for_somebody_at_the_window(tmp_path: Path) -> None:
    async with cards_of(tmp_path) as cards:
        assert cards.desk.announce("id_card", Clerk(staff_no="008", name="张小红")) == "not-signed-in"
        await cards.counter.tell("idle")
        assert cards.desk.announce("id_card", CLERK) == "nothing-held"
        await cards.counter.tell("closed", clerk=None)
        assert cards.desk.announce("id_card", CLERK) == "not-signed-in"


@virtual
async def test_a_reader_that_is_not_there_is_not_offered(tmp_path: Path) -> None:
    async with cards_of(tmp_path) as cards:
        assert cards.desk.there() == ["id_card", "smart_card"]
        cards.line.unplug()
        await asyncio.sleep(30)
        assert cards.desk.there() == ["smart_card"]
        assert cards.desk.announce("id_card", CLERK) == "no-card-reader"


@virtual
async def test_two_windows_that_share_a_reader_read_one_at_a_time(tmp_path: Path) -> None:
    async with cards_of(tmp_path) as cards, Tasks() as tasks:
        other = cards.new_desk(tasks, 2)
        await cards.reading()
        await asyncio.sleep(1)
        second = other.announce("id_card", CLERK)
        assert isinstance(second, Reading)
        assert other.read(second.id, CLERK) is None
        await asyncio.sleep(3)
        assert (second.phase, second.outcome) == (Phase.FAILED, Outcome.READER_BUSY)
        tasks.stop()


@virtual
async def test_the_fact_says_where_how_and_which_kind_and_whose_visit(tmp_path: Path) -> None:
    async with cards_of(tmp_path) as cards:
        await cards.read("foreigner-2023")
        (fact,) = cards.noted()
        assert fact.data == {"window": 1, "reader": "id_card", "card": "foreigner-2023", "outcome": "read"}
        assert (fact.operator, fact.post, fact.visit) == ("007", "社保岗", "t-A1001")


@pytest.mark.parametrize("position", range(0, 1400, 175))
@virtual
async def test_a_reader_unplugged_at_any_byte_is_told_in_time_and_shows_nothing(tmp_path: Path, position: int) -> None:
    async with cards_of(tmp_path) as cards:
        cards.reader.module.lay("resident")
        cards.line.cut_after = cards.line.carried + position
        reading = await cards.reading()
        await cards.until(lambda: reading.phase is not Phase.READING)
        assert (reading.phase, reading.outcome, reading.told) == (Phase.FAILED, Outcome.READER_LOST, None)
