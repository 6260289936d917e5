"""What holds for these codecs, whatever comes: the device reads what was meant, the next good answer is found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.contract import Garbled
from drivers.framing import Cut, Framer, crc16_modbus, sum16, xor8
from drivers.window_display import cpower5200_codec as cpower
from drivers.window_display import modbus_text_codec as modbus
from drivers.window_display import onbon_bx5e_codec as onbon
from drivers.window_display import strip_a090_codec as strip
from simulators.displays import cpower_frame as cpower_card
from simulators.displays import modbus as modbus_display
from simulators.displays import onbon as onbon_card
from simulators.displays import onbon_bitmap as bitmap_card
from simulators.displays import strip as strip_display
from tests.drivers.test_codecs import NOISE, in_pieces

BYTE = st.integers(0, 255)
WORD = st.integers(0, 0xFFFF)
GBK = st.text("请到号窗口办理A01z ,，。阿依古丽买提", max_size=24)
SIZES = st.integers(1, 7)


def test_the_sums_have_their_published_check_values() -> None:
    assert crc16_modbus(b"123456789") == 0x4B37
    assert sum16(b"\xff" * 0x102) == 0x00FE
    assert xor8(b"\x0c\xa5\x00") == 0xA9


# The device reads what the driver meant: two codecs that share no code.

PAGES = st.builds(
    onbon.Page,
    st.binary(max_size=40),
    display_mode=BYTE,
    clear_mode=BYTE,
    speed=BYTE,
    stay=WORD,
    repeat=BYTE,
    valid_length=WORD,
)
AREAS = st.builds(
    onbon.Area,
    st.lists(PAGES, min_size=1, max_size=3).map(tuple),
    x=WORD,
    y=WORD,
    width=WORD,
    height=WORD,
    area=BYTE,
    run_mode=BYTE,
    timeout_seconds=WORD,
    play=BYTE,
)


def _read(request: bytes, **series: Any) -> tuple[int, bitmap_card.Request]:
    reader = onbon_card.FrameReader(bitmap_card.parse, bitmap_card.LARGEST)
    (frame,) = [frame for byte in request if (frame := reader.feed(byte))]
    assert frame.sound
    return frame.destination, bitmap_card.request(frame.data, **series)


def _as_read(area: onbon.Area) -> bitmap_card.Area:
    looks = ("display_mode", "clear_mode", "speed", "stay", "repeat", "valid_length", "bitmap")
    pages = tuple(bitmap_card.Page(*(getattr(page, name) for name in looks)) for page in area.pages)
    place = (area.x, area.y, area.width, area.height)
    return bitmap_card.Area(area.area, area.run_mode, area.timeout_seconds, area.play, *place, pages)


@settings(max_examples=50, deadline=None)
@given(AREAS, st.integers(1, 0xFFFE), WORD)
def test_a_card_of_the_fifth_series_reads_the_area_that_was_meant(area: onbon.Area, to: int, model: int) -> None:
    assert _read(onbon.show_area(area, to, model)) == (to, bitmap_card.Update((_as_read(area),)))


@settings(max_examples=50, deadline=None)
@given(AREAS, st.binary(max_size=4), st.booleans())
def test_a_card_of_the_sixth_series_reads_the_area_that_was_meant(area: onbon.Area, sound: bytes, all_: bool) -> None:
    request = onbon.show_area_6(area, onbon.Sixth(sound, all_), 3)
    assert _read(request, sixth=True, sound_bytes=len(sound)) == (3, bitmap_card.Update((_as_read(area),)))


@settings(deadline=None)
@given(st.one_of(st.none(), st.lists(st.integers(0, 31), max_size=8)))
def test_a_bitmap_card_deletes_what_was_meant(areas: list[int] | None) -> None:
    expected = bitmap_card.Delete(None if areas is None else tuple(areas))
    assert _read(onbon.delete_areas(areas, 3)) == (3, expected)


TEXTS = st.builds(
    cpower.PureText,
    GBK,
    window=BYTE,
    effect=BYTE,
    align=BYTE,
    speed=BYTE,
    stay=WORD,
    font=BYTE,
    red=BYTE,
    green=BYTE,
    blue=BYTE,
)


@settings(deadline=None)
@given(TEXTS, st.integers(1, 254))
def test_a_cpower_card_reads_the_text_that_was_meant(text: cpower.PureText, card: int) -> None:
    reader = cpower_card.FrameReader()
    (frame,) = [frame for byte in cpower.pure_text(card, text) if (frame := reader.feed(byte, 0.0))]
    assert (frame.sound, frame.card, frame.wants_answer) == (True, card, True)
    read = cpower_card.call(frame.data)
    assert isinstance(read, cpower_card.PureText)
    assert cpower.PureText(**{name: getattr(read, name) for name in cpower.PureText.__slots__}) == text


@settings(deadline=None)
@given(GBK, BYTE, st.sampled_from(["red", "green", "yellow"]))
def test_a_strip_reads_the_text_and_colour_that_were_meant(text: str, address: int, colour: strip.Colour) -> None:
    reader = strip_display.StripReader()
    (frame,) = [frame for byte in strip.show(address, text, colour) if (frame := reader.feed(byte, 0.0))]
    assert (frame.sound, frame.address, frame.command) == (True, address, strip.SHOW)
    letters = strip_display.coloured(frame.data)
    assert letters is not None
    assert "".join(char for char, _ in letters) == text
    assert {number for _, number in letters} <= {strip.COLOURS[colour] + 1}


@settings(deadline=None)
@given(GBK, BYTE)
def test_a_single_colour_strip_reads_the_text_that_was_meant(text: str, address: int) -> None:
    reader = strip_display.StripReader()
    (frame,) = [frame for byte in strip.show_single(address, text) if (frame := reader.feed(byte, 0.0))]
    assert (frame.single, frame.address, frame.data.decode("gbk")) == (True, address, text)


@settings(deadline=None)
@given(GBK, st.integers(1, 247), st.integers(0, 0xFF00), st.integers(24, 123))
def test_registers_hold_the_text_that_was_meant(text: str, address: int, start: int, registers: int) -> None:
    frame = modbus_display.frame(modbus.write_text(address, start, registers, text))
    assert (frame.sound, frame.address, frame.function) == (True, address, modbus_display.WRITE_REGISTERS)
    assert int.from_bytes(frame.data[:2], "big") == start
    assert frame.data[5:].decode("gbk") == text + " " * (registers * 2 - len(text.encode("gbk")))


# Whatever comes before it, the next good answer is found, and nothing is kept for ever.

Decode = Callable[[bytes], object]
CODECS: dict[str, tuple[Callable[[bytes], Cut], int, Decode]] = {
    "onbon": (onbon.scan, onbon.FRAME_CAP, lambda cut: onbon.answer(onbon.decode(cut))),
    "cpower": (cpower.scan, cpower.FRAME_CAP, cpower.decode),
    "strip": (strip.scan, strip.FRAME_CAP, strip.answered_by),
    "modbus": (modbus.scan, modbus.FRAME_CAP, modbus.decode),
}
ANSWERS: dict[str, st.SearchStrategy[tuple[bytes, object]]] = {
    "onbon": st.builds(
        lambda address, error: (
            bitmap_card.answer(address, error),
            onbon.Answer(address, not error, error),
        ),
        WORD,
        st.integers(0, 19),
    ),
    "cpower": st.builds(
        lambda card, command, result, data: (
            cpower_card.answer(card, command, result, data),
            cpower.Frame(cpower.ANSWER, card, command, result, data),
        ),
        BYTE,
        BYTE,
        BYTE,
        st.binary(max_size=30),
    ),
    "strip": BYTE.map(lambda address: (strip_display.answer(address), address)),
    "modbus": st.builds(
        lambda address, start, count: (
            modbus_display.said(bytes((address, 0x10)) + start.to_bytes(2, "big") + count.to_bytes(2, "big")),
            modbus.Written(address, start, count),
        ),
        BYTE,
        WORD,
        WORD,
    )
    | st.builds(
        lambda address, words: (
            modbus_display.said(bytes((address, 0x03, len(words) * 2)) + b"".join(words)),
            modbus.Held(address, b"".join(words)),
        ),
        BYTE,
        st.lists(st.binary(min_size=2, max_size=2), min_size=1, max_size=123),
    ),
}
every_codec = pytest.mark.parametrize("name", CODECS)


@every_codec
@settings(deadline=None)
@given(data=st.data(), size=SIZES)
def test_an_answer_means_what_the_card_said_in_any_pieces(name: str, data: st.DataObject, size: int) -> None:
    scan, cap, decode = CODECS[name]
    said, meant = data.draw(ANSWERS[name])
    framer = Framer(scan, cap)
    assert [decode(cut) for piece in in_pieces(said, size) for cut in framer.feed(piece)] == [meant]
    assert framer.garbled == 0


@every_codec
@settings(max_examples=60, deadline=None)
@given(data=st.data(), noise=NOISE)
def test_after_any_noise_the_next_answer_is_found_at_once(name: str, data: st.DataObject, noise: list[bytes]) -> None:
    scan, cap, decode = CODECS[name]
    said, meant = data.draw(ANSWERS[name])
    framer = Framer(scan, cap)
    for piece in noise:
        list(_decoded(framer.feed(piece), decode))
        assert len(framer) < cap
    assert list(_decoded(framer.feed(said), decode))[-1] == meant


def test_a_strips_answer_is_found_behind_a_head_that_lost_its_frame() -> None:
    (cut,) = Framer(strip.scan, strip.FRAME_CAP).feed(strip.HEAD + strip_display.answer(7))
    assert strip.answered_by(cut) == 7


@every_codec
@settings(deadline=None)
@given(cut=st.binary(max_size=60))
def test_a_decoder_fed_anything_gives_an_answer_or_says_garbled(name: str, cut: bytes) -> None:
    decode = CODECS[name][2]
    assert len(list(_decoded(iter([cut]), decode))) == 1


def _decoded(cuts: Iterator[bytes], decode: Decode) -> Iterator[object]:
    for cut in cuts:
        try:
            yield decode(cut)
        except Garbled as garbled:
            yield garbled
