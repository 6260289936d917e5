"""`yichuang setup --simulated` in an empty root, up to its first ticket; and another machine that takes its place."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, cast

import pytest

from simulators.client import BoxClient
from tests.free_ports import free_port
from workshop.setup.programs import Services, call, own, until_box_stands, until_hall_answers

pytestmark = pytest.mark.system

LIMIT_S = 180.0
"""Three daemons start and every device shows that it works: some 15 s, and this machine may be busy."""
SERVICE = "11"
HERE = Services(systemd=False)


def setup(root: Path, *more: str, told: str = "") -> subprocess.CompletedProcess[str]:
    """One run, to its end; ``told``: the file of answers."""
    if told:
        (root / "answers.toml").write_text(told, encoding="utf-8")
        more = ("--answers", str(root / "answers.toml"), *more)
    command = [sys.executable, "-m", "yichuang", "setup", "--root", str(root), "--language", "en", *more]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=LIMIT_S, check=False, stdin=subprocess.DEVNULL
    )


@pytest.fixture(scope="module")
def roots() -> Iterator[tuple[Path, Path]]:
    """Two machines; a socket's path holds 107 letters, so they are not below a test's own long folder."""
    folder = Path(tempfile.mkdtemp(prefix="yc-", dir="/tmp"))
    for name in ("one", "two"):
        (folder / name).mkdir()
    yield folder / "one", folder / "two"
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def ports() -> dict[str, int]:
    return {name: free_port() for name in ("hall", "one", "two")}


@pytest.fixture(scope="module")
def first(roots: tuple[Path, Path], ports: dict[str, int]) -> subprocess.CompletedProcess[str]:
    """The first machine has been set up, with a hall of its own."""
    return setup(roots[0], "--simulated", told=f"port = {ports['one']}\nhall_port = {ports['hall']}\nwindows = [1]\n")


@asynccontextmanager
async def hall_of(root: Path, port: int) -> AsyncIterator[str]:
    """The hall of this machine at work, as setup says to start it; its address."""
    url = f"https://127.0.0.1:{port}"
    async with HERE.running("", "hall", str(root / "etc/yichuang/hall.toml")):
        await until_hall_answers(url)
        yield url


async def ticket_at(root: Path, port: int) -> dict[str, Any]:
    """A machine at work, as setup says to start it, and its next citizen's ticket."""
    etc, box = root / "etc/yichuang", BoxClient(f"http://127.0.0.1:{port}")
    async with (
        HERE.running("", "simulate", "together", "--from", str(etc / "simulators")),
        HERE.running("", "device", str(etc / "box.toml")),
    ):
        await until_box_stands(port, with_hall=True)
        try:
            states = cast(AsyncGenerator[Any], box.states("/kiosk/state"))
            async with asyncio.timeout(LIMIT_S), aclosing(states) as told:
                async for state in told:
                    if state["can_issue"]:
                        break
            return await box.take_ticket(SERVICE, os.urandom(8).hex())
        finally:
            await box.close()


def test_an_empty_root_becomes_a_box_with_its_hall_and_every_device_is_proven(
    first: subprocess.CompletedProcess[str], roots: tuple[Path, Path]
) -> None:
    assert first.returncode == 0, first.stdout
    for device in ("ticket-printer (escpos): works", "display-1 (onbon-bx5k): works", "caller-1 (", "pad-1 ("):
        assert device in first.stdout
    assert f"yichuang device {roots[0]}/etc/yichuang/box.toml" in first.stdout
    proof = roots[0] / "var/lib/yichuang/box/proof"
    assert {file.name: oct(file.stat().st_mode & 0o777) for file in proof.iterdir()} == {
        "ca.pem": "0o644",
        "kiosk-1.pem": "0o600",
        "slip.key": "0o600",
    }
    assert not (proof.parent / ".setup").exists()


def test_a_second_run_needs_no_code_keeps_what_was_there_and_one_that_is_broken_off_changes_nothing(
    first: subprocess.CompletedProcess[str], roots: tuple[Path, Path], ports: dict[str, int]
) -> None:
    assert first.returncode == 0, first.stderr
    etc = roots[0] / "etc/yichuang"
    before, proof = (etc / "box.toml").read_text(), roots[0] / "var/lib/yichuang/box/proof"
    own = (proof / "kiosk-1.pem").read_bytes()
    answers = f"port = {ports['one']}\nhall_port = {ports['hall']}\n"

    nobody = setup(
        roots[0], "--simulated", "--hall", f"https://127.0.0.1:{free_port()}", "--code", "ABCDEFGHJK", told=answers
    )
    assert nobody.returncode == 3
    assert "cannot be reached" in nobody.stderr
    assert ((etc / "box.toml").read_text(), (proof / "kiosk-1.pem").read_bytes()) == (before, own)

    again = setup(roots[0], "--simulated", "--no-check", told=answers + "windows = [1, 2]\n")
    assert again.returncode == 0, again.stderr
    assert "enrolled as kiosk-1 already" in again.stdout
    assert (proof / "kiosk-1.pem").read_bytes() == own
    assert (etc / "box.toml.bak").read_text() == before
    assert "number = 2" in (etc / "box.toml").read_text()


async def test_the_first_ticket_is_printed_and_a_machine_in_its_place_goes_on_with_the_numbers(
    first: subprocess.CompletedProcess[str], roots: tuple[Path, Path], ports: dict[str, int]
) -> None:
    assert first.returncode == 0, first.stderr
    old, new = roots
    async with hall_of(old, ports["hall"]) as url:
        ticket = await ticket_at(old, ports["one"])
        assert ticket["outcome"] == "printed", ticket
        settings = str(old / "etc/yichuang/hall.toml")
        code = await call(*own("hall", "enrol", settings, "kiosk-1", "--plain"))
        told = f"port = {ports['two']}\nwindows = [1]\n"
        more = ("--replace", "kiosk-1", "--hall", url, "--code", code, "--no-check")
        done = await asyncio.to_thread(partial(setup, new, "--simulated", *more, told=told))
        assert done.returncode == 0, done.stdout + done.stderr
        assert code not in done.stdout + done.stderr
        following = await ticket_at(new, ports["two"])
        assert following["outcome"] == "printed", following
        assert following["number"] != ticket["number"]
