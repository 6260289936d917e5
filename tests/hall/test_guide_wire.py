"""A guide's tablet at a hall on a real port: who comes in, what it is told, what it may do."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import msgspec
import pytest

from config.hall import HALL
from device.slip import SlipMaker, Ticket
from hall.contract import Fact
from hall.guides.sessions import LASTS_MS
from hall.sign_in import TRIES
from tests.device.slips import slip_maker
from tests.hall.guide_scene import GUIDE, STAFF_NO, Tablet, guided, tablet
from tests.hall.served import LIMIT_S, Served, hello, serve

__all__ = ["guided"]

pytestmark = pytest.mark.wire

DEEDS = ("find", "take", "transfer", "readmit", "give-back", "looked-for", "coming", "been-there")


async def tickets(served: Served) -> dict[str, Any]:
    async with served.caller("observer-1") as observer:
        return {ticket["ticket_id"]: ticket for ticket in (await observer.get("/api/tickets")).json()}


async def facts(served: Served) -> list[dict[str, Any]]:
    async with served.caller("observer-1") as observer:
        told: list[dict[str, Any]] = (await observer.get("/api/facts")).json()
        return [fact for fact in told if fact["device"] == HALL]


class TestWhoComesIn:
    async def test_name_and_pin_give_a_cookie_that_no_script_reads_and_no_other_site_sends(self, guided: Path) -> None:
        async with serve(guided) as served:
            one = Tablet(served)
            async with one.client:
                entered = await one.sign_in()
                assert entered.json() == {"guide": {"name": GUIDE, "staff_no": STAFF_NO}}
                cookie = entered.headers["set-cookie"]
                assert cookie.startswith("__Host-guide=")
                for attribute in ("HttpOnly", "Secure", "SameSite=Strict", "Path=/", f"Max-Age={LASTS_MS // 1000}"):
                    assert attribute in cookie
                assert (await one.client.get("/guide/session")).json()["guide"]["name"] == GUIDE

    @pytest.mark.parametrize("deed", DEEDS)
    async def test_nobody_does_anything_without_signing_in(self, guided: Path, deed: str) -> None:
        async with serve(guided) as served:
            one = Tablet(served)
            async with one.client:
                assert (await one.do(deed)).status_code == 401
                assert (await one.client.get("/guide/state")).status_code == 401

    async def test_a_clerk_is_no_guide_and_a_box_s_certificate_opens_nothing(self, guided: Path) -> None:
        async with serve(guided) as served:
            one = Tablet(served)
            async with one.client, served.caller("counter-1") as box:
                assert (await one.sign_in("林一帆", "2468")).status_code == 403
                answer = await box.post("/guide/take", json={}, headers={"origin": served.url})
                assert answer.status_code == 401

    async def test_a_wrong_pin_and_a_wrong_name_sound_alike_and_five_wrong_ones_pause(self, guided: Path) -> None:
        async with serve(guided) as served:
            one = Tablet(served)
            async with one.client:
                told = {(await one.sign_in(name, "0000")).text for name in (GUIDE, "nobody")}
                assert len(told) == 1
                for _ in range(TRIES - 1):
                    await one.sign_in(GUIDE, "0000")
                assert (await one.sign_in()).json()["error"] == "too-many-tries"

    @pytest.mark.parametrize("origin", ["https://elsewhere.example", "http://127.0.0.1", None])
    async def test_a_post_from_another_origin_is_refused_whatever_its_cookie(
        self, guided: Path, origin: str | None
    ) -> None:
        async with serve(guided) as served, tablet(served) as guide:
            del guide.client.headers["origin"]
            headers = {"origin": origin} if origin else {}
            body = {"request": "request-x", "service": "11"}
            assert (await guide.client.post("/guide/take", json=body, headers=headers)).status_code == 403
            assert await tickets(served) == {}

    async def test_signing_out_ends_it_at_once(self, guided: Path) -> None:
        async with serve(guided) as served, tablet(served) as guide:
            stolen = dict(guide.client.cookies)
            await guide.client.post("/guide/sign-out", json={})
            guide.client.cookies.update(stolen)
            assert (await guide.do("take", service="11")).status_code == 401

    async def test_a_hall_without_guides_serves_no_page_of_theirs(self, settings_file: Path) -> None:
        async with serve(settings_file) as served, served.caller() as client:
            assert (await client.get("/guide")).status_code == 404
            assert (await client.get("/static/guide.js")).status_code == 404

    async def test_page_and_files_bear_what_every_answer_to_a_browser_bears(self, guided: Path) -> None:
        async with serve(guided) as served, served.caller() as client:
            for path in ("/guide", "/static/guide.js", "/guide/session"):
                answer = await client.get(path)
                assert answer.status_code == 200
                assert "default-src 'self'" in answer.headers["content-security-policy"]
                assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
                assert answer.headers["x-content-type-options"] == "nosniff"
            assert (await client.get("/static/../templates/guide.html")).status_code == 404
            assert (await client.get("/static/%2e%2e/templates/guide.html")).status_code == 404


class TestWhatAGuideDoes:
    async def test_a_number_for_a_visitor_is_callable_at_once_and_says_who_took_it(self, guided: Path) -> None:
        async with serve(guided) as served, tablet(served) as guide:
            ticket = (await guide.do("take", service="11")).json()["ticket"]
            assert (ticket["state"], ticket["number"]) == ("waiting", "A11001")
            assert ticket["ticket"] == f"hall/{served.hall.term.draw}/1"
            told = await facts(served)
            assert [fact["kind"] for fact in told] == ["requested", "issued", "noted"]
            assert {fact["operator"] for fact in told} == {fact["data"]["by"] for fact in told} == {STAFF_NO}
            assert served.hall.waiting["11"] == 1

    async def test_the_same_request_gives_the_same_number(self, guided: Path) -> None:
        async with serve(guided) as served, tablet(served) as guide:
            both = [await guide.do("take", service="11", request="request-same") for _ in range(2)]
            assert both[0].content == both[1].content
            assert len(await tickets(served)) == 1

    async def test_a_ticket_is_sent_to_another_service_given_back_and_let_wait_again(self, guided: Path) -> None:
        async with serve(guided) as served, tablet(served) as guide:
            ticket = (await guide.do("take", service="11")).json()["ticket"]["ticket"]
            sent = (await guide.do("transfer", ticket=ticket, service="12")).json()["ticket"]
            assert (sent["service"], sent["state"]) == ("12", "redirected")
            assert (await guide.do("give-back", ticket=ticket)).json()["ticket"]["state"] == "void"
            assert (await guide.do("readmit", ticket=ticket)).json()["ticket"]["state"] == "waiting"
            assert [f["kind"] for f in await facts(served)][3:] == ["transferred", "given-back", "readmitted"]
            assert served.hall.waiting["12"] == 1

    async def test_what_does_not_fit_is_refused_and_leaves_no_fact(self, guided: Path) -> None:
        async with serve(guided) as served, tablet(served) as guide:
            ticket = (await guide.do("take", service="11")).json()["ticket"]["ticket"]
            before = await facts(served)
            for deed, body, why in (
                ("readmit", {"ticket": ticket}, "ticket-waiting"),
                ("transfer", {"ticket": ticket, "service": "99"}, "no-such-service"),
                ("transfer", {"ticket": ticket, "service": "11"}, "same-service"),
                ("give-back", {"ticket": "kiosk-1/none/1"}, "no-such-ticket"),
                ("take", {"service": "99"}, "no-such-service"),
            ):
                answer = await guide.do(deed, **body)
                assert (answer.status_code, answer.json()["error"]) == (409, why)
                assert answer.json()["text"]["zh-CN"]
            assert await facts(served) == before

    async def test_no_deed_reaches_a_window(self, guided: Path) -> None:
        async with serve(guided) as served, tablet(served) as guide:
            for path in ("call-next", "admit", "start", "finish"):
                assert (await guide.do(path)).status_code == 404
            answer = await guide.client.post("/device/commands", json={})
            assert answer.status_code == 401

    async def test_a_number_is_found_by_its_digits_with_and_without_its_letter(self, guided: Path) -> None:
        async with serve(guided) as served, tablet(served) as guide:
            await guide.do("take", service="11")
            for typed in ("11001", "A11001", " a11001 "):
                [found] = (await guide.find(typed)).json()["found"]
                assert found["number"] == "A11001"
            assert (await guide.find("11002")).json()["error"] == "no-such-number"

    async def test_a_slip_is_found_by_its_signature_alone(self, guided: Path, tmp_path: Path) -> None:
        async with serve(guided) as served, tablet(served) as guide, served.caller("kiosk-1") as kiosk:
            slips = slip_maker(tmp_path)
            await kiosk.post("/device/hello", json=hello("kiosk-1", slip_key=slips.public_key))
            ticket, digits, date = await _issued(kiosk)
            code = _code(served, slips, ticket, digits, date)
            [found] = (await guide.find(code)).json()["found"]
            assert (found["ticket"], found["number"]) == (ticket, f"A{digits}")
            forged = code.replace(f"|{digits}|", "|11999|")
            assert (await guide.find(forged)).json()["error"] == "slip-not-signed"
            assert (await guide.find("no slip at all")).json()["error"] == "slip-unreadable"


class TestWhatAGuideIsTold:
    async def test_a_call_for_help_appears_is_taken_and_ends(self, guided: Path) -> None:
        async with serve(guided) as served, tablet(served) as guide, served.caller("kiosk-1") as kiosk:
            async with guide.boards() as boards, asyncio.timeout(LIMIT_S):
                assert (await anext(boards))["help"] == []
                await _tell(kiosk, 1, "", "help-asked", help="h1", at="kiosk", window=None, ticket="")
                [call] = await _until(boards, lambda board: board["help"])
                assert (call["where"]["zh"], call["coming"]) == ("kiosk-1", False)
                await guide.do("coming", help="h1")
                await _until(boards, lambda board: board["help"][0]["coming"])
                assert served.hall.news.now(served.hall.term, 1).coming == ["h1"]
                await guide.do("been-there", help="h1")
                await _until(boards, lambda board: not board["help"])
            assert served.hall.news.now(served.hall.term, 1).coming == []
            [ended] = await facts(served)
            assert ended["data"] == {"help": "h1", "how": "came", "by": STAFF_NO}

    async def test_the_line_beats_and_ends_when_the_hall_stops(self, guided: Path) -> None:
        async with (
            serve(guided) as served,
            tablet(served) as guide,
            guide.client.stream("GET", "/guide/state") as response,
            asyncio.timeout(LIMIT_S),
        ):
            lines = response.aiter_lines()
            async for line in lines:
                if line == "event: beat":
                    break
            served.hall.downlink.close()
            assert "event: bye" in [line async for line in lines]


async def _issued(kiosk: Any) -> tuple[str, str, str]:
    digest = await _tell(kiosk, 1, "", "requested", service="11", touch="t")
    ticket = "kiosk-1/00ff00ff00ff00ff/1"
    asked = {"ticket": ticket, "service": "11", "mode": "demo", "mono_ms": 1000, "boot": "b1"}
    given = (await kiosk.post("/device/reserve", json=asked)).json()
    number = {"service": "11", "number": given["digits"], "source": "hall", "date": given["date"]}
    await _tell(kiosk, 2, digest, "issued", ticket=ticket, **number)
    return ticket, given["digits"], given["date"]


async def _tell(box: Any, seq: int, prev: str, kind: str, **data: Any) -> str:
    fact = Fact(
        seq=seq,
        prev=prev,
        kind=kind,
        at_ms=0,
        trust="unknown",
        boot="b1",
        mono_ms=1000,
        mode="demo",
        data=data,
    )
    batch = {"device": "kiosk-1", "journal": "00ff00ff00ff00ff", "boot": "b1", "mono_ms": 1000}
    answer = await box.post("/device/facts", json={**batch, "facts": [msgspec.to_builtins(fact)]})
    assert answer.json()["high"] == seq
    return fact.digest()


def _code(served: Served, slips: SlipMaker, ticket: str, digits: str, date: str) -> str:
    service = served.hall.catalogue.services["11"]
    return slips.code(Ticket(ticket, digits, service, date, False, None, None))


async def _until(boards: Any, holds: Any) -> Any:
    async for board in boards:
        if found := holds(board):
            return found
    raise AssertionError("the line ended")
