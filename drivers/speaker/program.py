"""A program that is run once with a deadline, and never outlives it."""

from __future__ import annotations

import asyncio
import os
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from drivers.contract import CompletionCode, Garbled, Refused, Remedy
from drivers.deadline import Deadline

REAP_SECONDS = 0.5
"""A killed program that is stuck in the kernel is not waited for longer than that."""
COMPLAINT_BYTES = 4096
CHUNK = 65_536


@dataclass(frozen=True, slots=True)
class Ended:
    """How it ended; ``complaint`` is the end of what it wrote on stderr."""

    code: int
    output: bytes
    complaint: str


def not_installed(program: str, package: str) -> Refused:
    """It cannot be run here."""
    what = f"{program} is not installed → apt-get install {package}"
    return Refused(what, CompletionCode.DEVICE_NOT_READY, Remedy.CONFIGURATION)


async def run(command: list[str], given: bytes, output_cap: int, deadline: Deadline) -> Ended:
    """Give it ``given``, wait for its end. Raises FileNotFoundError, PermissionError, Silent, Garbled (too much)."""
    async with (
        deadline.limit(f"{command[0]} has not ended"),
        _running(command) as process,
        asyncio.TaskGroup() as group,
    ):
        group.create_task(_give(process, given), name=f"to {command[0]}")
        output = group.create_task(_gather(process.stdout, output_cap), name=f"from {command[0]}")
        complaint = group.create_task(_last(process.stderr), name=f"complaint of {command[0]}")
        code = await process.wait()
    if len(output.result()) > output_cap:
        raise Garbled(f"{command[0]} gave more than {output_cap} bytes")
    return Ended(code, output.result(), complaint.result().decode(errors="replace"))


@asynccontextmanager
async def _running(command: list[str]) -> AsyncIterator[Process]:
    """Killed when it has not ended by the end of the block."""
    plain = {**os.environ, "LC_ALL": "C"}  # its complaints are read
    process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, stderr=PIPE, env=plain)
    try:
        yield process
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            with suppress(TimeoutError):
                async with asyncio.timeout(REAP_SECONDS):
                    await process.communicate()  # to the end of its pipes: they are closed then, too


async def _give(process: Process, given: bytes) -> None:
    """It may end without having heard all: its code says why."""
    assert process.stdin is not None  # noqa: S101 - piped above
    with suppress(BrokenPipeError, ConnectionResetError):
        process.stdin.write(given)
        await process.stdin.drain()
    process.stdin.close()
    with suppress(BrokenPipeError, ConnectionResetError):
        await process.stdin.wait_closed()


async def _gather(pipe: asyncio.StreamReader | None, cap: int) -> bytes:
    """All of it; the rest beyond the cap is read and dropped, so that the program can end."""
    assert pipe is not None  # noqa: S101 - piped above
    found = bytearray()
    while chunk := await pipe.read(CHUNK):
        found += chunk[: cap + 1 - len(found)]
    return bytes(found)


async def _last(pipe: asyncio.StreamReader | None) -> bytes:
    assert pipe is not None  # noqa: S101 - piped above
    found = b""
    while chunk := await pipe.read(CHUNK):
        found = (found + chunk)[-COMPLAINT_BYTES:]
    return found
