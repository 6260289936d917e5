"""Callers and keypads: a press is heard or tried again; numbers, answers and stars are shown."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.control import Fault, Grade, Press
from simulators.keypads import ff68
from simulators.keypads.bus import Keypads
from tests.simulators.host import Wired, passed, wired

CALL = bytes.fromhex("FF 68 03 03 68 01 01 0C 0E 16")
GOOD = bytes.fromhex("FF 68 03 03 68 81 11 02 94 16")
GOOD_RECEIVED = bytes.fromhex("68 02 02 68 81 01 82 16")


@pytest.fixture
async def keypads(tmp_path: Path) -> AsyncIterator[Wired]:
    build = partial(Keypads, callers=(1, 2, 3), keypads=(129, 130, 131))
    async with wired(tmp_path, 9600, build, half_duplex=True) as it:
        yield it


@pytest.mark.wire
class TestPresses:
    async def test_a_press_is_acknowledged_by_its_echo(self, keypads: Wired) -> None:
        keypads.station.do(Press(address=1, keys="call"))
        assert await keypads.host.read(len(CALL)) == CALL
        keypads.host.write(CALL)
        pressed = await keypads.heard.next("pressed")
        assert (pressed["address"], pressed["acknowledged"], pressed["tries"]) == (1, True, 1)

    async def test_digits_go_before_the_key(self, keypads: Wired) -> None:
        keypads.station.do(Press(address=1, keys="1,0,1,2,call"))
        assert await keypads.host.read(14) == bytes.fromhex("FF 68 07 07 68 01 01 01 00 01 02 0C 12 16")

    async def test_a_grade_is_acknowledged_without_the_leading_byte(self, keypads: Wired) -> None:
        keypads.station.do(Grade(address=129, grade=2))
        assert await keypads.host.read(len(GOOD)) == GOOD
        keypads.host.write(GOOD_RECEIVED)
        assert (await keypads.heard.next("pressed"))["acknowledged"] is True

    async def test_nobody_answering_it_tries_three_times(self, keypads: Wired) -> None:
        begun = asyncio.get_running_loop().time()
        keypads.station.do(Press(address=1, keys="call"))
        assert await keypads.host.read(3 * len(CALL)) == CALL * 3
        pressed = await keypads.heard.next("pressed")
        assert (pressed["acknowledged"], pressed["tries"]) == (False, 3)
        assert pressed["t"] - begun >= 3 * (0.3 + len(CALL) / 960)

    async def test_the_second_try_may_be_heard(self, keypads: Wired) -> None:
        keypads.station.do(Press(address=1, keys="call"))
        await keypads.host.read(2 * len(CALL))
        keypads.host.write(CALL)
        pressed = await keypads.heard.next("pressed")
        assert (pressed["acknowledged"], pressed["tries"]) == (True, 2)

    async def test_all_pressing_at_once_talk_one_after_the_other(self, keypads: Wired) -> None:
        for address in (1, 2, 3):
            keypads.station.do(Press(address=address, keys="call"))
        frames = await keypads.host.read(3 * len(CALL))
        assert {frames[at + 5] for at in (0, 10, 20)} == {1, 2, 3}
        assert keypads.heard.all("collision") == []

    async def test_nobody_begins_while_the_host_talks(self, keypads: Wired) -> None:
        begun = keypads.host.write(bytes.fromhex("FF 68 08 08 68 02 02 01 00 01 02 0A 07 19 16"))
        await passed(begun + 0.003)
        keypads.station.do(Press(address=1, keys="call"))
        assert (await keypads.heard.next("display"))["digits"] == "1012"
        assert await keypads.host.read(len(CALL)) == CALL

    @pytest.mark.parametrize("keys", ["", "hello", "12,call", "call,1", "x,call"])
    async def test_keys_that_are_not_there_cannot_be_pressed(self, keypads: Wired, keys: str) -> None:
        with pytest.raises(ValueError, match="press digits"):
            keypads.station.do(Press(address=1, keys=keys))

    async def test_devices_that_are_not_there_cannot_be_pressed(self, keypads: Wired) -> None:
        with pytest.raises(ValueError, match="address 9"):
            keypads.station.do(Press(address=9, keys="call"))
        with pytest.raises(ValueError, match="0–4"):
            keypads.station.do(Grade(address=129, grade=5))


@pytest.mark.wire
class TestShowing:
    async def test_a_caller_shows_number_and_waiting(self, keypads: Wired) -> None:
        keypads.host.write(bytes.fromhex("FF 68 09 09 68 01 02 01 00 00 01 0A 01 02 12 16"))
        shown = await keypads.heard.next("display")
        assert (shown["address"], shown["digits"], shown["waiting"]) == (1, "1001", 12)

    async def test_a_caller_tells_success_and_failure(self, keypads: Wired) -> None:
        keypads.host.write(bytes.fromhex("FF 68 03 03 68 02 02 01 05 16 FF 68 03 03 68 02 02 00 04 16"))
        await keypads.heard.next("answered", 2)
        assert [event["success"] for event in keypads.heard.all("answered")] == [True, False]

    async def test_a_keypad_lights_its_stars_and_goes_dark(self, keypads: Wired) -> None:
        keypads.host.write(bytes.fromhex("FF 68 03 03 68 81 02 05 88 16 FF 68 03 03 68 81 02 00 83 16"))
        await keypads.heard.next("lit", 2)
        assert [event["stars"] for event in keypads.heard.all("lit")] == [5, 0]
        assert keypads.station.snapshot()[0]["keypads"][0] == {"address": 129, "stars": 0, "silent": False}


@pytest.mark.wire
class TestFaults:
    async def test_a_dead_pad_is_pressed_in_vain(self, keypads: Wired) -> None:
        keypads.station.do(Fault(name="silent", on=True, address=129))
        keypads.station.do(Grade(address=129, grade=2))
        pressed = await keypads.heard.next("pressed")
        assert (pressed["acknowledged"], pressed["tries"]) == (False, 0)

    async def test_wrong_sums_go_out_and_right_ones_come_in(self, keypads: Wired) -> None:
        keypads.station.do(Fault(name="wrong-checksum", on=True))
        keypads.station.do(Press(address=1, keys="call"))
        assert await keypads.host.read(len(CALL)) == CALL[:-2] + b"\x0f\x16"


class TestFrames:
    @given(st.lists(st.sampled_from([CALL, GOOD_RECEIVED, GOOD]), min_size=1, max_size=6))
    def test_frames_in_a_row_are_all_found(self, frames: list[bytes]) -> None:
        reader = ff68.FrameReader()
        found = [body for byte in b"".join(frames) if (body := reader.feed(byte))]
        assert len(found) == len(frames)

    @given(st.binary(max_size=100))
    def test_after_noise_at_most_one_longest_frame_is_lost(self, noise: bytes) -> None:
        reader = ff68.FrameReader()
        for byte in noise + CALL * 27:
            last = reader.feed(byte)
        assert last is not None
        assert last[0] == CALL[5:-2]

    @given(st.binary(min_size=2, max_size=20), st.booleans())
    def test_any_body_means_something_or_nothing(self, body: bytes, lead: bool) -> None:
        found = ff68.message(body, lead)
        assert found is None or found.address == body[0]
