"""What a hall measures of itself and its boxes, and a whole box at its hall, as a scrape reads them."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from config.box import load_box
from config.metrics import CONTENT_TYPE
from device.hardware import build_hardware
from device.main import running
from device.supervise import Tasks
from hall.backup import Backup
from hall.contract import SignIn
from tests.device.test_metrics import PROMISED as PROMISED_OF_A_BOX
from tests.hall.boxes_scene import WireBox, advice, box_of, condition, lease
from tests.hall.served import Served, command, serve
from tests.hall.test_entrance_box import BOX, PORT
from tests.scraped import Samples, scraped

pytestmark = pytest.mark.wire

PROMISED = {
    "yichuang_hall_info",
    "yichuang_hall_waiting_tickets",
    "yichuang_hall_windows",
    "yichuang_hall_windows_open",
    "yichuang_hall_recovering",
    "yichuang_hall_awaited_boxes",
    "yichuang_hall_alarm",
    "yichuang_hall_term",
    "yichuang_hall_facts_total",
    "yichuang_hall_conflicts_total",
    "yichuang_hall_commits_total",
    "yichuang_hall_commit_duration_seconds_bucket",
    "yichuang_hall_commit_duration_seconds_count",
    "yichuang_hall_commit_duration_seconds_sum",
    "yichuang_hall_backup_age_seconds",
    "yichuang_hall_boxes",
    "yichuang_hall_boxes_connected",
    "yichuang_hall_box_connected",
    "yichuang_hall_box_ready",
    "yichuang_hall_box_heard_age_seconds",
    "yichuang_hall_box_in_maintenance",
    "yichuang_hall_box_need",
    "yichuang_hall_box_outbox_facts",
    "yichuang_hall_loop_lag_seconds",
    "process_resident_memory_bytes",
    "process_cpu_seconds_total",
}
"""README and dashboards may build on these."""


async def measured(served: Served, who: str = "observer-1") -> dict[str, Samples]:
    async with served.caller(who) as client:
        answer = await client.get("/metrics")
    assert (answer.status_code, answer.headers["content-type"]) == (200, CONTENT_TYPE)
    return scraped(answer.text)


async def take_ticket(kiosk: WireBox) -> None:
    batch = {"device": "kiosk-1", "journal": "00ff00ff00ff00ff", "boot": "b1", "mono_ms": 1000}
    fact = {"seq": 1, "prev": "", "kind": "requested", "at_ms": 0, "trust": "unknown", "boot": "b1", "mono_ms": 1000}
    told = {**batch, "facts": [{**fact, "mode": "demo", "data": {"service": "11", "touch": "t"}}]}
    assert (await kiosk.client.post("/device/facts", json=told)).json()["high"] == 1


async def test_every_promised_name_is_there(settings_file: Path) -> None:
    async with serve(settings_file) as served, box_of(served, "kiosk-1") as kiosk:
        await take_ticket(kiosk)
        assert (await kiosk.greet(boot="b2")).status_code == 200
        assert (await kiosk.greet()).json()["error"] == "identity-twice"
        served.hall.has_backup(_made_an_hour_ago(served))
        served.metrics.lag._late.append(0.01)
        told = await measured(served)
        assert told.keys() >= PROMISED
        assert told["yichuang_hall_conflicts_total"] == {("identity-twice",): 1}
        assert told["yichuang_hall_facts_total"] == {(): 1}
        assert told["yichuang_hall_backup_age_seconds"][()] == pytest.approx(3600, abs=30)
        assert told["yichuang_hall_commit_duration_seconds_count"][()] > 2


async def test_boxes_are_told_as_everywhere_else(settings_file: Path) -> None:
    async with serve(settings_file) as served, box_of(served, "counter-1") as counter:
        await counter.tell(condition(advice("media-low"), leases=(lease(),)))
        told = await measured(served)
        assert told["yichuang_hall_boxes_connected"] == {(): 1}
        assert told["yichuang_hall_box_ready"] == {("kiosk-1",): 0, ("counter-1",): 0}
        assert told["yichuang_hall_box_in_maintenance"][("counter-1",)] == 1
        assert set(told["yichuang_hall_box_need"]) == {
            ("counter-1", "in-maintenance", "warning"),
            ("counter-1", "media-low", "warning"),
            ("kiosk-1", "not-heard-yet", "warning"),
        }
        assert ("kiosk-1",) not in told["yichuang_hall_box_heard_age_seconds"]
        assert "yichuang_hall_backup_age_seconds" not in told


async def test_open_windows_and_who_waits(settings_file: Path) -> None:
    async with serve(settings_file) as served, box_of(served, "counter-1") as counter:
        told = await measured(served)
        assert (told["yichuang_hall_windows_open"], told["yichuang_hall_windows"]) == ({(): 0}, {(): 3})
        assert set(told["yichuang_hall_waiting_tickets"]) == {(code,) for code in served.hall.catalogue.services}
        sign_in = {**command("sign-in"), "name": "林一帆", "pin": "2468"}
        fields = set(SignIn.__struct_fields__) | {"type"}
        press = {key: value for key, value in sign_in.items() if key in fields}
        assert (await counter.client.post("/device/commands", json=press)).json()["outcome"] == "done"
        assert (await measured(served))["yichuang_hall_windows_open"] == {(): 1}


async def test_who_may_measure_and_that_they_read_no_name_no_number_and_no_pin(settings_file: Path) -> None:
    """The labels are looked at by tests.scraped; this is the text itself, with a clerk and a technician at work."""
    async with serve(settings_file) as served, box_of(served, "counter-1") as counter:
        await counter.tell(condition(leases=(lease("周师傅"),)))
        for who, status in (("", 401), ("kiosk-1", 403), ("observer-1", 200), ("technician-1", 200), ("hall", 200)):
            async with served.caller(who) as client:
                answer = await client.get("/metrics")
            assert answer.status_code == status
            for word in ("周师傅", "林一帆", "1001", "scrypt", "00ff00ff00ff00ff"):
                assert word not in answer.text


async def test_a_whole_box_is_measured_on_loopback_alone(settings_file: Path) -> None:
    folder = settings_file.parent
    async with serve(settings_file) as served, Tasks() as tasks:
        file = folder / "box.toml"
        file.write_text(BOX.format(port=PORT, url=served.url), encoding="utf-8")
        loaded = load_box(file)
        async with running(loaded, build_hardware(loaded), tasks) as parts:
            await parts.link.up()
            transport = httpx.ASGITransport(parts.app)
            async with httpx.AsyncClient(transport=transport, base_url=f"http://127.0.0.1:{PORT}") as page:
                answer = await page.get("/metrics")
                told = scraped(answer.text)
                assert answer.headers["content-type"] == CONTENT_TYPE
                elsewhere = await page.get("/metrics", headers={"host": "kiosk-1.example"})
                assert elsewhere.status_code == 421
    assert told["yichuang_box_info"] == {("kiosk-1", "demo"): 1}
    assert (told["yichuang_link_up"], told["yichuang_journal_stopped"]) == ({(): 1}, {(): 0})
    no_device_no_refusal_no_minute = {name for name in PROMISED_OF_A_BOX if "device" in name}
    no_device_no_refusal_no_minute |= {"yichuang_link_refusal", "yichuang_loop_lag_seconds"}
    assert told.keys() >= PROMISED_OF_A_BOX - no_device_no_refusal_no_minute


def _made_an_hour_ago(served: Served) -> Backup:
    made_ms = served.hall.clock.wall_ms() - 3_600_000
    return Backup(file="b", business_date="", made_ms=made_ms, term=1, commits=1, journals={})
