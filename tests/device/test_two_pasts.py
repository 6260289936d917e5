"""What a box knows and what its hall knows, when they differ: device/sync/link.py's table, row by row."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from msgspec.structs import replace

from device.sync.link import HallUnreachable
from drivers.deadline import Deadline
from hall.contract import CallNext, Term
from tests.device.fake_hall import FakeHall
from tests.device.hall_scene import Scene, scene_of
from tests.virtual_time import virtual

CALL = CallNext(request="r1", window=3, operator="7", mode="demo")


async def tell(scene: Scene, *names: str) -> None:
    for name in names:
        await scene.journal.record("device", {"name": name})


@virtual
async def test_facts_go_up_before_the_hall_counts_as_up_and_before_any_command(tmp_path: Path) -> None:
    async with scene_of(tmp_path, FakeHall()) as scene:
        await tell(scene, *(str(n) for n in range(500)))
        await scene.journal.command_sent(CALL)
        scene.start("link", "uplink", "commands", "downlink")
        await scene.link.up()
        assert (len(scene.hall.facts), scene.hall.commands, scene.hall.streams) == (502, [], [])


@virtual
async def test_numbers_may_be_asked_for_while_facts_still_go_up(tmp_path: Path) -> None:
    async with scene_of(tmp_path, FakeHall()) as scene:
        scene.hall.silent.add("/device/facts")
        scene.start("link", "uplink")
        await scene.link.reached()
        assert await scene.reserver.reserve(scene.reserve()) is not None
        assert scene.link.hall == "down"


@virtual
async def test_a_hall_that_takes_no_facts_though_it_must_is_up_all_the_same(tmp_path: Path) -> None:
    async with scene_of(tmp_path, FakeHall()) as scene:
        scene.hall.refuse["/device/facts"] = (413, {"error": "too-long"})
        scene.start("link", "uplink")
        await scene.link.up()
        assert scene.link.facts_refused


@virtual
async def test_a_restored_hall_is_told_again_from_where_it_stands(tmp_path: Path) -> None:
    async with scene_of(tmp_path, FakeHall()) as scene:
        scene.start("link", "uplink")
        await scene.link.up()
        await tell(scene, "a", "b", "c")
        await scene.hall.until(lambda: len(scene.hall.facts) == 4)
        del scene.hall.facts[1:]
        scene.link.lost("the hall was restored")
        await scene.link.up()
        assert [fact.data.get("name") for fact in scene.hall.facts[1:]] == ["a", "b", "c"]


@virtual
async def test_a_restored_hall_that_was_not_greeted_yet_says_by_its_receipt_where_it_stands(tmp_path: Path) -> None:
    async with scene_of(tmp_path, FakeHall()) as scene:
        scene.start("link", "uplink")
        await scene.link.up()
        await tell(scene, "a", "b")
        await scene.hall.until(lambda: len(scene.hall.facts) == 3)
        del scene.hall.facts[1:]
        await tell(scene, "c")
        await scene.hall.until(lambda: len(scene.hall.facts) == 4)


@virtual
async def test_a_recovering_hall_hears_facts_gives_no_number_and_is_not_up_until_it_is_itself_again(
    tmp_path: Path,
) -> None:
    async with scene_of(tmp_path, FakeHall()) as scene:
        scene.hall.recovering = True
        await tell(scene, "a")
        await scene.journal.command_sent(CALL)
        scene.start("link", "uplink", "commands")
        await scene.hall.until(lambda: len(scene.hall.hellos) == 3)
        assert (scene.link.hall, len(scene.hall.facts), scene.hall.commands) == ("down", 3, [])
        assert await scene.reserver.reserve(scene.reserve()) is None
        assert scene.hall.requests["/device/reserve"] == 0
        scene.hall.recovering = False
        await scene.link.up()
        await scene.hall.until(lambda: scene.hall.commands == ["r1"])


@virtual
async def test_a_hall_lost_while_it_recovers_is_greeted_anew(tmp_path: Path) -> None:
    async with scene_of(tmp_path, FakeHall()) as scene:
        scene.hall.recovering = True
        scene.start("link", "uplink")
        await scene.hall.until(lambda: len(scene.hall.hellos) == 2)
        scene.hall.there = False
        await scene.hall.until(lambda: scene.link.known_down)
        assert not scene.link.reached_hall
        scene.hall.there, scene.hall.recovering = True, False
        await scene.link.up()


@pytest.mark.parametrize(("high", "digest"), [(80, "ab" * 32), (1, "ab" * 32)], ids=["more", "another"])
@virtual
async def test_a_hall_that_knows_another_past_makes_the_box_start_anew_and_hears_nothing(
    tmp_path: Path, high: int, digest: str
) -> None:
    async with scene_of(tmp_path, FakeHall()) as scene:
        scene.hall.high, scene.hall.digest = high, digest
        forks: list[str] = []
        scene.link.on_forked(lambda: forks.append(scene.link.hall))
        scene.start("link", "uplink")
        await scene.hall.until(lambda: len(scene.hall.hellos) == 3)
        assert (forks, scene.link.forked, scene.hall.facts) == (["down"], True, [])
        assert scene.link.refusal == "forked"


@virtual
async def test_a_receipt_that_tells_of_a_fork_makes_the_box_start_anew(tmp_path: Path) -> None:
    async with scene_of(tmp_path, FakeHall()) as scene:
        forked = asyncio.Event()
        scene.link.on_forked(forked.set)
        scene.hall.forked = True
        scene.start("link", "uplink")
        await forked.wait()
        assert scene.link.hall == "down"


@virtual
async def test_a_number_refused_for_another_past_of_its_ticket_makes_the_box_start_anew(tmp_path: Path) -> None:
    async with scene_of(tmp_path, FakeHall()) as scene:
        forked = asyncio.Event()
        scene.link.on_forked(forked.set)
        scene.start("link", "uplink")
        await scene.link.up()
        scene.hall.refuse["/device/reserve"] = (409, {"error": "forked"})
        assert await scene.reserver.reserve(scene.reserve()) is None
        assert forked.is_set()


@virtual
async def test_journals_set_aside_are_told_to_their_end_before_the_hall_is_up(tmp_path: Path) -> None:
    async with scene_of(tmp_path, FakeHall()) as scene:
        await tell(scene, *(str(n) for n in range(300)))
        old = scene.journal.id
    (tmp_path / "journal.db").rename(tmp_path / f"journal-{old}-1.db")
    async with scene_of(tmp_path, FakeHall()) as scene:
        assert scene.journal.id != old
        scene.start("link", "uplink")
        await scene.link.up()
        assert (len(scene.hall.set_aside[old]), len(scene.hall.facts)) == (301, 1)
        assert [(end.journal, end.seq) for end in scene.hall.hellos[0].journals] == [(scene.journal.id, 1), (old, 301)]


@virtual
async def test_the_newest_life_of_the_hall_is_told_in_each_hello(tmp_path: Path) -> None:
    async with scene_of(tmp_path, FakeHall()) as scene:
        scene.start("link", "uplink")
        await scene.link.up()
        scene.link.lost("a cable")
        await scene.link.up()
        assert [hello.term for hello in scene.hall.hellos] == [None, Term(n=1, draw="a")]


@virtual
async def test_a_second_machine_of_this_name_is_told_by_the_refusal(tmp_path: Path) -> None:
    async with scene_of(tmp_path, FakeHall()) as scene:
        scene.hall.refuse["/device/hello"] = (409, {"error": "identity-twice"})
        scene.start("link", "uplink")
        await scene.hall.until(lambda: scene.link.known_down)
        assert (scene.link.hall, scene.link.refusal) == ("down", "identity-twice")


@virtual
async def test_a_command_says_when_it_was_pressed_however_late_it_is_sent(tmp_path: Path) -> None:
    async with scene_of(tmp_path, FakeHall()) as scene:
        with pytest.raises(HallUnreachable):
            await scene.commands.send(CALL, Deadline.after(3))
        assert scene.journal.unanswered() == [replace(CALL, boot="boot-1", mono_ms=1)]


@virtual
async def test_what_the_hall_did_is_journaled_before_anything_here_follows_from_it(tmp_path: Path) -> None:
    async with scene_of(tmp_path, FakeHall()) as scene:
        kinds: list[bytes] = []

        def look(_: object) -> None:
            kinds.extend(raw for _, raw in scene.journal.unsent(1, 10))

        scene.desired.watch_window(look)
        scene.start("link", "uplink")
        await scene.commands.send(CALL, Deadline.after(3))
        assert b'"kind":"answered"' in kinds[-1]


@virtual
async def test_a_number_of_a_life_of_the_hall_that_is_over_is_not_used(tmp_path: Path) -> None:
    async with scene_of(tmp_path, FakeHall()) as scene:
        scene.start("link", "uplink")
        await scene.link.up()
        scene.hall.term = Term(n=2, draw="b")
        assert await scene.reserver.reserve(scene.reserve()) is None
