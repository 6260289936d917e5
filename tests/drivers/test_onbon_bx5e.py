"""What the bitmap driver promises beside what every display does: any character, pages, polarity, edges, series."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any, Literal

import pytest

from drivers import dots
from drivers.contract import CompletionCode, Garbled, Refused, Remedy
from drivers.deadline import Deadline
from drivers.dots import Raster, panel
from drivers.window_display import onbon_bitmap as bits
from drivers.window_display.onbon_bx5e import OnbonBitmapSettings, OnbonBx5e
from drivers.window_display.onbon_errors import ERRORS
from simulators.displays import onbon_bitmap
from simulators.displays.bitmap_card import BitmapCard
from simulators.displays.dots import GREEN, RED, YELLOW
from tests.drivers.displays import Panelled
from tests.drivers.line import Line
from tests.virtual_time import virtual

NAMES = ("䶮", "㛃", "𠅤", "阿依古丽·买买提")


async def opened(
    kind: str = "onbon-bx5e", baud: int = 57_600, **options: Any
) -> tuple[OnbonBx5e, Panelled, BitmapCard]:
    simulator = {"sound_bytes": options.pop("sound_bytes")} if "sound_bytes" in options else {}
    card = Panelled(kind, **simulator)
    driver = OnbonBx5e(OnbonBitmapSettings(**{"address": 3, "width": 160, **options}), Line(card, baud=baud))
    await driver.open(Deadline.after(5))
    assert isinstance(card.display, BitmapCard)
    return driver, card, card.display


@pytest.mark.parametrize("name", NAMES)
@virtual
async def test_any_character_of_a_name_shows(name: str) -> None:
    driver, _, display = await opened()
    await driver.show(name, Deadline.after(2))
    lit = display.draw().tobytes()
    await driver.show("\ufffd" * len(name), Deadline.after(2))
    assert lit.strip(b"\0")
    assert lit != display.draw().tobytes()
    if name != "𠅤":  # in no font of sixteen dots: drawn from an outline, which nobody reads by comparing
        await driver.show(name, Deadline.after(2))
        assert display.text == name


@virtual
async def test_a_character_that_no_font_draws_is_refused_with_the_remedy() -> None:
    driver, _, display = await opened()
    with pytest.raises(Refused, match=r"U\+10FFFD.*fonts-noto-cjk") as refused:
        await driver.show("\U0010fffd", Deadline.after(2))
    assert (refused.value.code, refused.value.remedy) == (CompletionCode.INVALID_DATA, Remedy.CONFIGURATION)
    assert display.seen == ()


@virtual
async def test_without_unifont_the_outline_fonts_draw(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = panel("号", (16, 16), (0, 0), 16).data
    monkeypatch.setattr(dots, "UNIFONT", Path("/nowhere"))
    dots._glyph.cache_clear()
    try:
        driver, _, display = await opened()
        await driver.show("号", Deadline.after(2))
        assert display.draw().getbbox() is not None
        assert panel("号", (16, 16), (0, 0), 16).data != drawn
    finally:
        dots._glyph.cache_clear()


def test_a_letter_is_found_wherever_it_stands_among_unifonts() -> None:
    for character in (" ", "A", "一", "䶮", "\ufffd"):
        assert dots._unifont(character), character
    assert dots._unifont("\U00020164") == dots._unifont("\U0010ffff") == b""


def test_what_does_not_fit_on_a_panel_is_cut_off_and_fills_no_byte_beside_it() -> None:
    assert panel("国", (12, 16), (4, 0), 16).data[1::2] == bytes(
        byte & 0xF0 for byte in panel("国", (16, 16), (4, 0), 16).data[1::2]
    )


@virtual
async def test_every_text_carries_the_time_out_that_darkens_a_dead_window() -> None:
    driver, _, display = await opened()
    await driver.show("A001", Deadline.after(2))
    await asyncio.sleep(121)
    assert display.seen == ()


@virtual
async def test_an_empty_text_deletes_its_own_area_only() -> None:
    card = Panelled("onbon-bx5e")
    line = Line(card, baud=57_600)
    left, right = (OnbonBx5e(OnbonBitmapSettings(3, x=x, width=80, area=n), line) for n, x in ((0, 0), (1, 80)))
    await left.open(Deadline.after(5))
    await left.show("A001", Deadline.after(2))
    await right.show("B002", Deadline.after(2))
    assert card.display.text == "A001B002"
    await left.show("", Deadline.after(2))
    assert card.display.text == "B002"


@pytest.mark.parametrize(
    ("align", "left"), [("left", 0), ("centre", (160 - 32) // 2), ("right", 160 - 32)], ids=["left", "centre", "right"]
)
@virtual
async def test_a_text_stands_where_it_is_aligned(align: str, left: int) -> None:
    driver, _, display = await opened(align=align)
    await driver.show("號號", Deadline.after(2))
    box = display.draw().getbbox()
    assert box is not None
    assert left <= box[0] < box[2] <= left + 32


@virtual
async def test_a_text_wider_than_its_area_is_shown_page_by_page_in_whole_characters() -> None:
    driver, _, display = await opened(width=40)
    await driver.show("请A001号到3号窗口", Deadline.after(2))
    (area,) = display.seen
    assert len(area.pages) == 4
    assert display.text == "请A001号到3号窗口"
    assert {page.stay for page in area.pages} == {300}


@virtual
async def test_a_text_of_too_many_pages_is_refused() -> None:
    driver, _, _ = await opened(width=16)
    with pytest.raises(Refused, match="17 pages"):
        await driver.show("号" * 17, Deadline.after(2))


@virtual
async def test_what_the_line_is_too_slow_for_is_refused_and_not_begun() -> None:
    driver, card, display = await opened(baud=9600, dots="rgb565")
    with pytest.raises(Refused, match="speed"):
        await driver.show("A001", Deadline.after(2))
    assert (display.seen, card.garbled) == ((), 0)


@pytest.mark.parametrize(("colour", "number"), [("red", RED), ("green", GREEN), ("yellow", YELLOW)])
@pytest.mark.parametrize("dots", ["two-colour", "rgb565"])
@virtual
async def test_a_colour_is_that_colour(colour: str, number: int, dots: str) -> None:
    driver, _, display = await opened(colour=colour, dots=dots, baud=115_200)
    await driver.show("A001", Deadline.after(2))
    assert {value for _, value in display.draw().getcolors() or []} == {0, number}
    assert display.text == "A001"


@virtual
async def test_bits_outside_of_an_area_that_begins_and_ends_inside_a_byte_are_sent_as_dark() -> None:
    driver, _, display = await opened(x=35, width=40)
    await driver.show("号", Deadline.after(2))
    (area,) = display.seen
    rows = [area.pages[0].bitmap[at : at + 6] for at in range(0, 96, 6)]
    assert all(row[0] >> 5 == 0b111 and row[5] & 0b11111 == 0b11111 for row in rows)
    assert display.text == "号"


@virtual
async def test_a_panel_that_lights_ones_is_sent_ones() -> None:
    normal, inverted = await opened(), await opened(lit=1)
    for driver, _, _ in (normal, inverted):
        await driver.show("A001", Deadline.after(2))
    zero, one = (display.seen[0].pages[0].bitmap for _, _, display in (normal, inverted))
    assert one == bytes(byte ^ 0xFF for byte in zero)


@pytest.mark.parametrize("letter", [8, 12, 24, 32])
@virtual
async def test_letters_of_other_sizes_are_as_high_as_wished(letter: int) -> None:
    driver, _, display = await opened(letter=letter, height=32, width=128)
    await driver.show("国国", Deadline.after(2))
    (area,) = display.seen
    dark = b"\xff" * 16
    rows = [area.pages[0].bitmap[at : at + 16] != dark for at in range(0, 512, 16)]
    assert letter * 3 // 4 <= sum(rows) <= letter
    assert not any(rows[: (32 - letter) // 2])


@pytest.mark.parametrize(("sound", "sound_bytes"), [("00", 1), ("", 0), ("03 00 00 00", 4)])
@pytest.mark.parametrize("lengths", ["parameters", "bitmaps"])
@virtual
async def test_what_the_sixth_manual_leaves_open_is_as_the_settings_say(
    sound: str, sound_bytes: int, lengths: str
) -> None:
    driver, _, display = await opened("onbon-bx6e", series=6, sound=sound, sound_bytes=sound_bytes, lengths=lengths)
    await driver.show("请A001号到3号窗口", Deadline.after(2))
    assert display.text == "请A001号到3号窗口"


@virtual
async def test_a_card_of_the_other_series_refuses() -> None:
    driver, _, _ = await opened("onbon-bx6e")
    with pytest.raises(Refused):
        await driver.show("A001", Deadline.after(2))


@pytest.mark.parametrize("error", [*ERRORS, 99])
@virtual
async def test_a_refusal_names_code_and_remedy(error: int) -> None:
    driver, card, _ = await opened()
    card.replies = [onbon_bitmap.answer(3, error)]
    with pytest.raises(Refused, match=str(error)) as refused:
        await driver.show("A001", Deadline.after(2))
    assert refused.value.code is not CompletionCode.SUCCESS


@virtual
async def test_a_card_that_heard_a_wrong_checksum_makes_it_garbled_so_that_it_is_sent_again() -> None:
    driver, card, _ = await opened()
    card.replies = [onbon_bitmap.answer(3, 5)]
    with pytest.raises(Garbled):
        await driver.show("A001", Deadline.after(2))


def test_two_colours_are_byte_beside_byte() -> None:
    dots = Raster(2, 1, b"\x80\x01")
    assert bits.two_colour(dots, "red") == b"\x7f\xff\xfe\xff"
    assert bits.two_colour(dots, "green") == b"\xff\x7f\xff\xfe"
    assert bits.two_colour(dots, "yellow", lit=1) == b"\x80\x80\x01\x01"


@pytest.mark.parametrize(("colour", "dot"), [("red", b"\x00\xf8"), ("green", b"\xe0\x07"), ("yellow", b"\xe0\xff")])
def test_a_dot_of_rgb565_is_two_bytes_low_first(colour: Literal["red", "green", "yellow"], dot: bytes) -> None:
    assert bits.rgb565(Raster(1, 1, b"\xa0"), 3, colour) == dot + b"\0\0" + dot


@pytest.mark.parametrize(
    "options",
    [
        {"address": 0},
        {"address": 65535},
        {"address": 1, "width": 0},
        {"address": 1, "letter": 24},
        {"address": 1, "letter": 4},
        {"address": 1, "area": 4},
        {"address": 1, "area": 32, "series": 6},
        {"address": 1, "timeout_seconds": 0},
        {"address": 1, "page_seconds": 0},
        {"address": 1, "sound": "0g"},
        {"address": 1, "device_type": 0x10000},
    ],
)
def test_options_that_cannot_be_are_refused_with_their_remedy(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="→"):
        OnbonBitmapSettings(**options)
