"""A ticket's whole way, by hand in a browser on the bench page: touch, slip, call, display, start, finish, rating.

And what goes wrong on it: paper that ends in the middle, a cut line, a hall that stops. One demonstration serves all
tests of this file, in their order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.chromium import chromium
from tests.system.bench import SERVICE, Bench, bench_page
from tests.system.running import Demo

pytestmark = [pytest.mark.system, pytest.mark.browser]


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    with Demo() as demo, chromium() as browser:
        demo.until("http://")
        with bench_page(browser, demo.base) as bench:
            bench.sign_in(0)
            yield bench


def test_from_touch_to_rating(bench: Bench) -> None:
    number = bench.touch()
    expect(bench.page.locator("#paper img").first).to_be_visible()
    expect(bench.clerk.locator("#waiting-here")).to_have_text("1")
    bench.key("呼叫")
    bench.shows(f"请{number}到1号窗口")
    expect(bench.clerk.locator("#number [lang='zh-CN']")).to_have_text(number)
    bench.press("start")
    bench.shows(f"{number} 办理中")
    bench.press("finish")
    expect(bench.counter.locator(".pad")).to_have_class(re.compile("lit"))
    bench.counter.locator("[data-grade='4']").click()
    expect(bench.page.locator("#hall-rated")).to_have_text("1")
    expect(bench.counter.locator(".pad")).not_to_have_class(re.compile("lit"))


def test_a_number_whose_paper_ended_in_the_middle_is_void_in_both_languages_and_never_called(bench: Bench) -> None:
    bench.fault("printer", "paper-out-mid")
    bench.home()
    bench.kiosk.get_by_role("button", name=SERVICE).click()
    void = bench.kiosk.locator("#view-void")
    expect(void).to_contain_text("已作废")
    expect(void).to_contain_text("void")
    bench.page.locator("#refill").click()
    expect(bench.clerk.locator("#waiting-here")).to_have_text("0")
    bench.press("next")
    expect(bench.clerk.locator("#message")).to_contain_text("没有人等候")
    bench.shows("1号窗口 空闲")


def test_a_display_that_was_cut_off_shows_what_is_true_now(bench: Bench) -> None:
    first, second = bench.touch(), bench.touch()
    bench.press("next")
    bench.shows(f"请{first}到1号窗口")
    bench.fault("displays", "cut-line")
    bench.press("start")
    expect(bench.clerk.locator("#phase")).to_contain_text("办理中")
    bench.press("next")
    expect(bench.clerk.locator("#number [lang='zh-CN']")).to_have_text(second)
    bench.press("start")
    expect(bench.clerk.locator("#devices")).to_contain_text("没有应答")
    bench.fault("displays", "cut-line")
    bench.shows(f"{second} 办理中")
    bench.press("finish")


def test_while_the_hall_is_stopped_the_kiosk_goes_on_and_all_is_told_when_it_is_back(bench: Bench) -> None:
    bench.process("hall", "停")
    expect(bench.clerk.locator("#link")).to_have_class(re.compile("down"))
    number = bench.touch()
    assert re.fullmatch(r"A111\d{3}", number), number  # service 11, then the kiosk's digit 1
    bench.process("hall", "启动")
    expect(bench.clerk.locator("#link")).not_to_have_class(re.compile("down"))
    expect(bench.clerk.locator("#waiting-here")).to_have_text("1")
    bench.press("next")
    bench.shows(f"请{number}到1号窗口")
