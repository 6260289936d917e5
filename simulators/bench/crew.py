"""Clients at work side by side, each a process of its own, all begun at one moment."""

from __future__ import annotations

import multiprocessing
import ssl
import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection as Pipe
from multiprocessing.synchronize import Barrier
from pathlib import Path
from threading import BrokenBarrierError
from typing import Any, Generic, TypeVar

from simulators.bench import wire

T = TypeVar("T")
LIMIT_SECONDS = 600.0

_processes = multiprocessing.get_context("spawn")


@dataclass(frozen=True, slots=True)
class Spot:
    """Where one client stands: whom it speaks to, as whom, and together with whom it begins."""

    port: int
    ca: Path
    certificate: Path
    key: Path
    barrier: Barrier | None = None

    def context(self) -> ssl.SSLContext:
        """Its side of mutual TLS."""
        return wire.context(self.ca, self.certificate, self.key)

    def connect(self) -> wire.Connection:
        """A connection, its handshake done."""
        return wire.Connection(self.port, self.context())

    def line_up(self) -> None:
        """Wait until everybody is ready."""
        if self.barrier is not None:
            self.barrier.wait(LIMIT_SECONDS)


@dataclass(frozen=True, slots=True)
class Effort(Generic[T]):
    """What each client gave, and how long all of them took together, in seconds."""

    gave: list[T]
    seconds: float


class ClientFailed(Exception):
    """A client process ended without giving what it was asked for; holds what it said."""


def together(work: Callable[..., T], spots: Sequence[Spot], *more: Sequence[Any]) -> Effort[T]:
    """Run ``work(spot, *more)`` in one process a spot; each calls ``spot.line_up()`` once. Raises ClientFailed."""
    barrier = _processes.Barrier(len(spots) + 1)
    members = [_Member(work, replace(spot, barrier=barrier), rest) for spot, *rest in zip(spots, *more, strict=True)]
    try:
        with suppress(BrokenBarrierError):  # whoever broke it says why below
            barrier.wait(LIMIT_SECONDS)
        begun = time.monotonic()
        gave = [member.result() for member in members]
    finally:
        for member in members:
            member.end()
    return Effort([result for result, _ in gave], max(ended for _, ended in gave) - begun)


class _Member:
    """One client's process and the pipe on which its result comes."""

    def __init__(self, work: Callable[..., Any], spot: Spot, rest: Sequence[Any]) -> None:
        self._pipe, theirs = _processes.Pipe(duplex=False)
        self._process = _processes.Process(target=_work, args=(theirs, work, spot, rest), daemon=True)
        self._process.start()
        theirs.close()

    def result(self) -> tuple[Any, float]:
        """What it gave, and when it was done."""
        try:
            result, ended, failure = self._pipe.recv()
        except EOFError:
            raise ClientFailed("it ended without a word") from None
        if failure:
            raise ClientFailed(failure)
        return result, ended

    def end(self) -> None:
        """Whatever it does: it is over."""
        self._process.kill()
        self._process.join()
        self._process.close()
        self._pipe.close()


def _work(pipe: Pipe, work: Callable[..., Any], spot: Spot, rest: Sequence[Any]) -> None:
    try:
        result = work(spot, *rest)
        pipe.send((result, time.monotonic(), ""))
    except Exception:
        if spot.barrier is not None:
            spot.barrier.abort()
        pipe.send((None, 0.0, traceback.format_exc()))
