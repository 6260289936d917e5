"""A card at the kiosk: first who looks at what and why; then an offer, and nothing left behind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Page, expect

from tests.screens.test_looks import weakest

if TYPE_CHECKING:
    from tests.screens.scene import Json
    from tests.screens.stand_in import StandIn

pytestmark = pytest.mark.browser

READ, LEAVE, TAKEN, SAY = "/kiosk/card/read", "/kiosk/card/leave", "/kiosk/card/taken", "/kiosk/say"


def card(phase: str = "idle", **changes: Any) -> Json:
    return {"reader": "id_card", "ready": True, "phase": phase, "outcome": None, "elder": False, **changes}


@pytest.fixture
def reader(kiosk: Page, stand_in: StandIn) -> Page:
    """A kiosk that has a card reader, and a loudspeaker."""
    stand_in.answers |= {path: (200, {}) for path in (READ, LEAVE, TAKEN, SAY)}
    stand_in.tell("left", card=card())
    expect(kiosk.locator("#card-offer")).to_be_visible()
    return kiosk


def lay(page: Page, stand_in: StandIn, **became: Any) -> None:
    """The notice is read, the card laid down, and this is what became of it."""
    page.locator("#card-offer").tap()
    page.locator("#card-begin").tap()
    stand_in.wait_for(1, READ)
    stand_in.tell("left", card=card("reading"))
    expect(page.locator("#view-card-wait")).to_be_visible()
    stand_in.tell("left", card=card(**became))


def test_without_a_reader_nothing_is_offered(kiosk: Page) -> None:
    expect(kiosk.locator("#card-offer")).to_be_hidden()


def test_the_notice_stands_before_anything_is_read(reader: Page, stand_in: StandIn) -> None:
    reader.locator("#card-offer").tap()
    notice = reader.locator("#view-card")
    for text in ("谁来看", "为什么", "只看出生日期", "马上忘掉", "可以不放", "forgotten at once", "No need to"):
        expect(notice).to_contain_text(text)
    expect(notice.locator("h1")).to_be_focused()
    assert stand_in.to(READ) == []
    reader.locator("#card-no").tap()
    expect(reader.locator("#view-home")).to_be_visible()


def test_who_is_sixty_five_is_offered_large_letters_and_chooses(reader: Page, stand_in: StandIn) -> None:
    reader.evaluate("document.addEventListener('offer-elder', () => document.body.dataset.offered = 'yes')")
    lay(reader, stand_in, phase="read", elder=True)
    expect(reader.locator("#view-card-elder h1")).to_be_focused()
    expect(reader.locator("#view-card-elder")).to_contain_text("换成长辈版吗？")
    size = reader.locator("#view-card-elder p [lang='zh-CN']").evaluate("e => parseFloat(getComputedStyle(e).fontSize)")
    assert size >= 30
    reader.locator("#card-elder-yes").tap()
    expect(reader.locator("#view-home")).to_be_visible()
    expect(reader.locator("body")).to_have_attribute("data-offered", "yes")
    stand_in.wait_for(1, LEAVE)


def test_who_does_not_want_it_goes_home_as_before(reader: Page, stand_in: StandIn) -> None:
    reader.evaluate("document.addEventListener('offer-elder', () => document.body.dataset.offered = 'yes')")
    lay(reader, stand_in, phase="read", elder=True)
    reader.locator("#card-elder-no").tap()
    expect(reader.locator("#view-home")).to_be_visible()
    assert reader.locator("body").get_attribute("data-offered") is None


def test_who_is_younger_hears_nothing_of_age(reader: Page, stand_in: StandIn) -> None:
    lay(reader, stand_in, phase="read")
    said = reader.locator("#view-card-said")
    expect(said).to_contain_text("看好了，谢谢")
    expect(said).not_to_contain_text("65")
    expect(reader.locator("#card-again")).to_be_hidden()


@pytest.mark.parametrize(
    ("outcome", "text"),
    [
        ("no-card", "没有看到卡"),
        ("lies-still", "把卡拿起来"),
        ("torn", "卡拿早了"),
        ("needs-id-reader", "读不了身份证"),
        ("not-supported", "请用身份证或社保卡"),
        ("reader-faulty", "读卡器现在用不了"),
        ("not-recorded", "读卡器现在用不了"),
    ],
)
def test_every_end_of_a_reading_says_what_to_do(reader: Page, stand_in: StandIn, outcome: str, text: str) -> None:
    lay(reader, stand_in, phase="failed", outcome=outcome)
    expect(reader.locator("#card-said-what")).to_contain_text(text)
    reader.locator("#card-again").tap()
    expect(reader.locator("#view-card-wait")).to_be_visible()
    stand_in.wait_for(2, READ)


def test_by_keys_alone(reader: Page, stand_in: StandIn) -> None:
    reader.locator("#card-offer").focus()
    reader.keyboard.press("Enter")
    reader.clock.run_for(200)
    expect(reader.locator("#view-card")).to_be_visible()
    reader.keyboard.press("Tab")
    expect(reader.locator("#card-begin")).to_be_focused()
    reader.keyboard.press("Enter")
    reader.clock.run_for(200)
    stand_in.wait_for(1, READ)
    reader.keyboard.press("Escape")
    expect(reader.locator("#view-home")).to_be_visible()


def test_a_card_is_asked_for_on_every_view_and_aloud_until_it_is_gone(reader: Page, stand_in: StandIn) -> None:
    stand_in.tell("left", card_lies={"sees": False, "left": False})
    notice = reader.locator("#notice-card")
    expect(notice).to_contain_text("请取回身份证")
    assert stand_in.wait_for(1, SAY)[0].body == {"key": "card-take", "language": "zh-CN"}
    reader.locator("#card-offer").tap()
    expect(notice).to_be_visible()
    reader.clock.run_for(8_500)
    stand_in.wait_for(2, SAY)
    stand_in.tell("left", card_lies={"sees": False, "left": True})
    expect(notice).to_contain_text("已经请工作人员过来")
    reader.locator("#card-taken").tap()
    stand_in.wait_for(1, TAKEN)
    stand_in.tell("left", card_lies=None)
    expect(notice).to_be_hidden()
    reader.clock.run_for(20_000)
    assert len(stand_in.to(SAY)) == 2


def test_a_reader_that_sees_for_itself_is_not_told(reader: Page, stand_in: StandIn) -> None:
    stand_in.tell("left", card=card(reader="smart_card"), card_lies={"sees": True, "left": False})
    expect(reader.locator("#notice-card")).to_contain_text("请取回您的卡")
    expect(reader.locator("#card-taken")).to_be_hidden()


def test_a_slip_in_the_mouth_is_said(kiosk: Page, stand_in: StandIn) -> None:
    stand_in.tell("left", slip_lies=True)
    expect(kiosk.locator("#notice-slip")).to_contain_text("小票还在出票口")
    stand_in.tell("left", slip_lies=False)
    expect(kiosk.locator("#notice-slip")).to_be_hidden()


def test_a_page_without_its_daemon_offers_no_card_until_it_is_back(reader: Page, stand_in: StandIn) -> None:
    stand_in.stop()
    expect(reader.locator("#card-offer")).to_be_hidden()
    expect(reader.locator("#notice-lost")).to_be_visible()
    stand_in.start()
    reader.clock.run_for(3000)
    expect(reader.locator("#card-offer")).to_be_visible()


def test_text_and_targets_are_for_everybody(reader: Page, stand_in: StandIn) -> None:
    stand_in.tell("left", card_lies={"sees": False, "left": True}, slip_lies=True)
    expect(reader.locator("#notice-slip")).to_be_visible()
    for name in ("home", "card", "card-wait", "card-elder", "card-said"):
        reader.evaluate("name => import('/static/kiosk_views.js').then(views => views.show(name))", name)
        assert weakest(reader) > (7.0, ""), name
        for button in reader.locator("button:visible").all():
            box = button.bounding_box()
            assert box is not None
            assert min(box["width"], box["height"]) >= 60, name
        for width in (360, 1080):
            reader.set_viewport_size({"width": width, "height": width * 16 // 9})
            assert reader.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), name
