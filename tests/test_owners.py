"""Who may touch what (design §2): one owner for wall time, for SQLite, for ports, for HTTP clients; no loose tasks."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("config", "device", "drivers", "hall", "screens", "simulators", "workshop", "yichuang")

MODULE_OWNERS = {
    "sqlite3": (
        "device/journal.py",
        "device/store.py",
        "device/check.py",
        "device/salvage.py",
        "device/former.py",
        "device/beginning.py",
        "device/fact_counts.py",
        "hall/store/",
        "simulators/bench/",
    ),
    "serial": ("drivers/transport.py",),
    "usb": ("drivers/usb_pipes.py", "drivers/usb_transport.py"),
    "evdev": ("drivers/input_node.py",),
    "smartcard": ("drivers/smart_card/",),
    "httpx": (
        "device/sync/",
        "drivers/document_scanner/escl_link.py",
        "drivers/office_printer/ipp_port.py",
        "screens/diagnostics/",
        "simulators/client.py",
    ),
    "img2pdf": ("device/pages/",),
    "rapidocr": ("device/pages/ocr.py",),
    "zxingcpp": ("device/pages/",),
}
WALL_TIME = {"time.time", "time.time_ns", "datetime.now", "datetime.utcnow", "datetime.today", "date.today"}
WALL_TIME_OWNERS = ("device/clock.py", "hall/clock.py", "hall/ca.py", "simulators/")
OWN_IMPORTS_OF_DEVICE = {"config", "device", "drivers.contract", "drivers.deadline", "hall.contract", "hall.ticket"}
OWN_IMPORTS_OF_HARDWARE = OWN_IMPORTS_OF_DEVICE | {
    "drivers.dialect",
    "drivers.input_port",
    "drivers.registry",
    "drivers.transport",
    "drivers.worker",
}


def sources(*packages: str) -> Iterator[tuple[str, ast.Module]]:
    for package in packages or PACKAGES:
        for file in sorted((ROOT / package).rglob("*.py")):
            yield file.relative_to(ROOT).as_posix(), ast.parse(file.read_text(encoding="utf-8"))


def imported(tree: ast.Module) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


def test_each_foreign_module_has_one_owner() -> None:
    strangers = [
        f"{file}:{line} imports {name}"
        for file, tree in sources()
        for name, line in imported(tree)
        if (owners := MODULE_OWNERS.get(name.split(".")[0])) and not file.startswith(owners)
    ]
    assert strangers == []


def test_wall_time_is_read_in_the_clocks_alone() -> None:
    readers = [
        f"{file}:{node.lineno} calls {ast.unparse(node.func)}"
        for file, tree in sources()
        if not file.startswith(WALL_TIME_OWNERS)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func).removeprefix("datetime.") in WALL_TIME
    ]
    assert readers == []


def test_no_task_is_started_outside_a_group() -> None:
    loose = [
        f"{file}:{node.lineno}"
        for file, tree in sources("config", "device", "drivers", "hall")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"asyncio.create_task", "asyncio.ensure_future"}
    ]
    assert loose == []


def test_nothing_prints_outside_command_lines() -> None:
    printing = [
        f"{file}:{node.lineno}"
        for file, tree in sources()
        if not file.endswith("cli.py") and file != "yichuang/__main__.py"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert printing == []


def test_a_box_reaches_drivers_and_hall_by_their_contracts_alone() -> None:
    strangers = []
    for file, tree in sources("device"):
        allowed = OWN_IMPORTS_OF_HARDWARE if file == "device/hardware.py" else OWN_IMPORTS_OF_DEVICE
        for name, line in imported(tree):
            ours = name.split(".")[0] in PACKAGES
            if ours and not any(name == whole or name.startswith(f"{whole}.") for whole in allowed):
                strangers.append(f"{file}:{line} imports {name}")
    assert strangers == []


@pytest.mark.parametrize(
    ("module", "never"),
    [
        ("device.cli", ["screens", "simulators", "hall.store", "hall.main", "drivers.registry"]),
        ("device.main", ["screens", "simulators", "hall.store", "hall.main", "hall.api", "cryptography", "PIL"]),
        ("device.stopped", ["device.assembly", "device.roles", "screens", "simulators", "drivers.registry"]),
        ("hall.cli", ["screens", "simulators", "device", "drivers"]),
        ("hall.main", ["screens", "simulators", "device", "drivers"]),
        ("simulators.cli", ["screens", "device", "drivers", "hall"]),
        ("screens.diagnostics.cli", ["device", "drivers", "hall", "simulators", "textual", "httpx"]),
    ],
)
def test_importing_a_part_brings_no_stranger_in(module: str, never: list[str]) -> None:
    script = f"import sys, {module}; print([m for m in sys.modules if m in {never!r} or m.split('.')[0] in {never!r}])"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    assert run.stdout.strip() == "[]"
