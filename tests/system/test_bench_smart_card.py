"""Where PC/SC runs with vsmartcard's reader, cards are laid down on the bench page, also when it comes late."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.system.bench import bench_page
from tests.system.more_bench import MoreBench
from tests.system.pcscd import SOCKET, Pcscd
from tests.system.running import Demo

pytestmark = [pytest.mark.system, pytest.mark.browser]

LOOKS = 15


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pcscd]:
    """Not started yet, with the reader as Debian's package names it."""
    monkeypatch.setenv(SOCKET, "")
    pcscd = Pcscd(tmp_path, "Virtual PCD")
    yield pcscd
    pcscd.stop()


def until_the_box_misses_it(bench: MoreBench) -> None:
    """Its service tells a little later than the reader's light."""
    for _ in range(LOOKS):
        bench.ask("smart-card", "internal")
        with suppress(AssertionError):
            expect(bench.box_says("smart-card")).to_have_text("主机说：正常", timeout=1000)
            return
    expect(bench.box_says("smart-card")).to_have_text("主机说：正常")


def test_a_card_is_laid_down_once_the_service_runs_and_taken_and_the_box_sees_it(service: Pcscd) -> None:
    with Demo("--card-port", str(service.port)) as demo:
        demo.until("http://")
        with bench_page(demo.base) as page:
            bench = MoreBench(page)
            panel = bench.choose("smart-card")
            how = panel.locator("#no-card-service")
            expect(how).to_contain_text("没有运行 PC/SC 服务")
            service.start()
            expect(how).to_be_hidden()
            expect(bench.box_says("smart-card")).to_have_text("主机说：正常")
            panel.locator(".hands [data-card='social-2.00']").click()
            expect(panel.locator(".reader")).to_have_attribute("data-card", "social-2.00")
            expect(panel.locator(".events")).to_contain_text("社保卡 2.00放进去了")
            expect(how).to_be_hidden()
            bench.ask("smart-card", "internal")
            expect(bench.box_says("smart-card")).to_have_text(re.compile("读卡器里有一张卡"))
            panel.locator("[data-do='lift']").click()
            expect(panel.locator(".events")).to_contain_text("卡拿走了")
            until_the_box_misses_it(bench)
            bench.ask("smart-card", "interactive")
            expect(bench.answer("smart-card")).to_contain_text("主机正在等您")
            panel.locator(".hands [data-card='bank']").click()
            expect(bench.answer("smart-card")).to_have_text(re.compile("正常"))
