"""A counter on a morning: the display of window 7 is dark, the paper runs low, a hall opens in twenty minutes."""

from __future__ import annotations

import base64
from typing import Any

import msgspec

from config.wording import LANGUAGES, say
from hall.contract.maintenance import (
    Advice,
    Boxes,
    BoxLine,
    BoxReport,
    ClockReport,
    Condition,
    DeviceReport,
    FaultSpan,
    Frame,
    Frames,
    JournalReport,
    Level,
    LinkReport,
    Preview,
    Reason,
    Setting,
    Settings,
    Severity,
    Supply,
    Texts,
)

NOW_MS = 1_795_306_222_000
"""2026-11-22 08:10:22 in the hall's time."""
MINUTE_MS, HOUR_MS, DAY_MS = 60_000, 3_600_000, 86_400_000
BOX = "counter-3"

SEES: list[Level] = ["internal", "external", "interactive"]
ASKS: list[Level] = ["internal"]


def reason(keyword: str, severity: Severity) -> Reason:
    text = {language: say("reason", keyword, language) for language in LANGUAGES}
    return Reason(keyword=keyword, severity=severity, text=text)


def device(name: str, family: str, model: str, line: str, **more: Any) -> DeviceReport:
    told: dict[str, Any] = {
        "port": f"/dev/yichuang/{line}",
        "phase": "idle",
        "accepting": True,
        "heard_ms": 2_000,
        "levels": SEES,
        "statistics": {"HoursPoweredCount": 31, "SuccessfulCount": 1204},
        **more,
    }
    return DeviceReport(name=name, family=family, model=model, line=line, **told)


def displays(window: int, **more: Any) -> DeviceReport:
    return device(
        f"display-{window}", "window_display", "onbon-bx5k", "displays", address=window, window=window, **more
    )


DARK = displays(
    7,
    phase="stopped",
    accepting=False,
    reasons=[reason("link-lost", "error")],
    heard_ms=8 * HOUR_MS,
    statistics={
        "HoursPoweredCount": 22,
        "SuccessfulCount": 880,
        "CommunicationErrorCount": 14,
        "SilentCount": 12,
        "GarbledCount": 2,
        "OnlineTransitionCount": 3,
    },
)
LIT = displays(7, statistics={"HoursPoweredCount": 22, "SuccessfulCount": 882, "OnlineTransitionCount": 4})
PRINTER = device(
    "slip-printer",
    "ticket_printer",
    "escpos",
    "printer",
    reasons=[reason("media-low", "warning")],
    firmware="2.03",
    statistics={"HoursPoweredCount": 31, "PaperCutCount": 5120, "SuccessfulCount": 5140, "ReceiptCoverOpenCount": 4},
)
OTHERS = [
    displays(5),
    displays(6),
    device("caller-5", "caller", "ff68-caller", "keypads", address=5, window=5, heard_ms=400),
    device("pad-5", "rating_keypad", "ff68-keypad", "keypads", address=133, window=5, heard_ms=700),
    device("id-card", "id_card", "sdt", "id-card", heard_ms=1_300, levels=["internal", "interactive"]),
    device("scanner-5", "document_scanner", "escl", "scanner", window=5, heard_ms=None),
    device(
        "social-card", "smart_card", "pcsc", "cards",
        reasons=[reason("status-unknown", "report")], heard_ms=None, levels=ASKS,
    ),
    device("voice", "speaker", "speaker", "sound", heard_ms=None, reasons=[reason("voice-missing", "warning")]),
]  # fmt: skip

DARK_DISPLAY = Advice(
    device="display-7",
    fault="display-silent",
    severity="error",
    what={
        "zh-CN": "7 号窗口的屏（display-7）不亮，8 小时没有应答。同一条线上别的屏都应答，所以不是整条线断了。",
        "en": "The display of window 7 (display-7) is dark: no answer for 8 hours. The others on its line do answer.",
    },
    mend={
        "zh-CN": "看它的电源灯。不亮：插好电源，换插座试。亮：拔下数据线再插紧，等 10 秒。",
        "en": "Look at its power lamp. Dark: plug it in, try another socket. Lit: push the data plug in firmly.",
    },
    until={
        "zh-CN": "7 号窗口照常叫号：大屏和语音代替它，已自动转过去。",
        "en": "Window 7 goes on calling: board and voice stand in for it, by themselves.",
    },
)
LOW_PAPER = Advice(
    device="slip-printer",
    fault="media-low",
    severity="warning",
    what={"zh-CN": "小票打印机的纸快用完了，还够大约 40 张。", "en": "The slip printer runs low: about 40 slips left."},
    mend={
        "zh-CN": "备好一卷 80 毫米热敏纸；没人取号时换上。",
        "en": "Have a roll of 80 mm thermal paper ready; change it while nobody takes a number.",
    },
    until={"zh-CN": "还能打。", "en": "It still prints."},
)
NO_VOICE = Advice(
    device="voice",
    fault="voice-missing",
    severity="warning",
    what={"zh-CN": "没有安装语音，叫号时只有提示音。", "en": "No voice is installed: calls sound a chime alone."},
    mend={"zh-CN": "安装语音包 espeak-ng。", "en": "Install the package espeak-ng."},
    until={"zh-CN": "大屏和窗口屏照常显示号码。", "en": "Board and window displays show the numbers."},
)


def swapped(one: str, other: str) -> Advice:
    """What follows when a display's text stood on another."""
    return Advice(
        device=one,
        also=[other],
        fault="displays-swapped",
        severity="error",
        what=_texts(f"{one} 和 {other} 换了位置。", f"{one} and {other} have changed places."),
        mend=_texts(
            "把两块屏的插头对调，或对调设置里的地址。", "Change over their plugs, or their addresses in the settings."
        ),
        until=_texts("看大屏。", "Look at the board."),
    )


def _texts(chinese: str, english: str) -> Texts:
    return {"zh-CN": chinese, "en": english}


SUPPLIES = [
    Supply(device="slip-printer", what="paper", used=71_500, left=3_500, most=75_000),
    Supply(device="slip-printer", what="cuts", used=5_120, left=994_880, most=1_000_000),
    Supply(device="display-7", what="writes", used=882),
]
FAULTS = [
    FaultSpan(device="display-7", keyword="link-lost", severity="error", from_ms=NOW_MS - 8 * HOUR_MS),
    FaultSpan(device="slip-printer", keyword="media-low", severity="warning", from_ms=NOW_MS - 15 * MINUTE_MS),
    FaultSpan(
        device="slip-printer", keyword="media-empty", severity="error",
        from_ms=NOW_MS - 2 * DAY_MS, until_ms=NOW_MS - 2 * DAY_MS + 4 * MINUTE_MS,
    ),
    FaultSpan(
        device="", keyword="hall-unreachable", severity="warning",
        from_ms=NOW_MS - 5 * DAY_MS, until_ms=NOW_MS - 5 * DAY_MS + 7 * HOUR_MS,
    ),
]  # fmt: skip


def report(*devices: DeviceReport, advice: list[Advice] | None = None, **more: Any) -> BoxReport:
    """The counter as it stands; the dark display first where no device is given."""
    told: dict[str, Any] = {
        "box": BOX,
        "mode": "live",
        "version": "0.1.0",
        "flows": True,
        "up_ms": 31 * HOUR_MS,
        "roles": ["windows", "voice"],
        "devices": list(devices or (DARK, PRINTER, *OTHERS)),
        "advice": [DARK_DISPLAY, LOW_PAPER, NO_VOICE] if advice is None else advice,
        "supplies": SUPPLIES,
        "journal": JournalReport(id="3f9c2a", seq=20417, outbox=12, bytes=18_700_000, free_bytes=21_400_000_000),
        "link": LinkReport(hall="up", url="https://192.168.1.10:8610", round_trip_ms=2.4, certificate_days=291),
        "clock": ClockReport(trust="compared", wall_ms=NOW_MS, off_ms=-120, booted_ms=31 * HOUR_MS),
        "leases": [],
        "faults": FAULTS,
        "lines": ["displays", "keypads", "printer", "id-card"],
        "business_date": "2026-11-22",
        **more,
    }
    return BoxReport(**told)


def mended() -> BoxReport:
    """The same with the display lit again."""
    return report(LIT, PRINTER, *OTHERS, advice=[LOW_PAPER, NO_VOICE])


def calm() -> BoxReport:
    """Nothing needs anybody."""
    return report(LIT, *OTHERS[:5], advice=[])


SETTINGS = Settings(
    settings=[
        Setting(key="box.name", value='"counter-3"', origin="box.toml:2"),
        Setting(key="box.port", value="8630", origin="box.toml:3"),
        Setting(key="box.data", value='"/var/lib/yichuang"', origin="box.toml:4"),
        Setting(key="hall.url", value='"https://192.168.1.10:8610"', origin="10-hall.toml:2"),
        Setting(key="kiosk.staff_code", value="•••", origin="box.toml:9"),
        Setting(key="window.0.number", value="5", origin="box.toml:12"),
        Setting(key="line.0.port", value='"/dev/yichuang/displays"', origin="20-lines.toml:3"),
        Setting(key="line.0.baud", value="57600", origin="20-lines.toml:4"),
        Setting(
            key="cards.purpose",
            value='"办理社会保险、医疗保险、住房公积金、不动产登记等事项时核对身份，读出的内容不保存"',
            origin="box.toml:30",
        ),
        Setting(key="missed.seconds", value="20", origin="default"),
        Setting(key="voice.second", value='"en"', origin="default"),
    ]
)


def _frame(mark: int, chinese: str, english: str, octets: str, *, sound: bool = True) -> Frame:
    """``octets`` begin with >> to the device, << from it."""
    way, _, told = octets.partition(" ")
    return Frame(
        mark=mark,
        at_ms=NOW_MS + mark * 137,
        way="to-device" if way == ">>" else "from-device",
        model="onbon-bx5k",
        text=chinese,
        texts=_texts(chinese, english),
        hex=told,
        sound=sound,
    )


ASKED_7 = ("问显示屏 7 在不在", "asks whether display 7 is there", ">> a5 a5 a5 07 00 00 80 00 00 00 00 00 7e 4b 5a")
FRAMES = Frames(
    line="displays",
    mark=6,
    lost=3,
    frames=[
        _frame(
            1, "问显示屏 5 在不在", "asks whether display 5 is there", ">> a5 a5 a5 05 00 00 80 00 00 00 00 00 5c 3a 5a"
        ),
        _frame(2, "显示屏 5 已执行", "display 5 has obeyed", "<< a5 a5 a5 00 80 05 00 00 00 00 00 00 c1 0e 5a"),
        _frame(
            3,
            "显示屏 7 显示“请A024号到7号窗口”",
            "display 7 shows “请A024号到7号窗口”",
            ">> a5 a5 a5 07 00 00 80 00 00 00 00 00 1f 00 a3 06 01 00 00 c7 eb 41 30 32 34 ba c5 b5 bd 37 ba c5"
            " b4 b0 bf da 9e 11 5a",
        ),
        _frame(4, *ASKED_7),
        _frame(5, "5 个字节不成帧，或校验不对", "bad: 5 bytes of no frame", "<< a5 00 3f ·· ··", sound=False),
        _frame(6, *ASKED_7),
    ],
)


def preview(columns: int, rows: int) -> Preview:
    """A page with a border and three lines of grey text, as large as asked for."""
    dots = bytearray(b"\xd8" * (columns * rows))
    for y in range(rows):
        for x in range(columns):
            edge = x in (2, columns - 3) or y in (1, rows - 2)
            writing = y % 5 in (3, 4) and 6 < x < columns - 8 and (x * 7 + y * 3) % 11 > 3
            dots[y * columns + x] = 0x30 if edge else 0x70 if writing else 0xD8
    return Preview(columns=columns, rows=rows, grey=base64.b64encode(dots).decode())


def _line(name: str, does: list[str], windows: list[int], needs: list[Advice], **more: Any) -> BoxLine:
    told: dict[str, Any] = {"connected": True, "heard_ms": 800, "ready": True, **more}
    condition = Condition(
        version="0.1.0", ready=told["ready"], advice=needs, leases=[], outbox=0, free_bytes=21_400_000_000,
        clock=ClockReport(trust="compared", wall_ms=NOW_MS), certificate_days=291,
    )  # fmt: skip
    told.setdefault("condition", condition)
    return msgspec.convert({"box": name, "does": does, "windows": windows, "needs": needs, **told}, BoxLine)


SILENT = Advice(
    device="",
    fault="box-silent",
    severity="error",
    what=_texts("取号机 kiosk-2 没有消息，已经 3 小时。", "Kiosk kiosk-2 has not been heard for 3 hours."),
    mend=_texts("到现场看电源和网线。", "Go there, look at power and network cable."),
    until=_texts("请大家用 1 号取号机。", "Kiosk 1 takes everybody."),
)
OWN = Advice(
    device="", fault="own-certificate-ending", severity="warning",
    what=_texts("大厅的证书快到期了。", "The hall's certificate ends soon."),
    mend=_texts("换一张。", "Make another."),
    until=_texts("照常。", "It goes on."),
)  # fmt: skip
BOXES = Boxes(
    hall="一窗县政务服务中心",
    business_date="2026-11-22",
    now_ms=NOW_MS,
    opens="08:30",
    boxes=[
        _line(
            "kiosk-2", ["kiosk"], [], [SILENT],
            connected=False, ready=False, heard_ms=3 * HOUR_MS, condition=None,
        ),
        _line(BOX, ["windows", "voice"], [5, 6, 7], [DARK_DISPLAY, LOW_PAPER, NO_VOICE], ready=False),
        _line("lobby-1", ["board"], [], [], connected=False, ready=False, heard_ms=None, condition=None),
        _line("counter-1", ["windows"], [1, 2], []),
        _line("kiosk-1", ["kiosk"], [], []),
    ],
)  # fmt: skip
