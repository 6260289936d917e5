"""The bench page, as a person uses it: one whole visit on real processes, and what breaks before their eyes."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.system.bench import Bench, bench_page
from tests.system.running import Demo

pytestmark = [pytest.mark.system, pytest.mark.browser]


@pytest.fixture(scope="module")
def running() -> Iterator[Demo]:
    with Demo() as demo:
        demo.until("http://")
        yield demo


@pytest.fixture
def page(running: Demo) -> Iterator[Page]:
    with bench_page(running.base) as page:
        yield page


def test_a_whole_visit_ticks_off_the_list(page: Page) -> None:
    bench = Bench(page, 1)
    bench.sign_in()
    digits = bench.take_number()
    bench.press("呼叫")
    expect(bench.display).to_have_attribute("alt", re.compile(digits))
    bench.press("开始")
    expect(bench.clerk.locator("#phase")).to_have_text(re.compile("办理中"))
    bench.clerk.locator("[data-act='finish']").click()
    expect(bench.pad).to_have_class(re.compile("lit"))
    bench.pad.locator("[data-grade='4']").click()
    expect(bench.pad).not_to_have_class(re.compile("lit"))
    expect(page.locator("#hall-rated")).to_have_text("1")
    expect(bench.fact(f"{digits} 评价：非常满意")).to_be_visible()
    expect(page.locator("#try .done")).to_have_count(5)


def test_a_number_whose_paper_ran_out_is_never_called_and_the_kiosk_says_so_in_both_languages(page: Page) -> None:
    bench = Bench(page, 2)
    bench.sign_in()
    bench.switch("printer", "paper-out-mid")
    bench.touch()
    expect(bench.kiosk.locator("#view-void")).to_be_visible()
    for language in ("zh-CN", "en"):
        expect(bench.kiosk.locator(f"#void-title [lang='{language}']")).to_have_text(re.compile(r"\d{4,}"))
    expect(page.locator("#paper figure.torn")).to_be_visible()
    expect(bench.fact("作废：纸用完了")).to_be_visible()
    bench.press("呼叫")
    expect(bench.fact("2 号窗口按键：叫下一位")).to_be_visible()
    expect(bench.clerk.locator("#phase")).to_have_text(re.compile("空闲"))
    expect(bench.display).not_to_have_attribute("alt", re.compile(r"\d{4,}"))
    page.locator("#refill").click()
    expect(page.locator("[data-fault='paper-out']")).to_have_attribute("aria-pressed", "false")


def test_a_display_shows_the_current_number_after_its_line_was_cut(page: Page) -> None:
    bench = Bench(page, 3)
    bench.sign_in()
    first, second = bench.take_number(), bench.take_number()
    bench.press("呼叫")
    expect(bench.display).to_have_attribute("alt", re.compile(first))
    expect(bench.clerk.locator("#number")).to_have_text(re.compile(first))  # a press on an older page is dropped
    bench.switch("displays", "cut-line")
    bench.clerk.locator("[data-act='next']").click()
    expect(bench.clerk.locator("#number")).to_have_text(re.compile(second))
    expect(bench.display).not_to_have_attribute("alt", re.compile(second))
    bench.switch("displays", "cut-line")
    expect(bench.display).to_have_attribute("alt", re.compile(second))


def test_without_the_hall_the_kiosk_goes_on_from_its_band_and_all_is_told_afterwards(page: Page) -> None:
    bench = Bench(page, 1)
    hall = page.locator("[data-process='hall']")
    hall.get_by_role("button", name="停").click()
    expect(hall).to_have_class(re.compile("stopped"))
    expect(bench.kiosk.locator("#notice-going-on")).to_be_visible()
    digits = bench.take_number()
    assert digits.startswith("121")  # service 12, kiosk 1
    hall.get_by_role("button", name="启动").click()
    expect(bench.fact(f"发号 {digits}")).to_be_visible()
