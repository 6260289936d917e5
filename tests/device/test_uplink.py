import asyncio
from pathlib import Path

from tests.device.fake_hall import FakeHall
from tests.device.hall_scene import scene_of
from tests.virtual_time import virtual


@virtual
async def test_every_fact_arrives_once_in_order_and_the_outbox_is_empty(tmp_path: Path) -> None:
    async with scene_of(tmp_path, FakeHall()) as scene:
        for n in range(449):
            await scene.journal.record("device", {"name": str(n)})
        scene.start("link", "uplink")
        await scene.hall.until(lambda: len(scene.hall.facts) == 450)
        assert scene.hall.batches == [200, 200, 50]
        assert (scene.journal.outbox, scene.journal.acknowledged, scene.journal.backed_up) == (0, 450, 225)


@virtual
async def test_a_new_fact_leaves_after_a_moment_together_with_its_company(tmp_path: Path) -> None:
    async with scene_of(tmp_path, FakeHall()) as scene:
        scene.start("link", "uplink")
        await scene.hall.until(lambda: len(scene.hall.facts) == 1)
        for kind in ("requested", "issued", "printed"):
            await scene.journal.record(kind, {"ticket": "t"})
        await scene.hall.until(lambda: len(scene.hall.facts) == 4)
        assert scene.hall.batches == [1, 3]


@virtual
async def test_what_happened_while_the_hall_was_away_is_told_when_it_is_back(tmp_path: Path) -> None:
    async with scene_of(tmp_path, FakeHall()) as scene:
        scene.start("link", "uplink")
        await scene.hall.until(lambda: len(scene.hall.facts) == 1)
        scene.hall.there = False
        for n in range(5):
            await scene.journal.record("device", {"name": str(n)})
        await scene.hall.until(lambda: scene.link.known_down)
        assert scene.journal.outbox == 5
        scene.hall.there = True
        await scene.hall.until(lambda: len(scene.hall.facts) == 6)


@virtual
async def test_a_lost_receipt_sends_facts_again_and_the_hall_has_them_once(tmp_path: Path) -> None:
    async with scene_of(tmp_path, FakeHall()) as scene:
        scene.hall.lose_answers_of.add("/device/facts")
        scene.start("link", "uplink")
        await scene.hall.until(lambda: len(scene.hall.facts) == 1)
        scene.hall.lose_answers_of.clear()
        await scene.journal.record("device", {})
        await scene.hall.until(lambda: len(scene.hall.facts) > 1)
        assert len(scene.hall.facts) == 2
        assert [fact.seq for fact in scene.hall.facts] == [1, 2]


@virtual
async def test_a_hall_that_has_less_than_it_said_is_sent_from_there(tmp_path: Path) -> None:
    async with scene_of(tmp_path, FakeHall()) as scene:
        scene.start("link", "uplink")
        for n in range(9):
            await scene.journal.record("device", {"name": str(n)})
        await scene.hall.until(lambda: len(scene.hall.facts) == 10)
        del scene.hall.facts[4:]
        await scene.journal.record("device", {"name": "after a backup was restored"})
        await scene.hall.until(lambda: len(scene.hall.facts) > 10)
        assert len(scene.hall.facts) == 11


@virtual
async def test_a_hall_that_refuses_facts_is_not_stormed(tmp_path: Path) -> None:
    async with scene_of(tmp_path, FakeHall()) as scene:
        scene.hall.refuse["/device/facts"] = (409, {"error": "invalid"})
        began = asyncio.get_running_loop().time()
        scene.start("link", "uplink")
        await scene.hall.until(lambda: scene.hall.requests["/device/facts"] == 4)
        assert asyncio.get_running_loop().time() - began == 1 + 2 + 4
        assert scene.journal.outbox == 1
