"""Whoever reaches the hall's port, with a certificate or without, cannot fill its memory with one long body."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from hall.body_cap import PEOPLES_BYTES
from tests.hall.served import serve

pytestmark = pytest.mark.wire


class Flood:
    """A body of a gigabyte, as far as anybody reads it."""

    def __init__(self) -> None:
        self.sent = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while self.sent < 1 << 30:
            self.sent += 1 << 16
            yield bytes(1 << 16)


@pytest.mark.parametrize("name", ["", "observer-1", "hall"])
async def test_a_body_without_an_end_is_refused_before_it_fills_anything(settings_file: Path, name: str) -> None:
    async with serve(settings_file) as served, served.caller(name) as caller:
        flood = Flood()
        try:
            answer = await caller.post("/api/notices", content=flood)
        except httpx.TransportError:  # cut off while it was still sending: as good
            pass
        else:
            assert answer.status_code in (401, 403, 413)
        assert flood.sent < 1 << 26
        async with served.caller() as another:
            assert (await another.get("/health")).status_code == 200


async def test_what_people_really_send_is_taken(settings_file: Path) -> None:
    async with serve(settings_file) as served, served.caller("hall") as caller:
        answer = await caller.post("/api/notices", json={"zh": "午休 12:00", "en": "Closed from 12:00"})
        assert answer.status_code == 200
        long = b'{"zh": "%s"}' % (b"x" * PEOPLES_BYTES)
        refused = await caller.post("/api/notices", content=long, headers={"content-type": "application/json"})
        assert refused.status_code == 413
