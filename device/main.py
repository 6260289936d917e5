"""The box daemon's life: build, serve, stop within two seconds."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path

import structlog
import uvicorn

from config.box import BoxSettings, load_box
from config.loader import Loaded
from config.notify import Notify
from device.assembly import BoxParts, Builder
from device.hardware import Hardware
from device.journal import Journal
from device.listening import CannotListen, Server, listen
from device.maintenance.alone import must_be_alone
from device.pairing.listener import listen_for_pcs, over_tls
from device.settings.fits import built
from device.settings.last_good import keep_once_ready, or_last_good
from device.supervise import Tasks, supervise
from device.sync import own_files
from device.watchdog import Watchdog, Watched
from device.writer import JournalDamaged
from drivers.contract import LINK_LOST

log = structlog.get_logger()

__all__ = ["CannotListen", "listen", "load", "run", "running", "serve_pcs"]

STOP_SECONDS = 1

START_ANEW = 75
"""Exit code (EX_TEMPFAIL): this journal is an old or a second copy, or damaged: the next start mends that."""


def load(file: Path) -> tuple[Loaded[BoxSettings], Hardware]:
    """Settings and hardware of a box, and the files they name. Raises SettingsError."""
    loaded = load_box(file)
    return loaded, built(loaded)


def load_or_last_good(file: Path) -> tuple[Loaded[BoxSettings], Hardware]:
    """The same for a start: the last good ones stand in for settings that are refused. Raises SettingsError."""
    return or_last_good(file, _starting)


def _starting(loaded: Loaded[BoxSettings]) -> Hardware:
    hall = loaded.values.hall
    own_files.finish(loaded.beside(hall.certificate), loaded.beside(hall.key))
    return built(loaded)


async def run(loaded: Loaded[BoxSettings], hardware: Hardware) -> int:
    """Run one box until SIGTERM or SIGINT: exit code 0, or START_ANEW.

    Raises CannotListen, RunsAlready, JournalForeign, JournalStopped at the start; later what a bug raised, after
    closing everything.
    """
    box = loaded.values.box
    must_be_alone(loaded.beside(box.data))
    listener = listen(box.port)
    try:
        for_pcs = listen_for_pcs(loaded)
    except CannotListen:
        listener.close()
        raise
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    notify = Notify()
    with listener, for_pcs or nullcontext():
        async with Tasks() as tasks, running(loaded, hardware, tasks) as parts:
            server = Server(_http(parts))
            parts.readiness.append(lambda: server.started)
            serving = tasks.start("http", server.serve(sockets=[listener]))
            pcs = serve_pcs(parts, loaded, for_pcs, tasks)
            for problem in loaded.refused:
                log.error("settings refused", file=str(problem.file), line=problem.line, what=problem.what)
            tasks.start("last good settings", keep_once_ready(loaded, lambda: all(so() for so in parts.readiness)))
            parts.link.on_forked(stopping.set)
            tasks.start("journal", _until_damaged(parts.journal, stopping))
            await server.up.wait()
            log.info("box runs", box=box.name, port=box.port, journal=parts.journal.id, mode=box.mode)
            notify.ready()
            watchdog = Watchdog(notify, _watched(parts, hardware, tasks))
            tasks.start("watchdog", watchdog.run())
            tasks.start("watchdog asks the journal", watchdog.ask_journal())
            await stopping.wait()
            notify.stopping()
            parts.streams.stop()
            server.should_exit = True
            await serving
            await pcs()
            return START_ANEW if parts.link.forked or parts.journal.damaged else 0


def _watched(parts: BoxParts, hardware: Hardware, tasks: Tasks) -> Watched:
    def ended() -> str:
        running = set(tasks.running())
        return next((name for name in parts.long_lived if name not in running), "")

    def status() -> str:
        lost = sum(LINK_LOST in cell.state.reasons for cell in hardware.cells)
        devices = f"{len(hardware.cells)} devices, {lost} lost"
        return f"{parts.journal.device}: hall {parts.link.hall}, {devices}, {parts.journal.outbox} facts to tell"

    return Watched(parts.journal, hardware.stuck, ended, status)


async def _until_damaged(journal: Journal, stopping: asyncio.Event) -> None:
    """A damaged page is found and mended at a start only."""
    try:
        await journal.sound()
    except JournalDamaged as damaged:
        log.error("journal damaged", what=str(damaged))  # noqa: TRY400 - the disk's doing, not this program's
        stopping.set()


@asynccontextmanager
async def running(loaded: Loaded[BoxSettings], hardware: Hardware, tasks: Tasks) -> AsyncIterator[BoxParts]:
    """All parts of a box at work; stopped and closed at the end."""
    parts = Builder(loaded, hardware, tasks).build()
    try:
        for once in parts.before:
            await once()
        for name, work in parts.long_lived.items():
            tasks.start(name, supervise(name, work))
        yield parts
    finally:
        try:
            await tasks.end()
        finally:
            await parts.close()
            await parts.journal.close()


def serve_pcs(
    parts: BoxParts, loaded: Loaded[BoxSettings], listener: socket.socket | None, tasks: Tasks
) -> Callable[[], Awaitable[None]]:
    """Serve clerks' own PCs where there is a socket for them; what is given stops that."""
    if listener is None or parts.gate is None:
        return _nothing
    server = Server(over_tls(parts.gate, loaded, STOP_SECONDS))
    parts.readiness.append(lambda: server.started)
    serving = tasks.start("https for paired PCs", server.serve(sockets=[listener]))

    async def stop() -> None:
        server.should_exit = True
        await serving

    return stop


async def _nothing() -> None:
    """Of a box that serves no PC."""


def _http(parts: BoxParts) -> uvicorn.Config:
    return uvicorn.Config(
        parts.app,
        lifespan="off",
        access_log=False,
        log_config=None,
        http="httptools",
        ws="none",
        timeout_graceful_shutdown=STOP_SECONDS,
    )
