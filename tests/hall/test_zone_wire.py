"""A zone over a real line: who calls for it, what such a box is told of others' windows, and the settings."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from config.hall import load_hall
from config.problem import SettingsError
from hall.contract import LEASE_MS
from tests.hall.served import hello, serve
from tests.hall.test_wire import listening, sign_in


def edited(file: Path, **zones: str) -> Path:
    """The example's hall with a zone for some of its boxes and windows."""
    hall, catalogue = file.read_text(encoding="utf-8"), file.with_name("catalogue.toml")
    windows = catalogue.read_text(encoding="utf-8")
    for name, zone in zones.items():
        box, number = f'name = "{name.replace("_", "-")}"', name.removeprefix("window_")
        hall = hall.replace(box, f'zone = "{zone}"\n{box}')
        windows = windows.replace(
            f"[[window]]\nnumber = {number}\n", f'[[window]]\nzone = "{zone}"\nnumber = {number}\n'
        )
    file.write_text(hall, encoding="utf-8")
    catalogue.write_text(windows, encoding="utf-8")
    return file


def ask(boot: str = "b1", **fields: Any) -> dict[str, Any]:
    return {"boot": boot, "mono_ms": 1000, "wants": True, **fields}


async def leased(box: httpx.AsyncClient, **fields: Any) -> dict[str, Any]:
    answer = await box.post("/device/zone", json=ask(**fields))
    assert answer.status_code == 200
    lease: dict[str, Any] = answer.json()
    return lease


async def next_window(told: AsyncIterator[tuple[str, Any]]) -> dict[str, Any]:
    return await next_event(told, "window")


async def next_event(told: AsyncIterator[tuple[str, Any]], of: str) -> dict[str, Any]:
    while True:
        name, data = await anext(told)
        if name == of:
            event: dict[str, Any] = data
            return event


@pytest.mark.wire
async def test_a_box_that_calls_for_a_zone_hears_its_calls_and_nothing_of_clerks_and_other_visitors(
    settings_file: Path,
) -> None:
    file = edited(settings_file, kiosk_1="east", window_1="east", window_2="east")
    async with serve(file) as served, served.caller("counter-1") as counter, served.caller("kiosk-1") as kiosk:
        await counter.post("/device/hello", json=hello())
        await kiosk.post("/device/hello", json=hello("kiosk-1", journal="aa"))
        async with listening(served, "kiosk-1") as caller, listening(served, "counter-1") as own:
            assert [(await next_window(caller))["window"] for _ in range(2)] == [1, 2]
            assert [(await next_window(own))["window"] for _ in range(3)] == [1, 2, 3]
            await sign_in(counter)
            heard, known = await next_window(caller), await next_window(own)
            assert known["clerk"]["name"] == "林一帆"
            assert heard == {**known, "clerk": None}


@pytest.mark.wire
async def test_a_box_with_a_window_is_told_who_is_called_for_and_what_was_spoken_and_a_kiosk_is_not(
    settings_file: Path,
) -> None:
    file = edited(settings_file, kiosk_1="east", window_1="east", window_2="east")
    async with serve(file) as served, served.caller("counter-1") as counter, served.caller("kiosk-1") as kiosk:
        served.hall.zones._unknown_until_ms = 0  # this hall knows that nobody holds the zone
        await counter.post("/device/hello", json=hello())
        await kiosk.post("/device/hello", json=hello("kiosk-1", journal="aa"))
        async with listening(served, "counter-1") as own, listening(served, "kiosk-1") as caller:
            assert (await next_event(own, "voice"))["spoken"] == {}
            assert (await leased(kiosk))["granted"]
            assert (await next_event(own, "voice"))["spoken"] == {"1": "", "2": ""}
            await leased(kiosk, spoken={"2": "c/1"})
            told = await next_event(own, "voice")
            assert told["spoken"] == {"1": "", "2": "c/1"}
            served.hall.downlink.tell_day()
            assert [(await anext(caller))[0] for _ in range(6)] == ["window", "window", "queue", "day", "news", "day"]


@pytest.mark.wire
async def test_the_hall_holds_a_zone_back_while_it_does_not_know_who_has_it(
    settings_file: Path,
) -> None:
    file = edited(settings_file, kiosk_1="east", counter_1="east", window_1="east", window_2="east")
    async with serve(file) as served, served.caller("counter-1") as counter, served.caller("kiosk-1") as kiosk:
        await counter.post("/device/hello", json=hello())
        await kiosk.post("/device/hello", json=hello("kiosk-1", journal="aa"))
        assert await leased(kiosk) == {
            "granted": False,
            "lease_ms": LEASE_MS,
            "windows": [1, 2],
            "left": [],
            "spoken": {},
        }
        holding = await leased(counter, holds=True, spoken={"2": "c/1"})
        assert (holding["granted"], holding["left"], holding["spoken"]) == (True, [1, 2], {"2": "c/1"})
        assert not (await leased(kiosk, holds=True))["granted"]


@pytest.mark.wire
async def test_an_unknown_field_an_older_boot_and_a_stranger_are_refused(settings_file: Path) -> None:
    async with serve(settings_file) as served, served.caller("counter-1") as counter, served.caller() as nobody:
        await counter.post("/device/hello", json=hello())
        await counter.post("/device/hello", json=hello(boot="b2"))
        for body, status, error in (
            (ask("b1"), 409, "identity-twice"),
            (ask("b2", hurry=True), 422, "contract-differs"),
        ):
            answer = await counter.post("/device/zone", json=body)
            assert (answer.status_code, answer.json()["error"]) == (status, error)
        assert (await nobody.post("/device/zone", json=ask())).status_code == 401


@pytest.mark.parametrize(
    ("zones", "what"),
    [
        ({"window_1": "east"}, "nobody calls for zone east"),
        ({"kiosk_1": "east"}, "no window in zone east"),
    ],
)
def test_a_zone_that_would_be_silent_is_refused(settings_file: Path, zones: dict[str, str], what: str) -> None:
    with pytest.raises(SettingsError) as refused:
        load_hall(edited(settings_file, **zones))
    (problem,) = refused.value.problems
    assert problem.what == what
    assert problem.line
    assert problem.remedy
