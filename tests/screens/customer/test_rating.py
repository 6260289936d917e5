"""The citizen rates on their screen: the five levels, the tags, and nothing that was not pressed."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from config.wording import room
from device.flows.rating_tags import TAGS
from drivers.contract import GradePress
from hall.contract import GRADES
from tests.screens.customer.scene import ask, serve
from tests.screens.customer_box import A1002, CustomerBox

pytestmark = pytest.mark.browser


class TestTheRating:
    def test_five_levels_best_first_none_chosen_each_with_a_face_and_a_word(
        self, box: CustomerBox, screen: Page
    ) -> None:
        serve(box, screen)
        ask(box, screen)
        grades = screen.locator(".grade")
        expect(grades).to_have_count(5)
        for button, grade in zip(grades.all(), GRADES, strict=True):
            expect(button).to_contain_text(room("customer", "zh-CN")[f"grade-{grade}"])
            expect(button).to_have_attribute("aria-pressed", "false")
            expect(button.locator("svg")).to_be_visible()
        drawings = {button.locator("svg").inner_html() for button in grades.all()}
        assert len(drawings) == 5, "told apart by their lines, not by colour"
        expect(screen.locator("#rate-submit")).to_be_hidden()

    @pytest.mark.parametrize("level", range(5))
    def test_each_level_by_touch_with_tags_of_its_own(self, box: CustomerBox, screen: Page, level: int) -> None:
        serve(box, screen)
        ask(box, screen)
        screen.locator(".grade").nth(level).tap()
        tags = screen.locator(".tag")
        expect(tags).to_have_count(len(TAGS[GRADES[level]]))
        tags.nth(0).tap()
        tags.nth(2).tap()
        tags.nth(1).tap()
        tags.nth(1).tap()
        screen.locator("#rate-submit").tap()
        data = box.until_fact("rated").data
        assert (data["grade"], data["channel"]) == (GRADES[level], "page")
        assert data["tags"] == ",".join(sorted((TAGS[GRADES[level]][0], TAGS[GRADES[level]][2])))
        expect(screen.locator("#view-thanks")).to_contain_text(room("customer", "zh-CN")[f"grade-{GRADES[level]}"])

    def test_by_keys_alone(self, box: CustomerBox, screen: Page) -> None:
        serve(box, screen)
        ask(box, screen)
        expect(screen.locator("#rate-title")).to_be_focused()
        for _ in range(4):
            screen.keyboard.press("Tab")
        expect(screen.locator(".grade").nth(3)).to_be_focused()
        screen.keyboard.press("Enter")
        for _ in range(2):
            screen.keyboard.press("Tab")
        expect(screen.locator(".tag").nth(0)).to_be_focused()
        screen.keyboard.press("Space")
        for _ in range(len(TAGS["dissatisfied"])):
            screen.keyboard.press("Tab")
        expect(screen.locator("#rate-submit")).to_be_focused()
        screen.keyboard.press("Enter")
        assert box.until_fact("rated").data["grade"] == "dissatisfied"

    def test_who_touched_a_face_and_walked_away_has_rated_after_a_count_in_sight(
        self, box: CustomerBox, screen: Page
    ) -> None:
        serve(box, screen)
        ask(box, screen)
        screen.locator(".grade").nth(1).tap()
        expect(screen.locator("#submit-left")).to_contain_text("秒后自动提交")
        screen.clock.run_for(16_000)
        assert box.until_fact("rated").data["grade"] == "satisfied"

    def test_who_touched_nothing_has_not_rated(self, box: CustomerBox, screen: Page) -> None:
        serve(box, screen)
        ask(box, screen)
        screen.clock.run_for(58_000)
        box.stand("serving", held=A1002)
        assert box.until_fact("not-rated").data["reason"] == "next-started"
        assert box.facts("rated") == []

    def test_the_pad_was_pressed_and_the_screen_shows_it_and_says_thanks(self, box: CustomerBox, screen: Page) -> None:
        serve(box, screen)
        ask(box, screen)
        box.pad(GradePress(1, "satisfied"))
        expect(screen.locator("#view-thanks")).to_contain_text("您的评价：满意")
        assert [fact.data["channel"] for fact in box.facts("rated")] == ["pad"]

    def test_pad_and_screen_at_once_are_one_rating(self, box: CustomerBox, screen: Page) -> None:
        serve(box, screen)
        ask(box, screen)
        screen.locator(".grade").nth(4).tap()
        box.pad(GradePress(0, "very-satisfied"))
        expect(screen.locator("#view-thanks")).to_be_visible()
        expect(screen.locator("#thanks-grade")).to_contain_text("非常满意")
        screen.clock.run_for(16_000)
        assert [fact.data["grade"] for fact in box.facts("rated")] == ["very-satisfied"]

    def test_a_low_grade_offers_the_person_in_charge_with_one_touch(self, box: CustomerBox, screen: Page) -> None:
        serve(box, screen)
        ask(box, screen)
        screen.locator(".grade").nth(4).tap()
        screen.locator("#rate-submit").tap()
        screen.locator("#manager").tap()
        expect(screen.locator("#help-line")).to_contain_text("已经告诉工作人员")
        asked = box.until_fact("help-asked").data
        assert (asked["at"], asked["window"]) == ("window", 1)

    def test_a_good_grade_offers_nobody(self, box: CustomerBox, screen: Page) -> None:
        serve(box, screen)
        ask(box, screen)
        screen.locator(".grade").nth(0).tap()
        screen.locator("#rate-submit").tap()
        expect(screen.locator("#view-thanks")).to_be_visible()
        expect(screen.locator("#manager")).to_be_hidden()

    def test_the_clerk_s_page_has_no_grade_to_press_and_its_token_cannot_rate(
        self, box: CustomerBox, screen: Page, clerk: Page
    ) -> None:
        serve(box, screen)
        ask(box, screen)
        expect(clerk.locator("#rating-open")).to_contain_text("请 A1001 评价")
        assert clerk.locator("[data-grade], .grade").count() == 0
        refused = clerk.request.post(
            f"{box.origin}/window/1/customer",
            data={"act": "rate", "grade": "very-satisfied"},
            headers={"Authorization": f"Bearer {clerk.evaluate('JSON.parse(Object.values(sessionStorage)[0]).token')}"},
        )
        assert refused.status == 400
        assert box.facts("rated") == []
