"""The bench page's second view: every family laid down, torn away, pressed, jammed, pulled, killed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from simulators.id_card_reader.cards import CARDS
from tests.device.maintenance_terminal import Terminal
from tests.system.bench import bench_page
from tests.system.more_bench import MoreBench
from tests.system.running import Demo, children_of

pytestmark = [pytest.mark.system, pytest.mark.browser]
ASKED_AT_MOST = 30
"""A report waits a second at most for a device that is busy; the next one asks it again."""


@pytest.fixture(scope="module")
def running() -> Iterator[Demo]:
    with Demo() as demo:
        demo.until("http://")
        yield demo


@pytest.fixture(scope="module")
def page(running: Demo) -> Iterator[Page]:
    with bench_page(running.base) as page:
        yield page


@pytest.fixture
def bench(page: Page) -> MoreBench:
    """The second view; its devices are started by whoever looks at it first."""
    bench = MoreBench(page)
    bench.choose("windows")
    expect(bench.box_says("speaker")).to_have_text(re.compile("主机说：正常|主机说：没有安装语音"))
    return bench


def test_an_unplugged_speaker_is_missed_by_its_box(bench: MoreBench) -> None:
    bench.choose("speaker")
    bench.switch("speaker", "unplug", on=True)
    bench.ask("speaker", "internal")
    expect(bench.answer("speaker")).to_contain_text("有故障")
    expect(bench.box_says("speaker")).to_contain_text("设备没有应答")
    bench.switch("speaker", "unplug", on=False)
    expect(bench.box_says("speaker")).to_have_text(re.compile("正常|没有安装语音"))
    bench.ask("speaker", "external")
    expect(bench.answer("speaker")).to_contain_text("请听一听", timeout=25_000)
    expect(bench.page.locator(".sounds .words").filter(has_text="ding-dong")).to_have_count(1)


def test_a_number_is_called_from_a_keypad_that_types_shown_in_dots_and_rated(bench: MoreBench) -> None:
    digits = bench.take_number(4)
    bench.sign_in(4)
    bench.key(4, "enter")
    expect(bench.page.locator("#more-said")).to_contain_text("主机收到了按键")
    expect(bench.display(4)).to_have_attribute("alt", re.compile(f"{digits}.*4"))
    bench.key(4, "*")
    expect(bench.clerk.locator("#phase")).to_have_text(re.compile("办理中"))
    bench.clerk.locator("[data-act='finish']").click()
    expect(bench.clerk.locator("#phase")).to_have_text(re.compile("空闲"))
    bench.station(4).locator("[data-grade='4']").click()
    expect(bench.page.locator("#more-facts")).to_contain_text(f"{digits} 评价：非常满意")


def test_a_number_is_called_by_the_table_of_keys_shown_on_the_strip_and_on_the_caller_and_rated(
    bench: MoreBench,
) -> None:
    digits = bench.take_number(5)
    bench.sign_in(5)
    for key in (*digits, "call"):
        bench.key(5, key)
    expect(bench.display(5)).to_have_attribute("alt", re.compile(f"{digits}.*5"))
    expect(bench.station(5).locator("output")).to_have_text(digits.rjust(6, "0"))
    bench.key(5, "start")
    expect(bench.clerk.locator("#phase")).to_have_text(re.compile("办理中"))
    bench.clerk.locator("[data-act='finish']").click()
    pad = bench.station(5).locator(".pad")
    expect(pad).to_have_class(re.compile("lit"))
    pad.locator("[data-grade='0']").click()
    expect(bench.page.locator("#more-said")).to_contain_text("已应答")
    expect(pad).not_to_have_class(re.compile("lit"))
    expect(bench.page.locator("#more-facts")).to_contain_text(f"{digits} 评价：非常不满意")


def test_what_is_called_is_said_and_can_be_listened_to(bench: MoreBench, running: Demo) -> None:
    digits = bench.take_number(5)
    bench.sign_in(5)
    bench.key(5, "call")
    expect(bench.display(5)).to_have_attribute("alt", re.compile(digits))
    panel = bench.choose("speaker")
    said = panel.locator(".sounds .words")  # chime, Chinese, English: thirteen seconds
    expect(said.filter(has_text=re.compile(f"{digits}.*5.*窗口"))).to_have_count(1)
    expect(said.filter(has_text=re.compile(f"{digits}.*window 5|{digits}.*counter 5", re.IGNORECASE))).to_have_count(1)
    expect(said.filter(has_text="ding-dong")).not_to_have_count(0)
    panel.locator("[data-sound]").first.click()
    source = bench.page.locator("#heard").get_attribute("src")
    assert source is not None
    sound = httpx.get(f"http://127.0.0.1:{running.base}{source}", trust_env=False)
    assert sound.content[:4] == b"RIFF"
    assert any(sound.content[44:])
    bench.choose("windows")
    bench.key(5, "start")
    expect(bench.clerk.locator("#phase")).to_have_text(re.compile("办理中"))
    bench.clerk.locator("[data-act='finish']").click()
    expect(bench.clerk.locator("#phase")).to_have_text(re.compile("空闲"))


def test_every_card_is_laid_down_read_by_eye_and_taken_away(bench: MoreBench) -> None:
    panel = bench.choose("id-card")
    reader = panel.locator(".reader")
    for name, card in CARDS.items():
        panel.locator(f".hands [data-card='{name}']").click()
        expect(reader).to_have_attribute("data-card", name)
        expect(reader.locator(".name")).to_have_text(card.fields["name"])
        panel.locator("[data-do='lift']").click()
        expect(reader).to_have_attribute("data-card", "")
    for extra in ("fingerprint", "newest-address"):
        panel.locator(f"[data-extra='{extra}']").click()
        expect(panel.locator(f"[data-extra='{extra}']")).to_have_attribute("aria-checked", "true")
    panel.locator(".hands [data-card='rejected']").click()
    expect(reader).to_have_attribute("data-card", "rejected")
    panel.locator("[data-do='lift']").click()


def test_the_box_finds_what_card_was_laid_down_and_one_torn_away_in_the_middle_is_not_read(bench: MoreBench) -> None:
    panel = bench.choose("id-card")
    reader, tear = panel.locator(".reader"), panel.locator("[data-do='tear']")
    expect(tear).to_have_attribute("aria-disabled", "true")
    bench.ask("id-card", "interactive")
    expect(bench.answer("id-card")).to_contain_text("主机正在等您")
    panel.locator(".hands [data-card='hk-macao-taiwan']").click()
    expect(bench.answer("id-card")).to_have_text("正常")
    expect(panel.locator(".found")).to_contain_text("港澳台居民居住证")
    expect(panel.locator(".events")).to_contain_text("读文字和照片：90")
    panel.locator("[data-do='lift']").click()
    panel.locator(".hands [data-card='resident']").click()
    expect(tear).to_have_attribute("aria-disabled", "false")
    tear.click()
    bench.ask("id-card", "interactive")
    expect(reader).to_have_attribute("data-card", "")
    expect(panel.locator(".events")).to_contain_text("读文字和照片：41")
    expect(bench.answer("id-card")).not_to_have_text(re.compile("正常|正在"))
    expect(bench.box_says("id-card")).to_contain_text("卡没有读完就拿走了")


def test_without_its_service_no_smart_card_is_pretended_and_the_page_says_how_to_get_it(bench: MoreBench) -> None:
    panel = bench.choose("smart-card")
    expect(panel.locator("#no-card-service")).to_contain_text("apt-get install pcscd vsmartcard-vpcd")
    for button in panel.locator(".hands [data-card], .hands [data-do]").all():
        expect(button).to_have_attribute("aria-disabled", "true")
    expect(bench.box_says("smart-card")).to_contain_text("设备没有应答")


def test_pages_are_laid_on_the_glass_and_into_the_feeder_and_the_box_sees_them(bench: MoreBench) -> None:
    panel = bench.choose("scanner")
    glass, feeder = (panel.locator(f"[data-tray='{name}']") for name in ("glass", "feeder"))
    for lay, tray, sheets in (
        ("blank-glass", glass, 1),
        ("form-glass", glass, 1),
        ("blank-feeder", feeder, 1),
        ("form-feeder", feeder, 2),
        ("forms-feeder", feeder, 7),
    ):
        panel.locator(f"[data-lay='{lay}']").click()
        expect(tray).to_have_attribute("data-sheets", str(sheets))
    for tray in (glass, feeder):
        picture = tray.locator("img")
        expect(picture).to_be_visible()
        assert picture.evaluate("async (img) => { await img.decode(); return img.naturalWidth; }") > 100
    bench.ask("scanner", "internal")
    expect(bench.box_says("scanner")).to_have_text(re.compile("主机说：正常"))
    bench.ask("scanner", "external")
    expect(bench.answer("scanner")).to_have_text("正常")
    expect(panel.locator(".found")).to_contain_text("页数")
    expect(panel.locator(".events")).to_contain_text("第 1 页扫好交出")
    bench.switch("scanner", "cover-open", on=True)
    bench.ask("scanner", "internal")
    expect(bench.box_says("scanner")).to_contain_text("扫描仪盖子没有盖好")
    bench.switch("scanner", "cover-open", on=False)
    panel.locator("[data-do='take-pages']").click()
    for tray in (glass, feeder):
        expect(tray).to_have_attribute("data-sheets", "0")
    bench.ask("scanner", "internal")
    expect(bench.box_says("scanner")).to_contain_text("进纸器里没有材料")


def test_a_sheet_that_the_office_printer_printed_is_seen_and_paper_runs_out_and_is_laid_in(bench: MoreBench) -> None:
    panel = bench.choose("office-printer")
    bench.ask("office-printer", "external")
    expect(bench.answer("office-printer")).to_have_text("正常")
    expect(panel.locator("[data-job='1']")).to_contain_text("印完")
    sheet = panel.locator("[data-job='1'] img")
    expect(sheet).to_have_count(1)
    assert sheet.evaluate("async (img) => { await img.decode(); return img.naturalHeight; }") > 500
    bench.switch("office-printer", "out-of-paper", on=True)
    bench.ask("office-printer", "internal")
    expect(bench.box_says("office-printer")).to_contain_text("纸用完了")
    panel.locator("[data-do='refill']").click()
    expect(bench.fault("office-printer", "out-of-paper")).to_have_attribute("aria-pressed", "false")
    bench.ask("office-printer", "internal")
    expect(bench.box_says("office-printer")).to_have_text(re.compile("主机说：正常"))


def test_while_a_display_is_dark_a_sign_for_its_window_comes_out_of_the_office_printer(
    bench: MoreBench, running: Demo
) -> None:
    sheets = bench.choose("office-printer").locator("[data-job] img")
    before = sheets.count()
    _, terminal = technician_at(running, "counter-2")
    status, told = terminal.ask("sign", device="display-4")
    assert (status, told["printer"], told["outcome"]) == (200, "office-printer", "printed")
    assert told["where"]["zh-CN"] == "4 号窗口"
    expect(sheets).to_have_count(before + 1)


def test_the_box_tries_a_display_and_what_it_shows_is_on_the_strip(bench: MoreBench) -> None:
    bench.choose("windows")
    bench.sign_out(5)
    bench.unfold(5)
    bench.ask("display-5", "external")
    expect(bench.display(5)).to_have_attribute("alt", re.compile("5号测试"))
    expect(bench.answer("display-5")).to_have_text("正常")
    bench.ask("pad-5", "interactive")
    expect(bench.station(5).locator(".pad")).to_have_class(re.compile("lit"))
    bench.station(5).locator("[data-grade='2']").click()
    expect(bench.answer("pad-5")).to_have_text("正常")


LINES = {
    "windows": ("dots-4", "strip-5", "usb-4", "caller-5", "pad-5"),
    "id-card": ("id-card",),
    "scanner": ("scanner",),
    "office-printer": ("office-printer",),
}


@pytest.mark.parametrize("family", LINES)
def test_every_fault_goes_on_and_off_in_its_device_and_the_box_has_it_back_afterwards(
    bench: MoreBench, family: str
) -> None:
    panel = bench.choose(family)
    if family == "windows":
        bench.unfold(4)
        bench.unfold(5)
    for line in LINES[family]:
        for name in panel.locator(f"[data-line='{line}']").first.locator("[data-fault]").all():
            fault = name.get_attribute("data-fault")
            assert fault is not None
            bench.switch(line, fault, on=True)
            bench.switch(line, fault, on=False)
    devices = ("display-4", "display-5") if family == "windows" else (family,)
    for device in devices:
        expect(bench.box_says(device)).not_to_contain_text("设备没有应答")


def test_a_pulled_display_is_missed_by_its_box(bench: MoreBench) -> None:
    bench.choose("windows")
    bench.unfold(4)
    bench.switch("dots-4", "unplug", on=True)
    bench.ask("display-4", "internal")
    expect(bench.box_says("display-4")).to_contain_text("设备没有应答")
    bench.switch("dots-4", "unplug", on=False)
    expect(bench.box_says("display-4")).to_have_text(re.compile("主机说：正常"))


def test_a_technician_who_looks_at_every_family_ends_none_of_them(bench: MoreBench, running: Demo) -> None:
    """A box whose office printer was asked who it is once died of the question, and of every one after it."""
    bench.choose("office-printer")
    bench.ask("office-printer", "internal")
    expect(bench.box_says("office-printer")).to_have_text(re.compile("主机说：正常"))
    process, terminal = technician_at(running, "counter-2")
    for _ in range(ASKED_AT_MOST):
        told = terminal.report()["devices"]
        assert technician_at(running, "counter-2")[0] == process, "it is the same process still"
        devices = {device["name"]: device for device in told}
        assert len(devices) == len(told) >= 11
        if devices["office-printer"]["firmware"]:
            break
    assert devices["office-printer"]["firmware"] == "Yichuang Simulated Office Printer 1.0"


def technician_at(running: Demo, box: str) -> tuple[int, Terminal]:
    """The process of this box, and a terminal on its machine."""
    for pid in children_of(running.process.pid):
        last = Path(f"/proc/{pid}/cmdline").read_bytes().rstrip(b"\0").rpartition(b"\0")[2].decode()
        if last.endswith(f"/{box}.toml"):
            return pid, Terminal(Path(last).parent / f"{box}-data" / "run" / "maintenance.sock")
    raise AssertionError(f"no process of {box}")


def test_the_box_is_killed_and_started_again_from_the_page(bench: MoreBench) -> None:
    bench.choose("id-card")
    process = bench.page.locator("#more-process .process")
    process.get_by_role("button", name="断电").click()
    expect(process).to_have_class(re.compile("stopped"))
    expect(bench.box_says("id-card")).to_contain_text("主机没有应答")
    bench.ask("id-card", "external")
    expect(bench.answer("id-card")).to_contain_text("请先启动它")
    process.get_by_role("button", name="启动").click()
    expect(process).not_to_have_class(re.compile("stopped"))
    expect(bench.box_says("id-card")).to_have_text(re.compile("主机说：正常"))
