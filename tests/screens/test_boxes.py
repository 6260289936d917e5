"""The list of boxes in a browser, at a real hall in a process of its own: by keys alone, on a telephone, on paper."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from config.wording import say
from hall import ca
from tests.hall.boxes_scene import advice, condition, lease
from tests.hall.conftest import certificates, settings_file, settled
from tests.hall.guide_scene import GUIDE, PIN
from tests.screens.boxes_hall import ToldBox, with_more_boxes
from tests.screens.guide_hall import GuidedHall
from tests.screens.test_looks import TEXTS, weakest

__all__ = ["certificates", "settings_file"]

pytestmark = pytest.mark.browser

LIMIT_MS = 10_000
LOST_MS = 5_000

PAPER = advice("media-empty", "error", "printer")


@pytest.fixture
def hall(settings_file: Path) -> Iterator[GuidedHall]:
    hall = GuidedHall(with_more_boxes(settings_file))
    yield hall
    hall.close()


@pytest.fixture(scope="module")
def quiet_hall(tmp_path_factory: pytest.TempPathFactory, certificates: Path) -> Iterator[GuidedHall]:
    """One for all who only look: no box of it was ever heard."""
    hall = GuidedHall(with_more_boxes(settled(tmp_path_factory.mktemp("quiet"), certificates)))
    yield hall
    hall.close()


@pytest.fixture
def browser(chromium: Browser) -> Iterator[BrowserContext]:
    size = {"width": 1280, "height": 800}
    with chromium.new_context(viewport=size, ignore_https_errors=True, locale="zh-CN") as context:  # type: ignore[arg-type]
        yield context


def page_at(browser: BrowserContext, hall: GuidedHall) -> Page:
    """Nobody is signed in."""
    page = browser.new_page()
    page.set_default_timeout(LIMIT_MS)
    expect.set_options(timeout=LIMIT_MS)
    page.goto(f"{hall.origin}/boxes")
    page.locator("#sign-in-view").wait_for()
    return page


def signed_in(page: Page) -> Page:
    """By keys alone."""
    expect(page.locator("#name")).to_be_focused()
    page.keyboard.type(GUIDE)
    page.keyboard.press("Tab")
    page.keyboard.type(PIN)
    page.keyboard.press("Enter")
    page.locator("#list-view").wait_for()
    return page


@pytest.fixture
def staff(browser: BrowserContext, hall: GuidedHall) -> Page:
    return signed_in(page_at(browser, hall))


@pytest.fixture
def outside(browser: BrowserContext, quiet_hall: GuidedHall) -> Page:
    return page_at(browser, quiet_hall)


@pytest.fixture
def looker(outside: Page) -> Page:
    """At a hall where nothing happens."""
    return signed_in(outside)


def standings(page: Page) -> dict[str, str]:
    """In the order of the page."""
    rows = page.locator("#boxes > li").all()
    return {str(row.get_attribute("data-key")): str(row.get_attribute("class")) for row in rows}


def test_nobody_sees_a_box_without_signing_in(outside: Page) -> None:
    assert outside.locator("#boxes > li").count() == 0
    assert outside.evaluate("fetch('/boxes/state').then(answer => answer.status)") == 401
    outside.locator("#name").fill("nobody")
    outside.locator("#pin").fill(PIN)
    outside.keyboard.press("Enter")
    expect(outside.locator("#sign-in-why")).to_contain_text(say("guide", "refused-wrong-name-or-pin", "en"))
    expect(outside.locator("#list-view")).to_be_hidden()


def test_a_box_that_was_never_heard_is_not_ready_and_stands_first(staff: Page, hall: GuidedHall) -> None:
    kiosk = ToldBox(hall, "kiosk-1")
    row = staff.locator("#boxes > li[data-key=kiosk-1]")
    expect(row).to_have_class("ready")
    expect(row.locator(".standing")).to_contain_text("就绪")
    shown = standings(staff)
    assert list(shown) == ["kiosk-2", "counter-1", "stranger-1", "entrance-1", "kiosk-1"]
    assert {shown[name] for name in shown if name != "kiosk-1"} == {"not-heard"}
    expect(staff.locator("#summary")).to_contain_text("5 台终端中 4 台未就绪")
    kiosk.is_so(condition(PAPER, ready=False))
    expect(row).to_have_class("not-ready")
    expect(row).to_contain_text(PAPER.what["zh-CN"])
    expect(row).to_contain_text(PAPER.until["zh-CN"])


def test_a_box_that_goes_is_gone_and_one_that_comes_back_is_back(staff: Page, hall: GuidedHall) -> None:
    kiosk = ToldBox(hall, "kiosk-1")
    row = staff.locator("#boxes > li[data-key=kiosk-1]")
    expect(row).to_have_class("ready")
    kiosk.go()
    expect(row).to_have_class("gone")
    expect(row.locator(".standing")).to_contain_text("失联")
    kiosk.listen()
    kiosk.is_so(condition())
    expect(row).to_have_class("ready")


def test_who_works_at_a_box_is_told_to_the_staff(staff: Page, hall: GuidedHall) -> None:
    counter = ToldBox(hall, "counter-1")
    counter.is_so(condition(leases=(lease("周师傅", "display-2"),)))
    row = staff.locator("#boxes > li[data-key=counter-1]")
    expect(row).to_have_class("in-maintenance")
    expect(row).to_contain_text("周师傅 正在维护：display-2")
    counter.is_so(condition())
    expect(row).to_have_class("ready")


def test_a_hall_that_is_lost_is_told_within_five_seconds_and_found_again(staff: Page, hall: GuidedHall) -> None:
    ToldBox(hall, "kiosk-1")
    expect(staff.locator("#boxes > li.ready")).to_have_count(1)
    hall.pause()
    lost = staff.locator("#notice-lost")
    expect(lost).to_be_visible(timeout=LOST_MS)
    for language in ("zh-CN", "en"):
        expect(lost).to_contain_text(say("boxes", "lost", language))
    hall.go_on()
    expect(lost).to_be_hidden()


def test_every_text_is_easy_to_read_at_every_width_and_nothing_runs_out_of_the_page(
    staff: Page, hall: GuidedHall
) -> None:
    ToldBox(hall, "kiosk-1").is_so(condition(advice("media-low"), PAPER, ready=False))
    ToldBox(hall, "counter-1").is_so(condition(leases=(lease(),)))
    ToldBox(hall, "stranger-1").is_so(condition(advice("media-low")))
    expect(staff.locator("#boxes > li.look")).to_have_count(1)
    for width in (360, 768, 1280):
        staff.set_viewport_size({"width": width, "height": 800})
        assert len(staff.evaluate(TEXTS)) > 10
        assert weakest(staff) > (4.5, ""), width
        assert staff.evaluate("document.documentElement.scrollWidth") <= width
    for button in staff.locator("button:visible").all():
        box = button.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44


def test_what_the_hall_itself_needs_stands_above_the_list(
    browser: BrowserContext, settings_file: Path, certificates: Path
) -> None:
    own = settings_file.parent / "certs"
    own.unlink()
    shutil.copytree(certificates, own)
    for name in ("hall.pem", "hall.key"):
        (own / name).unlink()
    ca.issue(own, "hall", "hall", 12)
    hall = GuidedHall(settings_file)
    try:
        page = signed_in(page_at(browser, hall))
        need = page.locator("#own dl.warning")
        expect(need).to_contain_text("大厅自己的证书还有 11 天到期")
        expect(need).to_contain_text("The hall's own certificate ends in 11 days")
        assert weakest(page) > (4.5, "")
    finally:
        hall.close()


def test_a_hall_that_needs_nothing_says_nothing_of_itself(looker: Page) -> None:
    expect(looker.locator("#boxes > li")).to_have_count(5)
    expect(looker.locator("#own")).to_be_hidden()


def test_the_mark_of_a_box_is_never_its_colour_alone(staff: Page, hall: GuidedHall) -> None:
    ToldBox(hall, "kiosk-1")
    expect(staff.locator("#boxes > li.ready")).to_have_count(1)
    for row in staff.locator("#boxes > li").all():
        assert row.locator(".mark").inner_text()
        assert row.locator(".standing").inner_text()


def test_on_paper_stands_the_list_and_no_button(looker: Page) -> None:
    expect(looker.locator("#boxes > li")).to_have_count(5)
    looker.emulate_media(media="print")
    for button in looker.locator("button").all():
        assert not button.is_visible()
    expect(looker.locator("#printed-at")).to_be_visible()
    assert looker.pdf().startswith(b"%PDF")


def test_the_other_language_is_one_press_away_and_the_list_stays(looker: Page) -> None:
    expect(looker.locator("#boxes > li")).to_have_count(5)
    looker.locator("#language").focus()
    looker.keyboard.press("Enter")
    expect(looker.locator("#summary")).to_have_text("5 of 5 boxes not ready", use_inner_text=True)
    assert looker.locator("#boxes > li .standing").first.inner_text() == "Not heard yet"


def test_who_signs_out_leaves_nothing_on_the_screen(looker: Page) -> None:
    expect(looker.locator("#boxes > li")).to_have_count(5)
    looker.locator("#sign-out").press("Enter")
    expect(looker.locator("#sign-in-view")).to_be_visible()
    assert looker.locator("#boxes > li").count() == 0
    looker.reload()
    expect(looker.locator("#sign-in-view")).to_be_visible()
