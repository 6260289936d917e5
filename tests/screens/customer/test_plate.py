"""Who sits there, and what is being done: on the citizen's screen as the clerk does it."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.screens.customer.scene import ask, picture, serve
from tests.screens.customer_box import A1001, OTHER, CustomerBox

pytestmark = pytest.mark.browser


class TestThePlate:
    def test_it_shows_who_sits_there_and_changes_when_another_takes_over(
        self, box: CustomerBox, screen: Page, clerk: Page
    ) -> None:
        expect(screen.locator("#plate")).to_contain_text("王小明")
        expect(screen.locator("#plate-unit")).to_contain_text("清河县人力资源和社会保障局")
        expect(screen.locator("#plate-staff-no")).to_have_text("007")
        clerk.locator("#sign-out").click()
        clerk.locator("#name").fill(OTHER.name)
        clerk.locator("#pin").fill("1")
        clerk.keyboard.press("Enter")
        expect(screen.locator("#plate-name")).to_have_text(OTHER.name)
        box.stand("closed", clerk=None)
        expect(screen.locator("#view-closed")).to_be_visible()
        expect(screen.locator("#plate")).to_be_hidden()

    def test_a_photo_of_the_folder_hangs_there_and_a_drawn_outline_where_there_is_none(
        self, box: CustomerBox, screen: Page, photos: Path
    ) -> None:
        expect(screen.locator("#plate-outline")).to_be_visible()
        (photos / f"{OTHER.staff_no}.png").write_bytes(picture())
        box.stand("idle", clerk=OTHER)
        expect(screen.locator("#plate-photo")).to_be_visible()
        assert screen.evaluate("document.getElementById('plate-photo').decode().then(() => true)")
        expect(screen.locator("#plate-outline")).to_be_hidden()

    def test_a_photo_that_is_none_is_not_shown_and_the_clerk_reads_what_to_do(
        self, box: CustomerBox, screen: Page, clerk: Page, photos: Path
    ) -> None:
        expect(clerk.locator("#customer-photo")).to_contain_text("007.png".replace("007", "工号"))
        (photos / "007.png").write_bytes(b"no picture")
        box.stand("idle", clerk=OTHER)
        box.stand("idle")
        expect(clerk.locator("#customer-photo")).to_contain_text("不是 JPG 或 PNG")
        expect(screen.locator("#plate-outline")).to_be_visible()


class TestWhatIsBeingDone:
    def test_the_called_number_stands_there_large(self, box: CustomerBox, screen: Page) -> None:
        box.stand("called", held=A1001)
        expect(screen.locator("#called-number")).to_contain_text("请 A1001 号")
        expect(screen.locator("h1:focus")).to_have_id("called-number")
        size = screen.evaluate("parseFloat(getComputedStyle(document.getElementById('called-number')).fontSize)")
        assert size >= 100

    def test_the_visit_begins_with_please_sit_down_and_ends_with_goodbye(self, box: CustomerBox, screen: Page) -> None:
        serve(box, screen)
        expect(screen.locator("#serve-title")).to_contain_text("请坐，请问您办什么？")
        ask(box, screen)
        screen.locator(".grade").first.tap()
        screen.locator("#rate-submit").tap()
        expect(screen.locator("#view-thanks")).to_contain_text("请您慢走")

    def test_one_touch_of_the_clerk_shows_papers_and_fee_and_a_tick_each_paper_handed_in(
        self, box: CustomerBox, screen: Page, clerk: Page
    ) -> None:
        serve(box, screen)
        clerk.locator("#customer-items button", has_text="灵活就业").click()
        expect(screen.locator("#serve-item")).to_contain_text("灵活就业人员参保登记")
        expect(screen.locator("#serve-materials li")).to_have_count(4)
        expect(screen.locator("#serve-fee")).to_contain_text("不收费")
        expect(screen.locator("#serve-promised")).to_contain_text("3 个工作日内")
        clerk.locator("#customer-ticks button").nth(1).click()
        expect(screen.locator("#serve-materials li").nth(1)).to_contain_text("已交")
        expect(screen.locator("#serve-materials li").nth(0)).to_contain_text("还没交")
        expect(screen.locator("#serve-progress")).to_contain_text("已交 1 样")

    def test_the_clerk_does_all_of_it_by_keys(self, box: CustomerBox, screen: Page, clerk: Page) -> None:
        serve(box, screen)
        expect(clerk.locator("#customer-items button")).to_have_count(2)
        clerk.keyboard.press("e")
        expect(clerk.locator("#customer-items button").first).to_be_focused()
        clerk.keyboard.press("Enter")
        expect(screen.locator("#serve-materials li")).to_have_count(4)
        clerk.keyboard.press("3")
        expect(screen.locator("#serve-materials li").nth(2)).to_contain_text("已交")
        clerk.keyboard.press("h")
        expect(clerk.locator("#customer-waits button").first).to_be_focused()
        clerk.keyboard.press("Enter")
        expect(screen.locator("#wait")).to_contain_text("请稍候，约 2 分钟")
        clerk.keyboard.press("w")
        expect(clerk.locator("#customer-text")).to_be_focused()
        clerk.keyboard.type("请坐")
        clerk.keyboard.press("Enter")
        expect(screen.locator("#talk-said")).to_contain_text("请坐")
        clerk.keyboard.press("Escape")
        clerk.keyboard.press("w")
        expect(screen.locator("#view-talk")).to_be_hidden()

    @pytest.mark.parametrize(("button", "said"), [(1, "请稍候，约 5 分钟"), (3, "有事离开一下")])
    def test_please_wait_stands_there_until_it_is_taken_back(
        self, box: CustomerBox, screen: Page, clerk: Page, button: int, said: str
    ) -> None:
        serve(box, screen)
        waits = clerk.locator("#customer-waits button")
        waits.nth(button).click()
        expect(screen.locator("#wait")).to_contain_text(said)
        expect(waits.nth(button)).to_have_attribute("aria-pressed", "true")
        waits.nth(button).click()
        expect(screen.locator("#wait")).to_be_hidden()

    def test_without_a_screen_the_clerk_s_page_is_as_it_was(self, desk: BrowserContext, box: CustomerBox) -> None:
        page = desk.new_page()
        page.goto(f"{box.origin}/window/1")
        page.locator("#name").fill("王小明")
        page.locator("#pin").fill("2468")
        page.keyboard.press("Enter")
        expect(page.locator("#work-view")).to_be_visible()
        expect(page.locator("#customer")).to_be_hidden()
