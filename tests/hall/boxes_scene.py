"""Boxes that tell a real hall how they are, come and go; and Conditions as they tell them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import msgspec

from config.wording import LANGUAGES
from hall.contract.maintenance import Advice, Boxes, BoxLine, ClockReport, Condition, Lease, Severity
from hall.downlink import Line
from tests.hall.served import LIMIT_S, Served, hello


def said(text: str) -> dict[str, str]:
    return dict.fromkeys(LANGUAGES, text)


def advice(fault: str = "media-low", severity: Severity = "warning", device: str = "printer") -> Advice:
    what, mend, until_then = (said(f"{device} {fault} {part}") for part in ("what", "mend", "until"))
    return Advice(device=device, fault=fault, severity=severity, what=what, mend=mend, until=until_then)


def lease(who: str = "周师傅", *devices: str) -> Lease:
    return Lease(id="l1", who=who, devices=list(devices or ("display-7",)), left_ms=15_000)


def condition(*needs: Advice, ready: bool = True, leases: tuple[Lease, ...] = ()) -> Condition:
    return Condition(
        version="0.1.0",
        ready=ready,
        advice=list(needs),
        leases=list(leases),
        outbox=0,
        free_bytes=10**9,
        clock=ClockReport(trust="compared", wall_ms=0, off_ms=0),
        certificate_days=300,
    )


class WireBox:
    """A box of this name, over TLS."""

    def __init__(self, served: Served, name: str) -> None:
        self.client = served.caller(name)
        self.name = name

    async def greet(self, **fields: Any) -> httpx.Response:
        return await self.client.post("/device/hello", json=hello(self.name, **fields))

    async def tell(self, told: Condition) -> httpx.Response:
        return await self.client.post("/device/condition", content=msgspec.json.encode(told))

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """While the block runs."""
        async with self.client.stream("GET", "/device/downlink") as answer:
            assert answer.status_code == 200
            yield


@asynccontextmanager
async def box_of(served: Served, name: str) -> AsyncIterator[WireBox]:
    """It has said hello, listens, and has told that it is ready."""
    box = WireBox(served, name)
    async with box.client:
        assert (await box.greet()).status_code == 200
        async with box.listening():
            assert (await box.tell(condition())).status_code == 200
            yield box


async def boxes(served: Served, role: str = "technician-1") -> Boxes:
    """What the hall tells of all of them."""
    async with served.caller(role) as client:
        answer = await client.get("/maintenance")
        assert answer.status_code == 200, answer.text
        return msgspec.json.decode(answer.content, type=Boxes)


async def line(served: Served, name: str) -> BoxLine:
    """… of this one."""
    return next(each for each in (await boxes(served)).boxes if each.box == name)


async def until(served: Served, is_so: Callable[[], object]) -> None:
    """Looks whenever a box comes or goes, and after whatever the hall learns."""
    hall, stirred = served.hall, asyncio.Event()
    connect, disconnect = hall.downlink.connect, hall.downlink.disconnect

    def came(*told: Any) -> Line:
        stirred.set()
        return connect(*told)

    def went(line: Line) -> None:
        disconnect(line)
        stirred.set()

    hall.downlink.connect, hall.downlink.disconnect = came, went  # type: ignore[method-assign, assignment]
    hall.stirred.add(stirred)
    async with asyncio.timeout(LIMIT_S):
        while not is_so():
            stirred.clear()
            await stirred.wait()
            await asyncio.sleep(0)  # a box that has come is there after this turn of the loop
    hall.downlink.connect, hall.downlink.disconnect = connect, disconnect  # type: ignore[method-assign]
    hall.stirred.discard(stirred)


async def until_gone(served: Served, name: str) -> None:
    """The hall has noticed that it listens no more."""
    await until(served, lambda: name not in served.hall.downlink.connected)
