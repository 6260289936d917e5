"""A box that was given up: its port shows that it is out of service, and its hall is told.

Runs in place of the daemon (systemd/yichuang-box-stopped.service), needs as little of it as it can, and works with
settings that cannot be read: the page is then all it does.
"""

from __future__ import annotations

import asyncio
import shutil
import signal
import tomllib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from config.box import BoxSettings, load_box
from config.loader import Loaded
from config.notify import Notify
from config.pages import render, screens
from config.problem import SettingsError
from config.version import VERSION
from config.wording import both
from device.api.answers import answer
from device.api.guard import LoopbackGuard
from device.clock import Clock
from device.files import certificates_must_exist
from device.former import facts_to_tell
from device.listening import Server, listen
from device.supervise import Tasks
from device.sync import calls
from device.sync.calls import HallRefused, HallUnreachable
from hall.contract.maintenance import Advice, ClockReport, Condition

log = structlog.get_logger()

ROOM = "stopped"
USUAL_PORT = 8620
TELL_S = 60.0
AGAIN_S = 5.0
LIMIT_S = 5.0
EVERY_METHOD = ["GET", "POST", "PUT", "DELETE"]


@dataclass(frozen=True, slots=True)
class Known:
    """What can be told of the box. ``settings``: None when they are refused, and then nobody can be told."""

    name: str
    port: int
    mode: str
    settings: Loaded[BoxSettings] | None


def know(file: Path) -> Known:
    """All that these settings say, or as much as can be made out of refused ones."""
    try:
        loaded = load_box(file)
        certificates_must_exist(loaded)
    except SettingsError as refused:
        log.error("settings are refused", what=str(refused))  # noqa: TRY400 - the file's fault, not ours
        return _made_out(file)
    box = loaded.values.box
    return Known(box.name, box.port, box.mode, loaded)


def _made_out(file: Path) -> Known:
    raw: dict[str, Any] = {}
    with suppress(OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        raw = tomllib.loads(file.read_text(encoding="utf-8"))
    box = raw.get("box")
    said = box if isinstance(box, dict) else {}
    port, name = said.get("port"), said.get("name")
    return Known(
        name if isinstance(name, str) else "",
        port if isinstance(port, int) and 0 < port < 65536 else USUAL_PORT,
        "live",
        None,
    )


async def run(known: Known) -> None:
    """Show and tell until SIGTERM or SIGINT. Raises CannotListen."""
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    notify = Notify()
    with listen(known.port) as listener:
        async with Tasks() as tasks:
            server = Server(uvicorn.Config(_page(known), lifespan="off", access_log=False, log_config=None))
            serving = tasks.start("http", server.serve(sockets=[listener]))
            await server.up.wait()
            notify.ready()
            notify.status(f"{known.name}: out of service")
            telling = tasks.start("tell the hall", _tell(known.settings)) if known.settings else None
            await stopping.wait()
            server.should_exit = True
            if telling is not None:
                telling.cancel()
            await serving


def _page(known: Known) -> LoopbackGuard:
    text = render(ROOM, mode=known.mode, call=both(ROOM, "call", box=known.name or "?"))

    async def shown(request: Request) -> Response:
        if request.method == "GET" and "text/html" in request.headers.get("accept", ""):
            return HTMLResponse(text, 503)
        return answer({"error": "stopped"}, 503)

    static = Mount("/static", StaticFiles(directory=screens() / "static"))
    app = Starlette(routes=[static, Route("/{path:path}", shown, methods=EVERY_METHOD)])
    return LoopbackGuard(app, known.port, [])


async def _tell(loaded: Loaded[BoxSettings]) -> None:
    """Once a minute, and soon again when the hall did not hear it. For ever."""
    hall = loaded.values.hall
    client = calls.make_client(
        hall.url, loaded.beside(hall.ca), loaded.beside(hall.certificate), loaded.beside(hall.key)
    )
    clock = Clock()
    said: str | None = None
    try:
        while True:
            why, pause = "", TELL_S
            try:
                await calls.post(client, "/device/condition", condition(loaded, clock), dict, LIMIT_S)
            except HallUnreachable as error:
                why, pause = str(error), AGAIN_S
            except HallRefused as error:  # a hall that is older than this box, or does not know it
                why = str(error)
            if why != said:
                log.warning("hall is not told", why=why) if why else log.info("hall is told", state="stopped")
            said = why
            await asyncio.sleep(pause)
    finally:
        await client.aclose()


def condition(loaded: Loaded[BoxSettings], clock: Clock) -> Condition:
    """What the hall is told: not ready, and why."""
    box = loaded.values.box
    stopped = Advice(
        device="",
        fault=ROOM,
        severity="error",
        what=both(ROOM, "what", box=box.name),
        mend=both(ROOM, "mend"),
        until=both(ROOM, "until"),
    )
    data = loaded.beside(box.data)
    return Condition(
        version=VERSION,
        ready=False,
        advice=[stopped],
        leases=[],
        outbox=facts_to_tell(data / "journal.db"),
        free_bytes=shutil.disk_usage(data).free if data.is_dir() else 0,
        clock=ClockReport(trust=clock.trust(), wall_ms=clock.wall_ms()),
    )
