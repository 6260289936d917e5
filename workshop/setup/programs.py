"""The product's own command lines, run beside: enrolment, checks, the daemons where there is no systemd."""

from __future__ import annotations

import asyncio
import http.client
import json
import shutil
import ssl
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

READY_SECONDS = 60.0
"""A slow box on its first start; others take three."""
LOOK_SECONDS = 0.1
END_SECONDS = 10.0
ANSWER_SECONDS = 3.0
CHECK_SECONDS = 150.0
"""The slowest device, a feeder to wait for and a lamp that warms up, takes less than half of it."""


class Failed(Exception):
    """A command line that did not do its work: what it said."""


@dataclass(frozen=True, slots=True)
class Services:
    """systemd's, or child processes that end with setup."""

    systemd: bool

    @asynccontextmanager
    async def running(self, unit: str, *arguments: str) -> AsyncIterator[None]:
        """A daemon at work within the block; a unit goes on afterwards. Raises Failed."""
        if self.systemd:
            await call("systemctl", "enable", unit)
            await call("systemctl", "restart", unit)
            yield
            return
        process = await asyncio.create_subprocess_exec(
            *own(*arguments), stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL, stderr=sys.stderr
        )
        try:
            yield
        finally:
            await _end(process)

    async def stop(self, *units: str) -> None:
        """Those that run: they hold the ports that are about to be asked."""
        if self.systemd:
            await call("systemctl", "stop", *units)


def own(*arguments: str) -> list[str]:
    """A command line of ours, by the same interpreter."""
    return [sys.executable, "-m", "yichuang", *arguments]


async def call(*command: str, line: str = "") -> str:
    """Run it to its end, ``line`` typed into it; what it said. Raises Failed."""
    process = await asyncio.create_subprocess_exec(
        *command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    told, complained = await process.communicate(f"{line}\n".encode() if line else b"")
    if process.returncode:
        raise Failed((complained or told).decode("utf-8", "replace").strip())
    return told.decode("utf-8", "replace").strip()


async def udev_reload() -> None:
    """New rules are for what is plugged in already, too. Raises Failed."""
    if shutil.which("udevadm") is None:
        return
    await call("udevadm", "control", "--reload")
    await call("udevadm", "trigger", "--action=add")
    await call("udevadm", "settle")


async def until_hall_answers(url: str) -> None:
    """Its /health, whoever it is: enrolment finds out. Raises Failed."""
    await until(url, lambda: _health(url).get("status") == "ok")


async def until_box_stands(port: int, *, with_hall: bool) -> None:
    """The box is ready, and sees its hall where that is there. Raises Failed."""
    url = f"http://127.0.0.1:{port}"

    def stands() -> bool:
        told = _health(url)
        return "hall" in told and (told["hall"] == "up" or not with_hall)

    await until(url, stands)


async def check(port: int, device: str) -> dict[str, Any]:
    """The box's own external check of one device (device.checkup): outcome, its text by language, why, fault."""
    path = f"/devices/{quote(device)}/check?level=external"
    return await asyncio.to_thread(_asked, f"http://127.0.0.1:{port}", "POST", path, CHECK_SECONDS)


async def exists(path: Path) -> None:
    """Wait for a file that another process makes. Raises Failed."""
    await until(str(path), path.exists)


async def until(what: str, holds: Callable[[], bool]) -> None:
    """Looked at again and again: other processes tell nobody when they are ready."""
    try:
        async with asyncio.timeout(READY_SECONDS):
            while not await asyncio.to_thread(holds):  # noqa: ASYNC110 - another process sets no event of ours
                await asyncio.sleep(LOOK_SECONDS)
    except TimeoutError:
        raise Failed(f"{what}: nothing in {READY_SECONDS:.0f} s") from None


def _health(url: str) -> dict[str, Any]:
    return _asked(url, "GET", "/health", ANSWER_SECONDS)


def _asked(url: str, method: str, path: str, patience: float) -> dict[str, Any]:
    """Its JSON; empty when nothing that is any comes."""
    line = _line_to(url, patience)
    try:
        line.request(method, path)
        told: dict[str, Any] = json.loads(line.getresponse().read())
    except (OSError, http.client.HTTPException, ValueError):
        return {}
    else:
        return told
    finally:
        line.close()


def _line_to(url: str, patience: float) -> http.client.HTTPConnection:
    at = urlsplit(url)
    if at.scheme != "https":
        return http.client.HTTPConnection(at.netloc, timeout=patience)
    anybody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    anybody.check_hostname, anybody.verify_mode = False, ssl.CERT_NONE
    return http.client.HTTPSConnection(at.netloc, context=anybody, timeout=patience)


async def _end(process: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError):
        process.terminate()
    try:
        async with asyncio.timeout(END_SECONDS):
            await process.wait()
    except TimeoutError:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
