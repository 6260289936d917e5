"""A box with a speaker and nothing else: it starts, calls for its zone, and is well, here and at the hall."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from config.box import load_box
from config.problem import SettingsError
from device.cell import Cell
from device.hardware import build_hardware
from device.main import running
from device.supervise import Tasks
from drivers.speaker.sound import at_volume
from drivers.speaker.wav import decode, encode
from hall.contract import Fact
from tests.drivers.speaker.scene import tone
from tests.hall.served import Served, command, hello, serve
from tests.hall.test_wire import sign_in
from tests.hall.test_zone_wire import edited

BOX = """\
[box]
name = "stranger-1"
mode = "demo"
port = 8630
data = "data-of-box"

[hall]
url = "https://127.0.0.1:{port}"
ca = "certs/ca.pem"
certificate = "certs/stranger-1.pem"
key = "certs/stranger-1.key"
"""
SPEAKER = """
[[line]]
name = "sound"
port = "sound:{folder}/zone.wav"
simulated = true

[[device]]
name = "voice"
model = "speaker"
line = "sound"

[device.options]
chime = "none"
clips = "{folder}/clips"
"""
WORDS = {
    "zh-CN": ["请", *"A123456789", "0", "号到", "号窗口"],
    "en": ["ticket", "please go to counter", *"A1234567890"],
}


def recorded(folder: Path) -> dict[str, dict[str, bytes]]:
    """Clips of some hundredths of a second, each with a tone of its own."""
    clips: dict[str, dict[str, bytes]] = {}
    for first, (language, names) in enumerate(WORDS.items()):
        (folder / language).mkdir(parents=True)
        clips[language] = {name: tone(0.03, 300 + 500 * first + 30 * place) for place, name in enumerate(names)}
        for name, pcm in clips[language].items():
            (folder / language / f"{name}.wav").write_bytes(encode(pcm))
    return clips


def said(clips: dict[str, bytes], *words: str) -> bytes:
    return at_volume(b"".join(clips[word] for word in words), 80)


def hall_with_zone(settings_file: Path) -> Path:
    """Window 1 is called by a box that serves no window and is no kiosk."""
    text = settings_file.read_text(encoding="utf-8")
    settings_file.write_text(text + '\n[[box]]\nname = "stranger-1"\n', encoding="utf-8")
    return edited(settings_file, stranger_1="east", window_1="east")


@asynccontextmanager
async def speaking_box(folder: Path, served: Served) -> AsyncIterator[tuple[Cell[Any], httpx.AsyncClient]]:
    file = folder / "box.toml"
    file.write_text(BOX.format(port=served.port) + SPEAKER.format(folder=folder), encoding="utf-8")
    loaded = load_box(file)
    hardware = build_hardware(loaded)
    async with Tasks() as tasks, running(loaded, hardware, tasks) as parts:
        parts.readiness.append(lambda: True)
        asks = httpx.ASGITransport(parts.app)
        async with httpx.AsyncClient(transport=asks, base_url="http://127.0.0.1:8630") as page:
            yield hardware.cells[0], page


async def printed_ticket(kiosk: httpx.AsyncClient, date: str) -> None:
    """A kiosk tells of a ticket from its own band."""
    await kiosk.post("/device/hello", json=hello("kiosk-1", journal="aa"))
    ticket, told, prev = "kiosk-1/aa/1", [], ""
    happened: list[tuple[str, dict[str, Any]]] = [
        ("requested", {"service": "11", "touch": "t"}),
        ("issued", {"ticket": ticket, "service": "11", "number": "111001", "source": "band", "date": date}),
        ("printed", {"ticket": ticket, "evidence": "gs-h"}),
    ]
    for seq, (kind, data) in enumerate(happened, 1):
        fact = Fact(
            seq=seq, prev=prev, kind=kind, at_ms=1, trust="unknown", boot="b1", mono_ms=999, mode="demo", data=data
        )
        prev = fact.digest()
        told.append(msgspec.to_builtins(fact))
    batch = {"device": "kiosk-1", "journal": "aa", "boot": "b1", "mono_ms": 1000, "facts": told}
    assert (await kiosk.post("/device/facts", json=batch)).json()["high"] == 3


async def devices_at(served: Served) -> list[dict[str, Any]]:
    async with served.caller("observer-1") as observer:
        devices: list[dict[str, Any]] = (await observer.get("/api/devices")).json()
        return devices


async def the_call(served: Served) -> dict[str, Any]:
    async with served.caller("observer-1") as observer:
        (call,) = (await observer.get("/api/calls")).json()
        told: dict[str, Any] = call
        return told


@pytest.mark.wire
async def test_it_announces_its_zone_and_is_healthy_here_and_at_the_hall(settings_file: Path) -> None:
    folder = settings_file.parent
    clips = await asyncio.to_thread(recorded, folder / "clips")
    async with serve(hall_with_zone(settings_file)) as served:
        served.hall.zones._unknown_until_ms = 0  # this hall knows that nobody else holds a zone
        async with (
            speaking_box(folder, served) as (cell, page),
            served.caller("counter-1") as counter,
            served.caller("kiosk-1") as kiosk,
        ):
            await counter.post("/device/hello", json=hello())
            await sign_in(counter)
            await printed_ticket(kiosk, served.hall.business_date)
            answer = (await counter.post("/device/commands", json=command("call-next"))).json()
            number = answer["window"]["held"]["number"]
            with cell.worked.watching() as worked:
                while cell.statistics.report(0.0).get("SuccessfulCount", 0) < 3:
                    await worked.wait()
                    worked.clear()
            assert served.hall.zones.holder("east") == "stranger-1"
            while (call := await the_call(served))["spoken_ms"] is None:
                pass
            health = (await page.get("/health")).json()
            ready = await page.get("/ready")
            while not (devices := await devices_at(served)):
                pass
    assert number == "A111001"
    assert call["at_ms"] <= call["spoken_ms"]
    pcm = decode(await asyncio.to_thread((folder / "zone.wav").read_bytes))
    assert said(clips["zh-CN"], "请", *number, "号到", "1", "号窗口") in pcm
    assert said(clips["en"], "please go to counter", "1") in pcm
    assert (ready.status_code, health["hall"], health["refusal"], health["stopped"]) == (200, "up", "", None)
    (device,) = health["devices"]
    assert (device["name"], device["phase"], device["accepting"]) == ("voice", "idle", True)
    assert [reason["keyword"] for reason in device["reasons"]] == ["simulated"]
    assert [(each["box"], each["name"], each["phase"], each["reasons"]) for each in devices] == [
        ("stranger-1", "voice", "idle", "simulated")
    ]


def test_a_box_that_nothing_hangs_on_is_refused_with_what_it_could_serve_by(tmp_path: Path) -> None:
    file = tmp_path / "box.toml"
    file.write_text(BOX.format(port=1), encoding="utf-8")
    with pytest.raises(SettingsError) as refused:
        load_box(file)
    (problem,) = refused.value.problems
    assert (problem.what, problem.remedy) == (
        "the box serves nobody",
        "add [kiosk], [board], [entrance], at least one [[window]], or a speaker of a zone",
    )
