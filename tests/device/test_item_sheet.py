"""What is said of a matter: nine fields in R41's order, none empty, the same on slip and page."""

from __future__ import annotations

from dataclasses import fields

import pytest
from msgspec.structs import replace

from config.wording import LANGUAGES
from device.guide import Guide
from device.item_sheet import FIELDS, SHORT, fingerprint, sheet_of
from device.notice_slip import Notice, lay_out, told
from device.papers.notice import OneTimeNotice
from drivers.contract import TextLine
from hall.contract import Item
from tests.device.house import CARD, COMPANY, ID_CARD, SERVICES, house

ITEMS = [ID_CARD, COMPANY, CARD]
HALL = "云溪县政务服务大厅"


def said(item: Item, key: str) -> list[str]:
    (row,) = [row for row in sheet_of(item, house()) if row.key == key]
    return [line["zh-CN"] for line in row.lines]


def notice(item: Item, language: str = "zh-CN", mode: str = "live", date: str = "2026-11-23") -> Notice:
    return Notice(HALL, sheet_of(item, house()), "5a1f00c0", date, mode, language)


def lines(slip: Notice) -> list[str]:
    return [part.text for part in lay_out(slip) if isinstance(part, TextLine)]


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.code)
def test_the_nine_fields_stand_in_their_order_and_none_is_empty(item: Item) -> None:
    rows = sheet_of(item, house())
    labels = "事项名称、办理主体、办理依据、提交材料、办理流程、承诺时限、收费依据和标准、窗口电话、投诉电话"
    assert "、".join(row.label["zh-CN"] for row in rows) == labels
    assert all(line[language].strip() for row in rows for line in row.lines for language in LANGUAGES)
    assert all(row.lines for row in rows)


def test_they_are_the_fields_of_the_notice_on_a4() -> None:
    assert [field.name for field in fields(OneTimeNotice)][: len(FIELDS)] == list(FIELDS)
    assert set(SHORT) < set(FIELDS)


def test_limits_tell_the_promise_and_the_law() -> None:
    assert said(ID_CARD, "time_limit") == ["承诺 20 个工作日内办结", "法定 60 个工作日"]
    assert said(CARD, "time_limit") == ["当场办结"]


def test_a_material_says_how_many_originals_and_copies() -> None:
    assert said(ID_CARD, "materials") == ["居民户口簿（原件 1 份，复印件 1 份）", "原居民身份证（原件 1 份）"]
    assert said(CARD, "materials") == ["不需要带材料"]


def test_the_window_s_telephone_else_the_office_s_else_the_hall_s() -> None:
    assert said(COMPANY, "window_phone") == ["2 号窗口 0790-5550102"]
    assert said(ID_CARD, "window_phone") == ["县公安局 0790-5550110"]
    assert said(replace(COMPANY, service="99"), "window_phone") == ["咨询电话 0790-5550000"]


def test_without_english_the_chinese_stands() -> None:
    (row,) = [row for row in sheet_of(COMPANY, house()) if row.key == "basis"]
    assert row.lines[0]["en"] == "《中华人民共和国公司法》第二十九条"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.code)
def test_a_slip_says_every_row_in_its_order(item: Item, language: str) -> None:
    slip = lines(notice(item, language))
    expected = [text for row in sheet_of(item, house()) for text in (row.label[language], *told(row, language))]
    begin = slip.index(expected[0])
    assert slip[begin : begin + len(expected)] == expected


def test_a_slip_says_which_text_it_is_and_from_when() -> None:
    assert "版本 5a1f00c0，2026-11-23 打印" in lines(notice(ID_CARD))
    assert "版本 5a1f00c0" in lines(notice(ID_CARD, date=""))


@pytest.mark.parametrize(("mode", "marked"), [("live", False), ("demo", True), ("drill", True)])
def test_a_slip_outside_live_mode_is_marked(mode: str, marked: bool) -> None:
    assert any("不作办事凭证" in line for line in lines(notice(ID_CARD, mode=mode))) == marked


def test_the_fingerprint_changes_with_every_field() -> None:
    rows = sheet_of(ID_CARD, house())
    assert fingerprint(rows) == fingerprint(sheet_of(ID_CARD, house()))
    others = [fingerprint(rows[:index] + rows[index + 1 :]) for index in range(len(rows))]
    assert len({fingerprint(rows), *others}) == len(rows) + 1


def test_the_guide_is_made_once_for_each_directory() -> None:
    guide, directory = Guide(), house()
    made = guide.of(directory, SERVICES)
    assert guide.of(directory, list(SERVICES)) is made
    assert guide.of(replace(directory, digest="other"), SERVICES) is not made
    assert guide.of(directory, [])["items"][0]["theme"] is None
