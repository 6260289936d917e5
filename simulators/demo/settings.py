"""The settings files of a demonstration: one hall, a kiosk, a counter with three windows, all on simulated lines.

What a table of settings looks like is here for the drill too.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

KIOSK = "kiosk-1"
COUNTER = "counter-1"
WINDOWS = (1, 2, 3)
MORE = "counter-2"
"""The counter with other makers' devices (simulators.demo.more): started when somebody wants to see it."""
MORE_WINDOWS = (4, 5)
LOBBY = "lobby-1"
"""The box at the door: hall board, entrance screen, query page. A headless play does without it."""
PANEL = 'options = { unit = "dots15", width = 160, height = 16 }\n'
"""What the simulated displays are: 160 × 16 dots, given in dots by bit 15 (led-displays.md §1)."""
PAD_BIT = 128
"""Set in the address of a rating keypad on an FF 68 line (rating-keypads.md §2)."""

GRADES = ("very-dissatisfied", "dissatisfied", "basically-satisfied", "satisfied", "very-satisfied")
"""What the raw grades 0–4 of the demonstration's keypads mean."""


@dataclass(frozen=True, slots=True)
class DemoClerk:
    """A made-up clerk, whose PIN everybody may see."""

    staff_no: str
    name: str
    pin: str


CLERKS = (
    DemoClerk("D001", "王小明", "1111"),
    DemoClerk("D002", "李小红", "2222"),
    DemoClerk("D003", "张小兰", "3333"),
)
GUIDE = DemoClerk("G001", "钱小松", "8888")
MORE_CLERKS = (DemoClerk("D004", "赵小梅", "4444"), DemoClerk("D005", "陈小竹", "5555"))


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the processes of a demonstration listen, all on 127.0.0.1."""

    base: int = 8600

    @property
    def bench(self) -> int:
        """The bench page."""
        return self.base

    @property
    def hall(self) -> int:
        """The hall server."""
        return self.base + 10

    @property
    def kiosk(self) -> int:
        """The kiosk's box."""
        return self.base + 20

    @property
    def counter(self) -> int:
        """The counter's box."""
        return self.base + 30

    @property
    def more(self) -> int:
        """The box of the counter with other devices."""
        return self.base + 32

    @property
    def lobby(self) -> int:
        """The box at the door."""
        return self.base + 38

    @property
    def scanner(self) -> int:
        """Its scanner."""
        return self.base + 34

    @property
    def office_printer(self) -> int:
        """Its office printer."""
        return self.base + 36


@dataclass(frozen=True, slots=True)
class RunDirectory:
    """Names of everything below the directory of one demonstration."""

    root: Path

    def settings(self, name: str) -> Path:
        """The settings file of the hall ("hall") or of a box."""
        return self.root / f"{name}.toml"

    def port(self, line: str) -> Path:
        """The pty link of a line."""
        return self.root / "lines" / line

    def control(self, line: str) -> Path:
        """The control socket of a line's simulator. Unix socket paths hold 107 bytes: keep the root short."""
        return self.root / "lines" / f"{line}.control"

    @property
    def ca(self) -> Path:
        """The throw-away CA and what it issued."""
        return self.root / "ca"

    @property
    def slip_key(self) -> Path:
        """The kiosk's signing key."""
        return self.root / "slip-key.pem"

    def certificate(self, name: str) -> Path:
        """A certificate that the CA issued."""
        return self.ca / f"{name}.pem"

    def key(self, name: str) -> Path:
        """The private key beside it."""
        return self.ca / f"{name}.key"

    def log(self, name: str) -> Path:
        """What a process said on its standard error."""
        return self.root / "logs" / f"{name}.log"


def write_settings(run: RunDirectory, ports: Ports) -> None:
    """Write every settings file of the demonstration."""
    for folder in (run.port("x").parent, run.log("x").parent):
        folder.mkdir(parents=True, exist_ok=True)
    example = (files("config") / "examples" / "catalogue.toml").read_text(encoding="utf-8")
    (run.root / "catalogue.toml").write_text(example + MORE_OFFERED, encoding="utf-8")
    (run.root / "cases.csv").write_text(CASES, encoding="utf-8")
    run.settings("hall").write_text(_hall(run, ports), encoding="utf-8")
    run.settings(KIOSK).write_text(_kiosk(run, ports), encoding="utf-8")
    run.settings(COUNTER).write_text(_counter(run, ports), encoding="utf-8")
    run.settings(LOBBY).write_text(box(run, ports, LOBBY, ports.lobby) + "\n[board]\n\n[entrance]\n", encoding="utf-8")


MORE_OFFERED = """
[[window]]
number = 4
name = "不动产公积金窗口"
name_en = "Real estate and housing fund"
services = ["41", "42"]

[[window]]
number = 5
name = "公用事业窗口"
name_en = "Utilities"
services = ["51", "91"]

[[spot]]
code = "window-4"
level = 1
x = 31.5
y = 7.5
kind = "window"
window = 4

[[spot]]
code = "window-5"
level = 1
x = 12.5
y = 7.5
kind = "window"
window = 5

[[way]]
ends = ["window-4", "aisle-form"]

[[way]]
ends = ["window-5", "aisle-kiosk"]
"""
"""What the windows of the other counter do, and where they stand, beside the example's."""

CASES = """\
case,last4,state,item,accepted,promised,changed
YX20260001,0018,accepted,id-renew,2026-11-16,2026-12-04,2026-11-18
YX20260002,002X,done,card-new,2026-11-10,2026-11-20,2026-11-19
"""
"""Two made-up cases, as a case platform would drop them."""

STAFF_CODE = "6666"
"""Opens the changing of paper at the kiosk."""


def services_of_windows(run: RunDirectory) -> dict[int, list[str]]:
    """The codes that each of the demonstration's windows serves."""
    catalogue = tomllib.loads((run.root / "catalogue.toml").read_text(encoding="utf-8"))
    return {w["number"]: w["services"] for w in catalogue["window"] if w["number"] in WINDOWS}


def _hall(run: RunDirectory, ports: Ports) -> str:
    return f"""\
[hall]
name = "一窗县政务服务中心（演示）"
name_en = "Yichuang County Service Centre (demo)"
mode = "demo"
port = {ports.hall}
data = "hall-data"
catalogue = "catalogue.toml"
cases = "cases.csv"
{proof(run, "hall")}
[[box]]
name = "{KIOSK}"
digit = 1

[[box]]
name = "{COUNTER}"
windows = {list(WINDOWS)}

[[box]]
name = "{MORE}"
windows = {list(MORE_WINDOWS)}

[[box]]
name = "{LOBBY}"
board = ["*"]
{people("clerk", (*CLERKS, *MORE_CLERKS))}{people("guide", [GUIDE])}"""


def clerks(each: Iterable[DemoClerk]) -> str:
    """Who may open a window."""
    return people("clerk", each)


def people(table: str, each: Iterable[DemoClerk]) -> str:
    """Who may open a window (``clerk``), or use the guide's page (``guide``)."""
    named = list(each)
    with ThreadPoolExecutor() as pool:  # hashing a PIN is made to be slow, and leaves the other cores free
        pins = pool.map(pin_line, [person.pin for person in named])
        return "".join(
            f'\n[[{table}]]\nname = "{person.name}"\nstaff_no = "{person.staff_no}"\npin = "{pin}"\n'
            for person, pin in zip(named, pins, strict=True)
        )


def proof(run: RunDirectory, name: str) -> str:
    """The three files that prove who a process is, and its hall."""
    return "".join(
        f"{key} = {json.dumps(str(path))}\n"
        for key, path in (("ca", run.certificate("ca")), ("certificate", run.certificate(name)), ("key", run.key(name)))
    )


def box(run: RunDirectory, ports: Ports, name: str, port: int) -> str:
    """A box of the demonstration's hall, and its way to the hall."""
    return f"""\
[box]
name = "{name}"
mode = "demo"
port = {port}
data = "{name}-data"
frame_ancestors = ["http://127.0.0.1:{ports.bench}"]

[hall]
url = "https://127.0.0.1:{ports.hall}"
{proof(run, name)}"""


def line(run: RunDirectory, name: str, baud: int) -> str:
    """A simulated line."""
    return f"""
[[line]]
name = "{name}"
port = {json.dumps(str(run.port(name)))}
baud = {baud}
simulated = true
"""


def printer(on: str) -> str:
    """A ticket printer on this line."""
    return device("ticket-printer", "escpos", on)


def counter_devices(window: int, displays: str, keypads: str) -> str:
    """Display, caller and rating keypad of a window, on these lines; their addresses are the window's number."""
    return (
        device(f"display-{window}", "onbon-bx5k", displays, window, window)
        + PANEL
        + device(f"caller-{window}", "ff68-caller", keypads, window, window)
        + device(f"pad-{window}", "ff68-keypad", keypads, PAD_BIT + window, window)
    )


def device(name: str, model: str, line: str, address: int | None = None, window: int | None = None) -> str:
    """One device on this line."""
    text = f'\n[[device]]\nname = "{name}"\nmodel = "{model}"\nline = "{line}"\n'
    text += f"address = {address}\n" if address is not None else ""
    return text + (f"window = {window}\n" if window is not None else "")


def _kiosk(run: RunDirectory, ports: Ports) -> str:
    kiosk = f"\n[kiosk]\nsigning_key = {json.dumps(str(run.slip_key))}\nidle_seconds = 60\n"
    kiosk += f'staff_code = "{pin_line(STAFF_CODE)}"\n'
    return box(run, ports, KIOSK, ports.kiosk) + kiosk + line(run, "printer", 115200) + printer("printer")


def _counter(run: RunDirectory, ports: Ports) -> str:
    parts = [box(run, ports, COUNTER, ports.counter)]
    parts += [f"\n[[window]]\nnumber = {window}\n" for window in WINDOWS]
    parts += [line(run, "displays", 9600), line(run, "keypads", 9600)]
    parts += [counter_devices(window, "displays", "keypads") for window in WINDOWS]
    return "".join(parts)


def pin_line(pin: str) -> str:
    """A PIN as the hall's settings hold it. The salt is drawn from the PIN: everybody may see a demo's PINs."""
    salt = hashlib.sha256(f"demo {pin}".encode()).digest()[:16]
    return f"scrypt:{salt.hex()}:{hashlib.scrypt(pin.encode(), salt=salt, n=2**14, r=8, p=1, dklen=32).hex()}"
