"""What the hall board is told in its tests."""

from __future__ import annotations

from typing import Any

from tests.screens.scene import SERVICES, Json

NOON_MS = 1_795_406_400_000  # 2026-11-23 12:00 in Shanghai


def call(window: int, number: str, phase: str = "called", **changes: Any) -> Json:
    code = int(number[1]) if number[1].isdigit() and number[1] != "0" else 1
    service = SERVICES[min(code, len(SERVICES)) - 1]
    return {
        "window": window,
        "number": number,
        "phase": phase,
        "calls": 1,
        "by_screen": False,
        "service": service["name"],
        "service_en": service["name_en"],
        "place": service["place"],
        "place_en": service["place_en"],
        **changes,
    }


def theme(name: str, name_en: str, waiting: int, *, first: int = 1, letter: str = "A", **changes: Any) -> Json:
    told = [f"{letter}{first + place}" for place in range(min(5, waiting))]
    wait = {"low": 5 * waiting // 10 * 5, "high": 5 * waiting // 10 * 5 + 10} if waiting > 3 else {"low": 0, "high": 5}
    return {"name": name, "name_en": name_en, "next": told, "waiting": waiting, "wait": wait, "open": True, **changes}


THEMES = [
    theme("社会保障", "Social security", 14, first=11021),
    theme("医保", "Medical insurance", 3, first=13009),
    theme("市场准入", "Market access", 27, first=21018, letter="B"),
    theme("税费", "Taxes", 0, wait=None),
    theme("户籍", "Household register", 6, first=31012, letter="C"),
    theme("不动产", "Real estate", 9, first=41007, letter="D"),
    theme("公积金", "Housing fund", 2, first=42003, letter="D", open=False, wait=None),
    theme("公用事业", "Utilities", 1, first=51001, letter="E"),
    theme("办不成事", "Help when stuck", 0),
]
NAMES = [("社保医保综合窗口", "Social security"), ("企业税费综合窗口", "Business and taxes")]


def board_state(**changes: Any) -> Json:
    return {
        "hall_name": "云溪县政务服务大厅",
        "hall_name_en": "Yunxi County Government Service Hall",
        "date": "2026-11-23",
        "now_ms": NOON_MS,
        "stale": False,
        "up_ms": NOON_MS,
        "calls": [
            call(3, "C31011"),
            call(1, "A11020", calls=2),
            call(2, "B21017", by_screen=True),
            call(5, "A13008", "serving"),
        ],
        "themes": THEMES,
        "open": [{"window": number + 1, "name": name, "name_en": en} for number, (name, en) in enumerate(NAMES)],
        "hours": [{"opens": "09:00", "closes": "12:00"}, {"opens": "13:30", "closes": "17:00"}],
        "has_hours": True,
        "notices": [
            {
                "id": "a1",
                "text": {
                    "zh": "今天下午三点起不动产登记系统维护，请改天再来",
                    "en": "No property registration after 3 pm",
                },
            }
        ],
        "faults": [{"what": "kiosk-no-paper", "where": {"zh": "北门", "en": "the north gate"}}],
        "void": ["C31009"],
        "alarm": None,
        "mode": "live",
        "beat": 1,
        **changes,
    }


LONG = {
    "zh": "因为系统升级，" * 8 + "请改天再来",
    "en": "Because the system is being renewed, " * 4 + "please come later",
}


def many() -> Json:
    """Sixty windows, thirty of them busy, more themes than stand on a page, a notice too long for one line."""
    phases = ["called"] * 9 + ["serving"] * 21
    calls = [call(60 - n, f"{'ABCD'[n % 4]}{11020 + n * 7}", phase) for n, phase in enumerate(phases)]
    windows = [{"window": n, "name": f"综合{n}号窗口", "name_en": f"Counter {n}"} for n in range(1, 61) if n % 9]
    more = [theme(f"主题{n}", f"Theme number {n}", n * 40, first=60000 + n) for n in range(1, 6)]
    notices = [{"id": "n", "text": LONG}]
    return board_state(calls=calls, open=windows, themes=[*THEMES, *more], notices=notices, faults=[], void=[])
