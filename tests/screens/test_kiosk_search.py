"""Search at the kiosk: large keys, results while typing, the part that was meant is marked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.screens.matters import DIRECTORY, ITEMS
from tests.screens.test_kiosk_home import names

if TYPE_CHECKING:
    from tests.screens.stand_in import StandIn

pytestmark = pytest.mark.browser


@pytest.fixture
def searching(matters: Page) -> Page:
    matters.locator("[data-way='search']").tap()
    expect(matters.locator("#view-search h1")).to_be_focused()
    return matters


def touch_keys(page: Page, keys: str) -> None:
    for key in keys:
        page.locator(f".key[data-key='{key}']").tap()


def strokes(page: Page) -> None:
    page.locator("button[data-kind='strokes']").tap()


def test_pinyin_initials_find_a_matter_while_they_are_typed_and_its_part_is_marked(searching: Page) -> None:
    touch_keys(searching, "sbk")
    assert names(searching, "#results") == ["社保卡补换"]
    expect(searching.locator("#results mark")).to_have_text("社保卡")
    expect(searching.locator("#typed")).to_have_text("S B K")
    searching.locator("#results .choice").tap()
    expect(searching.locator("#matter-name")).to_contain_text("社保卡补换")


def test_the_beginning_of_a_name_comes_before_its_middle_and_its_own_name_before_an_everyday_one(
    searching: Page,
) -> None:
    touch_keys(searching, "sf")
    assert names(searching, "#results") == ["身份证换领", "身份证补领"]
    searching.locator("#key-clear").tap()
    touch_keys(searching, "bk")
    assert names(searching, "#results") == ["社保卡补换"]
    expect(searching.locator("#results .sub mark").first).to_have_text("补卡")


def test_an_everyday_name_finds_the_matter_and_is_shown_beside_it(searching: Page) -> None:
    touch_keys(searching, "shk")
    assert names(searching, "#results") == ["新生儿落户"]
    expect(searching.locator("#results .sub")).to_contain_text("也叫 上户口")


def test_strokes_find_a_character_from_its_first_on_and_go_on_into_the_next(searching: Page) -> None:
    strokes(searching)
    touch_keys(searching, "4524121322")
    assert names(searching, "#results") == ["社保卡补换"]
    expect(searching.locator("#results mark")).to_have_text("社保")
    expect(searching.locator("#typed")).to_contain_text("丶 乛 丨 丶")


def test_strokes_may_begin_with_any_character_of_a_name(searching: Page) -> None:
    strokes(searching)
    touch_keys(searching, "32251")
    assert names(searching, "#results") == ["社保卡补换", "参保登记"]
    assert searching.locator("#results mark").all_inner_texts() == ["保", "保"]


def test_keys_after_which_nothing_would_be_found_cannot_be_pressed(searching: Page) -> None:
    touch_keys(searching, "sb")
    expect(searching.locator(".key[data-key='k']")).to_be_enabled()
    expect(searching.locator(".key[data-key='q']")).to_be_disabled()
    searching.locator(".key[data-key='q']").dispatch_event("click")
    expect(searching.locator("#typed")).to_have_text("S B")


def test_one_is_taken_back_or_all(searching: Page) -> None:
    touch_keys(searching, "sbk")
    searching.locator("#key-delete").tap()
    expect(searching.locator("#typed")).to_have_text("S B")
    searching.locator("#key-clear").tap()
    expect(searching.locator("#typed")).to_have_text("")
    expect(searching.locator("#results-none")).to_contain_text("比如")


def test_a_keyboard_types_too_and_how_many_are_found_is_told_to_those_who_listen(searching: Page) -> None:
    searching.keyboard.press("s")
    searching.keyboard.press("F")
    expect(searching.locator("#found")).to_contain_text("找到 2 项")
    expect(searching.locator("#found")).to_have_attribute("role", "status")
    searching.keyboard.press("Backspace")
    expect(searching.locator("#typed")).to_have_text("S")
    searching.keyboard.press("Escape")
    expect(searching.locator("#view-home h1")).to_be_focused()


def test_back_from_a_matter_the_search_stands_as_it_was_left(searching: Page) -> None:
    touch_keys(searching, "sf")
    searching.locator("#results .choice").first.tap()
    searching.locator("#view-matter [data-back]").tap()
    expect(searching.locator("#typed")).to_have_text("S F")
    assert names(searching, "#results") == ["身份证换领", "身份证补领"]


def test_in_english_the_words_of_the_english_name_find_it_as_well(searching: Page) -> None:
    searching.locator("#language").tap()
    touch_keys(searching, "ident")
    expect(searching.locator("#results mark").first).to_have_text("ident")
    assert len(names(searching, "#results")) == 2


def test_the_keys_are_as_large_as_one_writes(searching: Page) -> None:
    for kind, least in (("letters", 100), ("strokes", 160)):
        searching.locator(f"button[data-kind='{kind}']").tap()
        for key in searching.locator(".key").all():
            box = key.bounding_box()
            assert box is not None
            assert min(box["width"], box["height"]) >= least


def no_strokes(stand_in: StandIn) -> None:
    items = [{**each, "strokes": [[]]} for each in reversed(ITEMS)]
    stand_in.states["directory"] = {**DIRECTORY, "digest": "d-2", "items": items}
    stand_in.tell("kiosk", directory="d-2")


def test_where_the_hall_knows_no_strokes_they_are_not_offered(matters: Page, stand_in: StandIn) -> None:
    no_strokes(stand_in)
    expect(matters.locator("#eight .choice").first).to_contain_text("其他事项11")
    matters.locator("[data-way='search']").tap()
    expect(matters.locator("button[data-kind='letters']")).to_be_visible()
    expect(matters.locator("button[data-kind='strokes']")).to_be_hidden()


def test_where_the_hall_tells_other_matters_meanwhile_the_search_follows(searching: Page, stand_in: StandIn) -> None:
    strokes(searching)
    touch_keys(searching, "4")
    no_strokes(stand_in)
    expect(searching.locator("button[data-kind='strokes']")).to_be_hidden()
    expect(searching.locator("#typed")).to_have_text("")
    touch_keys(searching, "sbk")
    assert names(searching, "#results") == ["社保卡补换"]


def test_where_it_knows_neither_there_is_no_search(matters: Page, stand_in: StandIn) -> None:
    bare = [{**each, "strokes": [[]], "initials": [""]} for each in reversed(ITEMS)]
    stand_in.states["directory"] = {**DIRECTORY, "digest": "d-2", "items": bare}
    stand_in.tell("kiosk", directory="d-2")
    expect(matters.locator("#eight .choice").first).to_contain_text("其他事项11")
    expect(matters.locator("[data-way='search']")).to_have_count(0)
    expect(matters.locator("[data-way='theme']")).to_be_visible()
