"""How a slip becomes bytes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers import dots
from drivers.contract import CompletionCode, Feed, QrCode, Refused, TextLine
from drivers.gbk import columns, plain
from drivers.ticket_printer import escpos_codec as codec
from drivers.ticket_printer.escpos_layout import Paper, encode, wrap

PAPER = Paper()
SIGNED = "Y1|" + "k" * 197

TICKET = (
    TextLine("某某县政务服务中心", align="centre", bold=True),
    TextLine("County Government Service Hall", align="centre"),
    Feed(),
    TextLine("社会保险 Social insurance", align="centre"),
    TextLine("A1001", width=2, height=2, align="centre", bold=True),
    TextLine("前面等候 12 人  12 waiting ahead", align="centre"),
    TextLine("请到一楼东区等候，留意屏幕与广播", align="centre"),
    TextLine("Please wait on floor 1, east"),
    QrCode(SIGNED),
    TextLine("2026-01-05 09:30  过号请到导办台", align="centre"),
)


def test_a_ticket_with_a_signed_code_takes_at_most_800_bytes() -> None:
    assert len(encode(TICKET, PAPER)) + len(codec.print_complete_request("AB12")) <= 800


def test_a_job_starts_from_power_on_mode_in_chinese_and_ends_with_the_cut() -> None:
    job = encode((TextLine("社保"),), PAPER)
    assert job == codec.INITIALIZE + codec.CHINESE_ON + "社保\n".encode("gbk") + codec.CUT_PARTIAL


def test_double_size_is_set_for_letters_and_hanzi_and_both_are_reset() -> None:
    job = encode((TextLine("A1001", width=2, height=2), TextLine("社保")), PAPER)
    assert b"\x1d!\x11\x1c!\x0cA1001\n\x1d!\x00\x1c!\x00" in job


def test_styles_left_on_by_the_last_line_are_off_before_the_cut() -> None:
    job = encode((TextLine("A", bold=True, align="right"),), PAPER)
    assert job.endswith(codec.align("left") + codec.bold(False) + codec.CUT_PARTIAL)


def test_a_hanzi_counts_two_columns() -> None:
    assert wrap("社保" * 13, 48) == ["社保" * 12, "社保"]
    assert wrap("A" * 49, 48) == ["A" * 48, "A"]


def test_words_are_not_broken_where_a_space_is_at_hand() -> None:
    assert wrap("please wait here", 11) == ["please wait", "here"]


@given(st.text(max_size=200), st.integers(2, 48))
def test_no_row_is_wider_than_the_paper(text: str, width: int) -> None:
    rows = wrap(text, width)
    assert rows
    assert all(columns(row) <= width for row in rows)


@given(st.text(st.characters(exclude_categories=("Z", "Cc", "Cf", "Cs")), max_size=80), st.integers(2, 48))
def test_wrapping_loses_no_letter(text: str, width: int) -> None:
    assert "".join(wrap(text, width)) == plain(text)


def test_control_characters_in_a_text_never_reach_the_printer() -> None:
    job = encode((TextLine("A\x1b@B\x10\x04\x01C"),), PAPER)
    assert b"A @B   C\n" in job


def test_a_wide_space_stays_wide() -> None:
    assert b"A\xa1\xa1B\n" in encode((TextLine("A\u3000B"),), PAPER)


def test_a_private_use_character_is_refused_and_not_dropped() -> None:
    with pytest.raises(Refused, match=r"U\+E000"):
        encode((TextLine("姓\ue000"),), PAPER)


def test_a_line_with_a_character_that_gbk_lacks_is_one_image_line() -> None:
    job = encode((TextLine("姓名"), TextLine("𬱖先生", align="centre")), PAPER)
    assert "姓名\n".encode("gbk") in job
    head = job.index(b"\x1dv0\x00")
    assert job[head + 6 : head + 8] == b"\x18\x00"  # 24 dots high
    assert "先生".encode("gbk") not in job


def test_a_line_of_double_height_is_an_image_of_48_dots() -> None:
    job = encode((TextLine("𬱖", height=2, width=2),), PAPER)
    head = job.index(b"\x1dv0\x00")
    assert job[head + 4 : head + 8] == b"\x06\x00\x30\x00"


def test_without_a_font_for_it_the_slip_is_refused_and_not_printed_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dots, "FONTS", ())
    with pytest.raises(Refused, match="fonts-noto-cjk") as refused:
        encode((TextLine("𬱖先生"),), PAPER)
    assert refused.value.code is CompletionCode.INVALID_DATA


def test_a_character_that_no_font_draws_is_refused_by_its_code() -> None:
    with pytest.raises(Refused, match=r"U\+30000"):
        encode((TextLine("先生\U00030000"),), PAPER)


def test_image_data_never_reads_as_a_real_time_command() -> None:
    image = dots.Raster(4, 1, b"\x10\x04\x10\x05")
    assert codec.raster(image)[8:] == b"\x18\x04\x18\x05"


@pytest.mark.parametrize(("data", "module"), [("", 4), ("x" * 2954, 4), ("x", 0), ("x", 17)])
def test_a_code_that_no_printer_can_print_is_refused(data: str, module: int) -> None:
    with pytest.raises(Refused):
        encode((QrCode(data, module),), PAPER)
