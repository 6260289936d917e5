"""Desired state from the hall, read from GET /device/downlink for as long as the box lives."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import httpx
import msgspec
import structlog

from device.supervise import Backoff
from device.sync.calls import CUT_OFF, refusal_keyword
from device.sync.desired import Desired
from device.sync.event_stream import Event, EventReader, StreamGarbled
from device.sync.link import Link
from hall.contract import DayChanged, News, QueueCounts, Voices, WindowState

__all__ = ["Desired", "Downlink"]

log = structlog.get_logger()

SILENCE_S = 40.0
"""The hall pings each 15 s: two lost and a bit more is a dead line."""

CONNECT_S = 5.0

_STREAM = {"accept": "text/event-stream", "accept-encoding": "identity"}


class Downlink:
    """Keeps ``desired`` as the hall wants it; a stream that ends or falls silent makes the link look for the hall."""

    def __init__(self, link: Link, desired: Desired, backoff: Backoff | None = None) -> None:
        self._link = link
        self._desired = desired
        self._backoff = backoff or Backoff()
        self._unknown: set[str] = set()
        self._heard: dict[str, Callable[[bytes], Awaitable[object]]] = {
            "window": lambda data: desired.offer_window(msgspec.json.decode(data, type=WindowState)),
            "queue": lambda data: desired.offer_counts(msgspec.json.decode(data, type=QueueCounts)),
            "day": lambda data: desired.offer_day(msgspec.json.decode(data, type=DayChanged)),
            "news": lambda data: desired.offer_news(msgspec.json.decode(data, type=News)),
            "voice": lambda data: desired.offer_voices(msgspec.json.decode(data, type=Voices)),
        }

    def on(self, event: str, heard: Callable[[bytes], Awaitable[object]]) -> None:
        """Let these events go there; it must return soon, for the stream waits for it."""
        self._heard[event] = heard

    async def run(self) -> None:
        """Long-lived: read, and connect again."""
        while True:
            await self._link.up()
            if why := await self._while_up():
                self._link.lost(f"downlink: {why}")
                await self._backoff.sleep()

    async def _while_up(self) -> str:
        """Follow one stream; gives why it ended, "" when the link was lost elsewhere: a stream may outlive its hall."""
        async with asyncio.TaskGroup() as group:
            reading = group.create_task(self._read(), name="downlink stream")
            losing = group.create_task(self._link.down(), name="downlink link lost")
            await asyncio.wait((reading, losing), return_when=asyncio.FIRST_COMPLETED)
            why = reading.result() if reading.done() else ""
            reading.cancel()
            losing.cancel()
        return why

    async def _read(self) -> str:
        """Follow one stream to its end; gives why it ended."""
        try:
            return await self._stream()
        except CUT_OFF as error:
            return f"{type(error).__name__} {error}"
        except (StreamGarbled, msgspec.MsgspecError) as error:
            return f"garbled: {error}"

    async def _stream(self) -> str:
        timeout = httpx.Timeout(CONNECT_S, read=SILENCE_S)
        async with self._link.client.stream("GET", "/device/downlink", headers=_STREAM, timeout=timeout) as answer:
            if answer.status_code != 200:
                await answer.aread()
                return f"status {answer.status_code} {refusal_keyword(answer.content)}"
            await self._link.warm()  # this stream keeps the connection that the hello had opened
            reader = EventReader()
            async for data in answer.aiter_raw():
                self._backoff.reset()
                for event in reader.feed(data):
                    if event.name == "bye":
                        return "the hall says bye"
                    await self._take(event)
        return "the hall ended the stream"

    async def _take(self, event: Event) -> None:
        offer = self._heard.get(event.name)
        if offer is None:
            if event.name in self._unknown:
                return
            self._unknown.add(event.name)
            log.info("unknown downlink event", name=event.name)  # a newer hall may tell more than we know
        else:
            await offer(event.data)
