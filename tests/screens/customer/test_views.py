"""What stands on every view of the citizen's screen: help, the alarm, a daemon that is gone, every size."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.screens.customer.scene import SIZES, ask, serve
from tests.screens.customer_box import A1001, A1002, CustomerBox
from tests.screens.stand_in import LIMIT_S
from tests.screens.test_looks import weakest

pytestmark = pytest.mark.browser


class TestOnEveryView:
    def test_help_is_asked_for_with_one_touch_and_taken_back(self, box: CustomerBox, screen: Page) -> None:
        screen.locator("#help").tap()
        expect(screen.locator("#help-line")).to_contain_text("已经告诉工作人员")
        assert box.until_fact("help-asked").data["window"] == 1
        screen.locator("#help-enough").tap()
        expect(screen.locator("#help")).to_be_visible()
        assert box.until_fact("help-ended").data["how"] == "not-needed"

    def test_leave_the_hall_stands_over_everything(self, box: CustomerBox, screen: Page) -> None:
        box.alarm("请从最近的出口离开")
        expect(screen.locator("#alarm")).to_contain_text("请从最近的出口离开")

    def test_a_killed_daemon_is_said_within_five_seconds_and_the_screen_comes_back_by_itself(
        self, box: CustomerBox, screen: Page
    ) -> None:
        serve(box, screen)
        box.stop()
        expect(screen.locator("#lost")).to_be_visible(timeout=5000)
        expect(screen.locator("#lost")).to_contain_text("正在自动恢复")
        box.start()
        screen.clock.resume()
        expect(screen.locator("#lost")).to_be_hidden(timeout=LIMIT_S * 1000)
        expect(screen.locator("#view-idle")).to_be_visible()
        ask(box, screen)
        screen.locator(".grade").nth(2).tap()
        screen.locator("#rate-submit").tap()
        assert box.until_fact("rated").data["grade"] == "basically-satisfied"

    def test_in_english_the_english_stands_first(self, screen: Page) -> None:
        screen.locator("#language").tap()
        size = "lang => parseFloat(getComputedStyle(document.querySelector(`#view-idle h1 [lang='${lang}']`)).fontSize)"
        assert screen.evaluate(size, "en") > screen.evaluate(size, "zh-CN")

    def test_the_next_citizen_is_greeted_in_chinese(self, box: CustomerBox, screen: Page) -> None:
        box.stand("called", held=A1001)
        expect(screen.locator("#view-called")).to_be_visible()
        screen.locator("#language").tap()
        serve(box, screen)
        expect(screen.locator("html")).to_have_attribute("lang", "en")
        ask(box, screen)
        expect(screen.locator("html")).to_have_attribute("lang", "en")
        box.stand("called", held=A1002, finished=A1001)
        expect(screen.locator("#rate-next")).to_be_visible()
        expect(screen.locator("html")).to_have_attribute("lang", "en")
        box.stand("serving", held=A1002)
        expect(screen.locator("#view-serve")).to_be_visible()
        expect(screen.locator("html")).to_have_attribute("lang", "zh-CN")

    @pytest.mark.parametrize("screen", [*SIZES], indirect=True)
    def test_on_every_size_all_targets_are_sixty_pixels_texts_are_clear_and_no_button_is_cut_off(
        self, box: CustomerBox, screen: Page, clerk: Page
    ) -> None:
        def look() -> None:
            for language in ("zh-CN", "en"):
                expect(screen.locator("html")).to_have_attribute("lang", language)
                assert weakest(screen) > (4.5, "")
                view = screen.viewport_size
                assert view is not None
                for button in screen.locator("button:visible, input:visible").all():
                    area = button.bounding_box()
                    assert area is not None
                    assert min(area["width"], area["height"]) >= 60, button.inner_html()
                    assert area["x"] >= 0
                    assert area["x"] + area["width"] <= view["width"]
                    assert area["y"] + area["height"] <= view["height"], button.inner_html()
                assert screen.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
                screen.locator("#language").tap()

        look()
        box.stand("called", held=A1001)
        expect(screen.locator("#view-called")).to_be_visible()
        look()
        serve(box, screen)
        clerk.locator("#customer-items button").first.click()
        clerk.locator("#customer-waits button").first.click()
        expect(screen.locator("#wait")).to_be_visible()
        look()
        clerk.locator("#customer-phrases button, #customer-talk").first.click()
        expect(screen.locator("#view-talk")).to_be_visible()
        look()
        ask(box, screen)
        look()
        screen.locator(".grade").nth(3).tap()
        look()
        screen.locator("#rate-submit").tap()
        expect(screen.locator("#manager")).to_be_visible()
        look()

    def test_it_fetches_nothing_from_outside_and_weighs_little(self, box: CustomerBox, desk: BrowserContext) -> None:
        page = desk.new_page()
        asked: list[str] = []
        troubles: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: troubles.append(message.text))
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.goto(f"{box.origin}/customer/1")
        expect(page.locator("#view-idle")).to_be_visible()
        assert len(asked) > 5
        assert [url for url in asked if not url.startswith((box.origin, "data:"))] == []
        assert troubles == []
        weight = "performance.getEntries().reduce((sum, e) => sum + (e.encodedBodySize || 0), 0)"
        assert page.evaluate(weight) + 100_000 < 300_000, "with the largest photo that is taken"
