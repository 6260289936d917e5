"""The page's own calls for a card: guarded, told to the page that asked and to nobody else, over when it goes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from starlette.applications import Starlette
from starlette.types import Message, Scope

from config.box import Cards as CardSettings
from device.api.answers import unreadable
from device.api.cards import CardCalls
from device.api.guard import LoopbackGuard
from device.api.stream import Streams
from device.api.window import WindowCalls
from device.flows.read_card import Phase
from device.sessions import Sessions
from hall.contract import Clerk
from tests.device.card_scene import VALUES, Cards, cards_of
from tests.device.counter import CLERK
from tests.virtual_time import virtual

PORT = 8630
ORIGIN = f"http://127.0.0.1:{PORT}"


class Stream:
    """One reading's stream as its page hears it."""

    def __init__(self) -> None:
        self.status = 0
        self.said = b""
        self.open = True
        self._gone = asyncio.Event()
        self._news = asyncio.Event()

    @property
    def states(self) -> list[dict[str, Any]]:
        events = [block for block in self.said.decode().split("\n\n") if block.startswith("event: state")]
        return [msgspec.json.decode(event.partition("data: ")[2]) for event in events]

    @property
    def refusal(self) -> str:
        return str(msgspec.json.decode(self.said)["error"])

    def leave(self) -> None:
        self._gone.set()

    async def until(self, true: Callable[[], object]) -> None:
        async with asyncio.timeout(60):
            while not true():
                self._news.clear()
                await self._news.wait()

    async def over(self) -> None:
        await self.until(lambda: not self.open)

    async def phase(self, wanted: str) -> dict[str, Any]:
        await self.until(lambda: self.states and self.states[-1]["phase"] == wanted)
        return self.states[-1]

    async def receive(self) -> Message:
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        self.said += message.get("body", b"")
        self._news.set()


class Box:
    """The local API of a box with one window and its reader."""

    def __init__(self, cards: Cards, group: asyncio.TaskGroup, settings: CardSettings) -> None:
        self.cards = cards
        self.streams = Streams()
        self.sessions = Sessions(cards.counter.journal)
        self.token = ""
        self._group = group
        counter: Any = cards.counter
        counter.link.welcome.hall, counter.link.welcome.hall_en = "示范大厅", "Model Hall"
        desks, readers = {1: counter.desk}, {1: cards.desk}
        calls = CardCalls(desks, readers, counter.link, counter.desired, self.sessions, self.streams, settings)
        health: Any = SimpleNamespace(devices=lambda number: [], refused=())
        door: Any = SimpleNamespace(sessions=self.sessions)
        self.page = WindowCalls(desks, counter.link, counter.desired, health, door, self.streams, "demo", readers)
        handlers: Any = {msgspec.ValidationError: unreadable, msgspec.DecodeError: unreadable}
        self._app = LoopbackGuard(Starlette(routes=calls.routes(), exception_handlers=handlers), PORT, [])

    def post(self, path: str, body: Any, *, token: str | None = None, origin: str = ORIGIN) -> Stream:
        """Send it; what comes is in the stream."""
        stream = Stream()
        self._group.create_task(self._carry(stream, path, body, self.token if token is None else token, origin))
        return stream

    async def ask(self, path: str, body: Any, **more: str) -> tuple[int, Any]:
        stream = self.post(path, body, **more)
        await stream.over()
        return stream.status, msgspec.json.decode(stream.said)

    async def announced(self) -> tuple[Stream, str]:
        stream = self.post("/window/1/card", {"reader": "id_card"})
        state = await stream.phase("announced")
        return stream, state["reading"]

    async def read(self, card: str = "resident") -> tuple[Stream, str]:
        stream, reading = await self.announced()
        assert (await self.ask("/window/1/card/read", {"reading": reading}))[0] == 200
        self.cards.reader.module.lay(card)
        await stream.phase("read")
        return stream, reading

    async def _carry(self, stream: Stream, path: str, body: Any, token: str, origin: str) -> None:
        told = [{"type": "http.request", "body": msgspec.json.encode(body), "more_body": False}]
        headers = [(b"host", f"127.0.0.1:{PORT}".encode()), (b"origin", origin.encode())]
        headers += [(b"authorization", f"Bearer {token}".encode())] if token else []
        scope: Scope = {"type": "http", "method": "POST", "path": path, "query_string": b"", "headers": headers}
        scope.update(root_path="", scheme="http", http_version="1.1")

        async def receive() -> Message:
            return told.pop() if told else await stream.receive()

        await self._app(scope, receive, stream.send)
        stream.open = False
        stream._news.set()


@asynccontextmanager
async def box_of(folder: Path, settings: CardSettings | None = None) -> AsyncIterator[Box]:
    async with cards_of(folder) as cards, asyncio.TaskGroup() as group:
        box = Box(cards, group, settings or CardSettings())
        box.token = await box.sessions.open(1, CLERK)
        yield box
        box.streams.stop()


@virtual
async def test_the_notice_says_who_why_and_for_how_long(tmp_path: Path) -> None:
    settings = CardSettings(purpose="核对申请人", purpose_en="to check the applicant", keep_seconds=60)
    async with box_of(tmp_path, settings) as box:
        stream, _ = await box.announced()
        assert stream.states[0]["notice"] == {
            "hall": "示范大厅",
            "hall_en": "Model Hall",
            "window": 1,
            "name": "社保",
            "name_en": "Social security",
            "purpose": "核对申请人",
            "purpose_en": "to check the applicant",
            "keep_seconds": 60,
            "wait_seconds": 20,
        }


@virtual
async def test_a_page_is_told_each_step_the_values_masked_and_whole_only_on_its_own_call(tmp_path: Path) -> None:
    async with box_of(tmp_path) as box:
        stream, reading = await box.read()
        assert [state["phase"] for state in stream.states] == ["announced", "reading", "read"]
        assert stream.states[1]["left_ms"] == 20_000
        assert stream.states[2]["left_ms"] == pytest.approx(120_000, abs=100)
        assert [value for value in VALUES if value in stream.said.decode()] == []
        assert stream.said.count(b"110***********009X") == 1
        status, told = await box.ask("/window/1/card/show", {"reading": reading})
        assert (status, told["values"]) == (
            200,
            [{"key": "name", "text": "张三"}, {"key": "number", "text": "11010119000101009X"}],
        )
        assert await box.ask("/window/1/card/end", {"reading": reading, "why": "done"}) == (200, {"outcome": "done"})
        over = await stream.phase("over")
        assert (over["why"], over["card"]) == ("done", None)
        assert (await box.ask("/window/1/card/show", {"reading": reading}))[1]["error"] == "reading-over"


@virtual
async def test_the_state_that_every_page_of_the_window_hears_carries_the_readers_and_nothing_of_a_card(
    tmp_path: Path,
) -> None:
    async with box_of(tmp_path) as box:
        stream, _ = await box.read()
        said = msgspec.json.encode(box.page.state(box.cards.counter.desk)).decode()
        assert '"card_readers":["id_card","smart_card"]' in said
        masked = {value["text"] for value in stream.states[-1]["card"]["values"]}
        assert [value for value in VALUES | masked if value in said] == []


@virtual
async def test_a_page_that_goes_away_takes_the_values_with_it(tmp_path: Path) -> None:
    async with box_of(tmp_path) as box:
        stream, reading = await box.read()
        stream.leave()
        await stream.over()
        assert (await box.ask("/window/1/card/show", {"reading": reading}))[1]["error"] == "reading-over"


@virtual
async def test_a_page_that_goes_away_while_a_card_is_waited_for_frees_the_reader_at_once(tmp_path: Path) -> None:
    async with box_of(tmp_path) as box:
        stream, reading = await box.announced()
        await box.ask("/window/1/card/read", {"reading": reading})
        await asyncio.sleep(2)
        stream.leave()
        await stream.over()
        begun = asyncio.get_running_loop().time()
        await box.read()
        assert asyncio.get_running_loop().time() - begun < 3


@virtual
async def test_the_daemons_stop_ends_the_stream_and_forgets(tmp_path: Path) -> None:
    async with box_of(tmp_path) as box:
        stream, reading = await box.read()
        box.streams.stop()
        await stream.over()
        assert (await box.ask("/window/1/card/show", {"reading": reading}))[1]["error"] == "reading-over"


@virtual
async def test_only_who_is_signed_in_here_may_ask_and_only_from_this_boxs_pages(tmp_path: Path) -> None:
    async with box_of(tmp_path) as box:
        _, reading = await box.read()
        calls: list[tuple[str, Any]] = [
            ("", {"reader": "id_card"}),
            ("/read", {"reading": reading}),
            ("/show", {"reading": reading}),
            ("/end", {"reading": reading, "why": "done"}),
        ]
        for path, body in calls:
            assert (await box.ask(f"/window/1/card{path}", body, token="wrong"))[0] == 401
            assert (await box.ask(f"/window/1/card{path}", body, token=""))[0] == 401
            assert (await box.ask(f"/window/2/card{path}", body))[0] == 404
            stranger = box.post(f"/window/1/card{path}", body, origin="http://evil.example")
            await stranger.over()
            assert stranger.status == 403
        assert (await box.ask("/window/1/card/show", {"reading": reading}))[0] == 200


@virtual
async def test_another_clerks_token_shows_nothing(tmp_path: Path) -> None:
    async with box_of(tmp_path) as box:
        _, reading = await box.read()
        other = await box.sessions.open(1, Clerk(staff_no="008", name="张小红"))
        assert (await box.ask("/window/1/card/show", {"reading": reading}))[0] == 401
        status, told = await box.ask("/window/1/card/show", {"reading": reading}, token=other)
        assert (status, told["error"]) == (409, "reading-over")
        status, told = await box.ask("/window/1/card", {"reader": "id_card"}, token=other)
        assert (status, told["error"]) == (401, "not-signed-in")


@virtual
async def test_a_refusal_has_its_sentence_and_a_wrong_body_is_said_to_be_wrong(tmp_path: Path) -> None:
    async with box_of(tmp_path) as box:
        await box.cards.counter.tell("idle")
        status, told = await box.ask("/window/1/card", {"reader": "id_card"})
        assert (status, told["error"], told["text"]["zh-CN"]) == (409, "nothing-held", "窗口现在没有号码，请先叫号")
        for body in ({"reader": "crystal ball"}, {"reader": "id_card", "quietly": True}, {}):
            assert (await box.ask("/window/1/card", body))[0] == 400
        assert (await box.ask("/window/1/card/show", {"reading": "号"}))[1]["error"] == "reading-over"


@virtual
async def test_nothing_is_read_when_the_citizen_declines(tmp_path: Path) -> None:
    async with box_of(tmp_path) as box:
        stream, reading = await box.announced()
        box.cards.reader.module.lay("resident")
        await box.ask("/window/1/card/end", {"reading": reading, "why": "declined"})
        assert (await stream.phase("over"))["why"] == "declined"
        assert (await box.ask("/window/1/card/read", {"reading": reading}))[1]["error"] == "reading-over"
        await asyncio.sleep(30)
        assert "find" not in box.cards.reader.asked
        assert box.cards.noted() == []
        assert Phase.OVER in [state["phase"] for state in stream.states]
