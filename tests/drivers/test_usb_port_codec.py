"""Port status and device id of USB printers: their vectors on both sides, and whatever else may come."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from drivers.contract import HARDWARE_FAILURE, MEDIA_EMPTY, OFFLINE, Garbled, Reason
from drivers.ticket_printer import usb_port_codec as codec
from simulators.printer.status import Condition
from simulators.printer.usb_port import Maker, port_status
from tests.drivers.vectors import Vector, vectors

SAID = vectors("usb-printer", "from-device")
CONDITIONS = {
    "all well": Condition(),
    "paper empty": Condition(paper="out"),
    "an error that is not the paper: cover, cutter, head": Condition(cover_open=True),
}
WORD = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E, exclude_characters=";:,"), max_size=20).map(
    str.strip
)


@pytest.mark.parametrize("vector", SAID, ids=lambda vector: vector.name)
def test_what_a_printer_says_means_this(vector: Vector) -> None:
    m = dict(vector.meaning)
    if m.pop("frame") == "device-id":
        m["commands"] = tuple(m["commands"].split())
        assert codec.device_id(vector.data) == codec.DeviceId(**m)
    else:
        assert codec.port_status(vector.data) == codec.PortStatus(**m)


@pytest.mark.parametrize("vector", SAID, ids=lambda vector: vector.name)
def test_a_printer_says_this(vector: Vector) -> None:
    m = vector.meaning
    if m["frame"] == "device-id":
        assert Maker(m["maker"], m["model"], m["serial"], m["commands"]).device_id() == vector.data
    else:
        assert port_status(CONDITIONS[vector.name]) == vector.data


@pytest.mark.parametrize("vector", vectors("usb-printer", "refused"), ids=lambda vector: vector.name)
def test_what_is_known_to_be_wrong_is_no_port_status(vector: Vector) -> None:
    with pytest.raises(Garbled):
        codec.port_status(vector.data)


def test_a_printer_says_nothing_that_is_known_to_be_wrong() -> None:
    wrong = {vector.data for vector in vectors("usb-printer", "refused")}
    every = [Condition(paper=paper, cover_open=cover) for paper in ("ok", "low", "out") for cover in (False, True)]
    assert not wrong & {port_status(condition) for condition in every}


@pytest.mark.parametrize(
    ("byte", "reasons"),
    [
        (0x18, set()),
        (0x10, {HARDWARE_FAILURE}),
        (0x08, {OFFLINE}),
        (0x30, {MEDIA_EMPTY}),
        (0x38, {MEDIA_EMPTY}),
        (0x20, {MEDIA_EMPTY}),
    ],
)
def test_each_status_has_one_reason_the_one_that_makes_the_others(byte: int, reasons: set[Reason]) -> None:
    assert codec.port_status(bytes((byte,))).reasons() == reasons


@given(st.binary(max_size=3))
def test_any_answer_is_a_status_or_garbled(answer: bytes) -> None:
    try:
        status = codec.port_status(answer)
    except Garbled:
        return
    bits = codec.NO_ERROR * status.no_error | codec.SELECTED * status.selected | codec.PAPER_EMPTY * status.paper_empty
    assert bytes((bits,)) == answer


@given(WORD, WORD, WORD, st.lists(WORD.filter(bool), max_size=3))
def test_who_a_printer_says_it_is_is_understood(maker: str, model: str, serial: str, commands: list[str]) -> None:
    told = Maker(maker, model, serial, ",".join(commands)).device_id()
    assert codec.device_id(told) == codec.DeviceId(maker, model, serial, tuple(commands))


@pytest.mark.parametrize(
    "told",
    [
        b"\x00\x14MFG:HPRT;MDL:TP80;",
        b"\x14\x00MFG:HPRT;MDL:TP80;",
        b"\x00\x00MFG:HPRT;MDL:TP80;",
        b"\xff\xffMFG:HPRT;MDL:TP80;",
        b"MFG:HPRT;MDL:TP80;",
        b"\x00\x14MFG:HPRT;MDL:TP80;MFG:left over from a longer one;",
        b"\x00\x25MANUFACTURER: HPRT ;model:TP80;CLS:PRINTER",
    ],
    ids=["right", "low byte first", "nought", "too long", "none", "more behind", "long keys"],
)
def test_its_length_may_be_wrong(told: bytes) -> None:
    identity = codec.device_id(told)
    assert (identity.maker, identity.model) == ("HPRT", "TP80")


@given(st.binary(max_size=2000))
@example(b"\x00\x0aMFG:\x1b\x00;;:;")
def test_any_device_id_gives_printable_words_and_no_more_than_was_asked_for(answer: bytes) -> None:
    told = codec.device_id(answer)
    words = (told.maker, told.model, told.serial, *told.commands)
    assert all(word.isprintable() and word.isascii() for word in words)
    assert sum(map(len, words)) <= codec.DEVICE_ID_CAP
