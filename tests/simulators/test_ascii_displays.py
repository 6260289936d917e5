"""Alpha signs, customer displays and the display of no known maker, from their own side: what they hear and say."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from simulators.displays import modbus, nameless, strip
from simulators.displays.alpha import AlphaReader, AlphaSign, AlphaSigns
from simulators.displays.cpower_frame import FrameReader, call
from simulators.displays.dots import Panel
from simulators.displays.kinds import Reply
from simulators.displays.onbon import FrameReader as OnbonReader
from simulators.displays.vfd import DEAF_SECONDS, Vfd, VfdReader
from tests.simulators.host import vectors
from tests.simulators.test_display_kinds import line_of

PANEL = Panel(width=160, height=16, unit=1)
Fields = dict[str, Any]


def _named(vector: Fields) -> str:
    return str(vector["name"])


def _bytes(vector: Fields) -> bytes:
    return bytes.fromhex(vector["bytes"])


def alpha_frames(raw: bytes, seven: bool = False) -> list[Any]:
    reader = AlphaReader("7E1" if seven else "8N1")
    return [frame for byte in raw if (frame := reader.feed(byte, 0.0))]


def divided(address: int = 3, *, answers: bool = True) -> AlphaSign:
    """A sign with file A of 256 bytes."""
    sign = AlphaSigns(answers=answers).display(address, PANEL, lambda: None)
    (memory,) = alpha_frames(_bytes(vectors("alpha-sign", "to-device")[3]))
    assert not sign.obey(memory, 0.0, alone=True, spoil=False).wrote
    return sign


class TestAlpha:
    @pytest.mark.parametrize("vector", vectors("alpha-sign", "to-device"), ids=_named)
    def test_a_sign_understands(self, vector: Fields) -> None:
        m = vector["meaning"]
        (frame,) = alpha_frames(_bytes(vector), "bits" in m)
        assert (frame.sound, frame.address, frame.size) == (True, m["address"], len(_bytes(vector)))
        sign = divided(int(m["address"], 16) or 3)
        assert sign.meant(frame)
        sign.obey(frame, 0.0, alone=True, spoil=False)
        assert sign.text == m.get("text", "")

    @pytest.mark.parametrize("vector", vectors("alpha-sign", "from-device"), ids=_named)
    def test_a_sign_says(self, vector: Fields) -> None:
        sign, obeyed = divided(), vector["meaning"]["obeyed"]
        command = b"AA\x1b bA001" if obeyed else b"AB\x1b bA001"
        (frame,) = alpha_frames(b"\0\0\0\0\0\x01Z03\x02" + command + b"\x04")
        answer = sign.obey(frame, 0.0, alone=True, spoil=False).answer
        said = bytes(byte | bin(byte).count("1") % 2 << 7 for byte in answer) if "bits" in vector["meaning"] else answer
        assert said == _bytes(vector)

    @pytest.mark.parametrize("vector", vectors("alpha-sign", "refused"), ids=_named)
    def test_what_is_known_to_be_wrong_is_taken_by_no_sign(self, vector: Fields) -> None:
        (frame,) = alpha_frames(_bytes(vector))
        reply = divided().obey(frame, 0.0, alone=True, spoil=False)
        assert (frame.sound, reply.wrote, reply.garbled) == (False, False, True)

    def test_fewer_noughts_or_a_pause_in_it_are_no_packet(self) -> None:
        raw = _bytes(vectors("alpha-sign", "to-device")[0])
        assert alpha_frames(raw[1:]) == []
        reader = AlphaReader("8N1")
        assert [reader.feed(byte, 0.0 if n < 12 else 1.5) for n, byte in enumerate(raw)] == [None] * len(raw)

    def test_wild_digits_of_an_address_mean_many_and_everybody_is_asked_for_no_answer(self) -> None:
        (some,) = alpha_frames(b"\0\0\0\0\0\x01Z1?\x02AA\x1b bA001\x04")
        signs = [divided(address) for address in (0x10, 0x1F, 0x20)]
        assert [sign.meant(some) for sign in signs] == [True, True, False]
        (every,) = alpha_frames(_bytes(vectors("alpha-sign", "to-device")[0]))
        reply = signs[0].obey(every, 0.0, alone=True, spoil=False)
        assert (reply.answer, reply.wrote) == (b"", True)

    @given(st.binary(max_size=80))
    def test_noise_and_then_silence_never_hide_the_packet_after_them(self, noise: bytes) -> None:
        reader, raw = AlphaReader("8N1"), _bytes(vectors("alpha-sign", "to-device")[0])
        for byte in noise:
            reader.feed(byte, 0.0)
        assert [frame.command for byte in raw if (frame := reader.feed(byte, 2.0))] == ["AA\x1b bA001 TO 3"]


def vfd_after(mode: Any, *parts: bytes, apart: float = DEAF_SECONDS) -> Vfd:
    """What a display has become, told these things with a pause between them."""
    display, reader, at = Vfd(), VfdReader(mode), 0.0
    for part in parts:
        at += apart
        for byte in part:
            if frame := reader.feed(byte, at):
                display.obey(frame, at, alone=True, spoil=False)
    return display


class TestVfd:
    @pytest.mark.parametrize("vector", vectors("vfd-2x20", "to-device"), ids=_named)
    def test_a_display_understands(self, vector: Fields) -> None:
        m = vector["meaning"]
        reader = VfdReader(m["mode"])
        letters = len(m["text"]) if m["mode"] == "epson" and "text" in m else 0
        heard = [frame for byte in _bytes(vector) if (frame := reader.feed(byte, 0.0))]
        assert len(heard) == 1 + letters
        assert sum(frame.size for frame in heard) == len(_bytes(vector))
        display = vfd_after(m["mode"], b"OLD" if m["command"] != "line" else b"", _bytes(vector))
        match m["command"]:
            case "line":
                expected = [" " * 20] * 2
                expected[m["number"] - 1] = m["text"].ljust(20)
                assert display.seen == tuple(expected)
            case "brightness":
                assert display.brightness == m["level"]
            case "cursor":
                assert display.cursor is m["on"]
            case _:
                assert display.seen == ()

    def test_in_the_writing_of_lines_other_commands_are_letters_lost(self) -> None:
        line = b"\x1bQAA001\r"
        assert vfd_after("cd5220", line, b"\x1b*\x02").brightness == 4
        assert vfd_after("cd5220", line, b"\x0c", b"\x1b*\x02").brightness == 2
        assert vfd_after("cd5220", line, b"\x18", b"\x1b*\x02").brightness == 2
        assert vfd_after("cd5220", line, b"\x1bQBA002\r").text == "A001 A002"

    @pytest.mark.parametrize(("apart", "brightness"), [(DEAF_SECONDS, 2), (DEAF_SECONDS / 2, 4)])
    def test_just_after_a_change_of_mode_it_hears_nothing(self, apart: float, brightness: int) -> None:
        assert vfd_after("epson", b"\x1b@", b"\x1fX\x02", apart=apart).brightness == brightness

    def test_letters_go_on_from_line_to_line_and_are_seen_when_a_line_is_whole(self) -> None:
        display = vfd_after("epson", b"8" * 19)
        assert display.seen == ()
        display = vfd_after("epson", b"8" * 20 + b"A" * 20)
        assert display.text == "8" * 20 + " " + "A" * 20

    @example(b"\x1b*", "epson")
    @example(b"\x1fX", "cd5220")
    @example(b"\x1bQ\r", "epson")
    @given(st.binary(max_size=80), st.sampled_from(["cd5220", "epson"]))
    def test_whatever_it_is_told_it_is_a_display_of_forty_places(self, noise: bytes, mode: Any) -> None:
        display = vfd_after(mode, noise)
        assert [len(line) for line in display._seen] == [20, 20]
        assert display.draw().size == (160, 32)


@pytest.mark.parametrize("vector", vectors("template-display", "to-device"), ids=_named)
def test_whose_frame_a_template_writes_down_understands_it(vector: Fields) -> None:
    m = vector["meaning"]
    assert _read(_bytes(vector), m.get("checksum", "none")) == (m["address"], m["text"])


def _read(raw: bytes, checksum: str) -> tuple[int, str]:
    """Address and text as the device itself reads them."""
    if raw[:2] == b"\xa5\xa5":
        area = _only(OnbonReader().feed, raw)
        return area.destination, area.data[-17:].decode("gbk")
    if raw[0] == 0xA5:
        card = _only(partial(_now, FrameReader()), raw)
        return card.card, getattr(call(card.data), "text", "")
    if raw[0] == 0x03:
        written = modbus.frame(raw)
        assert written.sound
        return written.address, written.data[5:].decode("gbk").rstrip()
    if raw[0] == 0x7E:
        frame = _only(partial(_now, nameless.NamelessReader(checksum)), raw)
        return frame.address, frame.text.decode("gbk")
    line = _only(partial(_now, strip.StripReader()), raw)
    letters = line.data.decode("gbk") if line.single else "".join(char for char, _ in strip.coloured(line.data) or ())
    return line.address, letters


def _only(feed: Callable[[int], Any], raw: bytes) -> Any:
    """The one frame in these bytes; its sum is right."""
    (frame,) = [frame for byte in raw if (frame := feed(byte))]
    assert frame.sound
    return frame


def _now(reader: Any, byte: int) -> Any:
    return reader.feed(byte, 0.0)


@pytest.mark.parametrize(
    "vector", [v for v in vectors("template-display", "from-device") if "made up" in v["name"]], ids=_named
)
def test_a_display_of_no_known_maker_says(vector: Fields) -> None:
    kind = nameless.NamelessDisplays(vector["meaning"]["checksum"])
    asked = next(v for v in vectors("template-display", "to-device") if v["name"].startswith(vector["name"][:14]))
    reader = kind.reader(None)  # type: ignore[arg-type]
    (frame,) = [frame for byte in _bytes(asked) if (frame := reader.feed(byte, 0.0))]
    display = kind.display(vector["meaning"]["address"], PANEL, lambda: None)
    assert display.obey(frame, 0.0, alone=True, spoil=False).answer == _bytes(vector)
    mute = nameless.NamelessDisplays(vector["meaning"]["checksum"], answers=False).display(3, PANEL, lambda: None)
    assert mute.obey(frame, 0.0, alone=True, spoil=False) == Reply(wrote=True)


@pytest.mark.wire
class TestOnTheLine:
    async def test_a_sign_divides_its_memory_shows_its_text_and_says_so(self, tmp_path: Path) -> None:
        async with line_of(tmp_path, "alpha-sign", "3,4", "--no-pictures") as line:
            memory, text = (_seven(b"Z03\x02" + command) for command in (b"E$AAU0100FF00", b"AA\x1b0bA001 to 3"))
            line.host.write(memory)
            assert await line.host.read(1) == b"\x06"
            line.host.write(text)
            shown = await line.heard.next("shown")
            assert (shown["address"], shown["text"], shown["frame_bytes"]) == (3, "A001 to 3", len(text))
            assert await line.host.read(1) == b"\x06"
            line.host.write(text[:-2] + bytes((text[-2] ^ 1,)) + text[-1:])
            assert (await line.heard.next("garbled"))["address"] == 3
            assert await line.host.read(1) == b"\x15"

    @pytest.mark.parametrize("kind", ["vfd-cd5220", "vfd-epson"])
    async def test_a_customer_display_shows_both_lines_and_says_nothing(self, kind: str, tmp_path: Path) -> None:
        upper, lower = b"A1001 please come to", b"window 3".ljust(20)
        sent = b"\x1bQA" + upper + b"\r\x1bQB" + lower + b"\r"
        if kind == "vfd-epson":
            sent = b"\x1f$\x01\x01" + upper + b"\x1f$\x01\x02" + lower
        async with line_of(tmp_path, kind, "1") as line:
            line.host.write(sent)
            assert (await line.heard.next("shown", 2))["text"] == "A1001 please come to window 3"
            await line.heard.next("png", 3)
            assert line.host.received == b""


def _seven(packet: bytes) -> bytes:
    """A whole packet with even parity in its eighth bits."""
    raw = b"\0\0\0\0\0\x01" + packet + b"\x04"
    return bytes(byte | bin(byte).count("1") % 2 << 7 for byte in raw)
