"""A card is read at the window: the notice first, a sentence for every outcome, and in the end nothing left."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from config.wording import room
from device.flows.card_readers import Outcome
from device.flows.read_card import Why
from drivers.contract import CardKind
from simulators.id_card_reader.module import REJECTED
from simulators.smart_card.deck import DECK
from tests.device.card_scene import VALUES
from tests.screens.card_box import CardBox
from tests.screens.conftest import sign_in
from tests.screens.stand_in import LIMIT_S
from tests.screens.test_looks import weakest

pytestmark = pytest.mark.browser

NUMBER, MASKED = "11010119000101009X", "110***********009X"


@pytest.fixture
def box(tmp_path: Path) -> Iterator[CardBox]:
    daemon = CardBox(tmp_path)
    yield daemon
    daemon.stop()


@pytest.fixture
def page(desk: BrowserContext, box: CardBox) -> Page:
    """A clerk who serves A1001."""
    page = desk.new_page()
    page.set_default_timeout(LIMIT_S * 1000)
    page.goto(f"{box.origin}/window/3")
    page.locator("#sign-in-view").wait_for()
    sign_in(page)
    expect(page.locator("[data-card=id_card]")).to_be_enabled()
    return page


def announce(page: Page) -> None:
    page.locator("[data-card=id_card]").click()
    expect(page.locator("#card-announced")).to_be_visible()


def ask(page: Page) -> None:
    announce(page)
    page.locator("#card-agree").click()
    expect(page.locator("#card-reading")).to_be_visible()


def read(page: Page, box: CardBox, card: str = "resident") -> None:
    ask(page)
    box.lay(card)
    expect(page.locator("#card-read")).to_be_visible()


def found(page: Page) -> list[str]:
    """Which values of any card stand anywhere in the page, seen or not."""
    everything = page.content() + page.evaluate("JSON.stringify([{...sessionStorage}, {...localStorage}])")
    return [value for value in VALUES if value in everything]


def test_notice_read_show_forget(page: Page, box: CardBox) -> None:
    announce(page)
    notice = page.locator("#card-announced")
    hall = "清河县政务服务中心 3 号窗口"
    for said in (hall, "核对办事人身份", "姓名、证件号码、有效期", "最多 120 秒", "出示其他证件"):
        expect(notice).to_contain_text(said)
    for said in ("window 3", "to check who is being served", "Show another document"):
        expect(notice.get_by_text(said)).to_be_visible()
    assert "find" not in box.cards.reader.asked
    page.locator("#card-agree").click()
    expect(page.locator("#card-title")).to_contain_text("请把身份证放在读卡器上")
    expect(page.locator("#card-seconds")).to_contain_text("秒")
    box.lay("resident")
    expect(page.locator("#card-title")).to_contain_text("居民身份证")
    values = page.locator("#card-values")
    for said in ("张**", MASKED, "长期有效"):
        expect(values).to_contain_text(said)
    expect(page.locator("#card-left")).to_contain_text("秒后自动清除")
    assert found(page) == []
    page.locator("#card-show").click()
    expect(values).to_contain_text(NUMBER)
    expect(values).to_contain_text("张三")
    page.locator("#card-show").click()
    expect(values).to_contain_text(MASKED)
    assert found(page) == []
    page.locator("#card-show").click()
    expect(values).to_contain_text(NUMBER)
    page.locator("#card-forget").click()
    expect(page.locator("#card-title")).to_contain_text("已清除")
    expect(page.locator("#card-take")).to_contain_text("请您拿好卡")
    assert found(page) == []
    page.locator("#card-close").click()
    expect(page.locator("#card")).to_be_hidden()
    assert box.noted() == ["read"]


def test_a_citizen_who_does_not_want_it_is_told_the_other_ways_and_no_card_is_looked_for(
    page: Page, box: CardBox
) -> None:
    box.lay("resident")
    announce(page)
    page.locator("#card-decline").click()
    expect(page.locator("#card-title")).to_contain_text("没有读卡")
    expect(page.locator("#card-otherwise")).to_contain_text("出示其他证件")
    expect(page.locator("#card-take")).to_be_hidden()
    page.locator("#card-close").click()
    expect(page.locator("#card")).to_be_hidden()
    assert "find" not in box.cards.reader.asked
    assert box.noted() == []


def test_it_all_works_by_keys_and_enter_alone_never_agrees(page: Page, box: CardBox) -> None:
    page.keyboard.press("d")
    expect(page.locator("#card-announced")).to_be_visible()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator("#card-agree")).to_be_focused()
    assert "find" not in box.cards.reader.asked
    page.keyboard.press("Enter")
    expect(page.locator("#card-cancel")).to_be_focused()
    box.lay("resident")
    expect(page.locator("#card-forget")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#card-values")).to_contain_text(NUMBER)
    page.keyboard.press("Escape")
    expect(page.locator("#card")).to_be_hidden()
    assert found(page) == []


def torn(box: CardBox) -> None:
    box.lay("resident", torn=True)


def rejected(box: CardBox) -> None:
    box.lay(REJECTED)


def unplugged(box: CardBox) -> None:
    box.here(box.cards.line.unplug)


@pytest.mark.parametrize(
    ("happens", "said"),
    [(torn, "没有读完：卡拿早了"), (rejected, "读卡器不认这张卡"), (unplugged, "读卡器没有应答。请检查电源和连线")],
)
def test_what_went_wrong_is_said_with_its_remedy(
    page: Page, box: CardBox, happens: Callable[[CardBox], None], said: str
) -> None:
    ask(page)
    happens(box)
    expect(page.locator("#card-outcome")).to_contain_text(said)
    expect(page.locator("#card-again")).to_be_focused()
    page.locator("#card-give-up").click()
    expect(page.locator("#card-otherwise")).to_be_visible()


def test_a_torn_card_is_read_when_it_is_laid_down_again(page: Page, box: CardBox) -> None:
    ask(page)
    torn(box)
    page.locator("#card-again").click()
    box.lay("resident")
    expect(page.locator("#card-values")).to_contain_text(MASKED)


def test_a_canceled_reading_reads_nothing(page: Page, box: CardBox) -> None:
    ask(page)
    page.locator("#card-cancel").click()
    expect(page.locator("#card-title")).to_contain_text("已取消")
    box.lay("resident")
    page.locator("#card-close").click()
    expect(page.locator("[data-card=id_card]")).to_be_visible()
    assert "read" not in box.cards.reader.asked


def test_the_next_number_takes_the_values_off_the_screen(page: Page, box: CardBox) -> None:
    read(page, box)
    page.locator("#card-show").click()
    expect(page.locator("#card-values")).to_contain_text(NUMBER)
    box.visit_over()
    expect(page.locator("#card-title")).to_contain_text("这次业务已结束")
    assert found(page) == []


def test_a_page_that_lost_its_daemon_shows_no_value_any_more(page: Page, box: CardBox) -> None:
    read(page, box)
    page.locator("#card-show").click()
    expect(page.locator("#card-values")).to_contain_text(NUMBER)
    box.here(box.streams.stop)
    expect(page.locator("#card-title")).to_contain_text("已清除")
    assert found(page) == []


def test_a_page_that_is_loaded_anew_has_ended_its_reading(page: Page, box: CardBox) -> None:
    read(page, box)
    page.reload()
    box.until(lambda: box.cards.desk._reading is None)
    expect(page.locator("[data-card=id_card]")).to_be_enabled()
    expect(page.locator("#card")).to_be_hidden()
    announce(page)
    assert found(page) == []


def test_an_expired_card_is_said_to_be_so(page: Page, box: CardBox) -> None:
    read(page, box, "hk-macao-taiwan")
    expect(page.locator("#card-title")).to_contain_text("港澳台居民居住证")
    expect(page.locator("#card-values .expired")).to_contain_text("已过期（2025-01-01 到期）")


def test_a_social_security_card_is_read_and_asked_back_until_it_is_taken(page: Page, box: CardBox) -> None:
    page.keyboard.press("k")
    expect(page.locator("#card-what")).to_contain_text("社会保障号码")
    page.locator("#card-agree").click()
    expect(page.locator("#card-title")).to_contain_text("请把社保卡放进读卡器")
    box.here(lambda: box.cards.port.lay(DECK["social-2.00"](lambda _: None)))
    expect(page.locator("#card-title")).to_contain_text("社会保障卡")
    expect(page.locator("#card-values")).to_contain_text(MASKED)
    page.locator("#card-forget").click()
    expect(page.locator("#card-take")).to_contain_text("卡还在读卡器里，请取回")
    box.here(box.cards.port.tear)
    expect(page.locator("#card-take")).to_contain_text("卡已取走")


def test_the_notice_can_be_turned_to_who_sits_opposite(page: Page) -> None:
    announce(page)
    page.locator("#card-turn").click()
    expect(page.locator("#card-sheet")).to_have_css("rotate", "180deg")
    page.keyboard.press("Escape")
    announce(page)
    expect(page.locator("#card-sheet")).to_have_css("rotate", "none")


def test_without_a_reader_or_a_number_there_is_nothing_to_press(page: Page, box: CardBox) -> None:
    box.tell("window", card_readers=[])
    expect(page.locator("[data-card=id_card]")).to_be_hidden()
    box.tell("window", card_readers=["smart_card"])
    expect(page.locator("[data-card=smart_card]")).to_be_visible()
    page.keyboard.press("d")
    expect(page.locator("#card")).to_be_hidden()


def test_every_step_can_be_read_and_touched(page: Page, box: CardBox) -> None:
    def fits() -> None:
        assert weakest(page) > (7.0, "")
        for button in page.locator("#card button:visible").all():
            size = button.bounding_box()
            assert size is not None
            assert min(size["width"], size["height"]) >= 60
        assert page.locator("#card").evaluate("dialog => dialog.scrollWidth <= dialog.clientWidth")

    announce(page)
    fits()
    page.locator("#card-agree").click()
    expect(page.locator("#card-reading")).to_be_visible()
    fits()
    torn(box)
    expect(page.locator("#card-failed")).to_be_visible()
    fits()
    page.locator("#card-again").click()
    box.lay("hk-macao-taiwan")
    expect(page.locator("#card-read")).to_be_visible()
    fits()
    page.locator("#card-forget").click()
    expect(page.locator("#card-over")).to_be_visible()
    fits()


def test_every_word_that_the_flow_may_say_has_a_sentence() -> None:
    words = set(room("window", "zh-CN"))
    told = set(Outcome) - {Outcome.READ, Outcome.CANCELED}
    assert {f"card-not-{outcome}" for outcome in told} <= words
    assert {f"card-over-{why}" for why in set(Why) - {Why.PAGE_GONE}} | {"card-over-lost"} <= words
    assert {f"card-kind-{kind}" for kind in [*CardKind, "social-security"]} <= words
    lines = ["name", "english-name", "number", "card-number", "validity"]
    assert {f"card-line-{key}" for key in lines} <= words
    validities = ["long-term", "valid", "expired", "until", "unknown"]
    assert {f"card-valid-{validity}" for validity in validities} <= words
