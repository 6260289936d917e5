"""What was read is forgotten when the visit is, and stands nowhere meanwhile but in memory."""

from __future__ import annotations

import asyncio
import gc
from pathlib import Path
from typing import Any

import msgspec
import pytest
import structlog

from device.flows.card_readers import Outcome
from device.flows.card_values import Told
from device.flows.read_card import Phase, Reading, Why
from device.journal import JournalStopped
from drivers.contract import IdCard
from drivers.id_card.sdt_codec import SW3
from hall.contract import Clerk
from simulators.id_card_reader.cards import CARDS
from tests.device.card_scene import KEEP_SECONDS, VALUES, Cards, cards_of
from tests.device.counter import CLERK, held
from tests.virtual_time import virtual


def kept_in_memory() -> int:
    gc.collect()
    return sum(isinstance(each, (Told, IdCard)) for each in gc.get_objects())


async def finish(cards: Cards, reading: Reading) -> None:
    await cards.counter.tell("idle")


async def next_one(cards: Cards, reading: Reading) -> None:
    await cards.counter.tell("called", held=held("A1002"))


async def sign_out(cards: Cards, reading: Reading) -> None:
    await cards.counter.tell("closed", clerk=None)


async def another_clerk(cards: Cards, reading: Reading) -> None:
    await cards.counter.tell("serving", held=held("A1001"), clerk=Clerk(staff_no="008", name="张小红"))


async def done(cards: Cards, reading: Reading) -> None:
    cards.desk.end(reading.id, CLERK, Why.DONE)


async def page_gone(cards: Cards, reading: Reading) -> None:
    cards.desk.leave(reading)


async def begin_anew(cards: Cards, reading: Reading) -> None:
    await cards.announced()


async def wait(cards: Cards, reading: Reading) -> None:
    cards.desk.show(reading.id, CLERK)  # looking does not make it live longer
    await asyncio.sleep(KEEP_SECONDS + 0.1)


ENDS = [
    (finish, Why.VISIT_OVER),
    (next_one, Why.VISIT_OVER),
    (sign_out, Why.SIGNED_OUT),
    (another_clerk, Why.SIGNED_OUT),
    (done, Why.DONE),
    (page_gone, Why.PAGE_GONE),
    (begin_anew, Why.ANOTHER),
    (wait, Why.TIMED_OUT),
]


@pytest.mark.parametrize(("happens", "why"), ENDS)
@virtual
async def test_what_was_read_is_forgotten_however_it_ends(tmp_path: Path, happens: Any, why: Why) -> None:
    before = kept_in_memory()
    async with cards_of(tmp_path) as cards:
        reading = await cards.read()
        assert kept_in_memory() == before + 1
        await happens(cards, reading)
        await cards.counter.settle()
        assert (reading.phase, reading.why, reading.told) == (Phase.OVER, why, None)
        assert (cards.state(reading)["card"], cards.desk.show(reading.id, CLERK)) == (None, "reading-over")
        assert kept_in_memory() == before


@pytest.mark.parametrize(("happens", "why"), ENDS[:-1])
@virtual
async def test_a_reading_in_the_middle_ends_as_well_and_its_card_is_not_kept(
    tmp_path: Path, happens: Any, why: Why
) -> None:
    before = kept_in_memory()
    async with cards_of(tmp_path) as cards:
        reading = await cards.reading()
        await asyncio.sleep(2)
        await happens(cards, reading)
        cards.reader.module.lay("resident")
        await asyncio.sleep(30)
        assert (reading.phase, reading.why, kept_in_memory()) == (Phase.OVER, why, before)


@virtual
async def test_called_and_then_served_is_one_visit(tmp_path: Path) -> None:
    async with cards_of(tmp_path) as cards:
        await cards.counter.tell("called", held=held("A1003"))
        reading = await cards.read()
        await cards.counter.tell("called", held=held("A1003", calls=2))
        await cards.counter.tell("serving", held=held("A1003", calls=2))
        assert reading.phase is Phase.READ


@virtual
async def test_the_daemons_stop_forgets(tmp_path: Path) -> None:
    before = kept_in_memory()
    async with cards_of(tmp_path) as cards:
        reading = await cards.read()
    assert (reading.why, kept_in_memory()) == (Why.STOPPING, before)


@virtual
async def test_what_cannot_be_noted_is_not_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = kept_in_memory()

    async def full(*_: object, **__: object) -> None:
        raise JournalStopped("disk-full", "no space left")

    async with cards_of(tmp_path) as cards:
        monkeypatch.setattr(cards.counter.journal, "record", full)
        reading = await cards.read()
        assert (reading.phase, reading.outcome, reading.told) == (Phase.FAILED, Outcome.NOT_RECORDED, None)
        assert kept_in_memory() == before


HOW: list[dict[str, bytes | int]] = [
    {},
    {"read": SW3.READ_FAILED},
    {"read": SW3.INFORMATION_CHECK},
    {"select": SW3.SELECT_FAILED},
]


@virtual
async def test_no_value_of_any_card_is_in_a_log_a_fact_the_journal_or_what_parts_say_of_themselves(
    tmp_path: Path,
) -> None:
    spoken: list[str] = []
    with structlog.testing.capture_logs() as logged:
        async with cards_of(tmp_path) as cards:
            for card in CARDS:
                for how in HOW:
                    cards.reader.instead.update(how)
                    reading = await cards.read(card)
                    spoken += [repr(reading), str(reading), repr(reading.told), str(cards.state(reading))]
                    spoken.append(msgspec.json.encode(cards.state(reading)).decode())
                    spoken.append(str(cards.cells["id_card"].statistics.report(0.0)))
                    cards.desk.end(reading.id, CLERK, Why.DONE)
                    cards.reader.module.lift()
                    cards.reader.instead.clear()
                    await asyncio.sleep(2)
            spoken += [msgspec.json.encode(fact).decode() for fact in cards.counter.facts()]
            assert [fact.data["outcome"] for fact in cards.noted()].count("read") == len(CARDS)
    files = cards.files()
    assert b"card-read" in files
    said = "\n".join([*spoken, *map(str, logged)])
    assert {"张三", "11010119000101009X", "19000101"} <= VALUES
    assert [value for value in VALUES if value in said or value.encode() in files] == []
