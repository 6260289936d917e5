"""A box as systemd starts it: refused settings end in a working counter that says so, not in a dark one."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from device.bundle.cli import bundle
from device.bundle.pack import unpack
from device.bundle.parts import Parts
from hall import ca
from tests.config.test_settings import BOX
from tests.device.maintenance_terminal import Terminal
from tests.free_ports import free_port

LIMIT_S = 60.0


def at_home(folder: Path) -> tuple[Path, int]:
    """Settings of a counter whose display is not plugged in, with certificates of a hall that is not there."""
    ca.init(folder / "certs")
    ca.issue(folder / "certs", "counter-1", "box", 2)
    port = free_port()
    text = BOX.replace("8630", str(port)).replace("127.0.0.1:8610", "127.0.0.1:9")
    for name, file in (("ca", "ca.pem"), ("certificate", "box.pem"), ("key", "box.key")):
        made = {"ca": "ca.pem", "certificate": "counter-1.pem", "key": "counter-1.key"}[name]
        text = text.replace(f'{name} = "{file}"', f'{name} = "certs/{made}"')
    (folder / "box.toml").write_text(text, encoding="utf-8")
    return folder / "box.toml", port


@asynccontextmanager
async def started(file: Path, port: int) -> AsyncIterator[tuple[asyncio.subprocess.Process, httpx.AsyncClient]]:
    """A box that is ready, told to stop at the end."""
    command = [sys.executable, "-m", "yichuang", "device", str(file)]
    box = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.PIPE)
    try:
        async with asyncio.timeout(LIMIT_S), httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as page:
            while not await is_ready(page):
                assert box.returncode is None, "the box has ended"
            yield box, page
            if box.returncode is None:
                box.send_signal(signal.SIGTERM)
            await box.wait()
    finally:
        if box.returncode is None:
            box.kill()
            await box.wait()


async def is_ready(page: httpx.AsyncClient) -> bool:
    try:
        return (await page.get("/ready")).status_code == 200
    except httpx.TransportError:
        return False


async def state(page: httpx.AsyncClient, path: str) -> dict[str, Any]:
    async with page.stream("GET", path) as told:
        async for line in told.aiter_lines():
            if line.startswith("data: "):
                first: dict[str, Any] = json.loads(line.removeprefix("data: "))
                return first
    raise AssertionError("no state")


def the_bundle(folder: Path) -> Parts:
    (made,) = folder.glob("yichuang-counter-1-*.tar.gz")
    return unpack(made.read_bytes())


@pytest.mark.system
async def test_a_typing_error_before_opening_leaves_the_counter_working_and_loud(tmp_path: Path) -> None:
    file, port = at_home(tmp_path)
    async with started(file, port) as (_, page):
        assert (await page.get("/health")).json()["settings_refused"] == []
        assert (await state(page, "/window/1/state"))["settings_refused"] is False
        while not (tmp_path / "data" / "settings.good" / "box.toml").exists():
            await is_ready(page)
    good = file.read_text(encoding="utf-8")
    file.write_text(good.replace('model = "onbon-bx5k"', 'model = "onbon-bx5"'), encoding="utf-8")
    async with started(file, port) as (box, page):
        (problem,) = (await page.get("/health")).json()["settings_refused"]
        assert "box.toml:22" in problem
        assert (await state(page, "/window/1/state"))["settings_refused"] is True
        shown = (await page.get("/window/1")).text
        asked = Terminal(tmp_path / "data" / "run" / "maintenance.sock").ask
        status, told = await asyncio.to_thread(asked, "settings")
        assert (status, told["settings"][0]["key"]) == (200, "box.name")
        assert await asyncio.to_thread(bundle, [str(file), "--to", str(tmp_path)]) == 0
        box.send_signal(signal.SIGTERM)
        assert box.stderr is not None
        log = (await box.stderr.read()).decode()
    parts = the_bundle(tmp_path)
    assert json.loads(parts["report.json"])["devices"][0]["name"] == "display-1"
    assert b"# refused: box.toml:22" in parts["settings.txt"]
    assert b"error settings refused" in parts["log.txt"]
    assert 'event="settings refused"' in log
    assert "level=error" in log
    assert "本机的设置有误" in shown
    checked = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "yichuang", "device", str(file), "--check", stderr=asyncio.subprocess.PIPE
    )
    _, said = await checked.communicate()
    assert checked.returncode == 2
    assert b"onbon-bx5" in said
