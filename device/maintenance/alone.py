"""A box that runs for its technician alone: its lines, its devices, the socket. No flow, no page, no word to the hall.

`yichuang device --maintenance SETTINGS`: for a box whose daemon will not start. What else is broken there does not
stop it: the journal is opened where it can be, and a line that cannot be opened is a finding.
"""

from __future__ import annotations

import asyncio
import ctypes
import os
import pwd
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import structlog

from config.box import BoxSettings
from config.loader import Loaded
from config.wording import one_line
from device.bundle.make import bundling
from device.clock import Clock
from device.flows.show_call import DisplayKeeper
from device.hardware import Hardware, build_hardware
from device.journal import Journal, JournalForeign, JournalStopped
from device.journal_place import open_journal
from device.maintenance.bench import Bench
from device.maintenance.refusal import ROOM
from device.maintenance.role import Maintenance, maintenance
from device.maintenance.terminal_socket import TerminalSocket, answers, socket_of
from device.roles.box import Work
from device.roles.devices import lines_and_devices
from device.settings.last_good import or_last_good
from device.settings.told import tell_settings
from device.supervise import Tasks, supervise
from device.supplies import Supplies

log = structlog.get_logger()

PR_SET_PDEATHSIG, PR_GET_PDEATHSIG = 1, 2
"""prctl(2), linux/prctl.h."""


class RunsAlready(Exception):
    """Another program has this box's lines."""


class NoSocket(Exception):
    """Without the socket nobody could talk to it."""


def must_be_alone(data: Path) -> None:
    """Two programs on one RS-485 line garble each other. Raises RunsAlready."""
    if answers(socket_of(data)):
        raise RunsAlready(one_line(ROOM, "runs-already", socket=socket_of(data)))


def become_owner(data: Path) -> None:
    """A technician comes with sudo: what root writes here the box's own user could not open any more."""
    if os.geteuid() != 0 or not data.exists() or (owner := data.stat()).st_uid == 0:
        return
    try:
        os.initgroups(pwd.getpwuid(owner.st_uid).pw_name, owner.st_gid)
    except KeyError:  # a user of systemd's, there only while its unit runs
        os.setgroups([owner.st_gid])
    with _ending_with_its_parent():
        os.setgid(owner.st_gid)
        os.setuid(owner.st_uid)


@contextmanager
def _ending_with_its_parent() -> Iterator[None]:
    """Another user's process no longer gets the signal it wanted at its parent's end (prctl(2)): ask for it again."""
    libc, wanted = ctypes.CDLL(None, use_errno=True), ctypes.c_int(0)
    libc.prctl(PR_GET_PDEATHSIG, ctypes.byref(wanted))
    yield
    libc.prctl(PR_SET_PDEATHSIG, wanted.value)


def load_alone(file: Path) -> tuple[Loaded[BoxSettings], Hardware]:
    """Settings and hardware. Certificates need not be there: a box is tried before it is enrolled, too.

    From here on this process is of the user whose box it is. Raises SettingsError.
    """
    loaded, hardware = or_last_good(file, build_hardware)
    become_owner(loaded.beside(loaded.values.box.data))
    return loaded, hardware


async def run_alone(loaded: Loaded[BoxSettings], hardware: Hardware) -> int:
    """Serve until SIGTERM or SIGINT: exit code 0. Raises RunsAlready, NoSocket."""
    data = loaded.beside(loaded.values.box.data)
    must_be_alone(data)
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    clock = Clock()
    journal = _journal(loaded, clock)
    try:
        async with Tasks() as tasks:
            bench = Bench(loaded, hardware, clock, journal, None, None, lambda: False)
            await _serve(tasks, _maintained(bench), hardware, journal, stopping)
    finally:
        if journal is not None:
            await journal.close()
    return 0


def _maintained(bench: Bench) -> Maintenance:
    loaded = bench.loaded
    return maintenance(bench, settings=partial(tell_settings, loaded), bundle=bundling(loaded, bench.clock))


async def _serve(
    tasks: Tasks, built: Maintenance, hardware: Hardware, journal: Journal | None, stopping: asyncio.Event
) -> None:
    works: dict[str, Work] = {
        **lines_and_devices(hardware),
        **built.long_lived,
        "maintenance socket": partial(_offer, built.socket),
    }
    for cell in hardware.cells:
        if cell.family == "window_display":  # dark, and dark again after each test text: nobody is called here
            works[f"display {cell.name}"] = DisplayKeeper(cell).run
    if journal is not None:
        supplies = Supplies(journal, hardware.cells)
        works |= {f"paper of {name}": partial(supplies.keep, name) for name in supplies.names}
    for name, work in works.items():
        tasks.start(name, supervise(name, work))
    await built.socket.offered.wait()
    log.info("maintenance runs", socket=str(built.socket.path), journal=journal.id if journal is not None else "")
    await stopping.wait()
    await tasks.end()


async def _offer(terminals: TerminalSocket) -> None:
    try:
        await terminals.serve()
    except OSError as error:
        raise NoSocket(one_line(ROOM, "no-socket", socket=terminals.path, what=error.strerror or error)) from None


def _journal(loaded: Loaded[BoxSettings], clock: Clock) -> Journal | None:
    """None where it cannot be opened: damaged beyond repair, of another box, on a disk that is full or gone."""
    try:
        return open_journal(loaded, clock)
    except (JournalForeign, JournalStopped, OSError) as failure:
        log.warning("no journal", what=one_line(ROOM, "no-journal", what=failure))
        return None
