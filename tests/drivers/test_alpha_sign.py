"""Alpha signs: their vectors, what holds of their codec whatever comes, what the driver promises."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.contract import Garbled, Refused, Silent
from drivers.deadline import Deadline
from drivers.framing import Framer
from drivers.window_display import alpha_sign_codec as alpha
from drivers.window_display.alpha_sign import AlphaSign, AlphaSignSettings
from simulators.displays.alpha import AlphaReader
from tests.drivers.displays import Panelled
from tests.drivers.line import Line
from tests.drivers.test_codecs import in_pieces
from tests.drivers.vectors import Vector, vectors
from tests.virtual_time import virtual

ASCII = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=40)
SIZES = st.integers(1, 7)


def _named(vector: Vector) -> str:
    return vector.name


def test_every_vector_says_where_it_comes_from() -> None:
    for vector in vectors("alpha-sign"):
        assert {"V", "S", "C", "U"} & set(vector.source.replace(",", " ").replace(";", " ").split()), vector.name


class TestAlphaCodec:
    @pytest.mark.parametrize("vector", vectors("alpha-sign", "to-device"), ids=_named)
    def test_packets_are_these_bytes_and_mean_this(self, vector: Vector) -> None:
        m = vector.meaning
        if m["frame"] == "text":
            command = alpha.write_text(m["file"], m["text"].encode(), m["mode"], m["position"])
            assert alpha.text_of(command) == m["text"]
        else:
            command = alpha.set_memory(m["file"], m["size"])
            assert alpha.text_of(command) is None
        packet = alpha.Packet(command, m["address"], checked=m["checked"])
        sent = alpha.seven_even if "bits" in m else bytes
        assert sent(alpha.encode(packet)) == vector.data
        assert [alpha.decode(cut) for cut in Framer(alpha.scan_packet, alpha.FRAME_CAP).feed(vector.data)] == [packet]

    @pytest.mark.parametrize("vector", vectors("alpha-sign", "from-device"), ids=_named)
    def test_answers_mean_this(self, vector: Vector) -> None:
        (cut,) = Framer(alpha.scan, alpha.ANSWER_CAP).feed(vector.data)
        assert alpha.obeyed(cut) is vector.meaning["obeyed"]

    @pytest.mark.parametrize("vector", vectors("alpha-sign", "refused"), ids=_named)
    def test_what_is_known_to_be_wrong_is_taken_by_nobody(self, vector: Vector) -> None:
        (cut,) = Framer(alpha.scan_packet, alpha.FRAME_CAP).feed(vector.data)
        with pytest.raises(Garbled):
            alpha.decode(cut)

    @settings(deadline=None)
    @given(
        ASCII, st.integers(0, 255), st.booleans(), st.booleans(), st.lists(st.binary(max_size=20), max_size=2), SIZES
    )
    def test_a_packet_comes_back_whatever_came_before_it_in_any_pieces(
        self, text: str, address: int, checked: bool, seven: bool, noise: list[bytes], size: int
    ) -> None:
        packet = alpha.Packet(alpha.write_text("A", text.encode(), "hold", "fill"), f"{address:02X}", "Z", checked)
        sent = alpha.encode(packet)
        framer = Framer(alpha.scan_packet, alpha.FRAME_CAP)
        for piece in noise:
            list(framer.feed(piece))
        found = [c for piece in in_pieces(alpha.seven_even(sent) if seven else sent, size) for c in framer.feed(piece)]
        assert alpha.decode(found[-1]) == packet

    @settings(deadline=None)
    @given(ASCII, st.integers(1, 255), st.booleans(), st.booleans())
    def test_a_sign_reads_the_text_that_was_meant(self, text: str, address: int, checked: bool, seven: bool) -> None:
        command = alpha.write_text("A", text.encode(), "rotate", "top")
        sent = alpha.encode(alpha.Packet(command, f"{address:02X}", "Z", checked))
        reader = AlphaReader("7E1" if seven else "8N1")
        heard = [frame for b in (alpha.seven_even(sent) if seven else sent) if (frame := reader.feed(b, 0.0))]
        assert [(f.sound, f.address, f.command) for f in heard] == [(True, f"{address:02X}", f'AA\x1b"a{text}')]

    @given(st.binary(max_size=60))
    def test_a_decoder_fed_anything_gives_a_packet_or_says_garbled(self, cut: bytes) -> None:
        for decode in (alpha.decode, alpha.obeyed):
            try:
                decode(cut)
            except Garbled:
                continue

    @given(st.binary(max_size=600))
    def test_no_more_is_kept_than_the_longest_packet(self, noise: bytes) -> None:
        framer = Framer(alpha.scan_packet, alpha.FRAME_CAP)
        for _ in range(4):
            list(framer.feed(b"\x01" + noise.replace(b"\x04", b"")))
            assert len(framer) < alpha.FRAME_CAP

    @pytest.mark.parametrize("command", [b"", b"AA\x04", b"A" * 2000])
    def test_what_cannot_be_in_a_packet_is_refused(self, command: bytes) -> None:
        with pytest.raises(ValueError, match="bytes of command"):
            alpha.encode(alpha.Packet(command))


async def sign(card: Panelled, **options: Any) -> AlphaSign:
    driver = AlphaSign(AlphaSignSettings(**{"address": 3, "answers": "ack", **options}), Line(card))
    await driver.open(Deadline.after(5))
    return driver


class TestAlphaSign:
    @pytest.mark.parametrize("bits", ["7E1", "8N1"])
    @pytest.mark.parametrize("checksum", [True, False])
    @virtual
    async def test_it_is_spoken_to_as_its_line_and_its_age_want(self, bits: Any, checksum: bool) -> None:
        card = Panelled("alpha-sign", bits=bits)
        driver = await sign(card, bits=bits, checksum=checksum)
        assert (await driver.show("A001 to 3", Deadline.after(2))).confirmed is True
        assert card.display.text == "A001 to 3"

    @virtual
    async def test_on_a_line_of_the_other_kind_it_hears_nothing_sound(self) -> None:
        card = Panelled("alpha-sign", bits="7E1")
        with pytest.raises((Silent, Garbled)):
            await sign(card, bits="8N1")
        assert card.garbled

    @virtual
    async def test_opening_divides_the_memory_and_makes_it_dark(self) -> None:
        card = Panelled("alpha-sign")
        driver = await sign(card)
        await driver.show("A001 to 3", Deadline.after(2))
        await driver.open(Deadline.after(5))
        assert card.display.seen == ()

    @virtual
    async def test_a_memory_that_others_have_divided_stays_and_without_any_its_text_is_not_taken(self) -> None:
        card = Panelled("alpha-sign")
        await sign(card)
        driver = await sign(card, memory=0)
        assert (await driver.show("A001 to 3", Deadline.after(2))).confirmed is True
        with pytest.raises(Garbled, match="not taken"):
            await sign(Panelled("alpha-sign"), memory=0)

    @virtual
    async def test_it_has_time_to_divide_its_memory_before_its_first_text(self) -> None:
        line = Line(Panelled("alpha-sign"))
        began = asyncio.get_running_loop().time()
        await AlphaSign(AlphaSignSettings(3, settle_ms=700), line).open(Deadline.after(5))
        assert asyncio.get_running_loop().time() - began > 0.7
        with pytest.raises(Silent, match="memory"):
            await AlphaSign(AlphaSignSettings(3, settle_ms=700), line).open(Deadline.after(0.5))
        assert line.gone is not None

    @virtual
    async def test_what_it_refuses_is_garbled_so_that_it_is_sent_again(self) -> None:
        card = Panelled("alpha-sign")
        driver = await sign(card)
        card.replies = [b"\x15"]
        with pytest.raises(Garbled):
            await driver.show("A001 to 3", Deadline.after(2))
        assert (await driver.show("A001 to 3", Deadline.after(2))).confirmed is True

    @virtual
    async def test_meant_for_every_sign_nobody_is_waited_for(self) -> None:
        card = Panelled("alpha-sign")
        driver = await sign(card, address=0, answers="none")
        completion = await driver.show("A001 to 3", Deadline.after(2))
        assert (completion.confirmed, completion.evidence) == (None, "written")
        await asyncio.sleep(1)
        assert card.display.text == "A001 to 3"

    @virtual
    async def test_a_text_longer_than_its_file_is_refused(self) -> None:
        driver = await sign(Panelled("alpha-sign"), memory=10)
        await driver.show("8" * 10, Deadline.after(2))
        with pytest.raises(Refused, match="11 letters"):
            await driver.show("8" * 11, Deadline.after(2))

    @pytest.mark.parametrize(
        "options",
        [
            {"address": 256},
            {"sign_type": "ZZ"},
            {"file": "é"},
            {"memory": 513},
            {"address": 0, "answers": "ack"},
            {"answer_ms": 1},
            {"settle_ms": 2001},
        ],
    )
    def test_options_that_cannot_be_are_refused_with_their_remedy(self, options: dict[str, Any]) -> None:
        with pytest.raises(ValueError, match="→"):
            AlphaSignSettings(**{"address": 3, **options})
