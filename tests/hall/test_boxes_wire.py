"""GET /maintenance of a real hall: boxes tell it how they are, go away, come back, are worked at."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from config.box import load_box
from device.hardware import build_hardware
from device.main import running
from device.supervise import Tasks
from hall.boxes.checklist import standing_of
from hall.boxes.seen import BOOT_MS, GRACE_MS
from tests.hall.boxes_scene import WireBox, advice, box_of, boxes, condition, lease, line, until, until_gone
from tests.hall.served import Served, serve
from tests.hall.test_entrance_box import BOX, PORT

pytestmark = pytest.mark.wire


def pass_ms(served: Served, ms: int) -> None:
    """The hall's own clock has gone on by so much; nobody has to wait for it."""
    clock = served.hall.clock
    before = clock.mono_ms
    clock.mono_ms = lambda: before() + ms  # type: ignore[method-assign]


async def test_a_hall_started_anew_has_heard_nobody_and_calls_nobody_ready(settings_file: Path) -> None:
    async with serve(settings_file) as served:
        told = await boxes(served)
        assert [(each.ready, each.heard_ms, standing_of(each)) for each in told.boxes] == [
            (False, None, "not-heard")
        ] * 2
        assert {each.needs[0].fault for each in told.boxes} == {"not-heard-yet"}
        pass_ms(served, BOOT_MS + 1)
        assert {(await line(served, "kiosk-1")).needs[0].fault} == {"not-heard"}


async def test_a_box_is_ready_once_it_says_so_and_not_before(settings_file: Path) -> None:
    async with serve(settings_file) as served, box_of(served, "kiosk-1") as kiosk:
        assert standing_of(await line(served, "kiosk-1")) == "ready"
        box = WireBox(served, "counter-1")
        async with box.client:
            await box.greet()
            async with box.listening():
                counter = await line(served, "counter-1")
                assert (counter.connected, counter.ready, counter.needs[0].fault) == (True, False, "says-nothing")
        paper = advice("media-empty", "error")
        await kiosk.tell(condition(paper, ready=False))
        said = await line(served, "kiosk-1")
        assert (said.ready, said.needs, said.does) == (False, [paper], ["kiosk"])


async def test_a_box_that_goes_away_is_gone_and_back_when_it_is_back(settings_file: Path) -> None:
    async with serve(settings_file) as served:
        async with box_of(served, "kiosk-1"):
            assert (await line(served, "kiosk-1")).connected
        await until_gone(served, "kiosk-1")
        assert (await line(served, "kiosk-1")).connected is False
        pass_ms(served, GRACE_MS + 1)
        gone = await line(served, "kiosk-1")
        assert (standing_of(gone), gone.ready, gone.condition) == ("gone", False, None)
        assert (await boxes(served)).boxes[0].box == "kiosk-1"
        async with box_of(served, "kiosk-1"):
            assert standing_of(await line(served, "kiosk-1")) == "ready"


async def test_who_works_at_a_box_is_named_there_until_it_is_given_back(settings_file: Path) -> None:
    async with serve(settings_file) as served, box_of(served, "counter-1") as counter:
        await counter.tell(condition(leases=(lease("周师傅", "display-7", "keypad-7"),)))
        worked_at = await line(served, "counter-1")
        assert (standing_of(worked_at), worked_at.ready) == ("in-maintenance", False)
        assert "周师傅" in worked_at.needs[0].what["zh-CN"]
        assert "display-7 keypad-7" in worked_at.needs[0].what["en"]
        await counter.tell(condition())
        assert standing_of(await line(served, "counter-1")) == "ready"


async def test_two_machines_of_one_name_are_told_while_both_are_there(settings_file: Path) -> None:
    async with serve(settings_file) as served, box_of(served, "kiosk-1") as kiosk:
        assert (await kiosk.greet(boot="b2")).status_code == 200
        async with kiosk.listening():
            await kiosk.tell(condition())
            assert (await kiosk.greet()).json()["error"] == "identity-twice"
            twice = await line(served, "kiosk-1")
            assert (twice.ready, [need.fault for need in twice.needs]) == (False, ["identity-twice"])
            pass_ms(served, 30_000)
            assert standing_of(await line(served, "kiosk-1")) == "ready"


async def test_a_box_of_another_program_is_told_so(settings_file: Path) -> None:
    async with serve(settings_file) as served:
        box = WireBox(served, "counter-1")
        async with box.client:
            assert (await box.greet(contract=1)).status_code == 409
            assert [need.fault for need in (await line(served, "counter-1")).needs] == ["contract-differs"]
            assert (await box.greet(mode="live")).status_code == 409
            assert [need.fault for need in (await line(served, "counter-1")).needs] == ["wrong-mode"]


async def test_the_devices_of_a_box_that_tells_nothing_are_told_as_they_were_stored(settings_file: Path) -> None:
    async with serve(settings_file) as served:
        box = WireBox(served, "kiosk-1")
        async with box.client:
            await box.greet()
            fact = {"seq": 1, "prev": "", "kind": "device", "at_ms": 0, "trust": "unknown", "boot": "b1"}
            data = {
                "name": "printer",
                "family": "ticket_printer",
                "phase": "stopped",
                "reasons": "media-empty,simulated",
            }
            batch = {"device": "kiosk-1", "journal": "00ff00ff00ff00ff", "boot": "b1", "mono_ms": 1000}
            facts = [{**fact, "mono_ms": 1000, "mode": "demo", "data": data}]
            assert (await box.client.post("/device/facts", json={**batch, "facts": facts})).status_code == 200
            async with box.listening():
                needs = (await line(served, "kiosk-1")).needs
        assert [(need.fault, need.device, need.severity) for need in needs] == [
            ("media-empty", "printer", "error"),
            ("says-nothing", "", "warning"),
        ]
        assert needs[0].what == {"zh-CN": "printer：纸用完了", "en": "printer: the paper has run out"}


async def test_only_technicians_and_the_hall_itself_may_look(settings_file: Path) -> None:
    async with serve(settings_file) as served:
        for who, status in (("", 401), ("kiosk-1", 403), ("observer-1", 403)):
            async with served.caller(who) as client:
                assert (await client.get("/maintenance")).status_code == status
        assert (await boxes(served, "hall")).hall == (await boxes(served, "technician-1")).hall


async def test_a_condition_is_taken_from_a_box_alone_and_only_as_one(settings_file: Path) -> None:
    async with serve(settings_file) as served:
        stranger = WireBox(served, "technician-1")
        async with stranger.client:
            assert (await stranger.tell(condition())).status_code == 403
        kiosk = WireBox(served, "kiosk-1")
        async with kiosk.client:
            answer = await kiosk.client.post("/device/condition", json={"version": 1})
            assert (answer.status_code, answer.json()["error"]) == (422, "invalid")
            later = {**msgspec.to_builtins(condition()), "of_a_later_version": True}
            assert (await kiosk.client.post("/device/condition", json=later)).status_code == 200


async def test_a_real_box_tells_it_by_itself(settings_file: Path) -> None:
    async with serve(settings_file) as served, Tasks() as tasks:
        file = settings_file.parent / "box.toml"
        file.write_text(BOX.format(port=PORT, url=served.url), encoding="utf-8")
        loaded = load_box(file)
        async with running(loaded, build_hardware(loaded), tasks) as parts:
            parts.readiness.append(lambda: True)
            hall = served.hall
            await until(served, lambda: "kiosk-1" in hall.downlink.connected and hall.conditions.told("kiosk-1"))
            kiosk = await line(served, "kiosk-1")
            assert kiosk.condition is not None
            assert (kiosk.ready, kiosk.condition.leases) == (True, [])
            assert [need.fault for need in kiosk.needs] == ["certificate-ending"], "the tests' last for 30 days"
        await until_gone(served, "kiosk-1")
        pass_ms(served, GRACE_MS + 1)
        assert standing_of(await line(served, "kiosk-1")) == "gone"
