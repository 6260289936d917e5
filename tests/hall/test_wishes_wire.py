"""A ticket's new verbs over the wire: a box tells them, asks for the place, and hears the news."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from hall.contract import AWAY_MS, Fact
from hall.store import desks
from hall.wishes import Away
from tests.hall.served import LIMIT_S, Served, hello, serve
from tests.hall.test_wire import listening, reserve

pytestmark = pytest.mark.wire


class Kiosk:
    """Tells facts as a box does."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client
        self._seq, self._prev = 0, ""

    async def tell(self, kind: str, **data: Any) -> str:
        self._seq += 1
        fact = Fact(
            seq=self._seq,
            prev=self._prev,
            kind=kind,
            at_ms=0,
            trust="unknown",
            boot="b1",
            mono_ms=1000 + self._seq,
            mode="demo",
            data=data,
        )
        self._prev = fact.digest()
        batch = {"device": "kiosk-1", "journal": "j", "boot": "b1", "mono_ms": 1000 + self._seq}
        told = await self.client.post("/device/facts", json={**batch, "facts": [msgspec.to_builtins(fact)]})
        assert told.json()["high"] == self._seq
        return f"kiosk-1/j/{self._seq}"

    async def take(self) -> tuple[str, str]:
        """A printed ticket: its id and digits."""
        ticket = await self.tell("requested", service="11", touch="t")
        given = (await reserve(self.client, self._seq, boot="b1", mono_ms=1000)).json()
        number = {"number": given["digits"], "source": "hall", "date": given["date"]}
        await self.tell("issued", ticket=ticket, service="11", **number)
        await self.tell("printed", ticket=ticket, evidence="gs-h")
        return ticket, given["digits"]

    async def place(self, ticket: str) -> dict[str, Any]:
        place: dict[str, Any] = (await self.client.post("/device/place", json={"ticket": ticket})).json()
        return place


@asynccontextmanager
async def kiosk_of(settings_file: Path) -> AsyncIterator[tuple[Served, Kiosk]]:
    async with serve(settings_file) as served, served.caller("kiosk-1") as client:
        await client.post("/device/hello", json=hello("kiosk-1", journal="j"))
        yield served, Kiosk(client)


async def test_a_box_tells_that_somebody_steps_away_and_reads_it_in_the_place(settings_file: Path) -> None:
    async with kiosk_of(settings_file) as (_, kiosk):
        ticket, _ = await kiosk.take()
        place = await kiosk.place(ticket)
        assert (place["state"], place["ahead"], place["may_step_away"]) == ("waiting", 0, True)
        await kiosk.tell("stepped-away", ticket=ticket, minutes=15)
        place = await kiosk.place(ticket)
        assert (place["state"], place["may_step_away"]) == ("away", False)
        assert 0 < place["away_ms"] <= AWAY_MS
        await kiosk.tell("stepped-back", ticket=ticket)
        assert (await kiosk.place(ticket))["state"] == "waiting"
        await kiosk.tell("given-back", ticket=ticket)
        assert (await kiosk.place(ticket))["state"] == "void"


async def test_a_ticket_the_hall_has_never_heard_of_has_no_state(settings_file: Path) -> None:
    async with kiosk_of(settings_file) as (_, kiosk):
        assert (await kiosk.place("kiosk-1/j/77"))["state"] == ""


async def test_the_place_is_not_told_while_the_hall_recovers(settings_file: Path) -> None:
    async with kiosk_of(settings_file) as (served, kiosk):
        ticket, _ = await kiosk.take()
        await served.hall.writer.write(partial(desks.put_meta, key="recovering", value="copy"))
        answer = await kiosk.client.post("/device/place", json={"ticket": ticket})
        assert (answer.status_code, answer.json()["error"]) == (409, "recovering")


async def test_screens_hear_whom_they_call_until_the_ticket_is_void(settings_file: Path) -> None:
    async with (
        kiosk_of(settings_file) as (served, kiosk),
        asyncio.timeout(LIMIT_S),
        listening(served, "counter-1") as told,
    ):
        ticket, digits = await kiosk.take()
        await kiosk.tell("by-screen", ticket=ticket)
        assert (await kiosk.place(ticket))["by_screen"] is True
        async for name, data in told:
            if name == "news" and data.get("by_screen"):
                assert [number[-len(digits) :] for number in data["by_screen"]] == [digits]
                break
        await kiosk.tell("given-back", ticket=ticket)
        async for name, data in told:
            if name == "news" and not data.get("by_screen"):
                break


async def test_a_hall_that_is_started_anew_brings_back_whoever_is_away_in_time(settings_file: Path) -> None:
    async with kiosk_of(settings_file) as (_, kiosk):
        ticket, _ = await kiosk.take()
        await kiosk.tell("stepped-away", ticket=ticket, minutes=15)
        await kiosk.tell("by-screen", ticket=ticket)
    async with serve(settings_file) as served, served.caller("kiosk-1") as client, asyncio.timeout(LIMIT_S):
        again = Kiosk(client)
        assert (await again.place(ticket))["state"] == "away"
        assert served.hall.news.now(served.hall.term, 1).by_screen
        clock = served.hall.clock
        clock.set(clock.now_ms() + AWAY_MS)
        async with asyncio.TaskGroup() as group:
            returning = group.create_task(Away(served.hall).run())
            while (await again.place(ticket))["state"] == "away":
                pass
            returning.cancel()
        assert (await again.place(ticket))["state"] == "waiting"
        assert served.hall.waiting["11"] == 1


async def test_the_time_away_runs_out_while_the_hall_stands(settings_file: Path) -> None:
    async with kiosk_of(settings_file) as (served, kiosk), asyncio.timeout(LIMIT_S), asyncio.TaskGroup() as group:
        returning = group.create_task(Away(served.hall).run())
        ticket, _ = await kiosk.take()
        clock = served.hall.clock
        await kiosk.tell("stepped-away", ticket=ticket, minutes=0)
        while (await kiosk.place(ticket))["state"] == "away":
            pass
        assert clock.mono_ms() > 0
        returning.cancel()
