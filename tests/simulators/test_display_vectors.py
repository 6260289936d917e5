"""The vectors of strips, Modbus displays, C-Power and bitmap cards from the device's side: requests in, answers out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from simulators.displays import cpower_frame, modbus, onbon, onbon_bitmap, strip
from simulators.displays.dots import GREEN, RED, YELLOW
from tests.simulators.host import vectors

Fields = dict[str, Any]


def _named(vector: Fields) -> str:
    return str(vector["name"])


def _bytes(vector: Fields) -> bytes:
    return bytes.fromhex(vector["bytes"])


def _bitmap_frame(raw: bytes) -> onbon.Frame | None:
    reader = onbon.FrameReader(onbon_bitmap.parse, onbon_bitmap.LARGEST)
    (frame,) = [frame for byte in raw if (frame := reader.feed(byte))]
    return frame


def _bitmap(raw: bytes, meaning: Fields) -> Fields:
    frame = _bitmap_frame(raw)
    assert frame is not None
    assert frame.sound
    assert onbon_bitmap.wants_answer(frame)
    sixth = meaning.get("series") == 6
    found: Fields = {"address": frame.destination, "device_type": meaning["device_type"]}
    match onbon_bitmap.request(frame.data, sixth=sixth, sound_bytes=len(bytes.fromhex(meaning.get("sound", "")))):
        case onbon_bitmap.Ping():
            return {"frame": "ping", **found}
        case onbon_bitmap.Delete(areas):
            return {"frame": "delete", **found, "all": areas is None, "areas": list(areas or ())}
        case onbon_bitmap.Update((area,)):
            names = ("run_mode", "play", "x", "y", "width", "height")
            looks = ("display_mode", "clear_mode", "speed", "stay", "repeat", "valid_length")
            pages = [
                {name: getattr(page, name) for name in looks} | {"bitmap": page.bitmap.hex().upper()}
                for page in area.pages
            ]
            found |= {name: getattr(area, name) for name in names}
            return {"frame": "area", **found, "area": area.number, "timeout_seconds": area.timeout, "pages": pages}
    raise AssertionError(frame)


@pytest.mark.parametrize("vector", vectors("onbon-bx5e", "to-device"), ids=_named)
def test_a_bitmap_card_understands(vector: Fields) -> None:
    meaning = vector["meaning"]
    of_the_document = {name: meaning[name] for name in ("series", "sound", "lengths_count_bitmaps") if name in meaning}
    assert _bitmap(_bytes(vector), meaning) | of_the_document == meaning


@pytest.mark.parametrize("vector", vectors("onbon-bx5e", "from-device"), ids=_named)
def test_a_bitmap_card_says(vector: Fields) -> None:
    meaning = vector["meaning"]
    assert onbon_bitmap.answer(meaning["address"], meaning["error"]) == _bytes(vector)
    assert meaning["frame"] == ("nack" if meaning["error"] else "ack")


def _cpower(raw: bytes, reader: cpower_frame.FrameReader | cpower_frame.NetworkReader | None = None) -> Fields:
    reader = reader or cpower_frame.FrameReader()
    (frame,) = [frame for byte in raw if (frame := reader.feed(byte, 0.0))]
    assert frame.sound
    assert frame.size == len(raw)
    found: Fields = {"card": frame.card}
    if frame.command == cpower_frame.POWER:
        if frame.data[0] == 1:
            return {"frame": "power-query", **found}
        return {"frame": "power", **found, "on": frame.data[1] == 1}
    if frame.command == cpower_frame.RESTART:
        return {"frame": "restart", **found}
    match cpower_frame.call(frame.data):
        case cpower_frame.PureText() as text:
            return {"frame": "text", **found} | {name: getattr(text, name) for name in text.__slots__}
        case cpower_frame.Split(boxes):
            sizes = [[left, top, right - left, bottom - top] for left, top, right, bottom in boxes]
            return {"frame": "split", **found, "boxes": sizes}
        case cpower_frame.SaveOrClear(clear):
            return {"frame": "save", **found, "clear": clear}
        case cpower_frame.StoredProgram():
            return {"frame": "stored-program", **found}
    raise AssertionError(frame)


@pytest.mark.parametrize("vector", vectors("cpower5200", "to-device"), ids=_named)
def test_a_cpower_card_understands(vector: Fields) -> None:
    assert _cpower(_bytes(vector)) == vector["meaning"]


@pytest.mark.parametrize("vector", vectors("cpower5200", "from-device"), ids=_named)
def test_a_cpower_card_says(vector: Fields) -> None:
    m = vector["meaning"]
    said = cpower_frame.answer(m["card"], m["command"], m["result"], bytes.fromhex(m["data"]), kind=m["kind"])
    assert said == _bytes(vector)


@pytest.mark.parametrize("vector", vectors("cpower5200-network", "to-device"), ids=_named)
def test_a_cpower_card_on_the_network_understands(vector: Fields) -> None:
    m = vector["meaning"]
    id_code = bytes.fromhex(m.pop("id_code"))
    assert _cpower(_bytes(vector), cpower_frame.NetworkReader(id_code)) == m


@pytest.mark.parametrize("vector", vectors("cpower5200-network", "from-device"), ids=_named)
def test_a_cpower_card_on_the_network_says(vector: Fields) -> None:
    m = vector["meaning"]
    data = bytes.fromhex(m["data"])
    body = cpower_frame.said(m["card"], m["command"], m["result"], data, kind=m["kind"], wrong_checksum=False)
    assert cpower_frame.wrapped(body, bytes.fromhex(m["id_code"])) == _bytes(vector)


def _strip_frame(raw: bytes) -> strip.Frame:
    reader = strip.StripReader()
    (frame,) = [frame for byte in raw if (frame := reader.feed(byte, 0.0))]
    assert frame.size == len(raw)
    return frame


def _strip(raw: bytes) -> Fields:
    frame = _strip_frame(raw)
    assert frame.sound
    if frame.single:
        return {"frame": "single", "address": frame.address, "text": frame.data.decode("gbk")}
    if frame.command == strip.SHOW_STORED:
        return {"frame": "show-stored", "address": frame.address}
    letters = strip.coloured(frame.data)
    assert letters is not None
    (colour,) = {number for _, number in letters}
    name = {strip.SHOW: "show", strip.SET_STORED: "set-stored"}[frame.command]
    colours = {RED: "red", GREEN: "green", YELLOW: "yellow"}
    text = "".join(char for char, _ in letters)
    return {"frame": name, "address": frame.address, "colour": colours[colour], "text": text}


@pytest.mark.parametrize("vector", vectors("strip-a090", "to-device"), ids=_named)
def test_a_strip_understands(vector: Fields) -> None:
    assert _strip(_bytes(vector)) == vector["meaning"]


@pytest.mark.parametrize("vector", vectors("strip-a090", "from-device"), ids=_named)
def test_a_strip_says(vector: Fields) -> None:
    assert strip.answer(vector["meaning"]["address"]) == _bytes(vector)


@pytest.mark.parametrize("vector", vectors("modbus-text", "to-device"), ids=_named)
def test_a_modbus_display_understands(vector: Fields) -> None:
    m = vector["meaning"]
    frame = modbus.frame(_bytes(vector))
    function = modbus.READ_REGISTERS if m["frame"] == "read" else modbus.WRITE_REGISTERS
    assert (frame.sound, frame.address, frame.function) == (True, m["address"], function)
    assert (int.from_bytes(frame.data[:2], "big"), int.from_bytes(frame.data[2:4], "big")) == (
        m["start"],
        m["registers"],
    )
    if m["frame"] == "read":
        return
    raw = frame.data[5:]
    if m["order"] == "low-first":
        raw = b"".join(raw[at : at + 2][::-1] for at in range(0, len(raw), 2))
    assert raw.decode("gbk").rstrip() == m["text"]


@pytest.mark.parametrize("vector", vectors("modbus-text", "from-device"), ids=_named)
def test_a_modbus_display_says(vector: Fields) -> None:
    m = vector["meaning"]
    match m["frame"]:
        case "exception":
            body = bytes((m["address"], 0x80 | m["function"], m["code"]))
        case "held":
            data = bytes.fromhex(m["data"])
            body = bytes((m["address"], 0x03, len(data))) + data
        case _:
            body = bytes((m["address"], 0x10)) + m["start"].to_bytes(2, "big") + m["registers"].to_bytes(2, "big")
    assert modbus.said(body) == _bytes(vector)


def _cpower_sound(raw: bytes) -> bool:
    reader = cpower_frame.FrameReader()
    return any(frame.sound for byte in raw if (frame := reader.feed(byte, 0.0)))


def _cpower_sound_on_the_network(raw: bytes) -> bool:
    reader = cpower_frame.NetworkReader(cpower_frame.ANY_ID)
    return any(frame.sound for byte in raw if (frame := reader.feed(byte, 0.0)))


def _bitmap_sound(raw: bytes) -> bool:
    frame = _bitmap_frame(raw)
    return frame is not None and frame.sound


def _font_sound(raw: bytes) -> bool:
    reader = onbon.FrameReader()
    return any(frame.sound for byte in raw if (frame := reader.feed(byte)))


_SOUND: dict[str, Callable[[bytes], bool]] = {
    "onbon-bx5k": _font_sound,
    "onbon-bx5e": _bitmap_sound,
    "cpower5200": _cpower_sound,
    "cpower5200-network": _cpower_sound_on_the_network,
    "strip-a090": lambda raw: _strip_frame(raw).sound,
    "modbus-text": lambda raw: modbus.frame(raw).sound,
}


@pytest.mark.parametrize(("protocol", "vector"), [(name, v) for name in _SOUND for v in vectors(name, "refused")])
def test_what_is_known_to_be_wrong_is_taken_by_no_device(protocol: str, vector: Fields) -> None:
    assert not _SOUND[protocol](_bytes(vector))
