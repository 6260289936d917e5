"""The hall of a drill: how large it is, its names and ports, and the settings files of its processes."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from simulators.demo.places import RunDirectory
from simulators.demo.tables import DemoClerk, counter_devices, line, people, printer, proof

HALL = "hall"
WINDOWS_A_COUNTER = 3
DISPLAY_BAUD = 57600
"""The fastest a BX-5K card takes: a drill's clerks are in a hurry."""

KEYPAD_BAUD = 9600
PRINTER_BAUD = 115200
PAPER_MM_PER_SECOND = 800

GUIDE = DemoClerk("G001", "钱小松", "8888")

SERVICES = (
    ("11", "A", "社保", "Social insurance"),
    ("12", "A", "医保", "Medical insurance"),
    ("21", "B", "不动产登记", "Real estate"),
    ("22", "B", "公积金", "Housing fund"),
    ("31", "C", "企业登记", "Business registration"),
    ("32", "C", "税务", "Tax"),
)
SERVICES_A_WINDOW = 4

_SURNAMES = "王李张刘陈杨赵黄周吴徐孙"


@dataclass(frozen=True, slots=True)
class Size:
    """How many kiosks and counters; every counter has three windows."""

    kiosks: int = 4
    counters: int = 3

    @property
    def kiosk_names(self) -> tuple[str, ...]:
        """Their names, from kiosk-1."""
        return tuple(f"kiosk-{n}" for n in range(1, self.kiosks + 1))

    @property
    def counter_names(self) -> tuple[str, ...]:
        """Their names, from counter-1."""
        return tuple(f"counter-{n}" for n in range(1, self.counters + 1))

    @property
    def boxes(self) -> tuple[str, ...]:
        """Every box."""
        return (*self.kiosk_names, *self.counter_names)

    @property
    def windows(self) -> tuple[int, ...]:
        """Every window, from 1."""
        return tuple(range(1, self.counters * WINDOWS_A_COUNTER + 1))

    def windows_of(self, counter: str) -> tuple[int, ...]:
        """The windows of one counter box."""
        first = (number_of(counter) - 1) * WINDOWS_A_COUNTER + 1
        return tuple(range(first, first + WINDOWS_A_COUNTER))

    def counter_of(self, window: int) -> str:
        """The box of one window."""
        return self.counter_names[(window - 1) // WINDOWS_A_COUNTER]

    def lines_of(self, box: str) -> tuple[str, ...]:
        """The lines of one box; each has a simulator of its own."""
        number = number_of(box)
        return (f"printer-{number}",) if box in self.kiosk_names else (f"displays-{number}", f"keypads-{number}")

    @property
    def lines(self) -> tuple[str, ...]:
        """Every line."""
        return tuple(line for box in self.boxes for line in self.lines_of(box))

    def keypads_of(self, window: int) -> str:
        """The line of a window's caller and rating keypad."""
        return f"keypads-{number_of(self.counter_of(window))}"


def number_of(name: str) -> int:
    """The number at the end of a box's or a line's name."""
    return int(name.rpartition("-")[2])


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the processes listen on 127.0.0.1, and where each box's cable to the hall begins."""

    hall: int
    boxes: dict[str, int] = field(default_factory=dict)
    cables: dict[str, int] = field(default_factory=dict)

    @classmethod
    def free(cls, size: Size) -> Ports:
        """Ports that nobody uses now."""
        with ExitStack() as held:
            ports = iter([held.enter_context(_bound()).getsockname()[1] for _ in range(1 + 2 * len(size.boxes))])
            return cls.of(size, ports)

    @classmethod
    def of(cls, size: Size, ports: Iterator[int]) -> Ports:
        """These ports, in this order."""
        return cls(next(ports), {box: next(ports) for box in size.boxes}, {box: next(ports) for box in size.boxes})

    def box_url(self, box: str) -> str:
        """A box's local address."""
        return f"http://127.0.0.1:{self.boxes[box]}"

    @property
    def hall_url(self) -> str:
        """The hall's own address, past every cable."""
        return f"https://127.0.0.1:{self.hall}"


def _bound() -> socket.socket:
    bound = socket.socket()
    bound.bind(("127.0.0.1", 0))
    return bound


@dataclass(frozen=True, slots=True)
class DrillDirectory(RunDirectory):
    """Names of everything below the directory of one drill."""

    def disk(self, name: str) -> Path:
        """Where the disk of a process is mounted; without a mount a plain folder."""
        return self.root / "disks" / name

    def data(self, name: str) -> Path:
        """The data folder of a process, on its disk."""
        return self.disk(name) / "data"

    def slip_key_of(self, kiosk: str) -> Path:
        """A kiosk's signing key."""
        return self.root / f"slip-key-{kiosk}.pem"

    def wall_clock(self, name: str) -> Path:
        """What libfaketime reads the wall clock of a process from."""
        return self.root / "clocks" / name


def clerk_of(window: int) -> DemoClerk:
    """The made-up clerk of a window."""
    return DemoClerk(f"D{window:03}", f"{_SURNAMES[(window - 1) % len(_SURNAMES)]}小{window}", f"{window:04}")


def services_of(window: int) -> list[str]:
    """The codes that a window serves: any service has several windows."""
    codes = [code for code, *_ in SERVICES]
    return sorted(codes[(window + step) % len(codes)] for step in range(SERVICES_A_WINDOW))


def write_settings(run: DrillDirectory, size: Size, ports: Ports) -> None:
    """Write every settings file of the drill."""
    for folder in (run.port("x").parent, run.log("x").parent, run.wall_clock("x").parent):
        folder.mkdir(parents=True, exist_ok=True)
    for name in (HALL, *size.boxes):
        run.disk(name).mkdir(parents=True, exist_ok=True)
        run.wall_clock(name).write_text("+0\n", encoding="ascii")
    (run.root / "catalogue.toml").write_text(_catalogue(size), encoding="utf-8")
    run.settings(HALL).write_text(_hall(run, size, ports), encoding="utf-8")
    for box in size.boxes:
        run.settings(box).write_text(_box(run, size, ports, box), encoding="utf-8")


def _catalogue(size: Size) -> str:
    services = "".join(
        f'[[service]]\ncode = "{code}"\nname = "{name}"\nname_en = "{name_en}"\nletter = "{letter}"\n\n'
        for code, letter, name, name_en in SERVICES
    )
    windows = "".join(
        f'[[window]]\nnumber = {n}\nname = "{n}号窗口"\nname_en = "Window {n}"\n'
        f"services = {json.dumps(services_of(n))}\n\n"
        for n in size.windows
    )
    return services + windows


def _hall(run: DrillDirectory, size: Size, ports: Ports) -> str:
    boxes = [f'\n[[box]]\nname = "{name}"\ndigit = {number_of(name)}\n' for name in size.kiosk_names]
    boxes += [f'\n[[box]]\nname = "{name}"\nwindows = {list(size.windows_of(name))}\n' for name in size.counter_names]
    return (
        '[hall]\nname = "一窗县政务服务中心（演练）"\nname_en = "Yichuang County Service Centre (drill)"\n'
        f'mode = "drill"\nport = {ports.hall}\ndata = {_text(run.data(HALL))}\ncatalogue = "catalogue.toml"\n'
        f"{proof(run, HALL)}{''.join(boxes)}{people('clerk', map(clerk_of, size.windows))}{people('guide', [GUIDE])}"
    )


def _box(run: DrillDirectory, size: Size, ports: Ports, name: str) -> str:
    parts = [
        f'[box]\nname = "{name}"\nmode = "drill"\nport = {ports.boxes[name]}\ndata = {_text(run.data(name))}\n',
        f'\n[hall]\nurl = "https://127.0.0.1:{ports.cables[name]}"\n{proof(run, name)}',
    ]
    if name in size.kiosk_names:
        (paper,) = size.lines_of(name)
        key = _text(run.slip_key_of(name))
        parts += [
            f"\n[kiosk]\nsigning_key = {key}\nidle_seconds = 60\n",
            line(run, paper, PRINTER_BAUD),
            printer(paper),
        ]
        return "".join(parts)
    displays, keypads = size.lines_of(name)
    windows = size.windows_of(name)
    parts += [f"\n[[window]]\nnumber = {window}\n" for window in windows]
    parts += [line(run, displays, DISPLAY_BAUD), line(run, keypads, KEYPAD_BAUD)]
    parts += [counter_devices(window, displays, keypads) for window in windows]
    return "".join(parts)


def _text(path: Path) -> str:
    return json.dumps(str(path))


def simulator_arguments(run: RunDirectory, size: Size, name: str) -> list[str]:
    """The command line of one line's simulator."""
    kind, _, number = name.rpartition("-")
    common = ["simulate", kind, "--link", str(run.port(name)), "--control", str(run.control(name))]
    if kind == "printer":
        return [*common, "--baud", str(PRINTER_BAUD), "--mm-per-second", str(PAPER_MM_PER_SECOND), "--no-pictures"]
    windows = size.windows_of(f"counter-{number}")
    addresses = ",".join(map(str, windows))
    if kind == "displays":
        return [*common, "--baud", str(DISPLAY_BAUD), "--addresses", addresses, "--no-pictures"]
    pads = ",".join(str(128 + window) for window in windows)
    return [*common, "--callers", addresses, "--keypads", pads]
