"""What citizens may look up is asked for once, kept over a restart, and asked for anew when the hall has another."""

from pathlib import Path

from hall.contract import Directory, Item, Said
from tests.device.fake_hall import FakeHall
from tests.device.hall_scene import Scene, scene_of
from tests.virtual_time import virtual

ASKED = "/device/directory"


def directory(digest: str) -> Directory:
    item = Item(
        code="register", name="户口迁移", service="1", unit="police", basis=Said(zh="依据"), steps=[], promised_days=1,
        fee=Said(zh="不收费"),
    )  # fmt: skip
    return Directory(digest=digest, items=[item])


async def until_it_has(scene: Scene, digest: str) -> None:
    with scene.lookup.watch.watching() as changed:
        while scene.lookup.directory.digest != digest:
            changed.clear()
            await changed.wait()


@virtual
async def test_it_is_asked_for_after_a_welcome_that_names_another(tmp_path: Path) -> None:
    hall = FakeHall()
    hall.directory = directory("one")
    async with scene_of(tmp_path, hall) as scene:
        assert scene.lookup.directory == Directory(digest="")
        scene.start("link", "directory")
        await until_it_has(scene, "one")
        assert scene.lookup.directory.items[0].name == "户口迁移"
        assert hall.requests[ASKED] == 1


@virtual
async def test_it_is_there_after_a_restart_without_the_hall(tmp_path: Path) -> None:
    hall = FakeHall()
    hall.directory = directory("one")
    async with scene_of(tmp_path, hall) as scene:
        scene.start("link", "directory")
        await until_it_has(scene, "one")
        await scene.journal.remember("done", "1")  # what was remembered before is written before
    hall.there = False
    async with scene_of(tmp_path, hall) as scene:
        assert scene.lookup.directory == directory("one")


@virtual
async def test_a_hall_that_has_the_same_is_not_asked_again(tmp_path: Path) -> None:
    hall = FakeHall()
    hall.directory = directory("one")
    async with scene_of(tmp_path, hall) as scene:
        scene.start("link", "directory")
        await until_it_has(scene, "one")
        scene.link.lost("tried")
        await scene.link.up()
        assert (len(hall.hellos), hall.requests[ASKED]) == (2, 1)
        hall.directory = directory("two")
        scene.link.lost("tried")
        await until_it_has(scene, "two")
        assert hall.requests[ASKED] == 2


@virtual
async def test_an_answer_that_does_not_come_is_asked_for_again(tmp_path: Path) -> None:
    hall = FakeHall()
    hall.directory = directory("one")
    hall.refuse[ASKED] = (503, {"error": "store-failed"})
    async with scene_of(tmp_path, hall) as scene:
        scene.start("link", "directory")
        await hall.until(lambda: hall.requests[ASKED] == 3)
        del hall.refuse[ASKED]
        await until_it_has(scene, "one")


@virtual
async def test_a_hall_that_tells_of_none_is_asked_for_none(tmp_path: Path) -> None:
    hall = FakeHall()
    async with scene_of(tmp_path, hall) as scene:
        scene.start("link", "directory", "downlink")
        await hall.until(lambda: hall.streams)
        assert not hall.requests[ASKED]
