"""What comes from the hall is checked, tried and kept; the clerk's hands are left alone until the next start."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

import httpx
import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from config.box import BoxSettings, load_box
from config.hall_drop_in import FOLDER, NAME
from config.loader import Loaded
from config.problem import SettingsError
from config.signed import sign
from device.settings.advice import settings_advice
from device.settings.last_good import LastGood
from device.settings.received import ASK_S, Received
from hall.contract.settings import AskSettings, SettingsOffer, SignedSettings
from tests.config.test_settings import BOX
from tests.config.test_signed import KEY, box
from tests.device.fake_hall import FakeHall
from tests.device.hall_scene import scene_of
from tests.virtual_time import run, virtual

TEXT = "[missed]\nseconds = 45\n"
PATH = "/device/settings"


def sealed(number: int, text: str = TEXT, name: str = "counter-1") -> SignedSettings:
    signed = sign(KEY, name, number, text)
    return SignedSettings(box=signed.box, number=signed.number, signature=signed.signature, text=signed.text)


def fine(_: Loaded[BoxSettings]) -> None:
    """Nothing stands in the way of a start."""


def received(file: Path) -> Received:
    return Received(load_box(file), fine)


def test_good_settings_hold_from_the_next_start_on(tmp_path: Path) -> None:
    file = box(tmp_path)
    taking = received(file)
    run(taking.take(sealed(7)))
    assert (taking.number, taking.runs, taking.waits) == (7, 0, True)
    assert load_box(file).values.missed.seconds == 45
    again = received(file)
    assert (again.number, again.runs, again.waits) == (7, 7, False)
    assert [advice.fault for advice in settings_advice((), waits=taking.waits)] == ["settings-wait"]


def test_older_ones_and_the_same_ones_are_no_news(tmp_path: Path) -> None:
    file = box(tmp_path)
    taking = received(file)
    run(taking.take(sealed(7)))
    for number in (7, 6, 1):
        run(taking.take(sealed(number, "[missed]\nseconds = 99\n")))
        assert (taking.ask().refused, taking.ask().keyword) == (number, "old-number")
    assert load_box(file).values.missed.seconds == 45


def test_old_ones_do_not_come_back_when_the_kept_ones_were_removed(tmp_path: Path) -> None:
    file = box(tmp_path)
    run(received(file).take(sealed(7)))
    loaded = load_box(file)
    LastGood.of(loaded).keep(loaded)
    (tmp_path / "data" / FOLDER / NAME).unlink()
    taking = received(file)
    run(taking.take(sealed(6)))
    assert taking.ask().keyword == "old-number"


def test_what_is_changed_on_the_way_is_refused(tmp_path: Path) -> None:
    taking = received(box(tmp_path))
    whole = sealed(7)
    for changed in (
        msgspec.structs.replace(whole, text=TEXT.replace("45", "46")),
        msgspec.structs.replace(whole, number=8),
        msgspec.structs.replace(whole, signature="A" * 86 + "=="),
        msgspec.structs.replace(whole, signature="no base64"),
    ):
        run(taking.take(changed))
        assert taking.ask().keyword == "not-the-hall"
    run(taking.take(sealed(9, name="counter-2")))
    assert taking.ask().keyword == "other-box"
    assert not (tmp_path / "data" / FOLDER / NAME).exists()


def test_settings_that_the_box_could_not_start_with_are_refused_with_place_and_remedy(tmp_path: Path) -> None:
    file = box(tmp_path)
    taking = received(file)
    run(taking.take(sealed(7, '[[device]]\nname = "display-1"\nline = "nowhere"\n')))
    told = taking.ask()
    assert (told.refused, told.keyword, told.number) == (7, "not-valid", 0)
    assert "no line nowhere" in told.why
    assert f"{NAME}:4" in told.why
    assert load_box(file).values.device[0].line == "displays"


def test_settings_that_no_hardware_could_be_built_of_are_refused(tmp_path: Path) -> None:
    def no_such_model(loaded: Loaded[BoxSettings]) -> None:
        raise SettingsError([loaded.problem(("device", 0, "model"), "no such model", "name another")])

    taking = Received(load_box(box(tmp_path)), no_such_model)
    run(taking.take(sealed(7)))
    assert "no such model" in taking.ask().why


def test_a_disk_that_takes_nothing_is_said_and_asked_to_be_looked_at(tmp_path: Path) -> None:
    taking = received(box(tmp_path))
    (tmp_path / "data").write_text("no folder", encoding="utf-8")
    run(taking.take(sealed(7)))
    assert (taking.ask().keyword, taking.number) == ("not-kept", 0)


def test_good_ones_after_refused_ones_are_taken(tmp_path: Path) -> None:
    taking = received(box(tmp_path))
    run(taking.take(sealed(7, "[missed]\nseconds = 1\n")))
    assert taking.ask().keyword == "not-valid"
    run(taking.take(sealed(8)))
    assert taking.ask() == AskSettings(number=8, runs=0)


@settings(max_examples=40, deadline=None)
@given(numbers=st.lists(st.integers(1, 9), max_size=8))
def test_whatever_order_they_come_in_the_number_only_grows_and_the_newest_is_kept(numbers: list[int]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = box(Path(folder))
        taking = received(file)
        newest = 0
        for number in numbers:
            run(taking.take(sealed(number, f"[missed]\nseconds = {40 + number}\n")))
            newest = max(newest, number)
            assert taking.number == newest
        assert load_box(file).values.missed.seconds == (40 + newest if newest else 20)


class Offering(FakeHall):
    """A hall in memory that has settings for its box."""

    def __init__(self, *offers: SignedSettings) -> None:
        super().__init__()
        self.offers = list(offers)
        self.asked: list[AskSettings] = []

    def _settings(self, body: bytes) -> httpx.Response:
        ask = msgspec.json.decode(body, type=AskSettings)
        self.asked.append(ask)
        newer = [offer for offer in self.offers if offer.number > ask.number and offer.number != ask.refused]
        offer = SettingsOffer(settings=newer[-1] if newer else None)
        return httpx.Response(200, content=msgspec.json.encode(offer))

    _routes = {**FakeHall._routes, PATH: _settings}  # type: ignore[dict-item]


@virtual
async def test_a_box_asks_after_its_welcome_and_again_within_a_minute(tmp_path: Path) -> None:
    hall = Offering(sealed(7))
    taking = received(box(tmp_path))
    async with scene_of(tmp_path / "scene", hall) as scene:
        scene.start("link")
        async with asyncio.TaskGroup() as group:
            asking = group.create_task(taking.run(scene.link))
            await hall.until(lambda: len(hall.asked) == 2)
            assert [ask.number for ask in hall.asked] == [0, 7]
            hall.offers.append(sealed(8, "[missed]\nseconds = 46\n"))
            await asyncio.sleep(ASK_S + 1)
            assert taking.number == 8
            asking.cancel()


@virtual
async def test_a_refusal_is_told_at_once_and_then_once_a_minute_not_more(tmp_path: Path) -> None:
    hall = Offering(sealed(7, name="counter-2"))
    taking = received(box(tmp_path))
    async with scene_of(tmp_path / "scene", hall) as scene:
        scene.start("link")
        async with asyncio.TaskGroup() as group:
            asking = group.create_task(taking.run(scene.link))
            await hall.until(lambda: len(hall.asked) == 2)
            assert (hall.asked[1].refused, hall.asked[1].keyword) == (7, "other-box")
            await asyncio.sleep(ASK_S / 2)
            assert len(hall.asked) == 2
            asking.cancel()


@virtual
async def test_a_hall_that_knows_no_such_call_is_not_asked_again_until_it_was_lost(tmp_path: Path) -> None:
    hall = FakeHall()
    hall.refuse[PATH] = (404, {"error": "no-such-call"})
    taking = received(box(tmp_path))
    async with scene_of(tmp_path / "scene", hall) as scene:
        scene.start("link")
        async with asyncio.TaskGroup() as group:
            asking = group.create_task(taking.run(scene.link))
            await hall.until(lambda: hall.requests[PATH] == 1)
            await asyncio.sleep(10 * ASK_S)
            assert hall.requests[PATH] == 1
            scene.link.lost("tried")
            await hall.until(lambda: hall.requests[PATH] == 2)
            asking.cancel()


def test_a_start_without_the_hall_has_what_the_hall_once_sent(tmp_path: Path) -> None:
    file = box(tmp_path)
    run(received(file).take(sealed(7)))
    assert BOX.count("[missed]") == 0
    assert load_box(file).values.missed.seconds == 45
