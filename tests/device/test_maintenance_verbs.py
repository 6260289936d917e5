"""The verbs of a box, whoever brings them: answers, refusals in words, and a mistake of ours that ends no counter."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
from structlog.testing import capture_logs

from config.box import load_box
from device.cell import Cell
from device.clock import Clock
from device.hardware import Hardware
from device.maintenance.bench import Bench
from device.maintenance.firmware import Firmwares
from device.maintenance.report import levels_of
from device.maintenance.role import Maintenance, maintenance
from device.maintenance.supply import supplies_of
from device.maintenance.wear import KEEP_SECONDS, Wear
from device.trials import TRIALS
from drivers.contract import COVER_OPEN, MEDIA_LOW, Identity, State
from hall.contract.maintenance import BoxReport, Bundle, Setting, Settings
from tests.device.fake_hall import FakeHall
from tests.device.hall_scene import scene_of
from tests.device.test_checkup import Device, cell_of
from tests.device.test_checkup_printer import at_work
from tests.device.test_maintenance_hall import BOX
from tests.virtual_time import virtual

NOW_MS = 1_800_000_000_000


class Printer(Device):
    """Counts its paper, and says who it is."""

    def __init__(self, used: int = 0) -> None:
        super().__init__()
        self.paper_used: int | None = used
        self.roll = (80_000, "mm")
        self.asked = 0

    def set_paper_used(self, used: int) -> None:
        self.paper_used = used

    async def identity(self, deadline: object) -> Identity:
        self.asked += 1
        return Identity("EPSON", "TM-T88V", "12.03\x1b", "serial")


async def settings() -> Settings:
    return Settings(settings=[Setting(key="box.port", value="8620", origin="box.toml:5")])


async def bundle() -> Bundle:
    return Bundle(name="kiosk-1.tar.gz", data="")


def built(folder: Path, cell: Cell[Any], **more: Any) -> Maintenance:
    (folder / "box.toml").write_text(BOX, encoding="utf-8")
    clock = Clock(wall_ms=lambda: NOW_MS, mono_ms=lambda: 7000, boot_id="b")
    loaded = load_box(folder / "box.toml")
    return maintenance(Bench(loaded, Hardware({}, [cell]), clock, None, None, None, lambda: True), **more)


@asynccontextmanager
async def box(folder: Path, device: Device, family: str = "ticket_printer", **more: Any) -> AsyncIterator[Maintenance]:
    async with cell_of(family, device) as cell:
        yield built(folder, cell, **more)


async def ask(it: Maintenance, verb: str, **body: Any) -> tuple[int, Any]:
    answered = await it.verbs.do(verb, msgspec.json.encode(body))
    return answered.status, msgspec.json.decode(answered.body)


@virtual
async def test_a_box_without_hall_and_journal_is_told_as_it_is(tmp_path: Path) -> None:
    device = Printer(used=1000)
    device.state = State.of(MEDIA_LOW, COVER_OPEN)
    async with box(tmp_path, device) as it:
        answered = await it.verbs.do("report", b"")
    report = msgspec.json.decode(answered.body, type=BoxReport)
    assert (report.box, report.flows, report.journal, report.link.hall) == ("kiosk-1", False, None, "down")
    assert (report.clock.trust, report.clock.off_ms, report.clock.booted_ms) == ("unknown", None, 7000)
    (printer,) = report.devices
    assert [reason.keyword for reason in printer.reasons] == ["cover-open", "media-low"]
    assert printer.reasons[0].text == {"zh-CN": "打印机盖子没有盖好", "en": "the printer's cover is open"}
    assert (printer.line, printer.port, printer.address, printer.window) == ("line", "/dev/x", 1, None)
    assert printer.levels == ["internal", "external", "interactive"]


@virtual
async def test_firmware_is_asked_once_and_told_without_what_it_has_of_control_characters(tmp_path: Path) -> None:
    device = Printer()
    async with box(tmp_path, device) as it:
        for _ in range(3):
            _, report = await ask(it, "report")
    assert (report["devices"][0]["firmware"], device.asked) == ("EPSON TM-T88V 12.03", 1)


@virtual
async def test_an_office_printer_s_firmware_is_what_it_told_when_it_was_opened() -> None:
    async with at_work() as (_, cell):
        firmwares = Firmwares([cell])
        await firmwares.ask()
        assert firmwares.of("office") == "Yichuang Simulated Office Printer 1.0"
        assert cell.state.accepting


@virtual
async def test_a_bug_in_asking_who_a_device_is_ends_neither_the_report_nor_the_box(tmp_path: Path) -> None:
    class Mistaken(Printer):
        async def identity(self, deadline: object) -> Identity:
            self.asked += 1
            raise TypeError("what stood on a card")

    device = Mistaken()
    async with box(tmp_path, device) as it:
        with capture_logs() as logs:
            reports = [await ask(it, "report") for _ in range(3)]
        assert [(status, told["devices"][0]["firmware"]) for status, told in reports] == [(200, "")] * 3
        assert it.checks.cell("it").state.accepting
    assert device.asked == 1, "once for each time that it was found"
    assert [log["event"] for log in logs] == ["firmware has a bug"]
    assert "card" not in repr(logs)


@virtual
async def test_a_printer_that_is_busy_keeps_nobody_waiting_for_its_firmware(tmp_path: Path) -> None:
    device = Printer()
    async with box(tmp_path, device) as it, asyncio.TaskGroup() as group:
        cell = it.checks.cell("it")
        busy = group.create_task(cell.do(lambda _driver, _deadline: asyncio.sleep(30), 60))
        await asyncio.sleep(0)
        began = asyncio.get_running_loop().time()
        _, report = await ask(it, "report")
        assert report["devices"][0]["firmware"] == ""
        assert asyncio.get_running_loop().time() - began < 2
        await busy
        assert (await ask(it, "report"))[1]["devices"][0]["firmware"] == "EPSON TM-T88V 12.03"


@virtual
async def test_paper_is_told_only_where_its_count_outlived_the_process() -> None:
    async with cell_of("ticket_printer", Printer(used=30_000)) as cell:
        wear = Wear([cell], None)
        (cuts,) = supplies_of([cell], wear, counts_last=False)
        assert (cuts.what, cuts.used, cuts.left) == ("cuts", 0, None)
        paper, _ = supplies_of([cell], wear, counts_last=True)
        assert (paper.what, paper.used, paper.left, paper.most) == ("paper", 30_000, 50_000, 80_000)


@virtual
async def test_what_wears_is_counted_over_the_starts_of_the_process(tmp_path: Path) -> None:
    for start in (1, 2):
        async with scene_of(tmp_path, FakeHall()) as scene, cell_of("window_display", Device()) as cell:
            wear = Wear([cell], scene.journal)
            scene.tasks.start("wear", wear.keep())
            for _ in range(3):
                await cell.do(lambda display, deadline: display.show("A1", deadline), 1.0)
            assert wear.of(cell) == ("writes", 3 * start)
            await asyncio.sleep(KEEP_SECONDS + 1)


@virtual
async def test_settings_and_bundle_are_told_by_whoever_builds_them(tmp_path: Path) -> None:
    async with box(tmp_path, Device(), settings=settings, bundle=lambda _reporter, _frames: bundle) as it:
        assert (await ask(it, "settings"))[1]["settings"][0]["origin"] == "box.toml:5"
        assert (await ask(it, "bundle"))[1]["name"] == "kiosk-1.tar.gz"


@pytest.mark.parametrize(
    ("verb", "body", "status", "error"),
    [
        ("reboot", {}, 404, "no-such-verb"),
        ("report", {"all": True}, 200, ""),
        ("lease", {}, 400, "invalid"),
        ("check", {"device": "it", "level": "hard"}, 400, "invalid"),
        ("check", {"device": "lamp", "level": "internal"}, 404, "no-such-device"),
        ("check", {"device": "it", "level": "external"}, 409, "needs-lease"),
        ("frames", {"line": "lamp"}, 404, "no-such-line"),
        ("preview", {"device": "it", "lease": "", "columns": 9, "rows": 9}, 409, "no-picture"),
        ("settings", {}, 501, "not-offered"),
        ("bundle", {}, 501, "not-offered"),
    ],
)
@virtual
async def test_a_refusal_has_a_keyword_and_a_sentence_in_each_language(
    tmp_path: Path, verb: str, body: dict[str, Any], status: int, error: str
) -> None:
    async with box(tmp_path, Device()) as it:
        got, told = await ask(it, verb, **body)
    assert (got, told.get("error", "")) == (status, error)
    if error:
        assert set(told["text"]) == {"zh-CN", "en"}


@virtual
async def test_a_mistake_of_ours_is_an_answer_and_tells_no_value(tmp_path: Path) -> None:
    async def wrong() -> Settings:
        raise ZeroDivisionError("11010519491231002X")

    with capture_logs() as logs:
        async with box(tmp_path, Device(), settings=wrong) as it:
            status, told = await ask(it, "settings")
    assert (status, told["error"]) == (500, "broken")
    assert "ZeroDivisionError at test_maintenance_verbs.py" in told["text"]["en"]
    assert "11010519491231002X" not in f"{told}{logs}"


@virtual
async def test_a_report_says_what_to_do(tmp_path: Path) -> None:
    device = Device()
    device.state = State.of(COVER_OPEN)
    async with box(tmp_path, device) as it:
        _, report = await ask(it, "report")
    assert [(advice["device"], set(advice["mend"])) for advice in report["advice"]] == [("it", {"zh-CN", "en"})]


def test_every_family_has_its_levels() -> None:
    assert {family for family in TRIALS if "external" not in levels_of(family)} == {
        "access_keypad",
        "smart_card",
        "id_card",
    }
    assert levels_of("lamp") == ["internal"]
