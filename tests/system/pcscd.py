"""A pcscd of our own: its own reader, socket and mount namespace, so that none of the machine's is met."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import threading
import time
from contextlib import closing, suppress
from pathlib import Path

from tests.free_ports import free_neighbours

LIMIT = 10.0
BACK_OFF = 0.01
DRIVER = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so"
SOCKET = "PCSCLITE_CSOCK_NAME"
"""Where libpcsclite looks for the service; read once a process, so one folder serves all tests."""
READY = "daemon ready"

START = """
mount -t tmpfs tmpfs /run && mkdir /run/pcscd && mount --bind "$1" /run/pcscd &&
exec /usr/sbin/pcscd --foreground --info --config "$2"
"""


class Pcscd:
    """The service with one virtual reader of two slots, which are two readers to us: ``Hall 00 00``, ``Hall 00 01``.

    One, because vpcd keeps its cards by slot alone: those of a second virtual reader would be mixed up with them.
    """

    def __init__(self, folder: Path, name: str = "Hall") -> None:
        self._run = folder / "run"
        self._readers = folder / "readers"
        self._process: subprocess.Popen[str] | None = None
        self._listener: threading.Thread | None = None
        self.log: list[str] = []
        self._said = threading.Condition()
        self._run.mkdir(parents=True, exist_ok=True)
        self._readers.mkdir(exist_ok=True)
        os.environ[SOCKET] = str(self._run / "pcscd.comm")
        self.port = port = free_neighbours(2)
        about = (
            f'FRIENDLYNAME "{name}"',
            f"DEVICENAME /dev/null:{port:#x}",
            f"LIBPATH {DRIVER}",
            f"CHANNELID {port:#x}",
        )
        (self._readers / "hall").write_text("\n".join((*about, "")), encoding="ascii")
        self.addresses = {f"{name} 00 0{slot}": ("127.0.0.1", port + slot) for slot in (0, 1)}

    def start(self) -> None:
        """Start it; returns once it takes calls."""
        alone = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--map-root-user", "--mount"]
        process = subprocess.Popen(
            [*alone, "sh", "-c", START, "sh", str(self._run), str(self._readers)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        ready = threading.Event()
        self._process = process
        self._listener = threading.Thread(target=self._listen, args=(process, ready))
        self._listener.start()
        came = ready.wait(LIMIT) and self._takes_calls()
        if not came or process.poll() is not None:
            self.stop()
            raise AssertionError(f"pcscd did not start: {self.log[-5:]}")

    def freeze(self) -> None:
        """It answers nobody."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """It goes on."""
        self._signal(signal.SIGCONT)

    def stop(self) -> None:
        """End it, and take away what it leaves."""
        process, self._process = self._process, None
        if process is None or self._listener is None:
            return
        for number in (signal.SIGCONT, signal.SIGTERM):
            process.send_signal(number)
        try:
            process.wait(LIMIT)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(LIMIT)
        self._listener.join(LIMIT)
        for left in self._run.iterdir():
            left.unlink()  # a service that was killed leaves its socket

    def _takes_calls(self) -> bool:
        """It says that it is ready a moment before it listens."""
        until = time.monotonic() + LIMIT
        while time.monotonic() < until:
            with closing(socket.socket(socket.AF_UNIX)) as call, suppress(OSError):
                call.connect(os.environ[SOCKET])
                return True
            time.sleep(BACK_OFF)
        return False

    def removals(self, reader: str) -> int:
        """How often the service has seen a card go from this reader."""
        return sum(f"Card Removed From {reader}" in line for line in self.log)

    def await_removal(self, reader: str, before: int) -> None:
        """Until it has seen one more go than ``before``.

        A card torn out is known to the driver sooner than to the service, which looks every 0.4 s; one that is pushed
        in before that look is not seen at all (pcscd 1.9.9, tried here). No hand is as quick.
        """
        with self._said:
            assert self._said.wait_for(lambda: self.removals(reader) > before, LIMIT)

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    def _listen(self, process: subprocess.Popen[str], ready: threading.Event) -> None:
        assert process.stdout is not None
        with process.stdout as said:
            for line in said:
                with self._said:
                    self.log.append(line)
                    self._said.notify_all()
                if READY in line:
                    ready.set()
        ready.set()
