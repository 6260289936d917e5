"""What a citizen presses on the customer screen reaches the hall over the wire: the grade, and the tags beside it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
import msgspec
import pytest

from device.clock import Clock
from device.flows.rate import RatingDesk
from device.flows.rating_tags import TAGS
from device.journal import Journal
from device.watch import Watch
from hall.contract import GRADES, Batch, Held
from tests.hall.served import hello, serve

pytestmark = pytest.mark.wire


async def send(caller: httpx.AsyncClient, journal: Journal, device: str, boot: str) -> None:
    """All of a box's journal, as its uplink sends it."""
    greeting = hello(device, journal=journal.id, boot=boot)
    assert (await caller.post("/device/hello", json=greeting)).status_code == 200
    facts = [msgspec.Raw(body) for _, body in journal.unsent(0, 100)]
    batch = Batch(device=device, journal=journal.id, boot=boot, mono_ms=1, facts=facts)
    assert (await caller.post("/device/facts", content=msgspec.json.encode(batch))).status_code == 200


async def take(kiosk: httpx.AsyncClient, journal: Journal, boot: str) -> str:
    """A number, printed."""
    seq = (await journal.record("requested", {"service": "11", "touch": f"t{journal.head()[0]}"})).seq
    ticket = f"kiosk-1/{journal.id}/{seq}"
    body = {"ticket": ticket, "service": "11", "mode": "demo", "mono_ms": 1, "boot": boot}
    given = (await kiosk.post("/device/reserve", json=body)).json()
    told = {"ticket": ticket, "service": "11", "number": given["digits"], "source": "hall", "date": given["date"]}
    await journal.record("issued", told)
    await journal.record("printed", {"ticket": ticket, "evidence": "gs-r"})
    return ticket


async def test_all_five_levels_with_their_tags_reach_the_hall(settings_file: Path, tmp_path: Path) -> None:
    clock = Clock()
    slips = Journal.open(tmp_path / "kiosk.db", "kiosk-1", clock, "demo")
    own = Journal.open(tmp_path / "counter.db", "counter-1", clock, "demo")
    desk = RatingDesk(1, own, clock, Watch(), None)
    async with serve(settings_file) as served, served.caller("kiosk-1") as kiosk, served.caller("counter-1") as counter:
        greeting = hello("kiosk-1", journal=slips.id, boot=clock.boot_id)
        assert (await kiosk.post("/device/hello", json=greeting)).status_code == 200
        tickets = [await take(kiosk, slips, clock.boot_id) for _ in GRADES]
        await send(kiosk, slips, "kiosk-1", clock.boot_id)
        working = asyncio.create_task(desk.run())
        with desk.on_screen():
            for ticket, grade in zip(tickets, GRADES, strict=True):
                desk.invite(Held(ticket=ticket, number="A", service="11", call="c", visit=ticket), "1001", "")
                assert await desk.rate(ticket, grade, TAGS[grade][:3]) == "rated"
        working.cancel()
        await send(counter, own, "counter-1", clock.boot_id)
        rows = {row["grade"]: row for row in (await counter.get("/api/ratings")).json()}
    assert {grade: row["tags"] for grade, row in rows.items()} == {grade: ",".join(TAGS[grade][:3]) for grade in GRADES}
    assert {row["channel"] for row in rows.values()} == {"page"}
    for journal in (slips, own):
        await journal.close()
