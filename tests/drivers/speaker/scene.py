"""Sounds that tests compare, and programs that behave as a test wants them to."""

from __future__ import annotations

import asyncio
import math
from array import array
from collections.abc import Awaitable
from pathlib import Path
from typing import TypeVar

from drivers.contract import DeviceFault
from drivers.deadline import Deadline
from drivers.speaker.sound import RATE, from_samples, samples, seconds
from drivers.speaker.wav import decode

T = TypeVar("T")

LATE = 5.0
"""A busy machine starts and ends programs late; one that kept to no deadline would be a minute late."""


def tone(length: float, hertz: float = 440.0, strength: int = 8000) -> bytes:
    count = round(length * RATE)
    return from_samples(array("h", (round(strength * math.sin(2 * math.pi * hertz * i / RATE)) for i in range(count))))


def power(pcm: bytes, hertz: float) -> float:
    """The mean power of a sound at one frequency (Goertzel)."""
    turn = 2 * math.cos(2 * math.pi * hertz / RATE)
    before = last = 0.0
    values = samples(pcm)
    for value in values:
        before, last = last, value + turn * last - before
    return (before * before + last * last - turn * before * last) / len(values) ** 2


def sounded(file: Path) -> bytes:
    return decode(file.read_bytes())


def program(folder: Path, name: str, script: str) -> str:
    """An executable of this shell script."""
    file = folder / name
    file.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    file.chmod(0o755)
    return str(file)


async def fault_in_time(doing: Awaitable[object], deadline: Deadline, late: float = LATE) -> DeviceFault:
    """What it ended with; it did so by its deadline."""
    try:
        await doing
    except DeviceFault as fault:
        assert asyncio.get_running_loop().time() <= deadline.at + late
        return fault
    raise AssertionError("it did not fail")


class Sink:
    """Takes sounds at once, or fails as the test says."""

    def __init__(self) -> None:
        self.heard: list[bytes] = []
        self.fault: DeviceFault | None = None
        self.checks = 0
        self.words: list[str] = []

    async def check(self, deadline: Deadline) -> None:
        self.checks += 1
        if self.fault is not None:
            raise self.fault

    async def play(self, pcm: bytes, deadline: Deadline, said: str = "") -> None:
        if self.fault is not None:
            raise self.fault
        self.heard.append(pcm)
        self.words.append(said)
        await asyncio.sleep(seconds(pcm))

    async def close(self) -> None:
        self.fault = None


class Voice:
    """Says every word in a tenth of a second."""

    there = True
    fault: DeviceFault | None = None

    def __init__(self) -> None:
        self.said: list[tuple[str, ...]] = []
        self.speeds: list[int] = []

    def at_speed(self, speed: int) -> Voice:
        self.speeds.append(speed)
        return self

    def is_there(self) -> bool:
        return self.there

    async def say(self, words: tuple[str, ...], language: str, deadline: Deadline, pace: float = 1.0) -> bytes:
        if self.fault is not None:
            raise self.fault
        self.said.append(words)
        return tone(0.1 * len(words))
