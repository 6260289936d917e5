"""A slip scanned at a kiosk: place, wishes, and what the hall says or does not say to them."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from msgspec.structs import replace

from device.flows.own_ticket import PLACE_S, TOLD_S, Became, HallAway, NotPossible, OwnTickets, Wish, possible
from device.slip import SlipMaker
from hall.contract import AWAY_MS, AskPlace, Fact, Place, Welcome
from hall.contract.slips import SlipRefused
from tests.device.fake_hall import FakeHall
from tests.device.hall_scene import Scene, scene_of
from tests.device.slips import slip_maker, ticket
from tests.virtual_time import virtual

TICKET = "kiosk-1/00000000000000aa/9"
WAITING = Place(ticket=TICKET, number="A12001", service="1", state="waiting", ahead=2, may_step_away=True)
BECOMES: dict[str, dict[str, Any]] = {
    "stepped-away": {"state": "away", "may_step_away": False, "away_ms": AWAY_MS},
    "stepped-back": {"state": "waiting", "away_ms": 0},
    "given-back": {"state": "void", "may_step_away": False, "ahead": None},
    "by-screen": {"by_screen": True},
}


class Hall(FakeHall):
    """Knows one ticket, does what it is told of it, and whose slips they are."""

    def __init__(self, slips: SlipMaker) -> None:
        super().__init__()
        self.place = WAITING
        self.deaf = False
        """It stores facts, and somebody has called the ticket before it understood them."""
        self._slips = slips

    def _hello(self, body: bytes) -> httpx.Response:
        welcome = msgspec.json.decode(super()._hello(body).content, type=Welcome)
        welcome = replace(welcome, slip_keys={"kiosk-1": [self._slips.public_key]})
        return httpx.Response(200, content=msgspec.json.encode(welcome))

    def _facts(self, body: bytes) -> httpx.Response:
        before = len(self.facts)
        answer = super()._facts(body)
        for fact in self.facts[before:]:
            if fact.kind in BECOMES and not self.deaf:
                self.place = replace(self.place, **BECOMES[fact.kind])
        return answer

    def _place(self, body: bytes) -> httpx.Response:
        msgspec.json.decode(body, type=AskPlace)
        return httpx.Response(200, content=msgspec.json.encode(self.place))

    _routes: dict[str, Any] = {
        **FakeHall._routes,
        "/device/hello": _hello,
        "/device/facts": _facts,
        "/device/place": _place,
    }


class Bench:
    """A kiosk that is up, and a slip in somebody's hand."""

    def __init__(self, scene: Scene, hall: Hall, slips: SlipMaker) -> None:
        self.scene = scene
        self.hall = hall
        self.tickets = OwnTickets(scene.journal, scene.link, scene.desired)
        self.code = slips.code(ticket(date=hall.date))

    def told(self) -> list[Fact]:
        return [fact for fact in self.hall.facts if fact.kind in BECOMES]


def on_a_kiosk(folder: Path) -> tuple[Hall, SlipMaker]:
    slips = slip_maker(folder)
    return Hall(slips), slips


async def up(scene: Scene, hall: Hall, slips: SlipMaker) -> Bench:
    scene.start("link")
    await scene.link.up()
    return Bench(scene, hall, slips)


@virtual
async def test_a_slip_that_a_kiosk_signed_opens_its_place(tmp_path: Path) -> None:
    hall, slips = on_a_kiosk(tmp_path)
    async with scene_of(tmp_path, hall) as scene:
        bench = await up(scene, hall, slips)
        look = await bench.tickets.scan(bench.code)
        assert look.place == WAITING
        assert possible(look.place) == ["step-away", "give-back", "by-screen"]
        with pytest.raises(SlipRefused):
            await bench.tickets.scan(bench.code.replace("12001", "12002"))
        with pytest.raises(NotPossible):  # the slip before is forgotten by any scan
            await bench.tickets.wish(look.id, "step-away")


@pytest.mark.parametrize(
    ("place", "wishes"),
    [
        ({"state": "waiting"}, ["step-away", "give-back", "by-screen"]),
        ({"state": "redirected"}, ["step-away", "give-back", "by-screen"]),
        ({"state": "waiting", "may_step_away": False}, ["give-back", "by-screen"]),
        ({"state": "away", "may_step_away": False}, ["step-back", "give-back", "by-screen"]),
        ({"state": "waiting", "by_screen": True}, ["step-away", "give-back"]),
        ({"state": "called", "may_step_away": False}, ["by-screen"]),
        ({"state": "missed", "may_step_away": False}, ["give-back", "by-screen"]),
        ({"state": "parked", "may_step_away": False}, ["by-screen"]),
        ({"state": "serving", "may_step_away": False}, []),
        ({"state": "finished", "may_step_away": False}, []),
        ({"state": "void", "may_step_away": False}, []),
        ({"state": "closed", "may_step_away": False}, []),
        ({"state": "", "may_step_away": False}, []),
    ],
)
def test_what_may_be_asked_follows_from_where_the_ticket_stands(place: dict[str, Any], wishes: list[Wish]) -> None:
    assert possible(replace(WAITING, **place)) == wishes


@pytest.mark.parametrize(
    ("wish", "kind", "data"),
    [
        ("step-away", "stepped-away", {"ticket": TICKET, "minutes": 15}),
        ("give-back", "given-back", {"ticket": TICKET}),
        ("by-screen", "by-screen", {"ticket": TICKET}),
    ],
)
def test_a_press_is_told_as_a_fact_and_confirmed_by_the_place(
    tmp_path: Path, wish: Wish, kind: str, data: dict[str, object]
) -> None:
    @virtual
    async def pressed() -> None:
        hall, slips = on_a_kiosk(tmp_path)
        async with scene_of(tmp_path, hall) as scene:
            bench = await up(scene, hall, slips)
            look = await bench.tickets.scan(bench.code)
            became = await bench.tickets.wish(look.id, wish)
            assert became == Became("done", hall.place)
            [fact] = bench.told()
            assert (fact.kind, fact.data, fact.visit) == (kind, data, TICKET)

    pressed()


@virtual
async def test_away_and_back_and_not_away_again(tmp_path: Path) -> None:
    hall, slips = on_a_kiosk(tmp_path)
    async with scene_of(tmp_path, hall) as scene:
        bench = await up(scene, hall, slips)
        look = await bench.tickets.scan(bench.code)
        await bench.tickets.wish(look.id, "step-away")
        assert (await bench.tickets.wish(look.id, "step-back")).outcome == "done"
        look = await bench.tickets.scan(bench.code)
        with pytest.raises(NotPossible):
            await bench.tickets.wish(look.id, "step-away")
        assert [fact.kind for fact in bench.told()] == ["stepped-away", "stepped-back"]


@virtual
async def test_the_same_press_sent_again_is_one_press(tmp_path: Path) -> None:
    hall, slips = on_a_kiosk(tmp_path)
    async with scene_of(tmp_path, hall) as scene:
        bench = await up(scene, hall, slips)
        look = await bench.tickets.scan(bench.code)
        twice = [bench.tickets.wish(look.id, "step-away") for _ in range(2)]
        first, second = await asyncio.gather(*twice)
        assert first == second == await bench.tickets.wish(look.id, "step-away")
        assert len(bench.told()) == 1


@virtual
async def test_who_was_called_meanwhile_is_told_so(tmp_path: Path) -> None:
    hall, slips = on_a_kiosk(tmp_path)
    async with scene_of(tmp_path, hall) as scene:
        bench = await up(scene, hall, slips)
        look = await bench.tickets.scan(bench.code)
        hall.deaf = True
        hall.place = replace(WAITING, state="called", window=3, ahead=None, may_step_away=False)
        assert await bench.tickets.wish(look.id, "give-back") == Became("overtaken", hall.place)


@virtual
async def test_a_hall_that_goes_away_leaves_the_press_noted_and_nothing_promised(tmp_path: Path) -> None:
    hall, slips = on_a_kiosk(tmp_path)
    async with scene_of(tmp_path, hall) as scene:
        bench = await up(scene, hall, slips)
        look = await bench.tickets.scan(bench.code)
        hall.there = False
        began = asyncio.get_running_loop().time()
        assert await bench.tickets.wish(look.id, "step-away") == Became("kept", None)
        assert asyncio.get_running_loop().time() - began <= TOLD_S + PLACE_S
        assert bench.told() == []
        hall.there = True
        await hall.until(bench.told)
        assert [fact.kind for fact in bench.told()] == ["stepped-away"]


@virtual
async def test_a_hall_that_says_nothing_costs_two_seconds(tmp_path: Path) -> None:
    hall, slips = on_a_kiosk(tmp_path)
    async with scene_of(tmp_path, hall) as scene:
        bench = await up(scene, hall, slips)
        hall.silent.add("/device/place")
        began = asyncio.get_running_loop().time()
        with pytest.raises(HallAway) as away:
            await bench.tickets.scan(bench.code)
        assert away.value.why == "hall-unreachable"
        assert asyncio.get_running_loop().time() - began == pytest.approx(PLACE_S)


@virtual
async def test_a_hall_that_is_away_or_recovering_says_no_place(tmp_path: Path) -> None:
    hall, slips = on_a_kiosk(tmp_path)
    async with scene_of(tmp_path, hall) as scene:
        bench = await up(scene, hall, slips)
        hall.refuse["/device/place"] = (409, {"error": "recovering"})
        with pytest.raises(HallAway, match="recovering"):
            await bench.tickets.scan(bench.code)
        scene.link.lost("cable")
        hall.there = False
        began = asyncio.get_running_loop().time()
        with pytest.raises(HallAway, match="hall-unreachable"):
            await bench.tickets.scan(bench.code)
        assert asyncio.get_running_loop().time() == began


@virtual
async def test_a_slip_that_the_page_has_left_is_forgotten(tmp_path: Path) -> None:
    hall, slips = on_a_kiosk(tmp_path)
    async with scene_of(tmp_path, hall) as scene:
        bench = await up(scene, hall, slips)
        look = await bench.tickets.scan(bench.code)
        bench.tickets.leave("another")
        bench.tickets.leave(look.id)
        with pytest.raises(NotPossible):
            await bench.tickets.wish(look.id, "by-screen")


@virtual
async def test_whoever_has_just_taken_a_number_here_may_ask_for_the_screens(tmp_path: Path) -> None:
    hall, slips = on_a_kiosk(tmp_path)
    async with scene_of(tmp_path, hall) as scene:
        bench = await up(scene, hall, slips)
        fact = await scene.journal.record("requested", {"service": "1", "touch": "t"})
        taken = f"kiosk-1/{scene.journal.id}/{fact.seq}"
        with pytest.raises(NotPossible):  # no number yet
            await bench.tickets.by_screen(taken)
        number = {"number": "1001", "source": "hall", "date": hall.date}
        await scene.journal.record("issued", {"ticket": taken, "service": "1", **number})
        await scene.journal.record("printed", {"ticket": taken, "evidence": "gs-h"})
        assert (await bench.tickets.by_screen(taken)).outcome == "done"
        with pytest.raises(NotPossible):  # another kiosk's
            await bench.tickets.by_screen(TICKET)
        assert [fact.data["ticket"] for fact in bench.told()] == [taken]
