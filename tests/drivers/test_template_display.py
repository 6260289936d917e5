"""A display whose frame is written in the settings: other makers' vectors, every checksum, what it promises."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.contract import Garbled, OwnLetters, Refused, Remedy, Silent
from drivers.deadline import Deadline
from drivers.framing import Framer
from drivers.gbk import letters
from drivers.registry import SettingsProblem, driver_class, settings_for
from drivers.window_display import template_codec as codec
from drivers.window_display.template_display import TemplateDisplay, TemplateSettings
from simulators.displays.nameless import SUMS
from tests.drivers.displays import NAMELESS, OBEYED, Panelled
from tests.drivers.line import Line
from tests.drivers.test_codecs import NOISE, in_pieces
from tests.drivers.vectors import Vector, vectors
from tests.fuzz.oracles import tried
from tests.virtual_time import virtual

NAME = "template-display"
A090: dict[str, Any] = {
    "frame": "A0 90 ({address} A5 {length-high} <{text}>) {checksum}",
    "checksum": "xor",
    "after_letter": "01",
    "answer": "A0 90 {address} A5 AA",
}
MODBUS: dict[str, Any] = {
    "frame": "{address} 10 00 00 00 10 {length} {text} {checksum-low}",
    "checksum": "crc-modbus",
    "text_bytes": 32,
    "answer": "{address} 10 00 00 00 10 {checksum-low}",
    "answer_checksum": "crc-modbus",
}
SINGLE: dict[str, Any] = {"frame": "83 C0 44 {text} 1A"}
CPOWER: dict[str, Any] = {
    "frame": "A5 ( 68 32 {address} 7B 01 {length-low} 00 00 < 12 00 00 00 00 00 03 02 FF 00 00 {text} 00 > ) "
    "{checksum-low} AE",
    "checksum": "sum16",
    "answer": "A5 ( E8 32 {address} 7B 00 {any} {any} {any} {any} ) {checksum-low} AE",
    "answer_checksum": "sum16",
}
CALL = "请A001号到3号窗口"


def _sum_of(checksum: str) -> str:
    return {0: "", 1: "{checksum}", 2: "{checksum-low}"}[len(SUMS[checksum](b""))]


def _written(meaning: dict[str, Any]) -> bytes:
    after = bytes.fromhex(meaning.get("after_letter", ""))
    return b"".join(letter + after for letter in letters(meaning["text"]))


@pytest.mark.parametrize("vector", vectors(NAME), ids=lambda vector: vector.name)
def test_every_vector_says_where_it_comes_from(vector: Vector) -> None:
    assert {"V", "S", "C", "U"} & set(vector.source.replace(",", " ").replace(";", " ").split())


@pytest.mark.parametrize("vector", vectors(NAME, "to-device"), ids=lambda vector: vector.name)
def test_other_makers_frames_written_as_templates_are_the_same_bytes(vector: Vector) -> None:
    m = vector.meaning
    template = codec.request(m["frame"], m.get("checksum", "none"), m.get("text_bytes", 0))
    text = _written(m)
    assert template.fill(m["address"], text) == vector.data
    address = m["address"] if "{address" in m["frame"] else None
    assert template.read(vector.data) == (address, text.ljust(m.get("text_bytes", 0)))


@pytest.mark.parametrize("vector", vectors(NAME, "from-device"), ids=lambda vector: vector.name)
def test_answers_mean_this(vector: Vector) -> None:
    template = codec.answer(vector.meaning["frame"], vector.meaning["checksum"])
    (cut,) = Framer(template.scan, codec.FRAME_CAP).feed(vector.data)
    assert template.read(cut) == (vector.meaning["address"], b"")


@pytest.mark.parametrize("vector", vectors(NAME, "refused"), ids=lambda vector: vector.name)
def test_what_is_known_to_be_wrong_is_taken_by_nobody(vector: Vector) -> None:
    template = codec.answer(vector.meaning["frame"], vector.meaning["checksum"])
    assert list(Framer(template.scan, codec.FRAME_CAP).feed(vector.data)) == []
    with pytest.raises(Garbled):
        template.read(vector.data)


FRAMES = [
    ("7E ({address} 31 {length-high} <{text}>) {sum} 7F", 0),
    ("AA {address-low} {length} {text} {sum}", 0),
    ("({address-high} 02 {text} 03) {sum}", 12),
    ("55 AA < {length-low} ({address} {text}) {sum} >", 0),
    ("02 {text} {sum} 0D", 40),
]
every_checksum = pytest.mark.parametrize("checksum", SUMS)


@st.composite
def templates(draw: st.DrawFn) -> tuple[codec.Template, int, bool]:
    """A template with any checksum, what its text is filled up to, and whether it has an address."""
    (frame, room), checksum = draw(st.sampled_from(FRAMES)), draw(st.sampled_from(sorted(SUMS)))
    template = codec.request(frame.replace("{sum}", _sum_of(checksum)), cast("codec.Kind", checksum), room)
    return template, room, "{address" in frame


@settings(deadline=None)
@given(templates(), st.binary(max_size=12), st.integers(0, 255), NOISE, st.integers(1, 7))
def test_a_frame_comes_back_in_any_pieces_and_after_noise_and_silence(
    made: tuple[codec.Template, int, bool], text: bytes, address: int, noise: list[bytes], size: int
) -> None:
    template, room, has_address = made
    sent = template.fill(address, text)
    meant = (address if has_address else None, text.ljust(room))
    assert template.read(sent) == meant
    framer = Framer(template.scan, codec.FRAME_CAP)
    for piece in noise:
        for cut in framer.feed(piece):
            template.read(cut)
        assert len(framer) < codec.FRAME_CAP
    framer.forget()
    assert [template.read(cut) for piece in in_pieces(sent, size) for cut in framer.feed(piece)] == [meant]


@settings(deadline=None)
@given(templates(), st.binary(max_size=60))
def test_a_decoder_fed_anything_gives_a_frame_or_says_garbled(
    made: tuple[codec.Template, int, bool], cut: bytes
) -> None:
    template, *_ = made
    try:
        address, text = template.read(cut)
    except Garbled:
        return
    assert template.fill(address or 0, text) == cut


@settings(deadline=None)
@given(st.text("0 9aAfFzZ{}()<>-:é", max_size=30), st.sampled_from([*SUMS, "md5"]), st.integers(0, 9))
def test_whatever_is_written_is_a_frame_or_refused_with_its_remedy(frame: str, checksum: Any, room: int) -> None:
    for build in (lambda: codec.request(frame, checksum, room), lambda: codec.answer(frame, checksum)):
        made, refused = tried(build, ValueError)
        assert made is not None or "→" in refused


@pytest.mark.parametrize(
    ("options", "key"),
    [
        ({}, "frame"),
        ({"frame": ""}, "frame"),
        ({"frame": "7E {address} 7F"}, "frame"),
        ({"frame": "7E {text} {text} 7F"}, "frame"),
        ({"frame": "7E {text} {any} 7F"}, "frame"),
        ({"frame": "7E {text} 7"}, "frame"),
        ({"frame": "7E {txt} 7F"}, "frame"),
        ({"frame": "7E {text-low} 7F"}, "frame"),
        ({"frame": "7E {text} {checksum}"}, "frame"),
        ({"frame": "7E {text} 7F", "checksum": "xor"}, "frame"),
        ({"frame": "7E {text} {checksum}", "checksum": "crc-arc"}, "frame"),
        ({"frame": "7E {text} {checksum-low}", "checksum": "xor"}, "frame"),
        ({"frame": "7E ({text} {checksum})", "checksum": "xor"}, "frame"),
        ({"frame": "7E {text} {length} {length}"}, "frame"),
        ({"frame": "7E ({text} 7F"}, "frame"),
        ({"frame": "7E <{text} <7F>"}, "frame"),
        ({"frame": "7E )({text} 7F"}, "frame"),
        ({"frame": "00 " * 97 + "{text}"}, "frame"),
        ({"frame": "7E {text} 7F", "checksum": "crc32"}, "checksum"),
        ({"frame": "7E {text} 7F", "text_bytes": 256}, "text_bytes"),
        ({"frame": "7E {text} 7F", "text_bytes": 8, "after_letter": "01"}, "text_bytes"),
        ({"frame": "7E {text} 7F", "after_letter": "1"}, "after_letter"),
        ({"frame": "7E {text} 7F", "answer_ms": 1}, "answer_ms"),
        ({"frame": "7E {text} 7F", "answer": "06 {text}"}, "answer"),
        ({"frame": "7E {text} 7F", "answer": "{any} {any}"}, "answer"),
        ({"frame": "7E {text} 7F", "answer": "06 {checksum}"}, "answer"),
    ],
)
def test_a_wrong_option_is_named_with_its_remedy(options: dict[str, Any], key: str) -> None:
    with pytest.raises(SettingsProblem) as problem:
        settings_for(driver_class(NAME), options, 3)
    assert problem.value.key == key
    assert problem.value.remedy not in ("", "correct it")


def test_an_address_that_the_frame_has_no_room_for_is_refused() -> None:
    with pytest.raises(SettingsProblem) as problem:
        settings_for(driver_class(NAME), {"frame": "7E {address} {text} 7F"}, 256)
    assert problem.value.key == "address"
    assert settings_for(driver_class(NAME), {"frame": "7E {address-low} {text} 7F"}, 256)


async def opened(card: Panelled, **options: Any) -> TemplateDisplay:
    driver = TemplateDisplay(TemplateSettings(**{"address": 3, **options}), Line(card))
    await driver.open(Deadline.after(5))
    return driver


@pytest.mark.parametrize(
    ("kind", "options", "confirmed"),
    [
        ("strip-a090", A090, True),
        ("modbus-text", MODBUS, True),
        ("cpower5200", CPOWER, True),
        ("strip-single", SINGLE, None),
    ],
)
@virtual
async def test_displays_of_other_protocols_obey_a_template(
    kind: str, options: dict[str, Any], confirmed: bool | None
) -> None:
    card = Panelled(kind)
    driver = await opened(card, **options)
    completion = await driver.show(CALL, Deadline.after(2))
    assert completion.confirmed is confirmed
    await asyncio.sleep(1)
    assert card.display.text == CALL
    await driver.show("", Deadline.after(2))
    await asyncio.sleep(1)
    assert card.display.seen == ()


@every_checksum
@virtual
async def test_each_checksum_is_what_a_display_that_uses_it_expects(checksum: str) -> None:
    card = Panelled("nameless", checksum=checksum)
    place = _sum_of(checksum)
    frame = NAMELESS["frame"].replace("{checksum-low}", place)
    sums = {"checksum": checksum, "answer_checksum": checksum}
    driver = await opened(card, frame=frame, answer=OBEYED.replace("{checksum-low}", place), **sums)
    assert (await driver.show(CALL, Deadline.after(2))).confirmed is True
    assert card.display.text == CALL


@virtual
async def test_with_the_wrong_checksum_it_is_silent_and_shows_nothing() -> None:
    card = Panelled("nameless", checksum="crc-arc")
    with pytest.raises(Silent):
        await opened(card, **NAMELESS, answer=OBEYED, answer_checksum="sum16")
    assert (card.display.text, card.garbled) == ("", 1)


@pytest.mark.parametrize(("letters_", "ascii_only"), [("gbk", False), ("ascii", True)])
@virtual
async def test_it_can_be_told_that_it_has_no_chinese(letters_: Any, ascii_only: bool) -> None:
    driver = await opened(Panelled("nameless"), **NAMELESS, letters=letters_)
    assert isinstance(driver, OwnLetters)
    assert driver.ascii_only is ascii_only
    if ascii_only:
        with pytest.raises(Refused, match="ASCII"):
            await driver.show(CALL, Deadline.after(2))


@virtual
async def test_a_text_longer_than_its_place_is_refused() -> None:
    driver = await opened(Panelled("modbus-text"), **MODBUS)
    with pytest.raises(Refused, match="34 bytes") as refused:
        await driver.show("号" * 17, Deadline.after(2))
    assert refused.value.remedy is Remedy.CONFIGURATION
