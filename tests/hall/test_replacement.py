"""A broken kiosk's name goes to a new machine: no number repeats, and whoever waits is called."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from device.assembly import BoxParts
from device.band import UNKNOWN
from device.journal import Data, Journal
from hall.contract.numbering import band_digits
from tests.device.journal_scene import DATE, Disk, facts_of, issue, read, request
from tests.hall.enrolling_box import box_at, caller, enrolled, until, with_ca_key
from tests.hall.served import Served, command, hello, serve
from tests.hall.test_wire import sign_in

SERVICE = "11"


async def number(journal: Journal, date: str, touch: str, *, printed: bool = True) -> str:
    """One of the kiosk's own band, as when the hall is away; "" when there is none."""
    ticket = await request(journal, touch, SERVICE)

    def data(count: int) -> Data:
        digits = band_digits(SERVICE, 1, count)
        return {"ticket": ticket, "service": SERVICE, "number": digits, "source": "band", "date": date}

    fact = await journal.issue_from_band(ticket, date, SERVICE, data)
    if fact is not None and printed:
        await journal.record("printed", {"ticket": ticket, "evidence": "gs-r"})
    return str(fact.data["number"]) if fact else ""


async def told(parts: BoxParts) -> None:
    """Until the hall has stored all of it."""
    await until(parts.journal.watch, lambda: parts.journal.acknowledged == parts.journal.head()[0])


async def called(served: Served, times: int) -> list[str]:
    """The numbers that window 1 calls, one after the other."""
    numbers = []
    async with served.caller("counter-1") as counter:
        await counter.post("/device/hello", json=hello())
        await sign_in(counter)
        for turn in range(times):
            for kind in ("call-next", "start", "finish"):
                answer: dict[str, Any] = (
                    await counter.post("/device/commands", json=command(kind, request=f"{kind} {turn}"))
                ).json()
                if kind == "call-next" and answer["outcome"] == "done":
                    numbers.append(answer["window"]["held"]["number"])
    return numbers


@pytest.mark.wire
async def test_a_new_machine_goes_on_with_the_name_its_numbers_and_whoever_waits(
    settings_file: Path, tmp_path: Path
) -> None:
    halled = with_ca_key(settings_file)
    folders = [tmp_path / "old", tmp_path / "new"]
    for folder in folders:
        folder.mkdir()
    async with serve(halled) as served:
        old = await enrolled(served, "kiosk-1", folders[0])
        async with box_at(served, folders[0], "kiosk-1", folders[0]) as parts:
            await until(parts.link.watch, lambda: parts.link.hall == "up")
            date = served.hall.business_date
            heard = [await number(parts.journal, date, "a"), await number(parts.journal, date, "b")]
            on_its_way = await number(parts.journal, date, "c", printed=False)
            await told(parts)
            await served.hall.enrolment.revoke("kiosk-1")  # from here on it is cut off, as by a dead switch
            await until(parts.link.watch, lambda: parts.link.hall == "down")
            unheard = [await number(parts.journal, date, touch) for touch in "def"]
        new = await enrolled(served, "kiosk-1", folders[1])
        async with box_at(served, folders[1], "kiosk-1", folders[1]) as parts:
            await until(parts.link.watch, lambda: parts.link.hall == "up")
            fresh = [await number(parts.journal, date, touch) for touch in "gh"]
            await told(parts)
        given = [*heard, on_its_way, *unheard, *fresh]
        assert len({*given} - {""}) == 8
        async with caller(served, old) as box:
            assert (await box.get("/device/directory")).status_code == 403
        async with caller(served, new) as box:
            assert (await box.get("/device/directory")).status_code == 200
        assert [label[-6:] for label in await called(served, 6)] == [*heard, on_its_way, *fresh]


async def test_between_welcome_and_the_first_number_a_new_machine_s_band_is_locked(tmp_path: Path) -> None:
    journal = Disk(tmp_path / "box").open()
    await journal.take_over(["aa00", "bb00"])
    assert journal.band_locked
    assert await issue(journal, await request(journal)) is None
    await journal.unlock_band(DATE, {})
    assert await issue(journal, await request(journal)) == UNKNOWN + 1, "the hall may have heard of none of them"
    await journal.close()


async def test_what_was_on_its_way_in_the_old_machine_is_told_once(tmp_path: Path) -> None:
    disk = Disk(tmp_path / "box")
    journal = disk.open()
    await journal.take_over(["aa00"])
    await journal.take_over(["aa00"])
    await journal.unlock_band(DATE, {})
    await journal.take_over(["aa00"])
    await journal.close()
    journal = disk.open()
    await journal.take_over(["aa00"])
    opened = [fact.data for fact in map(read, facts_of(journal).values()) if fact.kind == "opened"]
    assert opened == [{"reason": "new", "former": ""}, {"reason": "replaced", "former": "aa00"}]
    assert not journal.band_locked
    await journal.close()
