"""A fresh Debian 12 with real systemd in a container of systemd-nspawn, without a network, all its own.

The root is made by mmdebstrap once and kept below build/ for as long as what goes into it is the same; whatever a
machine writes lies over it in memory and is gone with it.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

ROOT = Path(__file__).parents[2]
INCLUDED = ("systemd", "systemd-sysv", "udev", "dbus", "init-system-helpers", "python3", "libusb-1.0-0", "libpcsclite1")
"""What Debian gives a machine in a hall before our packages come: they bring nothing of it along."""
LEFT_OUT = ("man", "locale", "doc", "info")
TOOLS = {"mmdebstrap": "mmdebstrap", "systemd-nspawn": "systemd-container", "nsenter": "util-linux"}
BOOT_SECONDS = 60.0
LOOK_SECONDS = 0.2
"""Between two looks at a machine, which has nothing that could call out of it."""
ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"}


class CannotBoot(Exception):
    """This computer cannot run a machine; the text says what is missing."""


class Machine:
    """One that runs. ``do`` runs a command in it as root."""

    def __init__(self, pid: int) -> None:
        self._pid = pid

    def do(self, *command: str, check: bool = True, said: str | None = None) -> str:
        """What it says on its standard output; both outputs, when it fails, in the error."""
        run = subprocess.run(
            ["nsenter", "--target", str(self._pid), "--all", "--wd=/", "--", *command],
            capture_output=True,
            text=True,
            input=said or "",
            env=ENVIRONMENT,
            cwd="/",
            timeout=120,
        )
        assert not check or run.returncode == 0, f"{command}: {run.returncode}\n{run.stdout}{run.stderr}"
        return run.stdout

    def sh(self, script: str) -> str:
        """Several commands; the first that fails ends them."""
        return self.do("sh", "-euc", script)

    def write(self, file: str, text: str) -> None:
        """Put a file there."""
        self.do("sh", "-euc", 'mkdir -p "$(dirname "$1")"; cat >"$1"', "write", file, said=text)

    def shows(self, unit: str, *names: str) -> dict[str, str]:
        """Properties of a unit."""
        lines = self.do("systemctl", "show", unit, *(f"--property={name}" for name in names)).splitlines()
        return dict(line.split("=", 1) for line in lines)

    def until(self, unit: str, seconds: float, **wanted: str) -> dict[str, str]:
        """Wait until its properties are these; gives them all. Asks the manager, which cannot tell by itself here."""
        deadline = time.monotonic() + seconds
        while (found := self.shows(unit, *wanted, "NRestarts", "Result", "MainPID")) and any(
            found[name] != value for name, value in wanted.items()
        ):
            assert time.monotonic() < deadline, f"{unit}: {found}, not {wanted}\n{self.log(unit)}"
            self.pause()
        return found

    def until_says(self, words: str, seconds: float, *command: str) -> str:
        """Wait until a command's output has these words."""
        deadline = time.monotonic() + seconds
        while words not in (said := self.do(*command, check=False)):
            assert time.monotonic() < deadline, f"{command[:2]}… does not say {words!r} but {said!r}"
            self.pause()
        return said

    def pause(self) -> None:
        """Before the next look."""
        self.do("sleep", str(LOOK_SECONDS))

    def log(self, unit: str) -> str:
        """What the unit has written down."""
        return self.do("journalctl", "--no-pager", "--output=cat", f"--unit={unit}", "--lines=60", check=False)


def base() -> Path:
    """The root that machines run on; made when it is not there. Raises CannotBoot."""
    missing = sorted({package for tool, package in TOOLS.items() if shutil.which(tool) is None})
    if missing:
        raise CannotBoot(f"Debian packages are missing: apt-get install {' '.join(missing)}")
    if os.geteuid() != 0:
        raise CannotBoot("a container with its own systemd needs root: run the tests as root")
    name = hashlib.sha256(repr((INCLUDED, LEFT_OUT)).encode()).hexdigest()[:12]
    root = ROOT / "build" / f"debian-{name}"
    root.parent.mkdir(exist_ok=True)
    with alone("debian"):
        if not root.exists():
            _make(root)
    return root


def _make(root: Path) -> None:
    part = root.with_name(f"{root.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    options = [f"--dpkgopt=path-exclude=/usr/share/{folder}/*" for folder in LEFT_OUT]
    command = ["mmdebstrap", "--quiet", "--variant=minbase", f"--include={','.join(INCLUDED)}", *options, "bookworm"]
    run = subprocess.run([*command, str(part)], capture_output=True, text=True)
    if run.returncode:
        raise CannotBoot(f"no Debian root could be made from apt's mirror:\n{run.stderr[-2000:]}")
    part.rename(root)


@contextmanager
def alone(what: str) -> Iterator[None]:
    """One process at a time: several workers want the same root and the same packages."""
    with (ROOT / "build" / f".{what}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def packages() -> Path:
    """The folder with our packages, built from this tree."""
    (ROOT / "build").mkdir(exist_ok=True)
    folder = ROOT / "build" / "packages"
    with alone("packages"):
        run = subprocess.run([ROOT / "setup/deb/build", folder], capture_output=True, text=True)
        assert run.returncode == 0, run.stdout + run.stderr
    return folder


@contextmanager
def booted(packages: Path, log: Path) -> Iterator[Machine]:
    """A machine that has started, its packages at /packages; ended with all that ran in it. Raises CannotBoot."""
    command = [
        *("systemd-nspawn", "--quiet", f"--directory={base()}", "--register=no", "--keep-unit"),
        *("--volatile=overlay", "--private-network", f"--bind-ro={packages}:/packages", "--hostname=hall"),
        *("--boot", "--console=pipe"),
    ]
    with log.open("w+") as said:
        container = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT)
        try:
            machine = Machine(_first_process(container, log))
            machine.until_says("running", BOOT_SECONDS, "systemctl", "is-system-running")
            yield machine
        finally:
            container.terminate()
            try:
                container.wait(10)
            except subprocess.TimeoutExpired:
                container.kill()
                container.wait()


def _first_process(container: subprocess.Popen[bytes], log: Path) -> int:
    """PID 1 of the machine, as it is called out here. Raises CannotBoot."""
    deadline = time.monotonic() + BOOT_SECONDS
    children = Path(f"/proc/{container.pid}/task/{container.pid}/children")
    while time.monotonic() < deadline:
        with suppress(subprocess.TimeoutExpired):
            container.wait(LOOK_SECONDS)
            break
        for pid in children.read_text().split():
            if Path(f"/proc/{pid}/comm").read_text().strip() == "systemd":
                return int(pid)
    raise CannotBoot(f"systemd-nspawn cannot start a machine here (privileges, cgroups?):\n{log.read_text()}")
