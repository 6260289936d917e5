"""Every literal vector, in the direction that a device has: requests are decoded, answers encoded."""

from __future__ import annotations

from dataclasses import asdict, replace
from itertools import product
from typing import Any

import pytest

from simulators.displays import onbon
from simulators.keypads import ff68
from simulators.printer import commands as c
from simulators.printer import status
from simulators.printer.reader import Reader, RealTimeEar
from simulators.printer.status import Condition, Head, Paper
from tests.simulators.host import vectors

Fields = dict[str, Any]
ALIGN = ("left", "centre", "right")


def _named(vector: Fields) -> str:
    return str(vector["name"])


SAME_TO_A_PRINTER: dict[str, Fields] = {
    "hanzi doubled by FS W": {"command": "hanzi-size", "width": 2, "height": 2},
    "hanzi of standard size by FS W": {"command": "hanzi-size", "width": 1, "height": 1},
    "16 by 2 dots, all black, by GS ( L": {"command": "raster", "width_bytes": 2, "rows": 2, "data": "FFFFFFFF"},
}
"""Two commands, one effect."""


def _asked(raw: bytes) -> Fields:
    """What a printer understands, in the vectors' words."""
    ear, reader = RealTimeEar(), Reader()
    requests = [request for byte in raw if (request := ear.hear(byte))]
    commands = [command for byte in raw if (command := reader.feed(byte))]
    if commands and isinstance(commands[-1], c.LineFeed):
        return {"command": "text", "text": "".join(x.char for x in commands if isinstance(x, c.Letter))}
    (only,) = requests or commands
    return _words(only)


def _words(asked: c.Command | c.RealTime) -> Fields:  # noqa: C901 - one line a command
    match asked:
        case c.StatusRequest(n):
            return {"command": "status-request", "n": n}
        case c.Recover(clear):
            return {"command": "recover", "clear": clear}
        case c.ClearBuffers():
            return {"command": "clear-buffers"}
        case c.AutomaticStatus(n):
            return {"command": "asb", "n": n}
        case c.InfoRequest(n):
            return {"command": "info-request", "n": n}
        case c.OfflineNotice(kind):
            return {"command": "offline-notice", "kind": kind}
        case c.CodeSystem(n):
            return {"command": "code-system", "n": n}
        case c.Drawer(pin, on_ms, off_ms):
            return {"command": "drawer", "pin": pin, "on_ms": on_ms, "off_ms": off_ms}
        case c.Buzzer(times, length):
            return {"command": "buzzer", "times": times, "length": length}
        case c.BlackMark():
            return {"command": "black-mark"}
        case c.PaperRequest(n):
            return {"command": "paper-request", "n": n}
        case c.PrintCompleteRequest(ident):
            return {"command": "print-complete-request", "id": ident.decode("ascii")}
        case c.Initialize():
            return {"command": "initialize"}
        case c.ChineseMode(on):
            return {"command": "chinese-mode", "on": on}
        case c.LetterSize(width, height):
            return {"command": "letter-size", "width": width, "height": height}
        case c.HanziSize(width, height):
            return {"command": "hanzi-size", "width": width, "height": height}
        case c.Align(to):
            return {"command": "align", "align": ALIGN[to]}
        case c.Bold(on):
            return {"command": "bold", "on": on}
        case c.Feed(lines):
            return {"command": "feed", "lines": lines}
        case c.Raster(_, width_bytes, rows, data):
            return {"command": "raster", "width_bytes": width_bytes, "rows": rows, "data": data.hex().upper()}
        case c.QrCode(data, module, level):
            return {"command": "qr", "data": data.decode(), "module": module, "level": level}
        case c.Cut(full, None):
            return {"command": "cut-at-once", "full": full}
        case c.Cut(full, _):
            return {"command": "cut", "full": full}
    raise AssertionError(asked)


@pytest.mark.parametrize("vector", vectors("escpos", "to-device"), ids=_named)
def test_a_printer_understands(vector: Fields) -> None:
    assert _asked(bytes.fromhex(vector["bytes"])) == SAME_TO_A_PRINTER.get(vector["name"], vector["meaning"])


@pytest.mark.parametrize("vector", vectors("escpos-wrong", "from-device"), ids=_named)
def test_a_printer_never_says(vector: Fields) -> None:
    raw = bytes.fromhex(vector["bytes"])
    assert raw not in {status.real_time(n, now) for n in (1, 2, 3, 4) for now in CONDITIONS}
    assert raw not in {status.automatic(now) for now in CONDITIONS}
    reader = Reader()
    asked = [command for byte in b"\x1d(H\x06\x0000" + raw[2:6].ljust(4, b"\0") if (command := reader.feed(byte))]
    assert asked == []  # so no such mark is ever answered


@pytest.mark.parametrize("vector", vectors("escpos-wrong", "to-device"), ids=_named)
def test_another_text_comes_out(vector: Fields) -> None:
    said = _asked(bytes.fromhex(vector["bytes"]))["text"]
    assert vector["meaning"]["text"] not in said
    assert vector["meaning"]["comes_out"] in (said, "garbage")


FLAGS = ("cover_open", "cutter_jam", "head_hot", "mechanical", "unrecoverable", "waiting", "drawer_high")


def _flags(values: tuple[bool, ...]) -> Fields:
    return dict(zip(FLAGS, values, strict=True))


PAPERS: tuple[Paper, ...] = ("ok", "low", "out")
CONDITIONS = [
    replace(Condition(paper=paper, head=Head(*head)), **_flags(flags))
    for paper in PAPERS
    for flags in product((False, True), repeat=len(FLAGS))
    for head in product((True, False), repeat=2)
]


def _reasons(n: int, now: Condition) -> set[str]:
    """What an answer about ``n`` (0: automatic status) tells of this condition."""
    errors = {
        "cutter-jam": now.cutter_jam,
        "head-over-temp": now.head_hot,
        "hardware-failure": now.mechanical or now.unrecoverable,
    }
    roll = {"media-empty": now.paper == "out", "media-low": now.near_end and now.paper == "low"}
    told = {
        0: {"offline": now.offline, "cover-open": now.cover_open, **errors, **roll},
        1: {"offline": now.offline},
        2: {"cover-open": now.cover_open, "media-empty": now.paper == "out"},
        3: errors,
        4: roll,
    }
    return {reason for reason, on in told[n].items() if on}


def _said(meaning: Fields) -> set[bytes]:
    """Everything a printer may say that means this."""
    reasons = set(meaning.get("reasons", ()))
    match meaning["answer"]:
        case "status":
            n = meaning["n"]
            return {status.real_time(n, now) for now in CONDITIONS if _reasons(n, now) == reasons}
        case "asb":
            return {status.automatic(now) for now in CONDITIONS if _reasons(0, now) == reasons}
        case "paper":
            return {status.paper_sensor(1, now) for now in CONDITIONS if _reasons(4, now) == reasons}
        case "print-complete":
            return {status.print_complete(meaning["id"].encode("ascii"))}
        case "info":
            return {status.info_text(meaning["text"])}
        case "flow":
            return {status.XON if meaning["go"] else status.XOFF}
        case "going-offline":
            return {status.GOING_OFFLINE}
        case "cleared":
            return {status.CLEARED}
    raise AssertionError(meaning)


@pytest.mark.parametrize("vector", vectors("escpos", "from-device"), ids=_named)
def test_a_printer_says(vector: Fields) -> None:
    assert bytes.fromhex(vector["bytes"]) in _said(vector["meaning"])


def _displayed(raw: bytes) -> Fields:
    reader = onbon.FrameReader()
    (frame,) = [frame for byte in raw if (frame := reader.feed(byte))]
    assert frame.sound
    assert frame.size == len(raw)
    found: Fields = {"address": frame.destination, "respond": frame.wants_answer}
    match onbon.request(frame.data):
        case onbon.Ping():
            return {"frame": "ping", **found}
        case onbon.Status():
            return {"frame": "status", **found}
        case onbon.Clear():
            return {"frame": "clear", **found}
        case onbon.DynamicArea(delete, areas):
            found |= {"frame": "dynamic-area", "delete": list(delete or ())}
            for fields in map(asdict, areas):
                found |= {"area": fields.pop("number"), "timeout_seconds": fields.pop("timeout"), **fields}
            return found
    raise AssertionError(frame)


@pytest.mark.parametrize("vector", vectors("onbon-bx5k", "to-device"), ids=_named)
def test_a_display_understands(vector: Fields) -> None:
    assert _displayed(bytes.fromhex(vector["bytes"])) == vector["meaning"]


@pytest.mark.parametrize("vector", vectors("onbon-bx5k", "from-device"), ids=_named)
def test_a_display_says(vector: Fields) -> None:
    meaning = vector["meaning"]
    assert onbon.answer(meaning["address"], onbon.Error(meaning["error"])) == bytes.fromhex(vector["bytes"])
    assert meaning["frame"] == ("nack" if meaning["error"] else "ack")


def test_the_published_answer_has_the_same_two_reserved_bytes() -> None:
    published = "A5 A5 A5 A5 A5 A5 A5 A5 00 80 FE FF 00 00 00 00 00 00 FE 02 05 00 A0 00 00 00 00 14 AC 5A"
    assert onbon.answer(onbon.WILDCARD, onbon.Error.NONE) == bytes.fromhex(published)


def _pressed(raw: bytes) -> Fields:
    reader = ff68.FrameReader()
    (frame,) = [frame for byte in raw if (frame := reader.feed(byte))]
    match ff68.message(*frame):
        case ff68.ShowNumber(address, digits, waiting):
            return {"frame": "show-number", "address": address, "digits": digits, "waiting": waiting}
        case ff68.Tell(address, success):
            return {"frame": "tell", "address": address, "success": success}
        case ff68.Alarm(address):
            return {"frame": "alarm", "address": address}
        case ff68.Stars(address, stars):
            return {"frame": "stars", "address": address, "stars": stars}
        case ff68.Received(address):
            return {"frame": "received", "address": address}
        case ff68.Echo(address, body):
            typed, key = body[2:-1], body[-1]
            names = {value: name for name, value in ff68.KEYS.items()}
            return {"frame": "echo", "address": address, "digits": "".join(map(str, typed)), "key": names[key]}
    raise AssertionError(frame)


@pytest.mark.parametrize("vector", vectors("ff68", "to-device"), ids=_named)
def test_callers_and_keypads_understand(vector: Fields) -> None:
    assert _pressed(bytes.fromhex(vector["bytes"])) == vector["meaning"]


@pytest.mark.parametrize("vector", vectors("ff68", "refused"), ids=_named)
def test_callers_and_keypads_do_not_take_what_ends_wrong(vector: Fields) -> None:
    reader = ff68.FrameReader()
    assert [frame for byte in bytes.fromhex(vector["bytes"]) if (frame := reader.feed(byte))] == []


@pytest.mark.parametrize("vector", vectors("ff68", "from-device"), ids=_named)
def test_callers_and_keypads_say(vector: Fields) -> None:
    m = vector["meaning"]
    if m["frame"] == "grade":
        said = ff68.grade(m["address"], m["grade"])
    else:
        said = ff68.press(m["address"], m["digits"], m["key"])
    assert said == bytes.fromhex(vector["bytes"])
