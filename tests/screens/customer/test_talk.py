"""笔谈: what one writes stands on the other screen, and then is gone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.screens.customer.scene import SECRET, SIZES, ask, blank, inked, serve, write
from tests.screens.customer_box import CustomerBox

pytestmark = pytest.mark.browser


class TestTalkingInWriting:
    def talk(self, box: CustomerBox, screen: Page, clerk: Page) -> None:
        serve(box, screen)
        screen.locator("#talk-open").tap()
        expect(screen.locator("#view-talk")).to_be_visible()
        expect(clerk.locator("#customer-talking")).to_be_visible()

    @pytest.mark.parametrize("screen", [*SIZES], indirect=True)
    def test_what_the_clerk_picks_or_types_stands_sixty_pixels_high_or_more(
        self, box: CustomerBox, screen: Page, clerk: Page
    ) -> None:
        self.talk(box, screen, clerk)
        clerk.locator("#customer-phrases button", has_text="请到复印处").click()
        expect(screen.locator("#talk-said")).to_contain_text("请到复印处复印一份")
        clerk.locator("#customer-text").fill("请写下您的姓名")
        clerk.keyboard.press("Enter")
        expect(screen.locator("#talk-said")).to_contain_text("请写下您的姓名")
        height = "parseFloat(getComputedStyle(document.querySelector('#talk-said [lang=zh-CN]')).fontSize)"
        assert screen.evaluate(height) >= 60

    def test_what_the_citizen_writes_by_finger_stands_on_the_clerk_s_page_until_it_is_wiped(
        self, box: CustomerBox, screen: Page, clerk: Page
    ) -> None:
        self.talk(box, screen, clerk)
        write(screen)
        inked(screen, "talk-canvas")
        inked(clerk, "customer-sheet")
        screen.locator("#talk-wipe").tap()
        blank(screen, "talk-canvas")
        blank(clerk, "customer-sheet")
        write(screen)
        inked(clerk, "customer-sheet")
        clerk.locator("#customer-wipe").click()
        blank(screen, "talk-canvas")

    def test_a_sheet_that_is_full_takes_no_more_and_says_so(self, box: CustomerBox, screen: Page, clerk: Page) -> None:
        self.talk(box, screen, clerk)
        for stroke in range(5):
            body = {"sheet": box.desk.talk.sheet, "stroke": stroke, "points": [10, 20] * 1000, "aspect": 1500}
            assert screen.request.post(f"{box.origin}/customer/1/write", data=body).ok
        expect(screen.locator("#talk-trouble")).to_contain_text("写满了")
        expect(clerk.locator("#customer-full")).to_be_visible()

    def test_both_sides_are_wiped_when_the_ticket_ends_and_nothing_of_it_is_on_the_disk(
        self, box: CustomerBox, screen: Page, clerk: Page, capfd: pytest.CaptureFixture[str]
    ) -> None:
        self.talk(box, screen, clerk)
        said = "请写下您的电话号码吧"
        clerk.locator("#customer-text").fill(said)
        clerk.keyboard.press("Enter")
        screen.locator("#talk-type").fill(SECRET)
        screen.clock.run_for(500)
        write(screen)
        expect(clerk.locator("#customer-typed")).to_have_text(SECRET)
        inked(clerk, "customer-sheet")
        points = "".join(str(number) for number in box.desk.talk.strokes[0][:6])
        ask(box, screen)
        expect(clerk.locator("#customer-talking")).to_be_hidden()
        screen.locator(".grade").first.tap()
        screen.locator("#rate-submit").tap()
        box.until_fact("rated")
        assert (box.desk.talk.strokes, box.desk.talk.typed, box.desk.talk.said.zh) == ([], "", "")
        serve(box, screen)
        screen.locator("#talk-open").tap()
        blank(screen, "talk-canvas")
        assert screen.locator("#talk-type").input_value() == ""
        files, logged = box.files(), "".join(capfd.readouterr())
        assert b"rated" in files
        for word in (SECRET, said, points):
            assert word.encode() not in files
            assert word not in logged

    def test_without_a_number_nobody_can_write(self, box: CustomerBox, screen: Page) -> None:
        assert screen.request.post(f"{box.origin}/customer/1/talk", data={"open": True}).status == 409
