"""The hall of the bench: the demonstration's boxes, one more with a display alone on its line, and eight loaders."""

from __future__ import annotations

import json
import socket
import tomllib
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from importlib.resources import files

from simulators.demo.places import Ports, RunDirectory
from simulators.demo.settings import COUNTER, KIOSK, WINDOWS, write_settings
from simulators.demo.tables import DemoClerk, pin_line

HALL = "hall"
FRESH, OLD = "fresh-hall", "old-hall"
"""The same hall before its first day, and after many."""

ALONE = "counter-2"
"""A box with one window and one display, which has its line for itself."""

ALONE_WINDOW = 4
ALONE_LINE = "alone"
PILE = "loud-hall"
"""A hall whose windows are one zone."""
VOICE = "voice-1"
"""The box that calls aloud there."""
BAND = 999
"""Numbers of one service in one kiosk's own band."""

LOADERS = 8

CATALOGUE = (files("config") / "examples" / "catalogue.toml").read_text(encoding="utf-8")
LETTERS: dict[str, str] = {
    service["code"]: service.get("letter", "") for service in tomllib.loads(CATALOGUE)["service"]
}
"""What decorates a service's numbers, by code."""

SERVICES = tuple(LETTERS)
HALVES = (SERVICES[: len(SERVICES) // 2], SERVICES[len(SERVICES) // 2 :])
"""A window serves half of the services: six, as the example's widest does."""


@dataclass(frozen=True, slots=True)
class Loader:
    """A box that exists on the wire only: a kiosk with a digit, and a window with a clerk."""

    digit: int

    @property
    def name(self) -> str:
        """Its certificate's common name."""
        return f"bench-{self.digit}"

    @property
    def window(self) -> int:
        """Its window."""
        return 10 + self.digit

    @property
    def services(self) -> tuple[str, ...]:
        """What its window serves."""
        return HALVES[self.digit % 2]

    @property
    def clerk(self) -> DemoClerk:
        """Who sits at its window; made up."""
        return DemoClerk(f"B{self.digit:03}", f"柜员{self.digit}", f"{self.digit}{self.digit}00")


LOADING = tuple(Loader(digit) for digit in range(2, 2 + LOADERS))
ALONE_CLERK = DemoClerk("B001", "柜员1", "1100")


@dataclass(frozen=True, slots=True)
class BenchPorts(Ports):
    """Where the bench's processes listen: the demonstration's ports and two more."""

    @property
    def echo(self) -> int:
        """The bare echo."""
        return self.base + 1

    @property
    def alone(self) -> int:
        """The box with one display."""
        return self.base + 40

    @property
    def voice(self) -> int:
        """The box that calls aloud."""
        return self.base + 41

    @property
    def all(self) -> tuple[int, ...]:
        """Every port that has to be free."""
        return (self.echo, self.hall, self.kiosk, self.counter, self.alone, self.voice)


def free_ports() -> BenchPorts:
    """Ports that nobody has now: a bench runs beside a demonstration, or beside another bench."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            ports = BenchPorts(probe.getsockname()[1] % 20000 + 10000)
        with ExitStack() as held:
            try:
                for port in ports.all:
                    held.enter_context(socket.socket()).bind(("127.0.0.1", port))
            except OSError:
                continue
        return ports


def write(run: RunDirectory, ports: BenchPorts) -> None:
    """Write every settings file of the bench."""
    write_settings(run, ports)
    catalogue = CATALOGUE + window_entry(ALONE_WINDOW, SERVICES)
    catalogue += "".join(window_entry(one.window, one.services) for one in LOADING)
    (run.root / "catalogue.toml").write_text(catalogue, encoding="utf-8")
    boxes = [box_entry(KIOSK, 1, ()), box_entry(COUNTER, 0, WINDOWS), box_entry(ALONE, 0, (ALONE_WINDOW,))]
    boxes += [box_entry(loader.name, loader.digit, (loader.window,)) for loader in LOADING]
    clerks = [clerk_entry(clerk, pin_line(clerk.pin)) for clerk in (ALONE_CLERK, *(one.clerk for one in LOADING))]
    for name in (HALL, FRESH, OLD):
        text = hall_settings(run, ports, name, "catalogue.toml", [*boxes, *clerks])
        run.settings(name).write_text(text, encoding="utf-8")
    run.settings(ALONE).write_text(_alone(run, ports), encoding="utf-8")


def window_entry(number: int, services: tuple[str, ...]) -> str:
    """A window's part of a catalogue."""
    name = f'name = "{number}号窗口"\nname_en = "Window {number}"'
    return f"\n[[window]]\nnumber = {number}\n{name}\nservices = {json.dumps(services)}\n"


def hall_settings(run: RunDirectory, ports: BenchPorts, name: str, catalogue: str, entries: Iterable[str]) -> str:
    """A hall's settings, its data in a folder of its own."""
    return f"""\
[hall]
name = "一窗县政务服务中心（测试台）"
name_en = "Yichuang County Service Centre (bench)"
mode = "demo"
port = {ports.hall}
data = "{name}-data"
catalogue = "{catalogue}"
{proof(run, "hall")}{"".join(entries)}"""


def box_entry(name: str, digit: int, windows: tuple[int, ...]) -> str:
    """A box's part of a hall's settings."""
    return f'\n[[box]]\nname = "{name}"\ndigit = {digit}\nwindows = {list(windows)}\n'


def clerk_entry(clerk: DemoClerk, pin: str) -> str:
    """A clerk's part of a hall's settings; ``pin`` as ``pin_line`` gives it."""
    return f'\n[[clerk]]\nname = "{clerk.name}"\nstaff_no = "{clerk.staff_no}"\npin = "{pin}"\n'


def proof(run: RunDirectory, name: str) -> str:
    """The lines that name a box's or hall's certificate and key."""
    paths = {"ca": run.certificate("ca"), "certificate": run.certificate(name), "key": run.key(name)}
    return "".join(f"{key} = {json.dumps(str(path))}\n" for key, path in paths.items())


def _alone(run: RunDirectory, ports: BenchPorts) -> str:
    return f"""\
[box]
name = "{ALONE}"
mode = "demo"
port = {ports.alone}
data = "{ALONE}-data"

[hall]
url = "https://127.0.0.1:{ports.hall}"
{proof(run, ALONE)}
[[window]]
number = {ALONE_WINDOW}

[[line]]
name = "{ALONE_LINE}"
port = {json.dumps(str(run.port(ALONE_LINE)))}
baud = 9600
simulated = true

[[device]]
name = "display"
model = "onbon-bx5k"
line = "{ALONE_LINE}"
address = 1
window = {ALONE_WINDOW}
"""
