"""What a technician does at the terminal, key by key, and what the box is told of it."""

from __future__ import annotations

import stat
from pathlib import Path

import httpx
import pytest
from msgspec.structs import replace

from tests.screens.diagnostics import scene
from tests.screens.diagnostics.driven import Driven, Reached, driven
from tests.screens.diagnostics.stand_in import No, StandIn

SAID_LOST_WITHIN_S = 5.0


async def open_device(terminal: Driven, name: str = "display-7") -> None:
    await terminal.until("Devices")
    while name not in terminal.chosen():
        await terminal.press("down")
    await terminal.press("enter")
    await terminal.until(f"{scene.BOX}  {name}", "Checks")


async def test_what_needs_a_person_comes_first_worst_first_and_says_what_to_do_and_what_carries_the_hall(
    tmp_path: Path,
) -> None:
    async with driven(StandIn(), tmp_path) as terminal:
        await terminal.until("Devices (10)")
        words = terminal.words()
    order = [words.index(each) for each in ("(display-7) is dark", "slip printer runs low", "No voice", "Devices")]
    assert order == sorted(order)
    for advice in (scene.DARK_DISPLAY, scene.LOW_PAPER):
        for texts in (advice.mend, advice.until):
            assert texts["en"].split()[0] in words


async def test_a_check_that_only_asks_takes_no_lease(tmp_path: Path) -> None:
    box = StandIn()
    async with driven(box, tmp_path) as terminal:
        await open_device(terminal)
        await terminal.press("1")
        await terminal.until("Outcome")
    assert [body for verb, body in box.asked if verb == "check"] == [
        {"device": "display-7", "level": "internal", "lease": ""}
    ]
    assert box.verbs() == ["check"]


async def test_what_can_be_seen_waits_for_the_person_takes_a_lease_and_gives_it_back_on_leaving(tmp_path: Path) -> None:
    box = StandIn()
    async with driven(box, tmp_path) as terminal:
        await open_device(terminal)
        await terminal.press("2")
        await terminal.until("then press Enter")
        assert box.verbs() == []
        await terminal.press("enter")
        await terminal.until("Outcome", "in maintenance")
        (lease,) = box.leases.values()
        assert (lease.who, lease.devices) == ("wang", ["display-7"])
        await terminal.press("escape")
        await terminal.until("Checks")
        assert box.leases, "still at work on it"
        await terminal.press("escape")
        await terminal.when(lambda: not box.leases, "given back")
    assert box.verbs() == ["lease", "check", "lease"]


async def test_another_device_s_lease_goes_back_before_the_next_is_taken_and_q_gives_back_all(tmp_path: Path) -> None:
    box = StandIn()
    async with driven(box, tmp_path) as terminal:
        await open_device(terminal)
        await terminal.press("m")
        await terminal.until("taken out of service by you")
        await terminal.press("q")
    assert box.leases == {}


async def test_a_lease_that_the_box_ended_is_not_shown_as_ours(tmp_path: Path) -> None:
    box = StandIn()
    async with driven(box, tmp_path) as terminal:
        await open_device(terminal)
        await terminal.press("m")
        await terminal.until("taken out of service by you")
        box.leases.clear()
        await terminal.terminal.visits[0].keeper.keep()
        await terminal.gone("taken out of service by you")


async def test_the_interactive_check_leads_the_person_and_shows_how_long(tmp_path: Path) -> None:
    box = StandIn()
    box.hold.clear()
    async with driven(box, tmp_path) as terminal:
        await open_device(terminal, "caller-5")
        await terminal.press("3", "enter")
        await terminal.until("press the caller's green key", "0 s of about")
        terminal.clock.seconds = 9
        await terminal.until("9 s of about")
        terminal.clock.seconds = 40
        await terminal.until("longer than usual")
        box.found = {"key": "call"}
        box.hold.set()
        await terminal.until("Outcome", "key call")


async def test_the_person_s_word_stands_above_the_device_s_and_is_kept_on_its_page(tmp_path: Path) -> None:
    box = StandIn()
    box.outcome = "look"
    async with driven(box, tmp_path) as terminal:
        await open_device(terminal)
        await terminal.press("3", "enter")
        await terminal.until("did it show TEST 7?")
        await terminal.press("d")
        await terminal.until("you saw that it is not")
        await terminal.press("escape")
        await terminal.until("✖ you saw that it is not (08:10:22)")
    assert ("seen", "dark") in [(verb, body.get("seen")) for verb, body in box.asked]


async def test_a_text_that_stands_on_another_display_is_told_to_the_box_by_that_display_s_name(tmp_path: Path) -> None:
    box = StandIn()
    box.outcome = "look"
    async with driven(box, tmp_path) as terminal:
        await open_device(terminal)
        await terminal.press("2", "enter")
        await terminal.until("did it show TEST 7?")
        await terminal.press("e")
        await terminal.until("On which display?", "display-5", "display-6")
        await terminal.press("down", "enter")
        await terminal.until("display-7 and display-6 have changed places")
    assert ("elsewhere", "display-6") in [(body.get("seen"), body.get("at")) for _, body in box.asked]


async def test_a_refused_check_says_why_in_the_chosen_language(tmp_path: Path) -> None:
    box = StandIn()
    box.no["lease"] = No(409, "window-open", {"zh-CN": "窗口开着", "en": "the window is open"})
    async with driven(box, tmp_path) as terminal:
        await open_device(terminal)
        await terminal.press("2", "enter")
        await terminal.until("not checked", "the window is open")
        await terminal.press("l")
        await terminal.until("没有查", "窗口开着")


async def test_a_lost_box_is_said_to_be_lost_what_was_known_stays_and_it_comes_back_by_itself(tmp_path: Path) -> None:
    box = StandIn()
    way = Reached(box)
    async with driven(box, tmp_path, way=way) as terminal:
        await terminal.until("Devices (10)")
        way.cut = httpx.ConnectError("gone")
        await terminal.until("✖ lost", "does not answer", "Below is how it was at 08:10:22", "display-7")
        way.cut = None
        box.report = scene.mended()
        await terminal.until("✔ connected", "Needs a person: 2")
        await terminal.gone("✖ lost")


async def test_how_long_a_silent_box_is_asked_and_how_often_stay_together_below_five_seconds() -> None:
    from screens.diagnostics.client import SHORT_S
    from screens.diagnostics.watch import LOOK_S

    assert SHORT_S + LOOK_S < SAID_LOST_WITHIN_S


async def test_a_box_that_answers_no_is_not_called_silent(tmp_path: Path) -> None:
    box = StandIn()
    box.no["report"] = No(403, "not-yours", {"zh-CN": "用 sudo", "en": "use sudo"})
    async with driven(box, tmp_path) as terminal:
        await terminal.until("use sudo")


async def test_frames_are_followed_until_the_space_bar_holds_them(tmp_path: Path) -> None:
    box = StandIn()
    async with driven(box, tmp_path) as terminal:
        await open_device(terminal)
        await terminal.press("f")
        await terminal.until("3 passed unseen", "✖ bad", "a5 00 3f ·· ··")
        await terminal.press("space")
        await terminal.until("Space follow")
        asked = box.verbs().count("frames")
        await terminal.press("x")
        await terminal.gone("a5 00 3f")
        assert box.verbs().count("frames") <= asked + 1
        await terminal.press("x", "space", "c")
        await terminal.until("Space hold", "No frames yet")


async def test_the_bundle_is_saved_for_its_owner_alone_and_no_earlier_one_is_written_over(tmp_path: Path) -> None:
    earlier = tmp_path / "counter-3.tar.gz"
    earlier.write_bytes(b"earlier")
    async with driven(StandIn(), tmp_path) as terminal:
        await terminal.until("Devices")
        await terminal.press("p")
        await terminal.until("To be saved in")
        await terminal.press("enter")
        await terminal.until("Saved (4 B)")
    assert earlier.read_bytes() == b"earlier"
    saved = tmp_path / "counter-3-2.tar.gz"
    assert saved.read_bytes() == b"logs"
    assert stat.S_IMODE(saved.stat().st_mode) == 0o600


async def test_a_bundle_that_cannot_be_written_says_where_and_what_to_do(tmp_path: Path) -> None:
    async with driven(StandIn(), tmp_path / "missing") as terminal:
        await terminal.until("Devices")
        await terminal.press("p", "enter")
        await terminal.until("Not saved in", "--save-to")


async def test_settings_are_looked_through_by_a_word(tmp_path: Path) -> None:
    async with driven(StandIn(), tmp_path) as terminal:
        await terminal.until("Devices")
        await terminal.press("s")
        await terminal.until("10-hall.toml:2", "•••", "default")
        await terminal.press("slash", *"baud")
        await terminal.until("“baud”: 1", "57600")
        await terminal.gone("box.name")
        await terminal.press("escape")
        await terminal.until("box.name")


async def test_a_scanner_s_preview_takes_a_lease_and_is_drawn_in_half_blocks(tmp_path: Path) -> None:
    box = StandIn()
    async with driven(box, tmp_path) as terminal:
        await open_device(terminal, "scanner-5")
        await terminal.press("v")
        await terminal.until("▀" * 70)
        (asked,) = [body for verb, body in box.asked if verb == "preview"]
    assert asked["lease"]
    assert (asked["columns"], asked["rows"]) == (74, 36)


async def test_a_sign_for_a_dark_display_s_window_is_printed_once_a_press_and_takes_no_lease(tmp_path: Path) -> None:
    box = StandIn()
    async with driven(box, tmp_path) as terminal:
        await open_device(terminal)
        assert "w sign" in terminal.words()
        box.hold.clear()
        await terminal.press("w")
        await terminal.until("of about 15 s")
        await terminal.press("r")
        box.hold.set()
        await terminal.until("“window 7” has come out of office-printer")
        assert box.verbs() == ["sign"], "one is under way: another is not begun"
        box.signed = "doubtful"
        await terminal.press("r")
        await terminal.until("look there before you print another")
        box.no["sign"] = No(409, "no-sign-printer", {"en": "no printer here", "zh-CN": "没有打印机"})
        await terminal.press("r")
        await terminal.until("no printer here")
        box.no["sign"] = No(503, "box-lost", {"en": "lost", "zh-CN": "断了"})
        await terminal.press("r")
        await terminal.until("Look at the printers of this box")
        assert box.leases == {}


async def test_where_no_line_can_be_read_along_on_no_frames_are_offered(tmp_path: Path) -> None:
    box = StandIn()
    async with driven(box, tmp_path) as terminal:
        await open_device(terminal, "scanner-5")
        assert "f frames" not in terminal.words()
        await terminal.press("f")
        assert box.verbs() == []


async def test_only_a_window_s_display_has_a_sign(tmp_path: Path) -> None:
    box = StandIn()
    async with driven(box, tmp_path) as terminal:
        await open_device(terminal, "scanner-5")
        assert "w sign" not in terminal.words()
        await terminal.press("w")
        assert box.verbs() == []


async def test_the_hall_s_boxes_come_worst_first_enter_opens_one_and_escape_leaves_it(tmp_path: Path) -> None:
    box = StandIn()
    async with driven(box, tmp_path, hall=True) as terminal:
        await terminal.until("opens at 08:30 today · 2 of 5 ready", "[ ] kiosk-2")
        await terminal.press("down")
        assert "counter-3" in terminal.chosen()
        await terminal.press("enter")
        await terminal.until("Needs a person: 3")
        await open_device(terminal)
        await terminal.press("m")
        await terminal.until("taken out of service by you")
        await terminal.press("escape")
        await terminal.until("Devices (10)")
        await terminal.press("escape")
        await terminal.until("All boxes (5)")
        assert box.leases == {}
        assert terminal.terminal.visits == []


async def test_what_the_hall_itself_needs_stands_above_its_boxes(tmp_path: Path) -> None:
    box = StandIn()
    box.boxes = replace(scene.BOXES, own=[scene.OWN])
    async with driven(box, tmp_path, hall=True) as terminal:
        await terminal.until("All boxes (5)", scene.OWN.what["en"], scene.OWN.mend["en"].split()[0])
        words = terminal.words()
        assert words.index(scene.OWN.what["en"]) < words.index("All boxes (5)")


async def test_every_language_theme_and_help_key_works_on_the_first_screen(tmp_path: Path) -> None:
    async with driven(StandIn(), tmp_path) as terminal:
        await terminal.until("Devices (10)")
        await terminal.press("l")
        await terminal.until("设备（10 台）")
        before = terminal.app.theme
        await terminal.press("k")
        assert terminal.app.theme != before
        await terminal.press("question_mark")
        await terminal.until("记号")
        await terminal.press("escape")
        await terminal.until("设备（10 台）")


@pytest.mark.parametrize("size", [(80, 24), (81, 25), (100, 30), (200, 60)])
async def test_no_line_is_wider_than_the_terminal_and_wide_characters_keep_their_columns(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    from rich.cells import cell_len

    async with driven(StandIn(), tmp_path, size=size, language="zh-CN") as terminal:
        await terminal.until("设备（10 台）")
        lines = terminal.words().split("\n")
    assert {cell_len(line) for line in lines} == {size[0]}
    (head,) = [line for line in lines if "最后收到" in line]
    at = cell_len(head[: head.index("最后收到")])
    rows = [
        line for line in lines if line[3:].startswith(("✔ 正常", "✖ 故障  display", "! 注意  slip")) and "前" in line
    ]
    assert rows
    for row in rows:
        position, index = 0, 0
        while position < at:
            position += cell_len(row[index])
            index += 1
        assert position == at
        assert row[index].isdigit()
        assert row[index - 1] == " "
