"""A box that stops closes nothing under the hands of what still runs."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest

from device import main
from device.supervise import Tasks
from tests.virtual_time import virtual


@virtual
async def test_what_parts_use_is_closed_when_none_of_them_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []

    async def downlink() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0.2)  # a connection that is being made cannot be left at once
            told.append("downlink ended")

    async def close(what: str) -> None:
        told.append(f"{what} closed")

    parts = SimpleNamespace(
        before=[],
        long_lived={"downlink": downlink},
        close=lambda: close("client"),
        journal=SimpleNamespace(close=lambda: close("journal")),
    )
    monkeypatch.setattr(main, "Builder", lambda *_: SimpleNamespace(build=lambda: parts))
    async with Tasks() as tasks, main.running(None, None, tasks):  # type: ignore[arg-type] # what it is built from
        await asyncio.sleep(0)
    assert told == ["downlink ended", "client closed", "journal closed"]
