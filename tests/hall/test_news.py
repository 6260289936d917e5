"""What everybody in the hall may know: put together from what boxes tell and clerks press."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypeVar

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from config.hall import load_hall
from hall import queue
from hall.contract import Batch, CallNext, Finish, Redirect, Start, Term
from hall.hall import Hall
from hall.main import open_hall
from hall.news import VOID_MS, NewsDesk
from hall.newsroom import NEXT
from hall.store.news import NewsReader
from hall.store.writer import Tx
from tests.hall.scene import Box, FakeClock, Scene

THEME = ["11", "12"]
TERM = Term(n=1, draw="00")
T = TypeVar("T")


class TestWhoIsNext:
    @settings(max_examples=60, deadline=None)
    @given(
        touched=st.lists(st.tuples(st.sampled_from([*THEME, "21"]), st.integers(0, 2)), max_size=14),
        redirected=st.lists(st.sampled_from(THEME), max_size=3),
    )
    def test_the_next_five_are_those_that_call_next_would_take(
        self, touched: list[tuple[str, int]], redirected: list[str]
    ) -> None:
        """A window that takes all of a theme calls them one after the other; some come from other services."""
        scene = Scene()
        try:
            windows = {
                **scene.catalogue.windows,
                1: msgspec.structs.replace(scene.catalogue.windows[1], services=THEME),
            }
            scene.catalogue = replace(scene.catalogue, windows=windows)
            kiosks = [scene.box(f"kiosk-{number}", f"journal {number}") for number in range(3)]
            for service, kiosk in touched:
                kiosks[kiosk].take(service)
            for service in redirected:
                if scene.call_next(2).outcome == "done":
                    scene.press(Redirect, 2, service=service)
            reader = NewsReader(scene._connection)
            told = [place.number for place in queue.first(reader.fronts(THEME, NEXT), NEXT)]
            called = []
            for _ in range(NEXT):
                held = scene.window().held if scene.call_next().outcome == "done" else None
                called += [held.number] if held else []
            assert told == called
        finally:
            scene.close()

    def test_who_was_redirected_stands_at_their_first_place(self, scene: Scene, kiosk: Box) -> None:
        first, second = kiosk.take("21"), kiosk.take("11")
        scene.call_next(2)
        scene.press(Redirect, 2, service="11")
        reader = NewsReader(scene._connection)
        told = [place.id for place in queue.first(reader.fronts(THEME, NEXT), NEXT)]
        assert told == [first, second]


@asynccontextmanager
async def opened(settings_file: Path, clock: FakeClock) -> AsyncIterator[Hall]:
    settings_, written = load_hall(settings_file)
    async with open_hall(settings_, written, clock) as (hall, _):
        yield hall


class Teller:
    """A box that tells a whole hall its facts, one after the other."""

    def __init__(self, hall: Hall, name: str = "kiosk-1") -> None:
        self._hall = hall
        self.box = Box(SimpleNamespace(clock=hall.clock), name, "00ff00ff00ff00ff")  # type: ignore[arg-type]

    async def tell(self, kind: str, **data: Any) -> str:
        box = self.box
        raw = box.fact(kind, **data)
        await self._hall.facts(
            Batch(device=box.name, journal=box.journal, boot=box.boot, mono_ms=box.mono_ms, facts=[msgspec.Raw(raw)])
        )
        return f"{box.name}/{box.journal}/{len(box.facts)}"

    async def take(self, service: str = "11", item: str = "") -> tuple[str, str]:
        """A printed ticket, and its number."""
        ticket = await self.tell("requested", service=service, touch="t", **({"item": item} if item else {}))
        number = f"{service}1{len(self.box.facts):03d}"
        await self.tell(
            "issued", ticket=ticket, service=service, number=number, source="band", date=self._hall.business_date
        )
        await self.tell("printed", ticket=ticket, evidence="gs-h")
        return ticket, number


class TestRounds:
    async def test_a_round_tells_the_next_of_each_theme(self, settings_file: Path) -> None:
        async with opened(settings_file, FakeClock()) as hall:
            kiosk = Teller(hall)
            numbers = [(await kiosk.take(service))[1] for service in ("12", "11", "11", "21")]
            hall.newsroom.put_together()
            news = hall.news.now(TERM, 1)
            assert news.next["社会保障"] == [f"A{number}" for number in numbers[:3]]
            assert news.next["市场准入"] == [f"B{numbers[3]}"]
            assert "户籍" not in news.next

    async def test_nothing_new_is_not_told(self, settings_file: Path) -> None:
        async with opened(settings_file, FakeClock()) as hall:
            line = hall.downlink.connect([], [])
            version = hall.news.now(TERM, 1)
            hall.newsroom.put_together()
            hall.newsroom.tell()
            assert hall.news.now(TERM, 1) == version
            assert line._events.qsize() == 3  # counts, day, news: what stood when it connected

    async def test_what_items_numbers_are_asked_for_is_told_most_first_and_found_again_at_a_start(
        self, settings_file: Path
    ) -> None:
        catalogue = settings_file.with_name("catalogue.toml")
        items = "".join(ITEM.format(code=code) for code in ("a", "b", "c"))
        catalogue.write_text(catalogue.read_text(encoding="utf-8") + UNIT + items, encoding="utf-8")
        clock = FakeClock()
        async with opened(settings_file, clock) as hall:
            kiosk = Teller(hall)
            for item in ("b", "a", "b", "gone-from-the-catalogue", ""):
                await kiosk.take("11", item)
            hall.newsroom.put_together()
            assert hall.news.now(TERM, 1).popular == ["b", "a"]
        async with opened(settings_file, clock) as hall:
            hall.newsroom.remember()
            hall.newsroom.put_together()
            assert hall.news.now(TERM, 1).popular == ["b", "a"]

    async def test_a_void_number_is_shown_until_it_is_admitted_or_long_gone(self, settings_file: Path) -> None:
        clock = FakeClock()
        async with opened(settings_file, clock) as hall:
            kiosk = Teller(hall)
            void: list[str] = []
            for reason in ("media-empty", "citizen", "power-cut"):
                ticket = await kiosk.tell("requested", service="11", touch="t")
                number = f"111{len(void):03d}"
                data = {"ticket": ticket, "service": "11", "number": number, "date": hall.business_date}
                await kiosk.tell("issued", source="band", **data)
                await kiosk.tell("voided", ticket=ticket, reason=reason)
                void.append(f"A{number}")
            assert hall.news.now(TERM, 1).void == [void[2], void[0]]
            hall.news.valid([void[2]])
            assert hall.news.now(TERM, 1).void == [void[0]]
            clock.pass_ms(VOID_MS + 1)
            hall.newsroom.put_together()
            assert hall.news.now(TERM, 1).void == []

    async def test_how_long_visits_took_is_found_again_at_a_start(self, settings_file: Path) -> None:
        clock = FakeClock()
        async with opened(settings_file, clock) as hall:
            kiosk = Teller(hall)
            for _ in range(6):
                ticket, _ = await kiosk.take("11")
                assert ticket
            assert hall.wait_for("11", 3) is None
            counter = Teller(hall, "counter-1")
            for seq in range(6):
                call = f"c{seq}"
                digits = f"111{900 + seq}"
                data: dict[str, Any] = {"window": 1, "call": call}
                admitted = await counter.tell(
                    "admitted", digits=digits, service="11", date=hall.business_date, slip="", how="typed", **data
                )
                counter.box.mono_ms += 6 * 60_000
                clock.pass_ms(6 * 60_000)
                await counter.tell("finished", ticket=admitted, **data)
            hall.news.is_open(1, ["11"])
            before = hall.wait_for("11", 6)
            assert before is not None
            assert (before.low, before.high) == (35, 40)
        async with opened(settings_file, clock) as hall:
            hall.news.is_open(1, ["11"])
            hall.newsroom.remember()
            assert hall.wait_for("11", 6) == before


UNIT = '\n[[unit]]\ncode = "u"\nname = "人社局"\nname_en = "Social security office"\n'
ITEM = """
[[item]]
code = "{code}"
name = "事项{code}"
service = "11"
unit = "u"
basis = {{ zh = "办法" }}
steps = [{{ zh = "来" }}]
promised_days = 0
fee = {{ zh = "不收费" }}
"""


def test_a_start_that_is_pressed_and_a_finish_become_a_duration(scene: Scene, kiosk: Box) -> None:
    began: Counter[str] = Counter()
    ended: list[tuple[str, str, int]] = []
    commit = scene.write

    def write(job: Callable[[Tx], T]) -> T:
        def watched(tx: Tx) -> T:
            result = job(tx)
            began.update(tx.effects.began)
            ended.extend(tx.effects.ended)
            return result

        return commit(watched)

    scene.write = write  # type: ignore[method-assign]
    kiosk.take()
    scene.call_next()
    scene.press(Start)
    begun_ms = scene.clock.now_ms()
    scene.clock.pass_ms(240_000)
    scene.press(Finish)
    held = next(iter(began))
    assert began[held] == begun_ms
    assert ended == [(held, "11", begun_ms + 240_000)]
    kiosk.take()
    scene.call_next()
    scene.press(Finish)
    assert len(ended) == 1  # nobody pressed start: nobody knows when it began
    assert scene.press(CallNext).reason == "nobody-waiting"


class TestDesk:
    def test_what_others_feed_is_told_and_said_to_have_changed(self) -> None:
        desk = NewsDesk()
        feeds: list[Callable[[], None]] = [lambda: desk.flash({"t1": "A1"}), lambda: desk.coming(["h1"])]
        for feed in feeds:
            feed()
            assert desk.changed.is_set()
            desk.changed.clear()
            feed()
            assert not desk.changed.is_set()
        news = desk.now(TERM, 1)
        assert (news.by_screen, news.coming) == (["A1"], ["h1"])

    def test_the_day_after_nobody_is_next(self) -> None:
        desk = NewsDesk()
        desk.next({"社会保障": ["A1"]})
        desk.void(["A2"], 0)
        desk.next_day()
        assert (desk.now(TERM, 1).next, desk.now(TERM, 1).void) == ({}, [])
