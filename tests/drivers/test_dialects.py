"""Reading along: every model's frames are found and named, the rest is told as none, no byte is lost."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.wording import LANGUAGES, room
from drivers.dialect.follow import Follower, Interpreter
from drivers.dialect.spoken import Piece, Way, as_object, from_object
from drivers.dialect.table import DIALECTS, UNHEARD, dialect_of
from drivers.registry import MODELS

VECTORS = Path(__file__).parents[1] / "vectors"
DIALECT_FOLDER = Path(__file__).parents[2] / "drivers" / "dialect"
SPOKEN_BY = {
    "cpower5200": "cpower5200",
    "cpower5200-network": "cpower5200",
    "escpos": "escpos",
    "ff68": "ff68-caller",
    "modbus-text": "modbus-text",
    "onbon-bx5e": "onbon-bx5e",
    "onbon-bx5k": "onbon-bx5k",
    "sdt": "sdt-reader",
    "strip-a090": "strip-a090",
    "alpha-sign": "alpha-sign",
    "vfd-2x20": "vfd-2x20",
    "template-display": "template-display",
}
FRAMED = (
    "ff68-caller",
    "onbon-bx5k",
    "onbon-bx5e",
    "cpower5200",
    "modbus-text",
    "strip-a090",
    "sdt-reader",
    "alpha-sign",
)
WAYS: tuple[Way, ...] = ("to-device", "from-device")


def spoken(protocol: str) -> list[dict[str, Any]]:
    with (VECTORS / f"{protocol}.toml").open("rb") as file:
        vectors = tomllib.load(file)["vector"]
    return [v for v in vectors if v["direction"] in WAYS and "refused" not in v.get("meaning", {})]


ALL = [(protocol, vector) for protocol in SPOKEN_BY for vector in spoken(protocol)]


def options_of(vector: Mapping[str, Any]) -> dict[str, Any]:
    meaning = vector.get("meaning", {})
    if "id_code" in meaning:
        return {"framing": "network"}
    if meaning.get("frame") == "single":
        return {"form": "single-colour"}
    if "obeyed" in meaning:
        return {"answers": "ack"}
    if "{" in str(meaning.get("frame")):
        if vector["direction"] == "from-device":
            return {"answer": meaning["frame"], "answer_checksum": meaning["checksum"]}
        return {name: meaning[name] for name in ("frame", "checksum", "text_bytes", "after_letter") if name in meaning}
    return {"mode": meaning["mode"]} if "command" in meaning and "mode" in meaning else {}


def heard(model: str, way: Way | None, *parts: bytes, options: Mapping[str, Any] | None = None) -> list[Piece]:
    interpreter = Interpreter([dialect_of(model, options)])
    pieces = [piece for part in parts for piece in interpreter.hear(way, part, 0.0)]
    return [*pieces, *interpreter.rest()]


def bytes_in(pieces: list[Piece]) -> list[int | None]:
    return [byte for piece in pieces for byte in piece.shown]


@pytest.mark.parametrize(("protocol", "vector"), ALL, ids=[f"{p}: {v['name']}" for p, v in ALL])
def test_every_worked_vector_is_understood_whole(protocol: str, vector: dict[str, Any]) -> None:
    data = bytes.fromhex(vector["bytes"])
    pieces = heard(SPOKEN_BY[protocol], vector["direction"], data, options=options_of(vector))
    assert {piece.verdict for piece in pieces} == {"frame"}
    assert len(bytes_in(pieces)) == len(data)


@pytest.mark.parametrize(("protocol", "vector"), ALL, ids=[f"{p}: {v['name']}" for p, v in ALL])
def test_what_a_frame_says_can_be_said_in_every_language(protocol: str, vector: dict[str, Any]) -> None:
    data = bytes.fromhex(vector["bytes"])
    for piece in heard(SPOKEN_BY[protocol], vector["direction"], data, options=options_of(vector)):
        assert piece.said is not None
        for language in LANGUAGES:
            assert room("monitor", language)[piece.said.word].format(**piece.said.fields)


def test_every_word_of_the_dialects_stands_in_the_wording() -> None:
    said = {
        node.args[0].value
        for file in DIALECT_FOLDER.glob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "Said" and isinstance(node.args[0], ast.Constant)
    }
    assert said - room("monitor", "en").keys() == set()
    assert len(said) > 20


def test_every_model_with_a_line_has_a_dialect() -> None:
    alone = {"pcsc-reader", "sane-scanner", "escl-scanner", "document-camera", "ipp-printer", "speaker"}
    assert MODELS.keys() - DIALECTS.keys() == alone


@given(data=st.binary(max_size=64), way=st.sampled_from(WAYS))
def test_of_an_unknown_model_no_byte_is_shown(data: bytes, way: Way) -> None:
    follower = Follower([UNHEARD], way)
    pieces = [*follower.feed(data, 0.0), *follower.rest()]
    assert bytes_in(pieces) == [None] * len(data)
    assert dialect_of("from outside") is UNHEARD


@given(data=st.data())
@settings(deadline=None)
def test_whatever_is_fed_every_byte_is_told_once_and_in_order(data: st.DataObject) -> None:
    models = data.draw(st.lists(st.sampled_from(sorted(DIALECTS)), max_size=3))
    way: Way | None = data.draw(st.sampled_from((*WAYS, None)))
    heads = st.sampled_from([b"\xaa\xaa\xaa\x96\x69", b"\xff\x68", b"\xa5" * 8, b"\xa0\x90", b"\x1d(", b"\x01\x10"])
    parts = data.draw(st.lists(st.one_of(st.binary(max_size=40), heads), max_size=6))
    follower = Follower([dialect_of(model) for model in models], way)
    pieces = [piece for part in parts for piece in follower.feed(part, 0.0)]
    pieces += follower.rest()
    told = bytes_in(pieces)
    assert len(told) == sum(map(len, parts))
    assert all(shown in (None, byte) for shown, byte in zip(told, b"".join(parts), strict=True))


@pytest.mark.parametrize("model", FRAMED)
@given(data=st.data())
@settings(deadline=None, max_examples=40)
def test_the_next_good_frame_is_found_behind_any_noise_once_the_line_has_rested(
    model: str, data: st.DataObject
) -> None:
    protocol = next(protocol for protocol, speaker in SPOKEN_BY.items() if speaker == model)
    usable = [vector for vector in spoken(protocol) if not options_of(vector)]
    vector = data.draw(st.sampled_from(usable))
    noise, frame = data.draw(st.binary(max_size=40)), bytes.fromhex(vector["bytes"])
    follower = Follower([dialect_of(model)], vector["direction"])
    pieces = [*follower.feed(noise, 0.0), *follower.rest()]
    pieces = [*follower.feed(frame, 1.0), *follower.rest()]
    assert [piece.verdict for piece in pieces] == ["frame"]
    assert pieces[0].at == 1.0


@pytest.mark.parametrize(("protocol", "vector"), ALL, ids=[f"{p}: {v['name']}" for p, v in ALL])
def test_byte_by_byte_is_the_same_as_whole(protocol: str, vector: dict[str, Any]) -> None:
    if protocol == "escpos":  # text is told as it comes
        return
    data, model = bytes.fromhex(vector["bytes"]), SPOKEN_BY[protocol]
    apart = heard(model, vector["direction"], *(bytes((byte,)) for byte in data), options=options_of(vector))
    assert apart == heard(model, vector["direction"], data, options=options_of(vector))


def test_a_frame_with_one_wrong_byte_is_marked_bad_and_hides_no_other() -> None:
    frame = bytes.fromhex("FF 68 03 03 68 81 11 04 96 16")
    broken = frame[:7] + bytes((frame[7] ^ 1,)) + frame[8:]
    pieces = heard("ff68-keypad", "from-device", broken + frame)
    assert [piece.verdict for piece in pieces] == ["bad", "frame"]
    assert pieces[0].hex() == broken.hex(" ")


def test_several_protocols_on_one_pair_are_told_apart() -> None:
    press = bytes.fromhex("FF 68 03 03 68 01 01 0C 0E 16")
    ping = bytes.fromhex(next(v["bytes"] for v in spoken("onbon-bx5k") if "ping" in v["name"].lower()))
    dialects = [dialect_of(model) for model in ("onbon-bx5k", "ff68-caller", "modbus-text", "strip-a090", "cpower5200")]
    follower = Follower(dialects, None)
    pieces = [*follower.feed(press + ping, 0.0), *follower.rest()]
    assert [piece.said and piece.said.word for piece in pieces] == ["caller-press", "display-ping"]
    assert [piece.way for piece in pieces] == ["from-device", "to-device"]


def test_a_promise_of_more_bytes_than_any_frame_has_does_not_hold_the_rest_up() -> None:
    follower = Follower([dialect_of("sdt-reader")], "from-device")
    promised = bytes.fromhex("AA AA AA 96 69 09 0A") + bytes(100)
    status = bytes.fromhex("AA AA AA 96 69 00 04 00 00 90 94")
    assert list(follower.feed(promised, 0.0)) == []
    pieces = [piece for _ in range(300) for piece in follower.feed(status, 1.0)]
    assert pieces
    assert pieces[-1].verdict == "frame"


@given(data=st.binary(min_size=1, max_size=30), at=st.floats(0, 1e4))
def test_a_piece_comes_back_from_its_json_line(data: bytes, at: float) -> None:
    for piece in heard("onbon-bx5k", "to-device", data):
        came = from_object(as_object(Piece(piece.way, at, piece.shown, piece.verdict, piece.said), 0.0))
        assert (came.way, came.shown, came.verdict, came.said) == (piece.way, piece.shown, piece.verdict, piece.said)
        assert came.at == pytest.approx(at, abs=1e-4)


@pytest.mark.parametrize(
    "line",
    [
        {},
        {"way": "sideways", "verdict": "frame", "bytes": "", "t": 0},
        {"way": None, "verdict": "frame", "bytes": "1ff", "t": 0},
        {"way": None, "verdict": "bad", "bytes": "zz", "t": 0},
        {"way": None, "verdict": "bad", "bytes": "00"},
    ],
)
def test_a_line_of_something_else_is_refused(line: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="no line of a monitor"):
        from_object(line)


def test_a_frame_of_the_settings_is_told_without_what_stands_behind_its_letters() -> None:
    vector = next(v for v in spoken("template-display") if "after_letter" in v["meaning"])
    (piece,) = heard("template-display", "to-device", bytes.fromhex(vector["bytes"]), options=options_of(vector))
    assert piece.said is not None
    assert piece.said.fields == {"address": 12, "text": "请A001号"}


@pytest.mark.parametrize(
    "options",
    [{"frame": "{text} {oops}"}, {"frame": "AA {text}"}, {"frame": "AA {text} BB {checksum}", "checksum": "md5"}],
)
def test_frames_that_no_listener_can_tell_are_left_as_they_are(options: dict[str, str]) -> None:
    (piece,) = heard("template-display", "to-device", b"\xaaA001", options=options)
    assert piece.verdict == "plain"
