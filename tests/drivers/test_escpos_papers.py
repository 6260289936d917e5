"""One slip on 80 mm and on 58 mm paper, by heads that have everything and by heads that lack something."""

from __future__ import annotations

import pytest
import segno
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.contract import QrCode, Refused, Slip, TextLine
from drivers.dots import raster as draw
from drivers.ticket_printer import qr
from drivers.ticket_printer.escpos import EscPosSettings
from drivers.ticket_printer.escpos_layout import Paper, encode, wrap
from simulators.printer import commands as c
from simulators.printer.paper import WIDTHS, Piece, Strip
from simulators.printer.reader import Reader
from simulators.printer.typesetter import Typesetter

SIGNED = "排队号 A12001\nkiosk-1/0123456789abcdef/123|12001|12|2026-11-22\nEd25519:" + "k" * 86
SLIP: Slip = (
    TextLine("欢迎光临 某某县政务服务中心", align="centre"),
    TextLine("A12001", width=4, height=4, align="centre", bold=True),
    TextLine("Pensions and social-security card services", align="centre"),
    TextLine("阿依古丽·买买提 𠅤䶮㛃"),
    QrCode(SIGNED),
    TextLine("过号请到导办台", align="right"),
)
ROLLS = [(80, 48), (58, 32)]


def commands(job: bytes) -> list[c.Command]:
    reader = Reader()
    return [command for byte in job if (command := reader.feed(byte))]


def printed(job: bytes, roll: int) -> Piece:
    """What falls out of a printer with paper of this width."""
    strip, setter = Strip(WIDTHS[roll]), Typesetter(WIDTHS[roll])
    for command in commands(job):
        for motion in setter.take(command):
            motion.print(strip)
            if motion.cuts:
                return strip.cut()
    raise AssertionError("nothing was cut")


def codes(piece: Piece) -> list[str]:
    return [code.text for code in zxingcpp.read_barcodes(piece.picture.convert("L"))]


@pytest.mark.parametrize(("roll", "columns"), ROLLS)
def test_a_whole_slip_falls_out_and_its_code_can_be_read(roll: int, columns: int) -> None:
    piece = printed(encode(SLIP, Paper(columns)), roll)
    assert piece.whole
    assert [mark.text for mark in piece.marks if mark.large] == ["A12001"]
    assert codes(piece) == [SIGNED]


@pytest.mark.parametrize(("roll", "columns"), ROLLS)
@given(text=st.text(st.sampled_from("aW i,社保·，一"), max_size=150), width=st.sampled_from([1, 2, 4]))
@settings(max_examples=40)
def test_the_head_never_has_to_break_a_row_itself(roll: int, columns: int, text: str, width: int) -> None:
    hanzi = min(width, 2)
    job = encode((TextLine(text, width=hanzi, height=hanzi),), Paper(columns))
    rows = [row.strip() for row in wrap(text, columns // hanzi) if row.strip()]
    strip, setter = Strip(WIDTHS[roll]), Typesetter(WIDTHS[roll])
    for command in commands(job):
        for motion in setter.take(command):
            motion.print(strip)
    assert [mark.text.strip() for mark in strip.marks] == rows


@pytest.mark.parametrize(("roll", "columns"), ROLLS)
@pytest.mark.parametrize("image", ["gs-v", "gs-l"])
def test_drawn_here_line_for_line_it_is_the_same_slip(roll: int, columns: int, image: str) -> None:
    drawn = EscPosSettings(columns, text="image", qr="image", image=image)  # type: ignore[arg-type]
    job = encode(SLIP, drawn.paper())
    piece = printed(job, roll)
    assert piece.whole
    assert {mark.kind for mark in piece.marks} == {"image"}
    assert codes(piece) == [SIGNED]
    dots = [command for command in commands(job) if isinstance(command, c.Raster)]
    assert max(command.width_bytes * 8 for command in dots) <= WIDTHS[roll]
    assert max(command.rows for command in dots) <= 240


def test_a_code_too_wide_for_narrow_paper_is_drawn_in_smaller_squares() -> None:
    wide = "k" * 700
    assert codes(printed(encode((QrCode(wide, 4),), Paper(48)), 80)) == [wide]
    narrow = encode((QrCode(wide, 6),), Paper(32))
    (code,) = [command for command in commands(narrow) if isinstance(command, c.QrCode)]
    assert code.module == 4
    assert codes(printed(narrow, 58)) == [wide]


def test_a_code_that_no_phone_could_read_on_narrow_paper_is_refused() -> None:
    with pytest.raises(Refused, match="384"):
        encode((QrCode("k" * 2000, 4),), Paper(32))


@given(st.integers(1, 2953), st.sampled_from("LMQH"))
@settings(max_examples=25, deadline=None)
def test_the_side_of_a_code_is_what_the_standard_says(count: int, level: str) -> None:
    side = qr.side(count, level)
    if side:
        code = segno.make_qr(b"\xff" * count, error=level, mode="byte", boost_error=False)
        assert code.symbol_size(border=0)[0] == side
    else:
        with pytest.raises(segno.DataOverflowError):
            segno.make_qr(b"\xff" * count, error=level, mode="byte", boost_error=False)


@pytest.mark.parametrize("cut", ["partial", "full", "partial-at-once", "full-at-once"])
def test_however_it_is_cut_nothing_stays_behind_for_the_next_citizen(cut: str) -> None:
    piece = printed(encode(SLIP, EscPosSettings(cut=cut).paper()), 80)  # type: ignore[arg-type]
    assert piece.whole


def test_what_a_head_is_told_besides_stands_where_it_belongs() -> None:
    odd = EscPosSettings(hanzi="fs-w", code_system=1, black_mark=True, bell="drawer")
    told = commands(encode((TextLine("社保", width=2, height=2),), odd.paper()))
    assert told.index(c.CodeSystem(1)) < told.index(c.Letter("社", hanzi=True))
    assert told.index(c.HanziSize(2, 2)) < told.index(c.Letter("社", hanzi=True)) < told.index(c.HanziSize(1, 1))
    assert told[-3:] == [c.BlackMark(), c.Cut(full=False, feed=0), c.Drawer(0, 200, 200)]
    assert commands(encode((), EscPosSettings(bell="buzzer").paper()))[-1] == c.Buzzer(2, 2)


def test_letters_drawn_here_fill_their_cells_and_are_not_cut_off() -> None:
    for letter in "HOWm@":
        rows = draw(letter * 8, 0, 1, 1)
        lines = [rows.data[at : at + rows.width_bytes] for at in range(0, len(rows.data), rows.width_bytes)]
        cells = [[line.hex() for line in _cell(lines, n)] for n in range(8)]
        assert all(cell == cells[0] for cell in cells[::2])
        assert all(not line[-1] & 0x01 for line in lines), letter  # room for the next letter


def _cell(lines: list[bytes], n: int) -> list[bytes]:
    """Two letters, three bytes, from where they begin."""
    return [line[n // 2 * 3 : n // 2 * 3 + 3] for line in lines]


def test_a_code_system_that_is_no_byte_is_refused_with_its_remedy() -> None:
    with pytest.raises(ValueError, match="→"):
        EscPosSettings(code_system=256)
