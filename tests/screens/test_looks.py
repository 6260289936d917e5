"""What eyes and fingers need, measured from the drawn page; and nothing comes from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.screens.conftest import sign_in

if TYPE_CHECKING:
    from tests.screens.stand_in import StandIn

pytestmark = pytest.mark.browser

# Every element that shows text of its own, with its colour and the ground behind it; disabled controls are exempt
# (WCAG 1.4.3). A translucent ground is taken from what lies behind.
TEXTS = """() => [...document.body.querySelectorAll('*')].flatMap(element => {
  const own = [...element.childNodes].some(node => node.nodeType === 3 && node.textContent.trim());
  if (!own || !element.checkVisibility() || element.closest('[aria-disabled=true], .unseen')) return [];
  let behind = element;
  while (behind && getComputedStyle(behind).backgroundColor === 'rgba(0, 0, 0, 0)') behind = behind.parentElement;
  const ground = behind ? getComputedStyle(behind).backgroundColor : 'rgb(255, 255, 255)';
  return [[element.textContent.trim(), getComputedStyle(element).color, ground]];
})"""


def luminance(colour: str) -> float:
    """Relative luminance of ``rgb(r, g, b)`` (WCAG 2.2)."""
    channels = [int(part) / 255 for part in colour.removeprefix("rgb(").removesuffix(")").split(", ")]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def weakest(page: Page) -> tuple[float, str]:
    """The contrast hardest to read among all texts in sight, and that text."""
    return min((contrast(ink, ground), text) for text, ink, ground in page.evaluate(TEXTS))


ASKING = ["one-more", "unsure", "help", "working", "result", "doubtful", "on-screen", "void", "refused"]
VIEWS = ["home", "find", "list", "search", "matter", *ASKING]


def show(page: Page, view: str) -> None:
    page.evaluate("name => import('/static/kiosk_views.js').then(views => views.show(name))", view)


def test_every_text_of_the_kiosk_stands_at_seven_to_one(kiosk: Page, stand_in: StandIn) -> None:
    stand_in.tell("kiosk", without_paper="media-empty")
    expect(kiosk.locator("#notice-without-paper")).to_be_visible()
    for id_ in ("notice-lost", "notice-cannot", "notice-going-on"):
        kiosk.evaluate("id => document.getElementById(id).hidden = false", id_)
    for view in VIEWS:
        show(kiosk, view)
        assert len(kiosk.evaluate(TEXTS)) > 10
        assert weakest(kiosk) > (7.0, ""), view


def test_every_target_of_the_kiosk_is_sixty_pixels_or_more(kiosk: Page) -> None:
    for view in VIEWS:
        show(kiosk, view)
        boxes = [button.bounding_box() for button in kiosk.locator("button:visible").all()]
        assert boxes
        for box in boxes:
            assert box is not None
            assert min(box["width"], box["height"]) >= 60, view


def test_help_and_language_stand_at_the_same_place_on_every_view(kiosk: Page) -> None:
    places = set()
    for view in VIEWS:
        show(kiosk, view)
        for name in ("#unsure", "#ask-help", "#language"):
            box = kiosk.locator(name).bounding_box()
            assert box is not None
            places.add((name, round(box["x"]), round(box["y"])))
    assert len(places) == 3


@pytest.mark.parametrize("width", [360, 400, 1080])
def test_the_kiosk_never_scrolls_sideways(chromium_page: Page, stand_in: StandIn, width: int) -> None:
    chromium_page.set_viewport_size({"width": width, "height": width * 16 // 9})
    chromium_page.goto(f"{stand_in.origin}/kiosk")
    chromium_page.locator("#view-home").wait_for()
    assert chromium_page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize("width", [360, 420, 1280])
def test_the_clerk_s_page_never_scrolls_sideways(counter: Page, width: int) -> None:
    counter.set_viewport_size({"width": width, "height": 800})
    sign_in(counter)
    assert counter.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_every_text_of_the_clerk_s_page_stands_at_seven_to_one(counter: Page, stand_in: StandIn) -> None:
    assert weakest(counter) > (7.0, "")
    reasons = [{"keyword": "media-empty", "severity": "error"}]
    device = {"name": "display-3", "model": "onbon-bx5k", "window": 3, "phase": "stopped", "reasons": reasons}
    sign_in(counter)
    stand_in.tell("window", link="down", alone=True, devices=[device])
    expect(counter.locator("#devices .error")).to_be_visible()
    expect(counter.locator("#alone")).to_be_visible()
    assert weakest(counter) > (7.0, "")


def test_who_wants_no_motion_gets_none(kiosk: Page) -> None:
    show(kiosk, "working")
    turning = kiosk.locator("#view-working .turning")
    expect(turning).to_have_css("animation-name", "turn")
    kiosk.emulate_media(reduced_motion="reduce")
    expect(turning).to_have_css("animation-name", "none")


@pytest.mark.parametrize("path", ["/kiosk", "/window/3"])
def test_a_page_fetches_nothing_from_outside_and_weighs_little(
    desk: BrowserContext, stand_in: StandIn, path: str
) -> None:
    page = desk.new_page()
    asked: list[str] = []
    troubles: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: troubles.append(message.text))
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.goto(f"{stand_in.origin}{path}")
    page.locator("#view-home, #sign-in-view").first.wait_for()
    assert len(asked) > 5
    assert [url for url in asked if not url.startswith((stand_in.origin, "data:"))] == []
    assert troubles == []
    assert page.evaluate("performance.getEntries().reduce((sum, e) => sum + (e.encodedBodySize || 0), 0)") < 300_000


@pytest.mark.parametrize("mode", ["demo", "drill"])
def test_a_page_outside_live_mode_says_that_its_numbers_are_not_valid(
    desk: BrowserContext, stand_in: StandIn, mode: str
) -> None:
    stand_in.states["kiosk"]["mode"] = mode
    page = desk.new_page()
    page.goto(f"{stand_in.origin}/kiosk")
    expect(page.locator(".mode")).to_contain_text("号码不能办事")
    expect(page.locator(".mode")).to_contain_text("numbers are not valid")
