"""What the pages are told in their tests: a small hall, one kiosk, one window."""

from __future__ import annotations

from typing import Any

WINDOW = 3
Json = dict[str, Any]


def service(code: str, name: str, name_en: str, theme: tuple[str, str], place: tuple[str, str], waiting: int) -> Json:
    return {
        "code": code,
        "name": name,
        "name_en": name_en,
        "theme": theme[0],
        "theme_en": theme[1],
        "letter": "ABCDEFGH"[int(code) - 1],
        "place": place[0],
        "place_en": place[1],
        "waiting": waiting,
    }


SOCIAL, MARKET = ("社会保障", "Social security"), ("企业登记", "Business registration")
HOUSE, ESTATE, BETWEEN = ("户籍", "Household"), ("不动产", "Real estate"), ("办不成事反映", "Unresolved matters")
EAST, WEST = ("一楼东区", "area East, floor 1"), ("一楼西区", "area West, floor 1")
SERVICES = [
    service("1", "社保参保与转移", "Joining or moving social security", SOCIAL, EAST, 4),
    service("2", "养老与医保待遇", "Pension and medical benefits", SOCIAL, EAST, 0),
    service("3", "公司设立登记", "Founding a company", MARKET, WEST, 12),
    service("4", "个体工商户登记", "Sole traders", MARKET, WEST, 2),
    service("5", "户口登记与迁移", "Household register", HOUSE, EAST, 7),
    service("6", "居民身份证", "Identity card", HOUSE, EAST, 3),
    service("7", "不动产登记", "Property registration", ESTATE, WEST, 1),
    service("8", "办不成事", "When nothing worked", BETWEEN, WEST, 0),
]


def kiosk_state(**changes: Any) -> Json:
    return {
        "hall_name": "清河县政务服务中心",
        "hall_name_en": "Qinghe County Government Service Centre",
        "date": "2025-11-21",
        "services": SERVICES,
        "hall": "up",
        "printer": {"phase": "idle", "accepting": True, "reasons": []},
        "can_issue": True,
        "why_not": None,
        "mode": "live",
        "idle_seconds": 60,
        "doubtful": None,
        "without_paper": None,
        "on_screen": None,
        **changes,
    }


def left_state(**changes: Any) -> Json:
    """A kiosk without a card reader, and nothing left there."""
    return {"card": None, "card_lies": None, "slip_lies": False, **changes}


CLERK = {"staff_no": "Q017", "name": "李晓梅", "post": "综合窗口"}


def held(number: str, code: str = "1", **changes: Any) -> Json:
    ticket = f"kiosk-1/00000000000000aa/{number[1:]}"
    base = {"ticket": ticket, "number": number, "service": code, "call": f"call-{number}", "visit": ticket}
    return {**base, "calls": 1, "start_implied": False, **changes}


_versions = iter(range(1, 1_000_000))


def window(phase: str = "idle", **changes: Any) -> Json:
    """A later window than any before it."""
    base: Json = {
        "window": WINDOW,
        "term": {"n": 1, "draw": "a"},
        "version": next(_versions),
        "steps": 0,
        "phase": phase,
    }
    return {**base, "held": None, "parked": [], "finished": None, "undo": None, "clerk": CLERK, **changes}


def window_state(**changes: Any) -> Json:
    info = {"number": WINDOW, "name": "综合三号窗口", "name_en": "General counter 3", "services": ["1", "2", "6"]}
    return {
        "window": window(),
        "info": info,
        "link": "up",
        "alone": False,
        "recovering": False,
        "waiting": {each["code"]: each["waiting"] for each in SERVICES},
        "waiting_here": 7,
        "services": SERVICES,
        "rating": None,
        "last_rating": None,
        "devices": [{"name": "display-3", "model": "onbon-bx5k", "window": 3, "phase": "idle", "reasons": []}],
        "mode": "live",
        **changes,
    }
