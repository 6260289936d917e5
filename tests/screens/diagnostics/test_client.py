"""The terminal's client on a real Unix socket: answers, refusals, silence, and no permission."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import uvicorn

from hall.contract.maintenance import AskLease
from screens.diagnostics import client as clients
from screens.diagnostics.client import BoxClient, Lost, RefusedVerb, on_this_machine
from screens.diagnostics.here import box_here
from screens.diagnostics.keeper import Keeper
from tests.screens.diagnostics import scene
from tests.screens.diagnostics.stand_in import No, StandIn

pytestmark = pytest.mark.wire


class Quiet(uvicorn.Server):
    """Leaves signals to the tests."""

    def install_signal_handlers(self) -> None:
        """None."""


@asynccontextmanager
async def served(box: StandIn, file: Path) -> AsyncIterator[None]:
    """The stand-in at this socket."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(file))
        server = Quiet(uvicorn.Config(box.app, lifespan="off", log_config=None, ws="none", timeout_graceful_shutdown=1))
        async with asyncio.TaskGroup() as group:
            serving = group.create_task(server._serve([listener]))
            try:
                yield
            finally:
                server.should_exit = True
                await serving


@asynccontextmanager
async def asking(file: Path) -> AsyncIterator[BoxClient]:
    async with on_this_machine(file) as client:
        yield BoxClient(client)


async def test_every_verb_is_answered_over_the_socket(tmp_path: Path) -> None:
    file, box = tmp_path / "m.sock", StandIn()
    async with served(box, file), asking(file) as client:
        assert (await client.report()).box == scene.BOX
        assert (await client.settings()).settings[0].key == "box.name"
        assert (await client.frames("displays", 0)).mark == 6
        assert (await client.bundle()).name == "counter-3.tar.gz"
        assert (await client.check("display-7", "internal")).outcome == "sound"
        lease = (await client.lease(AskLease(who="Wu", devices=["display-7"]))).lease
        assert lease is not None
        assert lease.who == "Wu"


async def test_a_refusal_brings_its_keyword_and_its_sentence(tmp_path: Path) -> None:
    file, box = tmp_path / "m.sock", StandIn()
    box.no["report"] = No(403, "not-yours", {"en": "use sudo"})
    async with served(box, file), asking(file) as client:
        with pytest.raises(RefusedVerb) as refused:
            await client.report()
    assert (refused.value.status, refused.value.error, refused.value.texts) == (403, "not-yours", {"en": "use sudo"})


async def test_a_box_that_the_hall_does_not_reach_is_lost_in_the_hall_s_words(tmp_path: Path) -> None:
    file, box = tmp_path / "m.sock", StandIn()
    box.no["report"] = No(503, "not-connected", {"en": "not connected"})
    async with served(box, file), asking(file) as client:
        with pytest.raises(Lost) as lost:
            await client.report()
    assert (lost.value.why, lost.value.texts) == ("down", {"en": "not connected"})


async def test_an_answer_of_another_version_is_a_refusal_and_no_crash(tmp_path: Path) -> None:
    file, box = tmp_path / "m.sock", StandIn()
    box.settings = scene.FRAMES  # type: ignore[assignment]
    async with served(box, file), asking(file) as client:
        with pytest.raises(RefusedVerb, match="other-version"):
            await client.settings()


async def test_no_socket_and_a_socket_that_nobody_serves_are_a_box_that_is_down(tmp_path: Path) -> None:
    async with asking(tmp_path / "none.sock") as client:
        with pytest.raises(Lost, match="down"):
            await client.report()
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(tmp_path / "dead.sock"))
    async with asking(tmp_path / "dead.sock") as client:
        with pytest.raises(Lost, match="down"):
            await client.report()


async def test_a_daemon_that_hangs_is_given_up_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clients, "SHORT_S", 0.05)
    with socket.socket(socket.AF_UNIX) as hanging:
        hanging.bind(str(tmp_path / "m.sock"))
        hanging.listen()
        async with asking(tmp_path / "m.sock") as client:
            with pytest.raises(Lost, match="late"):
                await client.report()


def test_who_may_not_talk_to_the_box_is_told_so_and_not_that_it_is_down(tmp_path: Path) -> None:
    """As another user, in a process of its own: the tests may run as root, whom nobody forbids anything."""
    tmp_path.chmod(0o755)
    folder = tmp_path / "run"
    folder.mkdir(mode=0o700)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(folder / "m.sock"))
        listener.listen()
        assert _as_nobody(folder / "m.sock") == ("forbidden" if os.geteuid() == 0 else "late")


def _as_nobody(file: Path) -> str:
    read, write = os.pipe()
    if (child := os.fork()) == 0:
        try:
            if os.geteuid() == 0:
                os.setgroups([])
                os.setgid(65534)
                os.setuid(65534)
            os.write(write, asyncio.run(_why(file)).encode())
        finally:
            os._exit(0)
    os.close(write)
    os.waitpid(child, 0)
    with os.fdopen(read) as said:
        return said.read()


async def _why(file: Path) -> str:
    async with asking(file) as client:
        try:
            await client.report()
        except Lost as lost:
            return lost.why
    return "answered"


async def test_a_lease_whose_box_is_gone_is_left_to_the_box_to_take_back(tmp_path: Path) -> None:
    file, box = tmp_path / "m.sock", StandIn()
    async with asking(file) as client:
        keeper = Keeper(client, "Wu")
        async with served(box, file):
            assert await keeper.take("display-7") in box.leases
        await keeper.give_back()
    assert keeper.lease is None


SETTINGS = """\
[box]
name = "counter-3"
port = 8630
data = "data"
unknown = 1
"""


def test_a_box_with_refused_settings_is_still_found_by_name_and_folder(tmp_path: Path) -> None:
    file = tmp_path / "box.toml"
    file.write_text(SETTINGS, encoding="utf-8")
    here = box_here(file)
    assert (here.name, here.socket) == ("counter-3", tmp_path / "data" / "run" / "maintenance.sock")
    assert "unknown key box.unknown" in here.refused
