"""A hall with matters to choose from: what the kiosk page is told where the catalogue lists them."""

from __future__ import annotations

from typing import Any

from tests.screens.scene import SERVICES, Json, kiosk_state


def item(code: str, name: str, name_en: str, service: str, *also: tuple[str, str, list[str]], **more: Any) -> Json:
    """``also``: everyday names with initials and strokes; of the item's own name they stand in ``more``."""
    return {
        "code": code,
        "name": name,
        "name_en": name_en,
        "service": service,
        "unit": "hrss" if service in "12" else "police",
        "audience": "person",
        "basis": {"zh": "法", "en": "Law"},
        "materials": [{"name": "居民身份证", "name_en": "Identity card", "originals": 1, "copies": 0}],
        "steps": [{"zh": "取号", "en": "Take a number"}],
        "statutory_days": 0,
        "promised_days": 0,
        "fee": {"zh": "不收费", "en": "Free of charge"},
        "online": None,
        "self_service": None,
        "also_called": [name for name, _, _ in also],
        **more,
        "initials": [more.get("initials", ""), *(letters for _, letters, _ in also)],
        "strokes": [more.get("strokes", []), *(strokes for _, _, strokes in also)],
    }


MATERIALS = [
    {"name": "居民身份证", "name_en": "Identity card", "originals": 1, "copies": 1},
    {"name": "照片", "name_en": "Photo", "originals": 2, "copies": 0},
]
CARD_LOST = item(
    "card-lost",
    "社保卡补换",
    "Lost or damaged card",
    "2",
    ("补卡", "bk", ["4523424", "21124"]),
    initials="sbkbh",
    strokes=["4524121", "322511234", "21124", "4523424", "1213525134"],
    materials=MATERIALS,
    promised_days=3,
    online={"zh": "手机 App 随时可办", "en": "In the app at any hour"},
    self_service={"zh": "一楼自助服务区", "en": "Self-service area, ground floor"},
)
ITEMS = [
    CARD_LOST,
    item("join", "参保登记", "Join", "1", initials="cbdj", strokes=["54134333", "322511234", "543341251431", "45515"]),
    item("id-renew", "身份证换领", "Renew an identity card", "6", initials="sfzhl", strokes=[]),
    item("id-lost", "身份证补领", "Replace an identity card", "6", ("身份证丢了", "sfzdl", []), initials="sfzbl"),
    item("move-in", "户口迁入", "Move in", "5", initials="hkqr"),
    item("birth", "新生儿落户", "Register a newborn", "5", ("上户口", "shk", []), initials="xselh"),
    item("company", "公司设立", "Found a company", "3", ("开公司", "kgs", []), initials="gssl"),
    item("house", "房屋过户", "Transfer a home", "7", initials="fwgh"),
    item("pension", "养老金申领", "Pension", "2", initials="yljsl"),
    *(item(f"more-{n}", f"其他事项{n}", f"Another matter {n}", "1", initials=f"qtsx{n}") for n in range(12)),
]
EVENTS = [
    {"code": "newborn", "name": "生孩子", "name_en": "Having a child", "picture": "cradle", "items": ["birth", "join"]},
    {"code": "home", "name": "买房、卖房", "name_en": "A home", "picture": "house", "items": ["house"]},
]
DIRECTORY: Json = {
    "digest": "d-1",
    "units": [
        {"code": "hrss", "name": "人力社保局", "name_en": "Social security bureau", "phone": "1"},
        {"code": "police", "name": "公安局", "name_en": "Police", "phone": "2"},
    ],
    "items": ITEMS,
    "events": EVENTS,
    "hours": [],
    "phones": [
        {"kind": "information", "name": "咨询电话", "name_en": "Information", "number": "0000-6000000"},
        {"kind": "complaint", "name": "投诉电话", "name_en": "Complaints", "number": "12345"},
    ],
    "windows": [],
    "floors": [],
    "spots": [],
    "ways": [],
}


def news(**changes: Any) -> Json:
    return {"waits": {}, "open": {}, "popular": [], "notices": [], **changes}


def matters_state(**changes: Any) -> Json:
    """The kiosk's state in a hall that lists its matters."""
    more = {"news": news(open={each["code"]: 1 for each in SERVICES}), "help": None, "speaks": False}
    screen = {"busy_minutes": 30, "low_band": 0.67}
    today = {"today": [["09:00", "12:00"], ["13:30", "17:00"]]}
    return kiosk_state(directory="d-1", **{**more, **screen, **today, **changes})
