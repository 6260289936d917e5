"""What the guide's page is shown, and when it no longer is: time passes only when a test says so."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from config.hall import load_hall
from hall import day
from hall.contract import Batch, CallNext, Fact, Park, Reserve, SignIn
from hall.guides.board import CARD_MS, FRESH_MS, PARKED_MS, VOID_MS, Board
from hall.hall import Hall
from hall.main import open_hall
from tests.hall.restored import OpenDoor
from tests.hall.scene import FakeClock

DAY_MS = 24 * 3_600_000
JOURNAL = "00ff00ff00ff00ff"


class Watched:
    """A hall, its board, and one box that tells it things."""

    def __init__(self, hall: Hall, board: Board, clock: FakeClock) -> None:
        self.hall = hall
        self.clock = clock
        self._board = board
        self._seq, self._prev, self._requests = 0, "", 0

    async def board(self, after_ms: int = 0) -> dict[str, Any]:
        self.clock.pass_ms(after_ms + FRESH_MS)
        return await self._board.now()

    async def tell(self, kind: str, **data: Any) -> str:
        self._seq += 1
        clock = self.clock
        fact = Fact(
            seq=self._seq,
            prev=self._prev,
            kind=kind,
            at_ms=0,
            trust="unknown",
            boot="b",
            mono_ms=clock.mono_ms(),
            mode="demo",
            data=data,
        )
        self._prev = fact.digest()
        raw = [msgspec.Raw(msgspec.json.encode(fact))]
        batch = Batch(device="kiosk-1", journal=JOURNAL, boot="b", mono_ms=clock.mono_ms(), facts=raw)
        assert (await self.hall.facts(batch)).high == self._seq
        return f"kiosk-1/{JOURNAL}/{self._seq}"

    async def ticket(self, outcome: str = "printed", **data: Any) -> str:
        ticket = await self.tell("requested", service="11", touch="t")
        asked = Reserve(ticket=ticket, service="11", mode="demo", mono_ms=self.clock.mono_ms(), boot="b")
        given = await self.hall.reserve(asked, "kiosk-1")
        number: dict[str, Any] = {"service": "11", "number": given.digits, "source": "hall", "date": given.date}
        await self.tell("issued", ticket=ticket, **number)
        await self.tell(outcome, ticket=ticket, **data)
        return ticket

    async def press(self, kind: Any, **fields: Any) -> None:
        self._requests += 1
        if kind is not SignIn:
            fields = {"operator": "1001", "boot": "c", "mono_ms": self.clock.mono_ms(), **fields}
        command = kind(request=f"r{self._requests}", window=1, mode="demo", **fields)
        assert b'"done"' in await self.hall.command(command, "counter-1")


@pytest.fixture
async def watched(settings_file: Path) -> AsyncIterator[Watched]:
    clock = FakeClock()
    async with open_hall(*load_hall(settings_file), clock) as (hall, reader):
        hall.door = OpenDoor()  # type: ignore[assignment]
        hall.sessions.begin("counter-1", "c", clock.mono_ms())
        yield Watched(hall, Board(hall, reader), clock)


async def test_a_card_is_a_guide_s_business_after_half_a_minute(watched: Watched) -> None:
    await watched.tell("card-left", reader="id-card")
    assert (await watched.board())["left"] == []
    [left] = (await watched.board(CARD_MS))["left"]
    assert (left["what"], left["where"]["zh"]) == ("card", "kiosk-1")
    await watched.tell("card-taken", reader="id-card")
    assert (await watched.board())["left"] == []


async def test_a_slip_in_the_mouth_is_told_at_once_with_its_number(watched: Watched) -> None:
    ticket = await watched.ticket()
    await watched.tell("slip-left", ticket=ticket)
    [left] = (await watched.board())["left"]
    assert (left["what"], left["number"]) == ("slip", "A11001")
    await watched.tell("slip-taken", ticket=ticket)
    assert (await watched.board())["left"] == []


async def test_a_void_number_is_told_for_half_an_hour_unless_it_was_printed_anew(watched: Watched) -> None:
    await watched.ticket("voided", reason="citizen")
    await watched.ticket("voided", reason="not-confirmed")
    await watched.ticket("voided", reason="media-jam")
    [void] = (await watched.board())["walk"]
    assert (void["why"], void["reason"], void["number"]) == ("void", "media-jam", "A11003")
    assert (await watched.board(VOID_MS))["walk"] == []


async def test_who_was_given_back_is_looked_for_by_nobody(watched: Watched) -> None:
    ticket = await watched.ticket()
    await watched.tell("given-back", ticket=ticket)
    assert (await watched.board())["walk"] == []


async def test_who_is_set_aside_for_long_is_looked_for(watched: Watched) -> None:
    await watched.ticket()
    await watched.press(SignIn, name="林一帆", pin="")
    await watched.press(CallNext)
    await watched.press(Park)
    assert (await watched.board())["walk"] == []
    [parked] = (await watched.board(PARKED_MS))["walk"]
    assert (parked["why"], parked["number"], parked["window"]) == ("parked", "A11001", 1)


async def test_who_asks_for_help_and_is_called_meanwhile_is_looked_for_too(watched: Watched) -> None:
    ticket = await watched.ticket()
    await watched.tell("help-asked", help="h1", at="kiosk", window=None, ticket=ticket)
    assert (await watched.board())["walk"] == []
    await watched.press(SignIn, name="林一帆", pin="")
    await watched.press(CallNext)
    board = await watched.board()
    assert [person["why"] for person in board["walk"]] == ["asked-help"]
    assert [call["number"] for call in board["help"]] == ["A11001"]


async def test_what_was_left_open_yesterday_has_gone_home(watched: Watched) -> None:
    await watched.tell("help-asked", help="h1", at="kiosk", window=None, ticket="")
    assert len((await watched.board())["help"]) == 1
    watched.clock.pass_ms(DAY_MS)
    await day.turn(watched.hall.writer, watched.clock)
    assert (await watched.board())["help"] == []


async def test_a_call_for_help_without_its_fields_is_shown_all_the_same(watched: Watched) -> None:
    await watched.tell("help-asked", help="h1")
    [call] = (await watched.board())["help"]
    assert (call["at"], call["number"], call["where"]["zh"]) == ("", "", "kiosk-1")


async def test_no_name_of_anybody_is_on_the_board(watched: Watched) -> None:
    await watched.ticket()
    await watched.press(SignIn, name="林一帆", pin="")
    await watched.press(CallNext)
    told = msgspec.json.encode(await watched.board()).decode()
    assert "林一帆" not in told
    assert '1001"' not in told.replace('A11001"', "")
