import asyncio
from pathlib import Path

from tests.device.fake_hall import FakeHall
from tests.device.hall_scene import Scene, scene_of
from tests.virtual_time import virtual


def now() -> float:
    return asyncio.get_running_loop().time()


async def welcomed(scene: Scene) -> None:
    scene.start("link")
    await scene.link.up()


@virtual
async def test_the_hall_gives_a_number_and_the_same_one_when_asked_again(tmp_path: Path) -> None:
    async with scene_of(tmp_path, FakeHall()) as scene:
        await welcomed(scene)
        first = await scene.reserver.reserve(scene.reserve("t1"))
        again = await scene.reserver.reserve(scene.reserve("t1"))
        other = await scene.reserver.reserve(scene.reserve("t2"))
        assert first is not None
        assert other is not None
        assert (first.digits, first.ahead) == ("1001", 2)
        assert again == first
        assert other.digits == "1002"


@virtual
async def test_a_silent_hall_costs_seven_tenths_of_a_second_once(tmp_path: Path) -> None:
    async with scene_of(tmp_path, FakeHall()) as scene:
        await welcomed(scene)
        scene.hall.silent |= {"/device/reserve", "/device/hello"}
        began = now()
        assert await scene.reserver.reserve(scene.reserve("t1")) is None
        assert abs(now() - began - 0.7) < 1e-6
        began = now()
        assert await scene.reserver.reserve(scene.reserve("t2")) is None
        assert now() == began


@virtual
async def test_a_hall_that_comes_back_serves_the_next_citizen(tmp_path: Path) -> None:
    async with scene_of(tmp_path, FakeHall()) as scene:
        await welcomed(scene)
        scene.hall.there = False
        assert await scene.reserver.reserve(scene.reserve("t1")) is None
        await scene.hall.until(lambda: scene.hall.requests["/device/hello"] >= 6)
        scene.hall.there = True
        await asyncio.sleep(3)
        assert await scene.reserver.reserve(scene.reserve("t2")) is None
        await scene.link.up()
        assert await scene.reserver.reserve(scene.reserve("t3")) is not None


@virtual
async def test_before_the_first_attempt_has_ended_a_citizen_waits_within_the_limit(tmp_path: Path) -> None:
    async with scene_of(tmp_path, FakeHall()) as scene:
        began = now()
        assert await scene.reserver.reserve(scene.reserve(), limit_s=0.5) is None
        assert abs(now() - began - 0.5) < 1e-6
        scene.start("link")
        assert await scene.reserver.reserve(scene.reserve()) is not None


@virtual
async def test_a_refused_reserve_gives_none_and_the_hall_stays_up(tmp_path: Path) -> None:
    async with scene_of(tmp_path, FakeHall()) as scene:
        await welcomed(scene)
        scene.hall.refuse["/device/reserve"] = (409, {"error": "no-such-service"})
        assert await scene.reserver.reserve(scene.reserve()) is None
        assert scene.link.hall == "up"


@virtual
async def test_a_failing_hall_gives_none_at_once(tmp_path: Path) -> None:
    async with scene_of(tmp_path, FakeHall()) as scene:
        await welcomed(scene)
        began = now()
        scene.hall.refuse["/device/reserve"] = (503, {"error": "recovering"})
        assert await scene.reserver.reserve(scene.reserve()) is None
        assert now() == began
