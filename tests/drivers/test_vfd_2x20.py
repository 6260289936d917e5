"""Customer displays of two lines: their vectors, what holds of their codec whatever comes, what the driver promises."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.contract import Garbled, Silent
from drivers.deadline import Deadline
from drivers.framing import Framer
from drivers.window_display import vfd_2x20_codec as vfd
from drivers.window_display.vfd_2x20 import Vfd2x20, Vfd2x20Settings
from simulators.displays.dots import GREEN
from simulators.displays.vfd import Vfd
from tests.drivers.displays import Panelled
from tests.drivers.line import Line
from tests.drivers.test_codecs import NOISE, in_pieces
from tests.drivers.vectors import Vector, vectors
from tests.virtual_time import virtual

ASCII = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=40)
SIZES = st.integers(1, 7)
BOTH_MODES: tuple[vfd.Mode, vfd.Mode] = ("cd5220", "epson")


def _named(vector: Vector) -> str:
    return vector.name


def test_every_vector_says_where_it_comes_from() -> None:
    for vector in vectors("vfd-2x20"):
        assert {"V", "S", "C", "U"} & set(vector.source.replace(",", " ").replace(";", " ").split()), vector.name


_VFD: dict[str, Callable[[dict[str, Any]], vfd.Command]] = {
    "initialize": lambda _: vfd.Initialize(),
    "clear": lambda _: vfd.Clear(),
    "brightness": lambda m: vfd.Brightness(m["level"]),
    "cursor": lambda m: vfd.Cursor(m["on"]),
    "line": lambda m: vfd.Line(m["number"], m["text"]),
}
COMMANDS = st.one_of(
    st.just(vfd.Initialize()),
    st.just(vfd.Clear()),
    st.integers(1, 4).map(vfd.Brightness),
    st.booleans().map(vfd.Cursor),
    st.builds(vfd.Line, st.sampled_from([1, 2]), ASCII.map(lambda text: text[:20].ljust(20))),
)


class TestVfdCodec:
    @pytest.mark.parametrize("vector", vectors("vfd-2x20", "to-device"), ids=_named)
    def test_commands_are_these_bytes_and_mean_this(self, vector: Vector) -> None:
        mode, command = vector.meaning["mode"], _VFD[vector.meaning["command"]](vector.meaning)
        assert vfd.encode(command, mode) == vector.data
        assert vfd.decode(vector.data, mode) == command

    @pytest.mark.parametrize("mode", BOTH_MODES)
    @settings(deadline=None)
    @given(st.lists(COMMANDS, min_size=1, max_size=4), NOISE, SIZES)
    def test_commands_come_back_whatever_came_before_them_in_any_pieces(
        self, mode: vfd.Mode, commands: list[vfd.Command], noise: list[bytes], size: int
    ) -> None:
        framer = Framer(partial(vfd.scan, mode), vfd.FRAME_CAP)
        for piece in noise:
            list(framer.feed(piece))
            assert len(framer) < vfd.FRAME_CAP
        sent = b"".join(vfd.encode(command, mode) for command in commands)
        found = [cut for piece in in_pieces(sent, size) for cut in framer.feed(piece)]
        assert [vfd.decode(cut, mode) for cut in found][-len(commands) :] == commands

    @pytest.mark.parametrize("mode", BOTH_MODES)
    @given(st.binary(max_size=40))
    def test_a_decoder_fed_anything_gives_a_command_or_says_garbled(self, mode: vfd.Mode, cut: bytes) -> None:
        try:
            assert vfd.encode(vfd.decode(cut, mode), mode) == cut
        except Garbled:
            assert all(vfd.encode(c, mode) != cut for c in (vfd.Initialize(), vfd.Clear(), vfd.Cursor(True)))

    @given(ASCII)
    def test_two_lines_hold_every_letter_in_its_order(self, text: str) -> None:
        upper, lower = vfd.lines(text)
        assert len(upper) == len(lower) == 20
        assert (upper + lower).replace(" ", "") == text.replace(" ", "")

    @pytest.mark.parametrize(
        ("text", "upper", "lower"),
        [
            ("A001 to 3", "A001 to 3", ""),
            ("A1001 please come to window 3", "A1001 please come to", "window 3"),
            ("A1001, please come over to window 3", "A1001, please come", "over to window 3"),
            ("8" * 40, "8" * 20, "8" * 20),
            ("A " + "8" * 37, "A " + "8" * 18, "8" * 19),
        ],
    )
    def test_a_text_is_parted_at_a_blank_where_that_is_possible(self, text: str, upper: str, lower: str) -> None:
        assert vfd.lines(text) == (upper.ljust(20), lower.ljust(20))

    @pytest.mark.parametrize(("text", "mode"), [("8" * 21, "cd5220"), ("A\r", "cd5220"), ("short", "epson")])
    def test_what_is_no_line_is_refused(self, text: str, mode: vfd.Mode) -> None:
        with pytest.raises(ValueError, match="no line"):
            vfd.encode(vfd.Line(1, text), mode)


async def customer(card: Panelled, **options: Any) -> tuple[Vfd2x20, Vfd]:
    driver = Vfd2x20(Vfd2x20Settings(**options), Line(card))
    await driver.open(Deadline.after(5))
    return driver, cast("Vfd", card.display)


@pytest.mark.parametrize("mode", BOTH_MODES)
class TestVfd:
    @virtual
    async def test_a_long_text_stands_on_two_lines_and_all_of_it_is_lit(self, mode: vfd.Mode) -> None:
        driver, display = await customer(Panelled(f"vfd-{mode}"), mode=mode)
        await driver.show("A1001 please come to window 3", Deadline.after(2))
        await asyncio.sleep(1)
        assert display.seen == ("A1001 please come to", "window 3            ")
        lit = display.draw()
        assert {value for _, value in lit.getcolors() or []} == {0, GREEN}
        box = lit.getbbox()
        assert box is not None
        assert box[1] < 16 < box[3]

    @virtual
    async def test_it_is_as_bright_as_wished_and_shows_no_cursor(self, mode: vfd.Mode) -> None:
        _, display = await customer(Panelled(f"vfd-{mode}"), mode=mode, brightness=2)
        assert (display.brightness, display.cursor) == (2, False)

    @virtual
    async def test_whoever_had_it_before_opening_finds_a_way_out_of_the_writing_of_lines(self, mode: vfd.Mode) -> None:
        card = Panelled(f"vfd-{mode}")
        if mode == "cd5220":
            card.hear(vfd.encode(vfd.Line(1, "SALE TODAY"), mode))
        else:
            card.hear(b"SALE TODAY" + bytes((0x1F, 0x24, 7, 2)))
        driver, display = await customer(card, mode=mode)
        assert display.seen == ()
        await driver.show("A001 to 3", Deadline.after(2))
        await asyncio.sleep(1)
        assert (display.text, display.brightness) == ("A001 to 3", 4)

    @virtual
    async def test_without_its_pauses_it_hears_only_half(self, mode: vfd.Mode) -> None:
        driver, display = await customer(Panelled(f"vfd-{mode}"), mode=mode, brightness=2, mode_ms=0)
        assert (display.brightness, display.cursor) == (4, True)
        assert display.seen == ()
        await driver.close()

    @virtual
    async def test_pauses_longer_than_its_time_are_silence(self, mode: vfd.Mode) -> None:
        line = Line(Panelled(f"vfd-{mode}"))
        with pytest.raises(Silent, match="pauses"):
            await Vfd2x20(Vfd2x20Settings(mode=mode), line).open(Deadline.after(0.3))
        assert line.gone is not None

    @virtual
    async def test_what_was_lost_stands_there_again_after_the_next_poll(self, mode: vfd.Mode) -> None:
        card = Panelled(f"vfd-{mode}")
        driver, display = await customer(card, mode=mode)
        await driver.show("A001 to 3", Deadline.after(2))
        card.hear(b"\x0c")  # as a display does whose plug has been pulled for a moment
        assert display.seen == ()
        await asyncio.sleep(1)
        await driver.poll(Deadline.after(2))
        await asyncio.sleep(1)
        assert display.text == "A001 to 3"

    @pytest.mark.parametrize("options", [{"brightness": 0}, {"brightness": 5}, {"mode_ms": -1}])
    def test_options_that_cannot_be_are_refused_with_their_remedy(
        self, mode: vfd.Mode, options: dict[str, Any]
    ) -> None:
        with pytest.raises(ValueError, match="→"):
            Vfd2x20Settings(mode=mode, **options)
