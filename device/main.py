"""The box daemon's life: build, serve, stop within two seconds."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog
import uvicorn

from config.box import BoxSettings, load_box
from config.loader import Loaded
from device.assembly import Builder, Hardware, build_hardware
from device.supervise import Tasks, supervise

log = structlog.get_logger()

STOP_SECONDS = 1


class _Server(uvicorn.Server):
    """uvicorn without its own signal handlers: the daemon stops its parts in its own order."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def load(file: Path) -> tuple[Loaded[BoxSettings], Hardware]:
    """Settings and hardware of a box. Raises SettingsError."""
    loaded = load_box(file)
    return loaded, build_hardware(loaded)


async def run(loaded: Loaded[BoxSettings], hardware: Hardware) -> None:
    """Run one box until SIGTERM or SIGINT. Raises what a bug raised, after everything has been closed."""
    box = loaded.values.box
    async with Tasks() as tasks:
        builder = Builder(loaded, hardware, tasks)
        server: uvicorn.Server | None = None
        parts = builder.build(lambda: server is not None and server.started)
        try:
            for once in parts.before:
                await once()
            for name, work in parts.long_lived.items():
                tasks.start(name, supervise(name, work))
            server = _Server(
                uvicorn.Config(
                    parts.app,
                    host="127.0.0.1",
                    port=box.port,
                    lifespan="off",
                    access_log=False,
                    log_config=None,
                    http="httptools",
                    ws="none",
                    timeout_graceful_shutdown=STOP_SECONDS,
                )
            )
            loop = asyncio.get_running_loop()
            stopping = asyncio.Event()
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.add_signal_handler(number, stopping.set)
            serving = tasks.start("http", server.serve())
            log.info("box ready", box=box.name, port=box.port, journal=parts.journal.id)
            await stopping.wait()
            parts.streams.stop()
            server.should_exit = True
            await serving
        finally:
            tasks.stop()
            await builder.client.aclose()
            await parts.journal.close()
