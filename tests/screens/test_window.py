"""The clerk's page: every act by button and by key, and plain words for what cannot be done."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Page, expect

from config.wording import both
from tests.screens import scene
from tests.screens.conftest import PRESS

if TYPE_CHECKING:
    from tests.screens.stand_in import StandIn

pytestmark = pytest.mark.browser

CALLED = scene.held("A1012", calls=2)
UNDO = {"step": "miss", "ticket": "t", "number": "A1011", "operator": "Q017", "left_ms": 43_000}
ACTS = {
    "N": "next",
    "S": "start",
    "F": "finish",
    "R": "recall",
    "M": "missed",
    "P": "park",
    "I": "invite",
    "U": "undo",
}
ALL_ACTS = {*ACTS.values(), "redirect", "call-number", "take-back"}


def stand(page: Page, stand_in: StandIn, phase: str, **changes: Any) -> None:
    """Bring the window into this phase and wait until the page shows it."""
    window = scene.window(phase, **changes)
    stand_in.tell("window", window=window, waiting_here=window["version"])
    expect(page.locator("#waiting-here")).to_have_text(str(window["version"]))
    expect(page.locator("#phase")).to_have_class(f"phase {phase}")


def deed(stand_in: StandIn, count: int = 1) -> dict[str, Any]:
    """The last of so many presses, without its id."""
    post = stand_in.wait_for(count, PRESS)[-1]
    assert post.token == "t-1"
    assert len(post.body["press"]) == 36
    return {key: value for key, value in post.body.items() if key != "press"}


def pressable(page: Page) -> set[str]:
    buttons = page.locator("main [data-act]:not([aria-disabled=true])").all()
    return {str(button.get_attribute("data-act")) for button in buttons}


@pytest.mark.parametrize("by", ["key", "button"])
def test_each_act_has_a_key_and_a_button(at_work: Page, stand_in: StandIn, by: str) -> None:
    stand(at_work, stand_in, "called", held=CALLED, undo=UNDO)
    for count, (key, act) in enumerate(ACTS.items(), 1):
        button = at_work.locator(f"[data-act={act}]")
        expect(button).to_have_attribute("aria-keyshortcuts", key)
        expect(button.locator("kbd")).to_have_text(key)
        at_work.keyboard.press(key.lower()) if by == "key" else button.click()
        assert deed(stand_in, count) == {"act": act}
        expect(at_work.locator("#work-view")).to_have_attribute("aria-busy", "false")
    assert len({post.body["press"] for post in stand_in.to(PRESS)}) == len(ACTS)


def test_redirect_asks_for_the_service_and_works_by_keys(at_work: Page, stand_in: StandIn) -> None:
    stand(at_work, stand_in, "serving", held=CALLED)
    at_work.keyboard.press("t")
    dialog = at_work.locator("#redirect")
    expect(dialog).to_contain_text("把 A1012 转到哪项业务？")
    assert dialog.locator(".choices button").count() == len(scene.SERVICES) - 1
    at_work.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    assert stand_in.to(PRESS) == []
    at_work.keyboard.press("t")
    at_work.keyboard.press("Tab")
    at_work.keyboard.press("Enter")
    assert deed(stand_in) == {"act": "redirect", "service": "3"}


def test_calling_a_number_takes_digits_with_or_without_their_letter(at_work: Page, stand_in: StandIn) -> None:
    stand(at_work, stand_in, "idle")
    at_work.keyboard.press("c")
    expect(at_work.locator("#digits")).to_be_focused()
    at_work.keyboard.type("c3007")
    at_work.keyboard.press("Enter")
    assert deed(stand_in) == {"act": "call-number", "digits": "3007"}
    expect(at_work.locator("#call-number")).to_be_hidden()


def test_parked_numbers_are_listed_and_taken_back(at_work: Page, stand_in: StandIn) -> None:
    parked = [scene.held("A1003"), scene.held("F6002")]
    stand(at_work, stand_in, "serving", held=CALLED, parked=parked)
    expect(at_work.locator("#parked [data-act]").first).to_be_disabled()
    stand(at_work, stand_in, "idle", parked=parked)
    at_work.locator("#parked li", has_text="F6002").locator("button").click()
    assert deed(stand_in) == {"act": "take-back", "ticket": parked[1]["ticket"]}


@pytest.mark.parametrize(
    ("phase", "changes", "acts"),
    [
        ("idle", {}, {"next", "call-number"}),
        ("idle", {"parked": [scene.held("A1003")]}, {"next", "call-number", "take-back"}),
        ("idle", {"finished": CALLED}, {"next", "call-number", "invite"}),
        ("called", {"held": CALLED}, ALL_ACTS - {"undo", "take-back"}),
        ("serving", {"held": CALLED}, ALL_ACTS - {"undo", "take-back", "recall", "start", "missed"}),
        ("idle", {"undo": UNDO}, {"next", "call-number", "undo"}),
        ("idle", {"undo": {**UNDO, "operator": "Q020"}}, {"next", "call-number"}),
    ],
)
def test_only_what_the_state_allows_can_be_pressed(
    at_work: Page, stand_in: StandIn, phase: str, changes: dict[str, Any], acts: set[str]
) -> None:
    stand(at_work, stand_in, phase, **changes)
    assert pressable(at_work) == acts
    for key, act in ACTS.items():
        if act not in acts:
            at_work.keyboard.press(key.lower())
    assert stand_in.to(PRESS) == []


def test_the_undo_counts_its_seconds_down_and_then_is_over(at_work: Page, stand_in: StandIn) -> None:
    stand(at_work, stand_in, "idle", undo=UNDO)
    expect(at_work.locator("#undo-what")).to_contain_text("A1011 已过号")
    left = at_work.locator("#undo-left")
    expect(left).to_contain_text(re.compile("4[0-3] 秒"))  # the page's clock goes on by itself, too
    at_work.clock.run_for(10_000)
    expect(left).to_contain_text(re.compile("3[0-3] 秒"))
    stand_in.tell("window", waiting_here=8)
    expect(at_work.locator("#waiting-here")).to_have_text("8")
    expect(left).to_contain_text(re.compile("[23][0-9] 秒"))
    at_work.clock.run_for(34_000)
    expect(at_work.locator("#undo-what")).to_be_hidden()
    expect(at_work.locator("[data-act=undo]")).to_be_disabled()


@pytest.mark.parametrize("reason", ["nobody-waiting", "screen-outdated", "window-busy"])
def test_a_refusal_is_said_as_a_sentence_in_both_languages(at_work: Page, stand_in: StandIn, reason: str) -> None:
    text = both("refusal", reason)
    stand_in.answers[PRESS] = (200, {"outcome": "refused", "reason": reason, "text": text, "window": None})
    at_work.keyboard.press("n")
    for said in text.values():
        expect(at_work.locator("#message")).to_contain_text(said)


def test_a_message_never_moves_the_buttons_under_the_pointer(at_work: Page, stand_in: StandIn) -> None:
    before = at_work.locator("[data-act=finish]").bounding_box()
    stand_in.answers[PRESS] = (503, {"error": "hall-unreachable", "text": both("refusal", "hall-unreachable")})
    at_work.keyboard.press("n")
    expect(at_work.locator("#message")).to_be_visible()
    assert at_work.locator("[data-act=finish]").bounding_box() == before


def test_a_refusal_without_a_sentence_of_its_own_is_said_from_the_page_s_words(
    at_work: Page, stand_in: StandIn
) -> None:
    stand_in.answers[PRESS] = (503, {"error": "hall-unreachable", "text": None})
    at_work.keyboard.press("n")
    expect(at_work.locator("#message")).to_contain_text("现在连不上大厅")


def test_the_answer_shows_the_called_number_before_the_stream_does(at_work: Page, stand_in: StandIn) -> None:
    called = scene.window("called", held=scene.held("A1013"))
    stand_in.answers[PRESS] = (200, {"outcome": "done", "reason": None, "text": None, "window": called})
    at_work.keyboard.press("n")
    expect(at_work.locator("#number")).to_contain_text("A1013")
    expect(at_work.locator("#phase")).to_contain_text("已叫号")
    expect(at_work.locator("#announce")).to_have_text("A1013 已叫号")
    older = {**called, "version": called["version"] - 1, "phase": "idle", "held": None}
    stand_in.tell("window", window=older, waiting_here=5)
    expect(at_work.locator("#waiting-here")).to_have_text("5")
    expect(at_work.locator("#number")).to_contain_text("A1013")


def test_a_press_that_takes_long_shows_progress_and_takes_no_second_one(at_work: Page, stand_in: StandIn) -> None:
    stand_in.hold()
    at_work.keyboard.press("n")
    at_work.keyboard.press("n")
    stand_in.wait_for(1, PRESS)
    expect(at_work.locator("#progress")).to_be_visible()
    expect(at_work.locator("[data-act=next]")).to_be_disabled()
    stand_in.let_go()
    expect(at_work.locator("#progress")).to_be_hidden()
    expect(at_work.locator("[data-act=next]")).to_be_enabled()
    assert len(stand_in.to(PRESS)) == 1


def test_a_press_without_an_answer_is_sent_again_under_the_same_id(at_work: Page, stand_in: StandIn) -> None:
    stand_in.drop = 1
    at_work.keyboard.press("n")
    first, second = stand_in.wait_for(2, PRESS)
    assert first.body == second.body


def test_pressing_again_after_no_answer_at_all_is_still_the_same_press(at_work: Page, stand_in: StandIn) -> None:
    stand_in.drop = 1000
    at_work.keyboard.press("n")
    stand_in.wait_for(1, PRESS)
    for _ in range(40):
        at_work.clock.run_for(500)
        if "没有收到回应" in at_work.locator("#message").inner_text():
            break
    stand_in.drop = 0
    sent = len(stand_in.to(PRESS))
    at_work.keyboard.press("n")
    presses = stand_in.wait_for(sent + 1, PRESS)
    assert len({post.body["press"] for post in presses}) == 1


def test_current_number_counts_and_marks_are_in_sight(at_work: Page, stand_in: StandIn) -> None:
    stand(at_work, stand_in, "serving", held=scene.held("A1012", calls=2, start_implied=True))
    for text in ("A1012", "办理中", "社保参保与转移", "已叫 2 次", "未按开始，系统已补记"):
        expect(at_work.locator("#current")).to_contain_text(text)
    assert [line.split() for line in at_work.locator("#waiting li").all_inner_texts()] == [
        ["社保参保与转移", "4", "人"],
        ["养老与医保待遇", "0", "人"],
        ["居民身份证", "3", "人"],
    ]
    expect(at_work.locator("#waiting-others li")).to_have_count(5)


def test_the_rating_is_shown_open_then_with_its_outcome(at_work: Page, stand_in: StandIn) -> None:
    stand_in.tell("window", rating={"ticket": "t", "number": "A1010", "left_ms": 40_000, "seconds": 60})
    expect(at_work.locator("#rating-open")).to_contain_text("请 A1010 评价 40 秒")
    at_work.clock.run_for(5_000)
    expect(at_work.locator("#rating-open")).to_contain_text("35 秒")
    last = {"number": "A1010", "grade": "very-satisfied", "reason": None}
    stand_in.tell("window", rating=None, last_rating=last)
    expect(at_work.locator("#rating-last")).to_contain_text("A1010：非常满意")
    expect(at_work.locator("#rating-open")).to_be_hidden()
    stand_in.tell("window", last_rating={"number": "A1011", "grade": None, "reason": "pad-silent"})
    expect(at_work.locator("#rating-last")).to_contain_text("评价器没有应答")


def test_devices_complain_in_plain_sentences(at_work: Page, stand_in: StandIn) -> None:
    expect(at_work.locator("#devices")).to_contain_text("设备都正常")
    reasons = [{"keyword": "link-lost", "severity": "error"}, {"keyword": "simulated", "severity": "report"}]
    device = {"name": "display-3", "model": "onbon-bx5k", "window": 3, "phase": "stopped", "reasons": reasons}
    stand_in.tell("window", devices=[device])
    expect(at_work.locator("#devices")).to_contain_text("display-3：设备没有应答，请检查电源和连线")
    expect(at_work.locator("#devices")).not_to_contain_text("模拟")


def test_a_clerk_is_told_that_a_technician_is_at_the_display(at_work: Page, stand_in: StandIn) -> None:
    reasons = [{"keyword": "in-maintenance", "severity": "report"}]
    device = {"name": "display-3", "model": "onbon-bx5k", "window": 3, "phase": "idle", "reasons": reasons}
    stand_in.tell("window", devices=[device])
    expect(at_work.locator("#devices .warning")).to_contain_text("display-3：正在维护")
    stand_in.tell("window", devices=[{**device, "reasons": []}])
    expect(at_work.locator("#devices")).to_contain_text("设备都正常")


def test_the_hall_s_link_is_shown_in_words_and_not_by_colour_alone(at_work: Page, stand_in: StandIn) -> None:
    expect(at_work.locator("#link")).to_contain_text("大厅已连接")
    stand_in.tell("window", link="down")
    expect(at_work.locator("#link")).to_contain_text("大厅连接断开")


def test_the_page_speaks_english_at_a_press(at_work: Page) -> None:
    expect(at_work.locator("[data-act=next] [lang=en]")).to_be_hidden()
    at_work.locator("#language").click()
    expect(at_work.locator("[data-act=next] [lang=en]")).to_have_text("Next")
    expect(at_work.locator("[data-act=next] [lang=zh-CN]")).to_be_hidden()


def test_a_page_that_lost_its_daemon_says_so_and_recovers(at_work: Page, stand_in: StandIn) -> None:
    stand_in.stop()
    expect(at_work.locator("#lost")).to_contain_text("正在自动恢复")
    expect(at_work.locator("[data-act=next]")).to_be_disabled()
    stand_in.start()
    at_work.clock.run_for(3000)
    expect(at_work.locator("#lost")).to_be_hidden()
    expect(at_work.locator("[data-act=next]")).to_be_enabled()
