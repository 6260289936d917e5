"""Simulators as processes of their own, on ptys in a folder that goes away with them."""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

START_SECONDS = 15.0
LOOK_SECONDS = 0.02
END_SECONDS = 3.0

TYPING = "typing"
"""The keypad that types has no line: its socket is TYPING-1."""
BENCH: dict[str, tuple[str, ...]] = {
    "printer": ("printer", "--baud", "115200", "--no-pictures"),
    "id-card": ("id-card-reader", "--baud", "115200"),
    "displays": ("displays", "--addresses", "1,2,3", "--no-pictures"),
    "dots": ("displays", "--kind", "onbon-bx5e", "--addresses", "7", "--baud", "57600", "--no-pictures"),
    "lumen": ("displays", "--kind", "cpower5200", "--addresses", "2", "--baud", "115200", "--no-pictures"),
    "registers": ("displays", "--kind", "modbus-text", "--addresses", "1", "--no-pictures"),
    "pads": ("keypads", "--callers", "1", "--keypads", "129"),
    TYPING: ("usb-keypads", "--ports", "1"),
    "strip": ("displays", "--kind", "strip-a090", "--addresses", "4", "--no-pictures"),
}
"""Name of a port → what is simulated there: one of every kind, and two that cannot be asked."""


class NotStarted(Exception):
    """A simulator did not come up."""


@asynccontextmanager
async def simulators(lines: Mapping[str, Sequence[str]] = BENCH) -> AsyncIterator[Path]:
    """The folder with a port a line (its control socket is NAME.control); all end with the block.

    Each hears its own speed only, as real devices do. Raises NotStarted.
    """
    with tempfile.TemporaryDirectory(prefix="yichuang-probe-") as name:
        folder = Path(name)
        processes: list[asyncio.subprocess.Process] = []
        try:
            for line, arguments in lines.items():
                processes.append(await _start(folder / line, arguments))
            async with asyncio.timeout(START_SECONDS):
                for line, process in zip(lines, processes, strict=True):
                    await _until_there(folder / line, process)
            yield folder
        except TimeoutError:
            raise NotStarted("the simulators do not come up") from None
        finally:
            await _end(processes)


async def press(control: Path, command: Mapping[str, object]) -> bool:
    """Have a simulator do something, by its control socket; whether it did. Raises OSError."""
    reader, writer = await asyncio.open_unix_connection(control)
    try:
        writer.write(json.dumps(command).encode() + b"\n")
        while line := await reader.readline():  # what it tells of itself comes before its answer
            answer = json.loads(line)
            if "ok" in answer:
                return bool(answer["ok"])
        return False
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


async def _start(link: Path, arguments: Sequence[str]) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "yichuang",
        "simulate",
        *arguments,
        "--own-speed",
        "--link",
        str(link),
        "--control",
        str(link.with_name(f"{link.name}.control")),
        stdin=asyncio.subprocess.DEVNULL,
    )


async def _until_there(link: Path, process: asyncio.subprocess.Process) -> None:
    while not _is_there(link):
        if process.returncode is not None:
            raise NotStarted(f"the simulator of {link.name} ended with code {process.returncode}")
        await asyncio.sleep(LOOK_SECONDS)


def _is_there(link: Path) -> bool:
    """Its control socket is made last."""
    return link.with_name(f"{link.name}.control").exists()


async def _end(processes: Sequence[asyncio.subprocess.Process]) -> None:
    for process in processes:
        with suppress(ProcessLookupError):
            process.terminate()
    for process in processes:
        try:
            async with asyncio.timeout(END_SECONDS):
                await process.wait()
        except TimeoutError:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
