"""What holds for every codec, whatever comes: nothing lost, nothing kept for ever, the next good frame found."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers import ff68_frame
from drivers.contract import Garbled
from drivers.ff68_frame import Frame
from drivers.framing import Cut, Framer, crc16_arc, sum8
from drivers.ticket_printer import escpos_codec as escpos
from drivers.ticket_printer.escpos_confirm import MARK_LETTERS
from drivers.window_display import onbon_bx5k_codec as onbon

NOISE = st.lists(st.binary(max_size=40), max_size=30)
DATA = st.binary(max_size=60)
FRAMES = st.builds(
    Frame,
    st.integers(1, 255),
    st.integers(0, 0x11),
    st.lists(st.integers(0, 15), max_size=10).map(bytes),
)


def in_pieces(data: bytes, size: int) -> Iterator[bytes]:
    return (data[start : start + size] for start in range(0, len(data), size))


def test_crc16_arc_has_the_published_check_value() -> None:
    assert crc16_arc(b"123456789") == 0xBB3D


def test_sum8_wraps_at_eight_bits() -> None:
    assert sum8(b"\xff\x02") == 1


@given(NOISE)
def test_a_framer_whose_frames_never_end_holds_no_more_than_its_cap(pieces: list[bytes]) -> None:
    framer = Framer(lambda _: Cut(0, 0), cap=16)
    for piece in pieces:
        assert list(framer.feed(piece)) == []
        assert len(framer) < 16
    assert framer.garbled + len(framer) == sum(map(len, pieces))


@given(st.integers(1, 0xFFFE), st.integers(1, 0xFFFE), DATA, st.integers(1, 7))
def test_a_display_frame_survives_escaping_in_any_pieces(destination: int, source: int, data: bytes, size: int) -> None:
    frame = onbon.Frame(destination, source, data)
    framer = Framer(onbon.scan, onbon.FRAME_CAP)
    found = [cut for piece in in_pieces(onbon.encode(frame), size) for cut in framer.feed(piece)]
    assert [onbon.decode(cut) for cut in found] == [frame]
    assert framer.garbled == 0


@given(NOISE, DATA)
def test_after_any_noise_the_next_display_frame_is_found(noise: list[bytes], data: bytes) -> None:
    framer = Framer(onbon.scan, onbon.FRAME_CAP)
    for piece in noise:
        for cut in framer.feed(piece):
            _decoded_or_garbled(cut)
        assert len(framer) < onbon.FRAME_CAP
    good = onbon.Frame(onbon.HOST, 3, data)
    found = [_decoded_or_garbled(cut) for cut in framer.feed(onbon.encode(good))]
    assert found[-1] == good


def _decoded_or_garbled(cut: bytes) -> onbon.Frame | None:
    try:
        return onbon.decode(cut)
    except Garbled:
        return None


@given(st.integers(0, 0xFFFF), DATA)
def test_any_display_data_is_an_answer_or_garbled(source: int, data: bytes) -> None:
    try:
        answer = onbon.answer(onbon.Frame(onbon.HOST, source, data))
    except Garbled:
        assert data[:2] not in (b"\xa0\x00", b"\xa0\x01") or len(data) < 3
    else:
        assert answer.address == source


@given(st.text(max_size=300))
def test_any_text_fits_a_display_and_is_whole_gbk(text: str) -> None:
    coded = onbon.encode_text(text)
    assert len(coded) <= onbon.TEXT_CAP
    assert len(coded.decode("gbk")) <= len(text)


def test_what_gbk_lacks_is_seen_to_be_missing() -> None:
    assert onbon.encode_text("请𬱖A1").decode("gbk") == "请□A1"


@given(FRAMES, st.integers(1, 7))
def test_a_key_frame_survives_in_any_pieces(frame: Frame, size: int) -> None:
    framer = Framer(ff68_frame.scan, ff68_frame.FRAME_CAP)
    found = [cut for piece in in_pieces(frame.encode(), size) for cut in framer.feed(piece)]
    assert [ff68_frame.decode(cut) for cut in found] == [frame]
    assert framer.garbled == 0


@given(NOISE, FRAMES)
def test_after_any_noise_the_next_key_frame_is_found_at_once(noise: list[bytes], frame: Frame) -> None:
    framer = Framer(ff68_frame.scan, ff68_frame.FRAME_CAP)
    for piece in noise:
        for cut in framer.feed(piece):
            ff68_frame.decode(cut)
        assert len(framer) < ff68_frame.FRAME_CAP
    assert [ff68_frame.decode(cut) for cut in framer.feed(frame.encode())][-1] == frame


def test_bytes_of_other_protocols_on_the_line_are_passed_over() -> None:
    framer = Framer(ff68_frame.scan, ff68_frame.FRAME_CAP)
    press = Frame(5, 1, b"\x0c")
    display = onbon.request(onbon.PING, 1)
    found = list(framer.feed(display + press.encode() + b"\x68\x02\x02\x68\x85\x01\x86\x16" + press.encode()))
    assert [ff68_frame.decode(cut) for cut in found] == [press, press]


@given(NOISE)
def test_the_printer_decoder_takes_anything_and_keeps_little(noise: list[bytes]) -> None:
    decoder = escpos.Decoder()
    for piece in noise:
        decoder.feed(piece)
        assert len(decoder._framer) < 82


@given(NOISE)
def test_after_any_noise_a_printer_that_is_let_finish_is_understood_again(noise: list[bytes]) -> None:
    decoder = escpos.Decoder()
    for piece in noise:
        decoder.feed(piece)
    decoder.forget()
    assert decoder.feed(b"\x12\x37\x22AB12\x00") == [escpos.Status(0x12), escpos.PrintComplete("AB12")]


@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=4, max_size=4), st.integers(1, 3))
def test_a_mark_comes_back_whatever_stands_before_it(mark: str, size: int) -> None:
    stream = b"\x16\x10\x00\x00\x00\x00\x11" + b"\x37\x22" + mark.encode() + b"\x00"
    decoder = escpos.Decoder()
    answers = [answer for piece in in_pieces(stream, size) for answer in decoder.feed(piece)]
    assert answers == [
        escpos.Status(0x16),
        escpos.AutomaticStatus(b"\x10\x00\x00\x00"),
        escpos.Buffered(0),
        escpos.Flow(go=True),
        escpos.PrintComplete(mark),
    ]


def test_flow_control_inside_automatic_status_does_not_break_it() -> None:
    answers = escpos.Decoder().feed(b"\x18\x13\x00\x0f\x00")
    assert answers == [escpos.Flow(go=False), escpos.AutomaticStatus(b"\x18\x00\x0f\x00")]


@pytest.mark.parametrize("wrong", ["AB1", "AB123", "AB\x01Z", "票票票票"])
def test_a_mark_must_be_four_printable_characters(wrong: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        escpos.print_complete_request(wrong)


@given(st.text(MARK_LETTERS, min_size=4, max_size=4), st.integers(1, 7))
def test_a_mark_whose_head_was_lost_is_read_as_no_status(mark: str, lost: int) -> None:
    answer = b"\x37\x22" + mark.encode() + b"\x00"
    answers = escpos.Decoder().feed(answer[lost:])
    assert not any(isinstance(heard, escpos.Status | escpos.AutomaticStatus) for heard in answers)
