"""Every literal vector, in the direction that a driver has: requests are encoded, answers decoded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from drivers import ff68_frame
from drivers.caller import ff68_codec as caller
from drivers.contract import CallerKey, KeyPress, TextLine
from drivers.dots import Raster
from drivers.framing import Framer
from drivers.rating_keypad import ff68_codec as keypad
from drivers.ticket_printer import escpos_codec as escpos
from drivers.ticket_printer import escpos_commands as some
from drivers.ticket_printer.escpos_layout import Paper, encode
from drivers.window_display import onbon_bx5k_codec as onbon
from tests.drivers.vectors import Vector, vectors

Fields = dict[str, Any]


def _named(vector: Vector) -> str:
    return vector.name


@pytest.mark.parametrize("protocol", ["escpos", "escpos-wrong", "onbon-bx5k", "ff68"])
def test_every_vector_says_where_it_comes_from(protocol: str) -> None:
    marks = {"V", "S", "T", "C", "U"}
    for vector in vectors(protocol):
        assert marks & set(vector.source.replace(",", " ").replace(";", " ").split()), vector.name
        assert vector.direction in ("to-device", "from-device", "refused")


def _onbon_request(m: Fields) -> bytes:
    plain = {"ping": onbon.PING, "status": onbon.STATUS, "clear": onbon.CLEAR}
    if m["frame"] in plain:
        return onbon.request(plain[m["frame"]], m["address"], respond=m["respond"])
    if "text" not in m:
        (area,) = m["delete"]
        return onbon.delete_area(area, m["address"], respond=m["respond"])
    fields = {name: value for name, value in m.items() if name not in ("frame", "address", "respond", "delete")}
    return onbon.show_area(onbon.Area(**fields), m["address"], respond=m["respond"])


@pytest.mark.parametrize("vector", vectors("onbon-bx5k", "to-device"), ids=_named)
def test_display_requests_are_these_bytes(vector: Vector) -> None:
    assert _onbon_request(vector.meaning) == vector.data


@pytest.mark.parametrize("vector", vectors("onbon-bx5k", "from-device"), ids=_named)
def test_display_answers_mean_this(vector: Vector) -> None:
    (cut,) = Framer(onbon.scan, onbon.FRAME_CAP).feed(vector.data)
    m = vector.meaning
    assert onbon.answer(onbon.decode(cut)) == onbon.Answer(m["address"], m["frame"] == "ack", m["error"])


_FF68: dict[str, Callable[[Fields], bytes]] = {
    "show-number": lambda m: caller.show_number(m["address"], m["digits"], m["waiting"]),
    "tell": lambda m: caller.tell(m["address"], m["success"]),
    "alarm": lambda m: caller.alarm(m["address"]),
    "received": lambda m: keypad.received(m["address"]),
    "stars": lambda m: keypad.stars(m["address"], m["stars"]),
}


@pytest.mark.parametrize("vector", vectors("ff68", "to-device"), ids=_named)
def test_caller_and_keypad_frames_are_these_bytes(vector: Vector) -> None:
    m = vector.meaning
    if m["frame"] == "echo":  # an acknowledgement is the frame itself: decoded and encoded again
        (cut,) = Framer(ff68_frame.scan, ff68_frame.FRAME_CAP).feed(vector.data)
        assert ff68_frame.decode(cut).encode() == vector.data
    else:
        assert _FF68[m["frame"]](m) == vector.data


@pytest.mark.parametrize("vector", vectors("ff68", "refused"), ids=_named)
def test_frames_that_end_wrong_are_frames_for_nobody(vector: Vector) -> None:
    assert list(Framer(ff68_frame.scan, ff68_frame.FRAME_CAP).feed(vector.data)) == []


@pytest.mark.parametrize("vector", vectors("ff68", "from-device"), ids=_named)
def test_presses_and_grades_mean_this(vector: Vector) -> None:
    (cut,) = Framer(ff68_frame.scan, ff68_frame.FRAME_CAP).feed(vector.data)
    frame, m = ff68_frame.decode(cut), vector.meaning
    assert frame.address == m["address"]
    if m["frame"] == "press":
        assert caller.press(frame) == KeyPress(CallerKey(m["key"]), m["digits"])
    else:
        assert keypad.grade(frame) == m["grade"]


_ESCPOS: dict[str, Callable[[Fields], bytes]] = {
    "status-request": lambda m: escpos.status_request(m["n"]),
    "asb": lambda m: escpos.automatic_status(m["n"]),
    "paper-request": lambda m: escpos.PAPER_REQUEST if m["n"] == 1 else some.drawer_request(),
    "info-request": lambda m: some.info_request(m["n"]),
    "offline-notice": lambda m: some.offline_notice(m["kind"]),
    "hanzi-double": lambda m: some.hanzi_double(m["on"]),
    "code-system": lambda m: some.code_system(m["n"]),
    "graphics": lambda m: some.graphics(Raster(m["width_bytes"], m["rows"], bytes.fromhex(m["data"]))),
    "cut-at-once": lambda m: some.CUT_FULL_AT_ONCE if m["full"] else some.CUT_PARTIAL_AT_ONCE,
    "drawer": lambda m: some.drawer_pulse(m["pin"], m["on_ms"], m["off_ms"]),
    "buzzer": lambda m: some.buzz(m["times"], m["length"]),
    "black-mark": lambda m: some.BLACK_MARK,
    "print-complete-request": lambda m: escpos.print_complete_request(m["id"]),
    "recover": lambda m: escpos.RECOVER_AND_CLEAR if m["clear"] else escpos.RECOVER,
    "clear-buffers": lambda m: escpos.CLEAR_BUFFERS,
    "initialize": lambda m: escpos.INITIALIZE,
    "chinese-mode": lambda m: escpos.CHINESE_ON if m["on"] else escpos.CHINESE_OFF,
    "letter-size": lambda m: escpos.letter_size(m["width"], m["height"]),
    "hanzi-size": lambda m: escpos.hanzi_size(m["width"], m["height"]),
    "align": lambda m: escpos.align(m["align"]),
    "bold": lambda m: escpos.bold(m["on"]),
    "feed": lambda m: escpos.feed(m["lines"]),
    "text": lambda m: escpos.text(m["text"]),
    "raster": lambda m: escpos.raster(Raster(m["width_bytes"], m["rows"], bytes.fromhex(m["data"]))),
    "qr": lambda m: escpos.qr(m["data"].encode(), m["module"], m["level"]),
    "cut": lambda m: escpos.CUT_FULL if m["full"] else escpos.CUT_PARTIAL,
}


@pytest.mark.parametrize("vector", vectors("escpos", "to-device"), ids=_named)
def test_printer_commands_are_these_bytes(vector: Vector) -> None:
    assert _ESCPOS[vector.meaning["command"]](vector.meaning) == vector.data


@pytest.mark.parametrize("vector", vectors("escpos", "from-device"), ids=_named)
def test_printer_answers_mean_this(vector: Vector) -> None:
    (answer,) = escpos.Decoder().feed(vector.data)
    assert _said(answer, vector.meaning.get("n", 0)) == {k: v for k, v in vector.meaning.items() if k != "n"}


@pytest.mark.parametrize("vector", vectors("escpos-wrong", "from-device"), ids=_named)
def test_what_is_no_answer_of_a_printer_is_taken_for_none(vector: Vector) -> None:
    answers = escpos.Decoder().feed(vector.data)
    assert not any(
        isinstance(answer, escpos.Status | escpos.AutomaticStatus | escpos.PrintComplete) for answer in answers
    )
    assert answers == [] or vector.meaning["answer"] != "none"


@pytest.mark.parametrize("vector", vectors("escpos-wrong", "to-device"), ids=_named)
def test_text_that_a_printer_would_garble_is_never_sent_so(vector: Vector) -> None:
    job = encode((TextLine(vector.meaning["text"]),), Paper())
    assert vector.data not in job


def _said(answer: escpos.Answer, n: int) -> Fields:
    match answer:
        case escpos.Status():
            return {"answer": "status", "reasons": sorted(r.keyword for r in answer.reasons(n))}
        case escpos.AutomaticStatus():
            return {"answer": "asb", "reasons": sorted(r.keyword for r in answer.reasons())}
        case escpos.Buffered():
            return {"answer": "paper", "reasons": sorted(r.keyword for r in answer.reasons())}
        case escpos.PrintComplete():
            return {"answer": "print-complete", "id": answer.mark}
        case escpos.GoingOffline():
            return {"answer": "going-offline", "causes": list(answer.causes)}
        case escpos.Info():
            return {"answer": "info", "text": answer.text}
        case escpos.Flow():
            return {"answer": "flow", "go": answer.go}
        case escpos.Cleared():
            return {"answer": "cleared"}
