"""The settings files of a demonstration: one hall, a kiosk, a counter with three windows, all on simulated lines."""

from __future__ import annotations

import json
import tomllib
from importlib.resources import files

from simulators.demo.places import Ports, RunDirectory
from simulators.demo.tables import DemoClerk, counter_devices, line, people, pin_line, printer, proof

KIOSK = "kiosk-1"
COUNTER = "counter-1"
WINDOWS = (1, 2, 3)
MORE = "counter-2"
"""The counter with other makers' devices (simulators.demo.more): started when somebody wants to see it."""
MORE_WINDOWS = (4, 5)
LOBBY = "lobby-1"
"""The box at the door: hall board, entrance screen, query page. A headless play does without it."""
GRADES = ("very-dissatisfied", "dissatisfied", "basically-satisfied", "satisfied", "very-satisfied")
"""What the raw grades 0–4 of the demonstration's keypads mean."""


CLERKS = (
    DemoClerk("D001", "王小明", "1111"),
    DemoClerk("D002", "李小红", "2222"),
    DemoClerk("D003", "张小兰", "3333"),
)
GUIDE = DemoClerk("G001", "钱小松", "8888")
MORE_CLERKS = (DemoClerk("D004", "赵小梅", "4444"), DemoClerk("D005", "陈小竹", "5555"))


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
