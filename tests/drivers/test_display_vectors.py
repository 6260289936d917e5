"""Every literal vector of strips, Modbus displays, C-Power and bitmap cards: requests encoded, answers decoded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from drivers.contract import Garbled
from drivers.framing import Cut, Framer
from drivers.window_display import cpower5200_codec as cpower
from drivers.window_display import modbus_text_codec as modbus
from drivers.window_display import onbon_bx5e_codec as onbon
from drivers.window_display import onbon_bx5k_codec as font
from drivers.window_display import strip_a090_codec as strip
from drivers.window_display.cpower5200_network import Network
from tests.drivers.vectors import Vector, vectors

Fields = dict[str, Any]
PROTOCOLS = ("onbon-bx5e", "cpower5200", "cpower5200-network", "strip-a090", "modbus-text")


def _named(vector: Vector) -> str:
    return vector.name


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_every_vector_says_where_it_comes_from(protocol: str) -> None:
    marks = {"V", "S", "C", "U"}
    for vector in vectors(protocol):
        assert marks & set(vector.source.replace(",", " ").replace(";", " ").split()), vector.name
        assert vector.direction in ("to-device", "from-device", "refused")


def _area(m: Fields) -> bytes:
    pages = tuple(onbon.Page(**{**page, "bitmap": bytes.fromhex(page["bitmap"])}) for page in m["pages"])
    names = ("x", "y", "width", "height", "area", "run_mode", "timeout_seconds", "play")
    area = onbon.Area(pages, **{name: m[name] for name in names})
    if m["series"] == 5:
        return onbon.show_area(area, m["address"], m["device_type"])
    sixth = onbon.Sixth(bytes.fromhex(m["sound"]), m["lengths_count_bitmaps"])
    return onbon.show_area_6(area, sixth, m["address"], m["device_type"])


_ONBON: dict[str, Callable[[Fields], bytes]] = {
    "ping": lambda m: onbon.ping(m["address"], m["device_type"]),
    "delete": lambda m: onbon.delete_areas(None if m["all"] else m["areas"], m["address"], m["device_type"]),
    "area": _area,
}


@pytest.mark.parametrize("vector", vectors("onbon-bx5e", "to-device"), ids=_named)
def test_bitmap_requests_are_these_bytes(vector: Vector) -> None:
    assert _ONBON[vector.meaning["frame"]](vector.meaning) == vector.data


@pytest.mark.parametrize("vector", vectors("onbon-bx5e", "from-device"), ids=_named)
def test_bitmap_answers_mean_this(vector: Vector) -> None:
    (cut,) = Framer(onbon.scan, onbon.FRAME_CAP).feed(vector.data)
    m = vector.meaning
    assert onbon.answer(onbon.decode(cut)) == onbon.Answer(m["address"], m["frame"] == "ack", m["error"])


def _text(m: Fields) -> bytes:
    beside = ("frame", "card", "id_code")
    return cpower.pure_text(m["card"], cpower.PureText(**{k: v for k, v in m.items() if k not in beside}))


_CPOWER: dict[str, Callable[[Fields], bytes]] = {
    "text": _text,
    "power": lambda m: cpower.power(m["card"], m["on"]),
    "power-query": lambda m: cpower.power_query(m["card"]),
    "restart": lambda m: cpower.restart(m["card"]),
    "save": lambda m: cpower.save_or_clear(m["card"], m["clear"]),
    "split": lambda m: cpower.split_windows(m["card"], tuple(cpower.Box(*box) for box in m["boxes"])),
    "stored-program": lambda m: cpower.stored_program(m["card"]),
}


@pytest.mark.parametrize("vector", vectors("cpower5200", "to-device"), ids=_named)
def test_cpower_requests_are_these_bytes(vector: Vector) -> None:
    assert _CPOWER[vector.meaning["frame"]](vector.meaning) == vector.data


@pytest.mark.parametrize("vector", vectors("cpower5200", "from-device"), ids=_named)
def test_cpower_answers_mean_this(vector: Vector) -> None:
    (cut,) = Framer(cpower.scan, cpower.FRAME_CAP).feed(vector.data)
    m = vector.meaning
    expected = cpower.Frame(m["kind"], m["card"], m["command"], m["result"], bytes.fromhex(m["data"]))
    assert cpower.decode(cut) == expected


def _wrap(m: Fields) -> Network:
    return Network(bytes.fromhex(m["id_code"]))


@pytest.mark.parametrize("vector", vectors("cpower5200-network", "to-device"), ids=_named)
def test_cpower_requests_are_these_bytes_on_the_network(vector: Vector) -> None:
    request = cpower.decode(_CPOWER[vector.meaning["frame"]](vector.meaning))
    assert _wrap(vector.meaning).encode(request) == vector.data


@pytest.mark.parametrize("vector", vectors("cpower5200-network", "from-device"), ids=_named)
def test_cpower_answers_mean_this_on_the_network(vector: Vector) -> None:
    m = vector.meaning
    (cut,) = Framer(_wrap(m).scan, cpower.FRAME_CAP).feed(vector.data)
    expected = cpower.Frame(m["kind"], m["card"], m["command"], m["result"], bytes.fromhex(m["data"]))
    assert _wrap(m).decode(cut) == expected


_STRIP: dict[str, Callable[[Fields], bytes]] = {
    "show": lambda m: strip.show(m["address"], m["text"], m["colour"]),
    "show-stored": lambda m: strip.show_stored(m["address"]),
    "set-stored": lambda m: strip.set_stored(m["address"], m["text"], m["colour"]),
    "single": lambda m: strip.show_single(m["address"], m["text"]),
}


@pytest.mark.parametrize("vector", vectors("strip-a090", "to-device"), ids=_named)
def test_strip_requests_are_these_bytes(vector: Vector) -> None:
    assert _STRIP[vector.meaning["frame"]](vector.meaning) == vector.data


@pytest.mark.parametrize("vector", vectors("strip-a090", "from-device"), ids=_named)
def test_strip_answers_mean_this(vector: Vector) -> None:
    (cut,) = Framer(strip.scan, strip.FRAME_CAP).feed(vector.data)
    assert strip.answered_by(cut) == vector.meaning["address"]


@pytest.mark.parametrize("vector", vectors("modbus-text", "to-device"), ids=_named)
def test_modbus_requests_are_these_bytes(vector: Vector) -> None:
    m = vector.meaning
    place = m["address"], m["start"], m["registers"]
    asked = modbus.read_text(*place) if m["frame"] == "read" else modbus.write_text(*place, m["text"], m["order"])
    assert asked == vector.data


_MODBUS: dict[str, Callable[[Fields], modbus.Answer]] = {
    "exception": lambda m: modbus.Exceptional(m["address"], m["code"], m["function"]),
    "held": lambda m: modbus.Held(m["address"], bytes.fromhex(m["data"])),
    "written": lambda m: modbus.Written(m["address"], m["start"], m["registers"]),
}


@pytest.mark.parametrize("vector", vectors("modbus-text", "from-device"), ids=_named)
def test_modbus_answers_mean_this(vector: Vector) -> None:
    (cut,) = Framer(modbus.scan, modbus.FRAME_CAP).feed(vector.data)
    assert modbus.decode(cut) == _MODBUS[vector.meaning["frame"]](vector.meaning)


_DECODERS: dict[str, tuple[Callable[[bytes], Cut], int, Callable[[bytes], object]]] = {
    "onbon-bx5k": (font.scan, font.FRAME_CAP, font.decode),
    "onbon-bx5e": (onbon.scan, onbon.FRAME_CAP, onbon.decode),
    "cpower5200": (cpower.scan, cpower.FRAME_CAP, cpower.decode),
    "cpower5200-network": (Network().scan, cpower.FRAME_CAP, Network().decode),
    "strip-a090": (strip.scan, strip.FRAME_CAP, strip.answered_by),
    "modbus-text": (modbus.scan, modbus.FRAME_CAP, modbus.decode),
}


@pytest.mark.parametrize(
    ("protocol", "vector"), [(name, v) for name in _DECODERS for v in vectors(name, "refused")], ids=str
)
def test_what_is_known_to_be_wrong_is_taken_by_nobody(protocol: str, vector: Vector) -> None:
    scan, cap, decode = _DECODERS[protocol]
    for cut in Framer(scan, cap).feed(vector.data):
        with pytest.raises(Garbled):
            decode(cut)
