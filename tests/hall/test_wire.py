from __future__ import annotations

import asyncio
import json
import socket
import ssl
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
from msgspec import to_builtins

from hall import ca, downlink
from hall.contract import Fact
from hall.identity import PeerProtocol
from tests.hall.served import LIMIT_S, Served, command, context, hello, serve

pytestmark = pytest.mark.wire

BATCH = b'{"device":"counter-1","journal":"j","boot":"b","mono_ms":1,"facts":[%b]}'


@asynccontextmanager
async def site(settings_file: Path) -> AsyncIterator[tuple[Served, httpx.AsyncClient, httpx.AsyncClient]]:
    """A served hall with a counter's and a kiosk's connection to it, all gone when the test is over."""
    async with serve(settings_file) as served, served.caller("counter-1") as counter, served.caller("kiosk-1") as kiosk:
        yield served, counter, kiosk


async def sign_in(counter: httpx.AsyncClient) -> dict[str, Any]:
    body = {"type": "sign-in", "request": "s", "window": 1, "name": "林一帆", "pin": "2468", "mode": "demo"}
    answer: dict[str, Any] = (await counter.post("/device/commands", json=body)).json()
    return answer


async def reserve(kiosk: httpx.AsyncClient, seq: int = 1, **fields: Any) -> httpx.Response:
    body = {"ticket": f"kiosk-1/j/{seq}", "service": "11", "mode": "demo", "mono_ms": 1, "boot": "b", **fields}
    return await kiosk.post("/device/reserve", json=body)


@asynccontextmanager
async def listening(served: Served, name: str) -> AsyncIterator[AsyncIterator[tuple[str, Any]]]:
    """The events that a box of this name is told, each as its name and data."""
    async with (
        served.caller(name) as client,
        client.stream("GET", "/device/downlink") as response,
        aclosing(events(response)) as told,
    ):
        yield told


async def events(response: httpx.Response) -> AsyncGenerator[tuple[str, Any], None]:
    name = ""
    async with aclosing(cast(AsyncGenerator[str, None], response.aiter_lines())) as lines:
        async for line in lines:
            field, _, value = line.partition(": ")
            if field == "event":
                name = value
            elif field.startswith("data"):
                yield name, json.loads(value) if value else None


class TestWhoMayCall:
    async def test_a_box_is_welcomed_with_catalogue_date_and_high_water_mark(self, settings_file: Path) -> None:
        async with site(settings_file) as (_, counter, _):
            welcome = (await counter.post("/device/hello", json=hello())).json()
            assert (welcome["contract"], welcome["high"], welcome["kiosk_digit"]) == (2, 0, 0)
            assert [window["number"] for window in welcome["windows"]] == [1, 2, 3]
            assert welcome["notices"] == ["clock-off"]

    @pytest.mark.parametrize(
        ("name", "status", "error"),
        [("", 401, "not-a-box"), ("observer-1", 403, "not-a-box"), ("stranger-1", 403, "not-enrolled")],
    )
    async def test_only_an_enrolled_box_speaks_as_one(
        self, settings_file: Path, name: str, status: int, error: str
    ) -> None:
        async with site(settings_file) as (served, _, _):
            async with served.caller(name) as client:
                response = await client.post("/device/hello", json=hello(name))
            assert (response.status_code, response.json()["error"]) == (status, error)

    async def test_a_certificate_of_another_authority_ends_the_handshake(
        self, settings_file: Path, tmp_path: Path
    ) -> None:
        async with site(settings_file) as (served, _, _):
            ca.init(tmp_path / "forged")
            ca.issue(tmp_path / "forged", "kiosk-1", "box", 1)
            forged = ssl.create_default_context(cafile=str(served.certificates / "ca.pem"))
            forged.load_cert_chain(tmp_path / "forged" / "kiosk-1.pem", tmp_path / "forged" / "kiosk-1.key")
            async with httpx.AsyncClient(base_url=served.url, verify=forged) as client:
                with pytest.raises(httpx.TransportError):
                    await client.get("/health")

    async def test_a_hall_of_another_authority_is_not_believed(self, settings_file: Path, tmp_path: Path) -> None:
        async with site(settings_file) as (served, _, _):
            ca.init(tmp_path)
            async with httpx.AsyncClient(base_url=served.url, verify=context(tmp_path)) as client:
                with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
                    await client.get("/health")

    async def test_a_box_speaks_in_its_own_name_only(self, settings_file: Path) -> None:
        async with site(settings_file) as (_, counter, _):
            assert (await counter.post("/device/hello", json=hello("kiosk-1"))).json()["error"] == "not-your-name"
            assert (await reserve(counter)).json()["error"] == "not-your-name"
            batch = {"device": "kiosk-1", "journal": "j", "boot": "b", "mono_ms": 1, "facts": []}
            assert (await counter.post("/device/facts", json=batch)).status_code == 403

    async def test_a_box_presses_for_its_own_windows_only(self, settings_file: Path) -> None:
        async with site(settings_file) as (_, _, kiosk):
            response = await kiosk.post("/device/commands", json=command("call-next"))
            assert (response.status_code, response.json()["error"]) == (403, "not-your-window")

    @pytest.mark.parametrize(("name", "status"), [("", 401), ("observer-1", 200), ("kiosk-1", 200)])
    async def test_lists_want_a_certificate(self, settings_file: Path, name: str, status: int) -> None:
        async with site(settings_file) as (served, _, _), served.caller(name) as client:
            for path in ("tickets", "calls", "ratings", "facts", "conflicts", "windows", "counts", "status"):
                assert (await client.get(f"/api/{path}")).status_code == status, path

    async def test_what_is_public_wants_none(self, settings_file: Path) -> None:
        async with site(settings_file) as (served, _, _), served.caller() as client:
            assert (await client.get("/health")).json() == {"status": "ok"}
            described = (await client.get("/openapi.json")).json()
            assert {"/device/commands", "/device/downlink", "/api/tickets"} <= {*described["paths"]}
            page = await client.get("/")
            assert "云溪县政务服务大厅" in page.text
            assert "演示" in page.text
            assert (await client.get("/static/style.css")).headers["content-type"].startswith("text/css")


class TestWhatIsRefused:
    async def test_an_unknown_field_names_both_contract_versions(self, settings_file: Path) -> None:
        async with site(settings_file) as (_, counter, _):
            await counter.post("/device/hello", json=hello())
            response = await counter.post("/device/commands", json=command("call-next", hurry=True))
            assert response.status_code == 422
            assert response.json()["error"] == "contract-differs"
            assert response.json()["contract"] == {"hall": 2, "box": 2}
            assert "hurry" in response.json()["detail"]

    async def test_another_contract_is_refused_at_hello(self, settings_file: Path) -> None:
        async with site(settings_file) as (_, counter, _):
            response = await counter.post("/device/hello", json=hello(contract=9))
            assert (response.status_code, response.json()["contract"]) == (409, {"hall": 2, "box": 9})

    async def test_a_box_in_another_mode_is_refused(self, settings_file: Path) -> None:
        async with site(settings_file) as (_, counter, kiosk):
            assert (await counter.post("/device/hello", json=hello(mode="live"))).json()["error"] == "wrong-mode"
            assert (await counter.post("/device/commands", json=command("start", mode="live"))).status_code == 409
            assert (await reserve(kiosk, mode="drill")).json()["error"] == "wrong-mode"

    @pytest.mark.parametrize(
        ("path", "body", "status"),
        [
            ("/device/commands", b"{", 400),
            ("/device/commands", b'{"type":"juggle"}', 422),
            ("/device/hello", b"[]", 422),
            ("/device/hello", b'{"device":"\xff"}', 400),
            ("/device/facts", BATCH % (b'{"seq":1,"prev":"","kind":"\xff"}'), 400),
            ("/device/facts", BATCH % (b'{"seq":1,"prev":"","a":' * 50_000), 400),
            ("/device/facts", BATCH % (b'{"seq":9223372036854775808,"prev":""}'), 422),
            ("/device/nothing", b"{}", 404),
            ("/device/facts", b" " * (5 * 1024 * 1024), 413),
        ],
    )
    async def test_what_is_no_call_is_said_so(self, settings_file: Path, path: str, body: bytes, status: int) -> None:
        async with site(settings_file) as (_, counter, _):
            response = await counter.post(path, content=body)
            assert response.status_code == status, response.text

    async def test_a_service_the_hall_has_not(self, settings_file: Path) -> None:
        async with site(settings_file) as (_, _, kiosk):
            assert (await reserve(kiosk, service="77")).json()["error"] == "no-such-service"


class TestTwoPasts:
    async def test_a_second_machine_of_that_name_is_told_so_and_the_first_ones_line_ends(
        self, settings_file: Path
    ) -> None:
        async with site(settings_file) as (served, counter, kiosk), listening(served, "kiosk-1") as told:
            for _ in range(3):
                await anext(told)
            assert (await kiosk.post("/device/hello", json=hello("kiosk-1", boot="old"))).status_code == 200
            assert (await kiosk.post("/device/hello", json=hello("kiosk-1", boot="new"))).status_code == 200
            assert [name async for name, _ in told] == ["bye"]
            for refused in (
                await kiosk.post("/device/hello", json=hello("kiosk-1", boot="old")),
                await reserve(kiosk, boot="old"),
            ):
                assert (refused.status_code, refused.json()["error"]) == (409, "identity-twice")
            assert (await reserve(kiosk, boot="new")).status_code == 200
            assert [row["why"] for row in (await counter.get("/api/conflicts")).json()] == ["identity-twice"]

    async def test_a_ticket_of_two_pasts_gets_one_number(self, settings_file: Path) -> None:
        async with site(settings_file) as (_, _, kiosk):
            assert (await reserve(kiosk, digest="one")).status_code == 200
            refused = await reserve(kiosk, digest="other")
            assert (refused.status_code, refused.json()["error"]) == (409, "forked")

    async def test_another_past_is_taken_and_told_to_be_one(self, settings_file: Path) -> None:
        async with site(settings_file) as (_, _, kiosk):
            for reasons, forked in (("", False), ("media-empty", True)):
                fact = Fact(
                    seq=1,
                    prev="",
                    kind="device",
                    at_ms=0,
                    trust="unknown",
                    boot="b",
                    mono_ms=1,
                    mode="demo",
                    data={"name": "printer", "phase": "idle", "reasons": reasons},
                )
                batch = {"device": "kiosk-1", "journal": "j", "boot": "b", "mono_ms": 1, "facts": [to_builtins(fact)]}
                receipt = (await kiosk.post("/device/facts", json=batch)).json()
                assert (receipt["high"], receipt["forked"]) == (1, forked)

    async def test_a_press_wants_a_hello_since_the_halls_start(self, settings_file: Path) -> None:
        async with site(settings_file) as (_, counter, _):
            refused = await counter.post("/device/commands", json=command("start"))
            assert (refused.status_code, refused.json()["error"]) == (503, "hello-first")

    async def test_an_old_press_is_not_done_but_its_answer_is_given_again(self, settings_file: Path) -> None:
        async with site(settings_file) as (_, counter, _):
            await counter.post("/device/hello", json=hello())
            await sign_in(counter)
            answers = [
                (await counter.post("/device/commands", json=command("call-next", **fields))).json()
                for fields in (
                    {},
                    {"request": "late", "mono_ms": -9_000},
                    {"mono_ms": -9_000},
                    {"request": "r", "boot": "b0"},
                )
            ]
            assert [answer["reason"] for answer in answers] == [
                "nobody-waiting",
                "expired",
                "nobody-waiting",
                "expired",
            ]

    async def test_a_peer_that_acknowledges_nothing_is_given_up_in_half_a_minute(
        self, settings_file: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        patience: list[int] = []
        made = PeerProtocol.connection_made

        def look(protocol: PeerProtocol, transport: asyncio.Transport) -> None:
            made(protocol, transport)
            raw = transport.get_extra_info("socket")
            patience.append(raw.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT))

        monkeypatch.setattr(PeerProtocol, "connection_made", look)
        async with site(settings_file) as (_, counter, _):
            await counter.get("/health")
        assert patience == [30_000]


class TestATicketsWay:
    async def test_the_same_ticket_gets_the_same_number(self, settings_file: Path) -> None:
        async with site(settings_file) as (_, _, kiosk):
            first, again, next_one = [(await reserve(kiosk, seq)).json() for seq in (1, 1, 2)]
            assert first == again
            assert (first["digits"], next_one["digits"]) == ("11001", "11002")

    async def test_signing_in_and_calling(self, settings_file: Path) -> None:
        async with site(settings_file) as (_, counter, _):
            await counter.post("/device/hello", json=hello())
            signed = await sign_in(counter)
            assert signed["window"]["clerk"]["staff_no"] == "1001"
            answer = (await counter.post("/device/commands", json=command("call-next"))).json()
            assert (answer["outcome"], answer["reason"]) == ("refused", "nobody-waiting")

    async def test_many_at_once_get_each_a_number_of_their_own(self, settings_file: Path) -> None:
        async with site(settings_file) as (_, _, kiosk):
            numbers = await asyncio.gather(*(reserve(kiosk, seq) for seq in range(1, 60)))
            assert len({number.json()["digits"] for number in numbers}) == 59


class TestDownlink:
    async def test_a_box_is_told_what_stands_and_then_what_changes(self, settings_file: Path) -> None:
        async with site(settings_file) as (served, counter, _), listening(served, "counter-1") as told:
            first = [await anext(told) for _ in range(6)]
            assert [name for name, _ in first] == ["window", "window", "window", "queue", "day", "news"]
            assert first[3][1]["waiting"]["11"] == 0
            answer = await sign_in(counter)
            assert await anext(told) == ("window", answer["window"])

    async def test_every_box_is_told_where_a_clerk_sits_and_what_is_done_there(self, settings_file: Path) -> None:
        async with site(settings_file) as (served, counter, _), listening(served, "kiosk-1") as told:
            first = [await anext(told) for _ in range(3)]
            assert first[2][1]["open"] == {}
            await sign_in(counter)
            name, news = await anext(told)
            assert (name, [*news["open"]]) == ("news", ["1"])
            assert "11" in news["open"]["1"]

    async def test_every_box_may_ask_what_citizens_look_up_and_is_told_which_it_is(self, settings_file: Path) -> None:
        async with site(settings_file) as (_, counter, kiosk):
            directory = (await kiosk.get("/device/directory")).json()
            welcome = (await counter.post("/device/hello", json=hello())).json()
            assert welcome["directory"] == directory["digest"] != ""
            assert [window["number"] for window in directory["windows"]] == [1, 2, 3]

    async def test_a_kiosk_is_told_counts_and_no_windows(self, settings_file: Path) -> None:
        async with site(settings_file) as (served, _, _), listening(served, "kiosk-1") as told:
            assert [(await anext(told))[0] for _ in range(3)] == ["queue", "day", "news"]
            served.hall.waiting["11"] = 7
            served.hall.downlink.tell_counts()
            name, counts = await anext(told)
            assert (name, counts["waiting"]["11"]) == ("queue", 7)

    async def test_a_hall_that_stops_says_bye(self, settings_file: Path) -> None:
        async with site(settings_file) as (served, _, _), listening(served, "kiosk-1") as told:
            await anext(told)
            served.hall.downlink.close()
            assert [name async for name, _ in told] == ["day", "news", "bye"]

    async def test_a_line_is_known_to_be_alive(self, settings_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        async with site(settings_file) as (_, _, kiosk):
            monkeypatch.setattr(downlink, "PING_S", 0.05)
            async with asyncio.timeout(LIMIT_S), kiosk.stream("GET", "/device/downlink") as response:
                comment = await anext(line async for line in response.aiter_lines() if line.startswith(":"))
                assert comment == ": ping"

    async def test_a_box_too_slow_is_dropped_and_others_are_not(self, settings_file: Path) -> None:
        async with site(settings_file) as (served, _, _):
            slow = served.hall.downlink.connect([], [])
            for _ in range(downlink.DEPTH + 1):
                served.hall.downlink.tell_day()
            told = [event async for event in slow.events()]
            assert len(told) < downlink.DEPTH
            assert b"bye" not in told[-1]
            served.hall.downlink.disconnect(slow)
