"""The parts of the drill that need no hall: its schedule, its cables, what it takes for a bug."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from itertools import pairwise
from random import Random
from typing import TYPE_CHECKING, cast

import pytest

from drivers.ticket_printer.escpos_confirm import LOOK_SECONDS
from simulators.drill import proxy
from simulators.drill.faults import HANDS_SECONDS, befall
from simulators.drill.lives import complaint
from simulators.drill.proxy import Cable, Slow
from simulators.drill.schedule import KINDS, LINE_REST_SECONDS, Trouble, draw
from simulators.drill.settings import Ports, Size
from tests.virtual_time import virtual

if TYPE_CHECKING:
    from simulators.drill.stage import DrillStage

SIZE = Size()
TEN_MINUTES = 555.0
REST = {kind.name: kind.rest for kind in KINDS}
TAKES = {kind.name: kind.takes for kind in KINDS}


class TestTheSchedule:
    def test_a_seed_gives_the_same_troubles_again(self) -> None:
        assert draw(7, TEN_MINUTES, SIZE) == draw(7, TEN_MINUTES, SIZE)
        assert draw(7, TEN_MINUTES, SIZE) != draw(8, TEN_MINUTES, SIZE)

    @pytest.mark.parametrize("seed", range(1, 11))
    def test_ten_minutes_are_full_of_every_kind_of_trouble(self, seed: int) -> None:
        troubles = draw(seed, TEN_MINUTES, SIZE)
        assert len(troubles) >= 300
        assert {trouble.kind for trouble in troubles} == {kind.name for kind in KINDS}

    @pytest.mark.parametrize("seed", range(1, 11))
    def test_no_two_troubles_undo_each_other(self, seed: int) -> None:
        taken: dict[str, list[Trouble]] = {}
        for trouble in draw(seed, TEN_MINUTES, SIZE):
            for what in TAKES[trouble.kind](SIZE, trouble.target):
                taken.setdefault(what, []).append(trouble)
        for troubles in taken.values():
            for earlier, later in pairwise(troubles):
                assert earlier.at + earlier.seconds <= later.at, (str(earlier), str(later))

    def test_the_last_trouble_is_over_before_the_end(self) -> None:
        assert max(t.at + t.seconds + REST[t.kind] for t in draw(1, TEN_MINUTES, SIZE)) <= TEN_MINUTES + 0.1

    def test_only_the_kinds_asked_for_come(self) -> None:
        assert {trouble.kind for trouble in draw(1, 60, SIZE, ["cut", "kill"])} == {"cut", "kill"}


class _Hands:
    """A stage of which only the devices are there: what is done to them, and when."""

    def __init__(self) -> None:
        self.props = self
        self.done: list[tuple[float, str]] = []

    async def fault(self, line: str, name: str, on: bool) -> None:
        self._note(f"{line} {name} {'on' if on else 'off'}")

    async def do(self, line: str, what: str) -> None:
        self._note(f"{line} {what}")

    def _note(self, what: str) -> None:
        self.done.append((asyncio.get_running_loop().time(), what))


class TestHowATroubleIsMended:
    @virtual
    async def test_paper_that_ends_in_the_last_moment_is_out_for_as_long_as_hands_take(self) -> None:
        stage = _Hands()
        await befall(
            cast("DrillStage", stage), Trouble(0.0, "printer", "printer-1", 2.0, (("fault", "paper-out-mid"),))
        )
        (begun, on), (over, off), (filled, refill) = stage.done
        assert [on, off, refill] == ["printer-1 paper-out-mid on", "printer-1 paper-out-mid off", "printer-1 refill"]
        assert over - begun == pytest.approx(2.0)
        assert filled - over == pytest.approx(HANDS_SECONDS)
        assert LOOK_SECONDS < HANDS_SECONDS < LINE_REST_SECONDS


class TestWhatIsABug:
    def test_an_error_of_the_program_is_told_whole(self) -> None:
        said = 'at=1 event=x\nTraceback (most recent call last):\n  File "a", line 1\n    b()\nValueError: c\nat=2\n'
        assert complaint(said) == 'Traceback (most recent call last):\n  File "a", line 1\n    b()\nValueError: c'

    def test_a_call_left_unanswered_at_a_stop_is_none(self) -> None:
        said = 'Traceback (most recent call last):\n  File "a", line 1\nasyncio.exceptions.CancelledError: x\n'
        assert complaint(said) == ""
        assert complaint(said + said.replace("asyncio.exceptions.Cancelled", "Key")).endswith("KeyError: x")


class Hall:
    """Answers every line with the same line, backwards, and remembers what it heard."""

    def __init__(self) -> None:
        self.heard: list[bytes] = []
        self.port = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while line := await reader.readline():
                self.heard.append(line.strip())
                writer.write(line.strip()[::-1] + b"\n")
        writer.close()


@asynccontextmanager
async def cabled() -> AsyncIterator[tuple[Cable, Hall, int]]:
    """A hall, a cable to it, and where the cable begins."""
    hall = Hall()
    server = await asyncio.start_server(hall.serve, "127.0.0.1", 0)
    hall.port = server.sockets[0].getsockname()[1]
    here = Ports.free(Size(1, 1)).hall
    cable = Cable("kiosk-1", here, hall.port, Random(1))
    async with cable.laid():
        yield cable, hall, here
    server.close()
    await server.wait_closed()


async def say(to: tuple[asyncio.StreamReader, asyncio.StreamWriter], word: bytes, limit: float = 3.0) -> bytes:
    """The hall's answer; "" when the connection ended instead. Raises TimeoutError."""
    reader, writer = to
    try:
        writer.write(word + b"\n")
        async with asyncio.timeout(limit):
            return (await reader.readline()).strip()
    except ConnectionError:
        return b""


async def hang_up(*lines: tuple[asyncio.StreamReader, asyncio.StreamWriter]) -> None:
    for _, writer in lines:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


@pytest.mark.wire
class TestTheCable:
    async def test_it_carries_both_ways(self) -> None:
        async with cabled() as (_, _, here):
            line = await asyncio.open_connection("127.0.0.1", here)
            assert await say(line, b"abc") == b"cba"
            await hang_up(line)

    async def test_cut_it_resets_what_was_and_refuses_what_comes(self) -> None:
        async with cabled() as (cable, _, here):
            line = await asyncio.open_connection("127.0.0.1", here)
            assert await say(line, b"abc") == b"cba"
            with cable.cut():
                assert await say(line, b"abc") == b""
                late = await asyncio.open_connection("127.0.0.1", here)
                assert await say(late, b"abc") == b""
            again = await asyncio.open_connection("127.0.0.1", here)
            assert await say(again, b"abc") == b"cba"
            await hang_up(line, late, again)

    async def test_half_open_it_swallows_for_ever_and_keeps_the_connection(self) -> None:
        async with cabled() as (cable, hall, here):
            line = await asyncio.open_connection("127.0.0.1", here)
            assert await say(line, b"abc") == b"cba"
            with cable.half_open(), pytest.raises(TimeoutError):
                await say(line, b"def", limit=0.2)
            with pytest.raises(TimeoutError):
                await say(line, b"ghi", limit=0.2)
            again = await asyncio.open_connection("127.0.0.1", here)
            assert await say(again, b"xyz") == b"zyx"
            assert hall.heard == [b"abc", b"xyz"]
            await hang_up(line, again)

    async def test_stalled_it_loses_nothing(self) -> None:
        async with cabled() as (cable, hall, here):
            line = await asyncio.open_connection("127.0.0.1", here)
            with cable.stalled():
                with pytest.raises(TimeoutError):
                    await say(line, b"abc", limit=0.2)
                assert hall.heard == []
            async with asyncio.timeout(3.0):
                assert (await line[0].readline()).strip() == b"cba"
            await hang_up(line)

    async def test_slow_it_carries_a_few_bytes_at_a_time(self) -> None:
        async with cabled() as (cable, _, here):
            line = await asyncio.open_connection("127.0.0.1", here)
            loop = asyncio.get_running_loop()
            with cable.slow(Slow(0.1, 1000)):
                begun = loop.time()
                assert await say(line, b"a" * 99) == b"a" * 99
                assert loop.time() - begun >= 0.3
            await hang_up(line)

    async def test_an_answer_is_lost_and_the_request_is_not(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(proxy, "RIPE_SECONDS", -1.0)
        async with cabled() as (cable, hall, here):
            line = await asyncio.open_connection("127.0.0.1", here)
            with cable.losing_answers(1):
                assert await say(line, b"abc") == b""
                again = await asyncio.open_connection("127.0.0.1", here)
                assert await say(again, b"def") == b"fed"
            assert hall.heard == [b"abc", b"def"]
            assert cable.lost_answers == 1
            await hang_up(line, again)
