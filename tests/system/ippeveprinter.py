"""CUPS' own IPP Everywhere printer, with a message bus of its own: it wants one even where it announces nothing."""

from __future__ import annotations

import os
import socket
import subprocess
import time
import urllib.parse
import urllib.request
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

from tests.free_ports import free_port

LIMIT = 10.0
STARTS = 3
BACK_OFF = 0.02
PROGRAM = "/usr/sbin/ippeveprinter"

BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:path={}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/>
<allow own="*"/></policy></busconfig>
"""

COMMAND = """#!/bin/sh
# What prints: says what the test has written, waits for the test if it wants that, ends as it says.
cat "$(dirname "$0")/says" >&2
while [ -e "$(dirname "$0")/wait" ]; do sleep 0.05; done
exit "$(cat "$(dirname "$0")/code")"
"""


class IppEvePrinter:
    """One printer; ``folder`` keeps what it is given. A4 lies in its tray."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._spool = folder / "spool"
        self._spool.mkdir()
        self.port = free_port()
        (folder / "bus.conf").write_text(BUS.format(folder / "bus"), encoding="ascii")
        command = folder / "command"
        command.write_text(COMMAND, encoding="ascii")
        command.chmod(0o755)
        self.prints()
        self._processes: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> IppEvePrinter:
        try:
            self._run("dbus-daemon", f"--config-file={self.folder / 'bus.conf'}", "--nofork")
            self._until(lambda: (self.folder / "bus").exists())
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for process in reversed(self._processes):
            process.kill()
            process.wait(LIMIT)
        self._processes.clear()

    def start(self) -> None:
        """Power on; returns once it takes calls.

        Again where it fell: it may when somebody asks it while its trays are filled (ippeveprinter 2.4.2, seen here).
        """
        for _ in range(STARTS):
            self._start()
            with suppress(OSError):
                self.fill()
                return
            self.power_off()
        raise AssertionError(f"ippeveprinter fell {STARTS} times while its trays were filled")

    def _start(self) -> None:
        where = ("-r", "off", "-n", "localhost", "-p", str(self.port), "-K", str(self.folder))
        what = (
            "-f",
            "application/pdf,image/pwg-raster",
            "-k",
            "-d",
            str(self._spool),
            "-c",
            str(self.folder / "command"),
        )
        self._run(PROGRAM, *where, *what, "Hall")
        self._until(self._takes_calls)

    def power_off(self) -> None:
        """At once, as a power cut is."""
        process = self._processes.pop()
        process.kill()
        process.wait(LIMIT)

    def prints(self, says: str = "", code: int = 0, *, waits: bool = False) -> None:
        """What its next job does: lines as ippeveprinter(1) reads them from a print command, and how it ends."""
        (self.folder / "says").write_text(says, encoding="ascii")
        (self.folder / "code").write_text(str(code), encoding="ascii")
        (self.folder / "wait").unlink(missing_ok=True)
        if waits:
            (self.folder / "wait").touch()

    def goes_on(self) -> None:
        """The job that waits is done."""
        (self.folder / "wait").unlink()

    def fill(self, sheets: int = 250) -> None:
        """Lay A4 into its main tray and an envelope into the other one, by its own page; an empty tray stops it all."""
        main = {"size1": "iso_a4_210x297mm", "type1": "stationery", "level1": sheets}
        form = urllib.parse.urlencode({**main, "size3": "iso_dl_110x220mm", "type3": "envelope", "level3": 5})
        with urllib.request.urlopen(f"http://localhost:{self.port}/media?{form}", timeout=LIMIT) as page:
            page.read()

    def documents(self) -> list[bytes]:
        """What it was given, in order."""
        files = (file for file in self._spool.iterdir() if file.suffix in (".pdf", ".pwg"))
        return [file.read_bytes() for file in sorted(files, key=lambda file: int(file.name.split("-")[0]))]

    def _run(self, *command: str) -> None:
        environment = {**os.environ, "DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={self.folder / 'bus'}"}
        with (self.folder / f"{len(self._processes)}.log").open("ab") as log:
            self._processes.append(subprocess.Popen(command, env=environment, stdout=log, stderr=log))

    def _takes_calls(self) -> bool:
        with suppress(OSError), closing(socket.create_connection(("127.0.0.1", self.port), timeout=LIMIT)):
            return True
        return False

    def _until(self, so: Callable[[], bool]) -> None:
        try:
            wait_until(so, *self._processes)
        except AssertionError:
            logs = "".join(file.read_text(errors="replace") for file in sorted(self.folder.glob("*.log")))
            raise AssertionError(f"ippeveprinter did not start: {logs[-500:]}") from None


def wait_until(so: Callable[[], bool], *processes: subprocess.Popen[bytes]) -> None:
    """Fails at the limit, or when one of them has ended."""
    until = time.monotonic() + LIMIT
    while not so():
        assert time.monotonic() < until
        assert all(process.poll() is None for process in processes)
        time.sleep(BACK_OFF)
