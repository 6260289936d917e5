"""The A4 papers: what must stand on them stands there, whoever's name it is, in both forms that printers take."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from device.papers import notice, receipt, sign
from device.papers.fonts import NoFont, runs
from device.papers.layout import NEVER_FIRST, wrapped
from device.papers.notice import OneTimeNotice
from device.papers.page import Paper, Text, width
from device.papers.pdf import pdf
from device.papers.raster import SYNC, _packed, raster
from device.papers.receipt import Receipt
from device.papers.render import document
from device.papers.sign import Sign
from drivers.contract import PDF, PWG_RASTER, Abilities, Document, Personal
from simulators.office_printer import pages

RARE = "𠅤䶮㛃"
UYGHUR = "阿依古丽·买买提"
HALL = "示范政务服务大厅"
NOTICE = OneTimeNotice(
    item="企业设立登记",
    office="市场监督管理局",
    basis="《中华人民共和国市场主体登记管理条例》第八条",
    materials=("公司登记（备案）申请书", f"法定代表人的任职文件，如 {UYGHUR}、{RARE}"),
    procedure="申请→受理→审查→登记→发照",
    time_limit="1 个工作日",
    fee="不收费",
    window_phone="0431-0000000",
    complaint_phone="12345",
    version="3",
    published="2026-03-01",
)
RECEIPT = Receipt(
    serial="NO.000101",
    printer="printer-1",
    case="2026-000123",
    item="社会保障卡补领",
    applicant=Personal("䶮小明"),
    materials=(("居民身份证原件", 1), ("补领申请表", 2)),
    receiver=UYGHUR,
    accepted="2026-11-22 09:41",
    promised="2026-11-27",
    query="https://hall.invalid/q?c=2026000123",
    phone="0431-0000000",
)
LABELS = [
    "事项名称",
    "办理主体",
    "办理依据",
    "提交材料",
    "办理流程",
    "承诺时限",
    "收费依据和标准",
    "窗口电话",
    "投诉电话",
]


def lines(paper: Paper) -> list[str]:
    return [mark.text for page in paper.pages for mark in page if isinstance(mark, Text)]


def pictures(data: bytes) -> list[Image.Image]:
    """Pages of a PWG raster as the simulated printer reads them, black on white."""
    dots = [(page.width, page.height, page.rows) for page in pages.raster(data)]
    return [ImageOps.invert(Image.frombytes("1", (x, y), rows).convert("L")) for x, y, rows in dots]


def given_out(one: OneTimeNotice = NOTICE, **options: Any) -> Paper:
    return notice.lay_out(one, hall=HALL, given="2026-11-22", **options)


def test_a_notice_has_its_nine_fields_in_their_order() -> None:
    said = lines(given_out())
    places = [next(n for n, line in enumerate(said) if line.startswith(label)) for label in LABELS]
    assert places == sorted(places)
    values = (NOTICE.item, NOTICE.office, NOTICE.basis, NOTICE.procedure, NOTICE.time_limit, NOTICE.fee, "12345")
    assert {*values, f"1. {NOTICE.materials[0]}", HALL, "2026-11-22"} <= set(said)
    assert any("版本 3" in line and "2026-03-01" in line for line in said)


@pytest.mark.parametrize("field", OneTimeNotice.__slots__)
def test_a_notice_with_an_empty_field_is_refused_by_its_name(field: str) -> None:
    empties: tuple[Any, ...] = ((), ("身份证", " ")) if field == "materials" else ("", "  ")
    for empty in empties:
        with pytest.raises(ValueError, match=field):
            replace(NOTICE, **{field: empty})


def test_a_notice_says_the_same_in_english_and_what_it_is_not_in_a_demonstration() -> None:
    said = lines(given_out(mode="demo", language="en"))
    assert said[0].startswith("[Demonstration]")
    assert {"One-time notice", "Authority: ", NOTICE.office} <= set(said)


def test_a_long_notice_goes_on_over_the_page_and_each_page_says_which_it_is() -> None:
    paper = given_out(replace(NOTICE, materials=tuple(f"第 {n} 份材料，" + "说明" * 40 for n in range(40))))
    assert len(paper.pages) > 2
    for number, page in enumerate(paper.pages, 1):
        texts = [mark for mark in page if isinstance(mark, Text)]
        assert texts[-1].text.endswith(f"{number}/{len(paper.pages)}")
        assert all(0 < mark.y < 290 and mark.x + width(mark.text, mark.size) < 200 for mark in texts)
    said = "".join(lines(paper))
    assert all(f"{n + 1}. 第 {n} 份材料" in said for n in range(40))


def test_a_receipt_names_its_sheet_its_case_and_never_the_whole_applicant() -> None:
    paper = receipt.lay_out(RECEIPT, hall=HALL)
    said = "\n".join(lines(paper))
    for wanted in (
        "NO.000101",
        "printer-1",
        "2026-000123",
        "䶮*",
        "1. 居民身份证原件，1 份",
        UYGHUR,
        "2026-11-27",
        "（受理专用章）",
    ):
        assert wanted in said
    assert "小明" not in said + repr(paper) + repr(RECEIPT)
    assert "补打" not in said


def test_a_receipt_on_other_paper_says_so_and_a_reprint_says_which_it_is() -> None:
    said = "\n".join(lines(receipt.lay_out(replace(RECEIPT, serial=None, reprint=2), hall=HALL)))
    assert "未使用专用纸" in said
    assert "【补打】第 2 次" in said


def test_a_sign_is_as_large_as_it_fits_and_one_that_does_not_fit_is_refused() -> None:
    paper = sign.lay_out(Sign("社保\n综合服务窗口", "Social Security", "一楼", "left"))
    sizes = {mark.text: mark.size for mark in paper.pages[0] if isinstance(mark, Text)}
    assert sizes["社保"] > sizes["综合服务窗口"] > sizes["Social Security"]
    assert {"←", "一楼"} <= set(sizes)
    assert all(width(text, size) < 210 for text, size in sizes.items())
    for wrong in (Sign(" "), Sign("很长" * 30)):
        with pytest.raises(ValueError, match=r"title|long"):
            sign.lay_out(wrong)


@given(st.text(st.sampled_from("办理，。 abcdefg→𠅤\n"), max_size=120), st.floats(20, 80))
def test_lines_keep_every_character_fit_and_begin_with_no_stop(text: str, room: float) -> None:
    parts = list(wrapped(text, 12.0, room))
    assert "".join("".join(parts).split()) == "".join(text.split())
    for part in parts:
        assert width(part.rstrip(NEVER_FIRST + " "), 12.0) <= room
    for paragraph in text.split("\n"):
        assert not any(part[:1] in NEVER_FIRST for part in list(wrapped(paragraph, 12.0, room))[1:] if part)


def test_rare_characters_of_names_are_drawn_by_a_font_that_has_them() -> None:
    assert [(face.name, piece) for face, piece in runs(f"{RARE}{UYGHUR}A1", bold=True)] == [
        ("bold", f"{RARE}{UYGHUR}A1")
    ]
    assert [(face.name, piece) for face, piece in runs("王\U0002b820明", bold=False)] == [
        ("regular", "王"),
        ("hanazono-b", "\U0002b820"),
        ("regular", "明"),
    ]
    with pytest.raises(NoFont) as failure:
        list(runs("王\U0010fffe", bold=False))
    assert "王" not in str(failure.value)


def test_a_pdf_embeds_the_letters_it_shows_and_they_can_be_read_back(tmp_path: Path) -> None:
    file = tmp_path / "notice.pdf"
    file.write_bytes(pdf(given_out(replace(NOTICE, office=f"{RARE}\U0002b820"))))
    text = subprocess.run(["pdftotext", "-layout", file, "-"], capture_output=True, text=True, check=True).stdout
    for wanted in (*LABELS, RARE, UYGHUR, "\U0002b820", "一次性告知单"):
        assert wanted in text
    fonts = subprocess.run(["pdffonts", file], capture_output=True, text=True, check=True).stdout.splitlines()[2:]
    assert len(fonts) == 3
    assert all(line.split()[-5:-3] == ["yes", "yes"] for line in fonts)  # embedded, a subset
    assert file.stat().st_size < 200_000


def test_the_same_paper_gives_the_same_bytes() -> None:
    paper = Paper("x", ((Text(20, 20, 12.0, f"受理 {RARE}"),),))
    assert document(paper, Abilities(frozenset({PDF, PWG_RASTER}), 300)) == Document("x", PDF, pdf(paper))
    assert raster(paper, 300) == raster(paper, 300)


def test_dots_show_what_the_pdf_shows_and_the_code_can_be_scanned() -> None:
    (picture,) = pictures(raster(receipt.lay_out(RECEIPT, hall=HALL), 300))
    assert picture.size == (2480, 3508)
    (code,) = zxingcpp.read_barcodes(picture)
    assert code.text == RECEIPT.query


def test_every_rare_character_has_dots_of_its_own() -> None:
    drawn = [
        pictures(raster(Paper("x", ((Text(20, 30, 20.0, char),),)), 300))[0].tobytes() for char in f"{RARE}·\U0002b820"
    ]
    blank = pictures(raster(Paper("x", ((),)), 300))[0].tobytes()
    assert len({*drawn, blank}) == 6


def test_pages_of_dots_stand_one_behind_the_other_and_say_their_size() -> None:
    paper = Paper("x", ((Text(20, 30, 20.0, "一"),), (Text(20, 30, 20.0, "二"),)))
    first, second = pages.raster(raster(paper, 600))
    assert (first.width, first.height, first.dpi, first.points) == (4961, 7016, (600, 600), (595, 842))
    assert first.size_name == "iso_a4_210x297mm"
    assert first.rows != second.rows


@settings(max_examples=25)
@given(
    st.lists(
        st.sampled_from([bytes(310), b"\xff" * 310, bytes(range(200)) + bytes(110), b"\x00\x01" * 155]), max_size=9
    ),
    st.integers(1, 300),
)
def test_packed_rows_are_the_rows(rows: list[bytes], again: int) -> None:
    rows = [row for row in rows for _ in range(again)]
    packed = _packed(rows)
    assert pages._rows(packed, 0, len(rows), 310) == (b"".join(rows), len(packed))


def test_a_printer_gets_the_form_it_takes() -> None:
    paper = Paper("指示牌", ((Text(20, 30, 20.0, "一"),),))
    made = document(paper, Abilities(frozenset({PWG_RASTER}), 300), "special")
    assert (made.name, made.format, made.stock, made.data[:4]) == ("指示牌", PWG_RASTER, "special", SYNC)
    with pytest.raises(ValueError, match="PWG raster"):
        document(paper, Abilities(frozenset({"image/urf"})))
