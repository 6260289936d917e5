import asyncio
from pathlib import Path

import httpx

from hall.contract import Term
from tests.device.fake_hall import FakeHall
from tests.device.hall_scene import scene_of
from tests.virtual_time import virtual


def now() -> float:
    return asyncio.get_running_loop().time()


@virtual
async def test_a_hello_says_who_the_box_is_and_a_welcome_puts_the_hall_up(tmp_path: Path) -> None:
    async with scene_of(tmp_path, FakeHall()) as scene:
        assert (scene.link.hall, scene.link.welcome) == ("down", None)
        scene.start("link")
        await scene.link.up()
        (hello,) = scene.hall.hellos
        assert (hello.device, hello.journal, hello.boot, hello.mode) == (
            "kiosk-1",
            scene.journal.id,
            "boot-1",
            "demo",
        )
        assert scene.link.hall == "up"
        assert scene.desired.business_date == "2026-01-05"
        assert scene.clock.offset_ms == 5000


@virtual
async def test_what_the_hall_said_last_is_known_after_a_restart_without_a_hall(tmp_path: Path) -> None:
    async with scene_of(tmp_path, FakeHall()) as scene:
        scene.start("link")
        await scene.link.up()
    async with scene_of(tmp_path, FakeHall()) as scene:
        assert scene.link.hall == "down"
        assert scene.link.welcome is not None
        assert scene.link.welcome.kiosk_digit == 5
        assert scene.desired.business_date == "2026-01-05"
        assert scene.desired.term == Term(n=1, draw="a")


@virtual
async def test_a_hall_that_is_away_is_tried_with_growing_pauses(tmp_path: Path) -> None:
    async with scene_of(tmp_path, FakeHall()) as scene:
        began = now()
        scene.hall.there = False
        scene.start("link")
        await scene.hall.until(lambda: scene.hall.requests["/device/hello"] == 5)
        assert now() - began == 1 + 2 + 4 + 8
        assert scene.link.known_down
        scene.hall.there = True
        await scene.link.up()
        assert not scene.link.known_down


@virtual
async def test_who_needs_the_hall_shortens_the_pause_but_not_below_three_seconds(tmp_path: Path) -> None:
    async with scene_of(tmp_path, FakeHall()) as scene:
        scene.hall.there = False
        scene.start("link")
        await scene.hall.until(lambda: scene.hall.requests["/device/hello"] == 5)
        await asyncio.sleep(2.9)
        scene.link.knock()
        await asyncio.sleep(0)
        assert scene.hall.requests["/device/hello"] == 5
        await asyncio.sleep(0.1)
        scene.link.knock()
        await scene.hall.until(lambda: scene.hall.requests["/device/hello"] == 6)


@virtual
async def test_a_lost_hall_is_greeted_again_at_once(tmp_path: Path) -> None:
    async with scene_of(tmp_path, FakeHall()) as scene:
        scene.start("link")
        await scene.link.up()
        began = now()
        scene.link.lost("a cable")
        assert scene.link.hall == "down"
        await scene.link.up()
        assert (now(), len(scene.hall.hellos)) == (began, 2)


@virtual
async def test_a_quiet_line_is_kept_warm_once_a_minute(tmp_path: Path) -> None:
    async with scene_of(tmp_path, FakeHall()) as scene:
        scene.start("link")
        await scene.link.up()
        await asyncio.sleep(601)
        assert scene.hall.requests == {"/device/hello": 1, "/device/facts": 1, "/health": 10}


@virtual
async def test_a_hall_of_another_contract_is_not_believed_and_it_says_why(tmp_path: Path) -> None:
    async with scene_of(tmp_path, FakeHall()) as scene:
        scene.hall.contract = 99
        scene.start("link")
        with scene.link.watch.watching() as changed:
            await changed.wait()
        assert (scene.link.hall, scene.link.refusal) == ("down", "contract-differs")


@virtual
async def test_a_refusal_is_told_by_its_keyword(tmp_path: Path) -> None:
    async with scene_of(tmp_path, FakeHall()) as scene:
        scene.hall.refuse["/device/hello"] = (409, {"error": "wrong-mode"})
        scene.start("link")
        with scene.link.watch.watching() as changed:
            await changed.wait()
        assert scene.link.refusal == "wrong-mode"
        scene.hall.refuse.clear()
        await scene.link.up()
        assert scene.link.refusal == ""


@virtual
async def test_an_older_life_of_the_hall_is_refused_even_after_a_restart(tmp_path: Path) -> None:
    hall = FakeHall()
    hall.term = Term(n=7, draw="g")
    async with scene_of(tmp_path, hall) as scene:
        scene.start("link")
        await scene.link.up()
    for stranger in (Term(n=6, draw="f"), Term(n=7, draw="x")):
        other = FakeHall()
        other.term = stranger
        async with scene_of(tmp_path, other) as scene:
            scene.start("link")
            with scene.link.watch.watching() as changed:
                await changed.wait()
            assert (scene.link.hall, scene.link.refusal) == ("down", "older-term")


@virtual
async def test_a_socket_that_is_gone_by_the_end_of_its_handshake_is_a_hall_that_is_away(tmp_path: Path) -> None:
    def gone(_: httpx.Request) -> httpx.Response:
        raise AttributeError("'NoneType' object has no attribute 'getpeername'")

    client = httpx.AsyncClient(base_url="https://hall.test", transport=httpx.MockTransport(gone))
    async with scene_of(tmp_path, FakeHall(), client) as scene:
        scene.start("link", "uplink", "downlink")
        await scene.link.warm()
        with scene.link.watch.watching() as changed:
            await changed.wait()
        assert (scene.link.hall, scene.link.known_down) == ("down", True)
