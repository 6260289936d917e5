"""Displays on the network, from the settings to the simulators' panels: cut off, and put right when they are back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import pytest

from config.box import load_box
from config.problem import SettingsError
from device.cell import Cell
from device.flows.show_call import DisplayKeeper
from device.hardware import build_hardware
from simulators.cli import _parser
from simulators.displays.bus import Displays
from simulators.line import SharedWire
from simulators.tcp_line import TcpLine
from simulators.udp_line import UdpLine
from tests.config.test_settings import BOX
from tests.simulators.host import Heard

LIMIT = 20.0
ON_A_LINE = """
[[line]]
name = "network"
port = "{port}"
simulated = true

[[device]]
name = "display-2"
model = "{model}"
line = "network"
{options}
"""
WINDOW = "\n[[window]]\nnumber = 2\n"
WAYS: dict[str, tuple[type[TcpLine | UdpLine], str, str, str]] = {
    "onbon-bx5k over TCP": (TcpLine, "onbon-bx5k", "onbon-bx5k", "{ width = 160, unit = 'bytes8' }"),
    "onbon-bx5k over UDP": (UdpLine, "onbon-bx5k", "onbon-bx5k", "{ width = 160, unit = 'bytes8' }"),
    "onbon-bx5e over TCP": (TcpLine, "onbon-bx5e", "onbon-bx5e", "{ width = 160 }"),
    "cpower5200 over TCP": (TcpLine, "cpower5200-network", "cpower5200", "{ framing = 'network' }"),
    "modbus-text through a device server": (TcpLine, "modbus-text", "modbus-text", "{}"),
}


def written(folder: Path, port: str, model: str, options: str) -> Path:
    more = f"address = 3\nwindow = 2\noptions = {options}" if model != "escpos" else ""
    file = folder / "box.toml"
    text = BOX.replace("\n[[line]]", f"{WINDOW}\n[[line]]", 1) + ON_A_LINE.format(port=port, model=model, options=more)
    file.write_text(text, encoding="utf-8")
    return file


@asynccontextmanager
async def panel(line: SharedWire, kind: str) -> AsyncIterator[Heard]:
    heard = Heard()
    place = "--udp" if isinstance(line, UdpLine) else "--tcp"
    arguments = ["displays", place, "127.0.0.1:0", "--control", "unused", "--kind", kind]
    options = _parser().parse_args([*arguments, "--addresses", "3", "--size", "160x16", "--no-pictures"])
    line.open()
    with closing(line), closing(options.build(options)(line, heard.emit)) as displays:
        assert isinstance(displays, Displays)
        yield heard


async def until(cell: Cell[Any], true: Callable[[], bool]) -> None:
    async with asyncio.timeout(LIMIT):
        with cell.watch.watching() as changed:
            while not true():
                await changed.wait()
                changed.clear()


@pytest.mark.wire
@pytest.mark.parametrize("way", WAYS)
async def test_a_display_on_the_network_shows_and_is_put_right_after_a_power_cut(tmp_path: Path, way: str) -> None:
    make, kind, model, options = WAYS[way]
    line = make("127.0.0.1", 0)
    async with panel(line, kind) as heard:
        scheme = "udp" if make is UdpLine else "tcp"
        hardware = build_hardware(load_box(written(tmp_path, f"{scheme}:127.0.0.1:{line.port}", model, options)))
        cell = hardware.of("window_display", 2)
        assert cell is not None
        keeper = DisplayKeeper(cell, renew_seconds=0.5)
        async with asyncio.TaskGroup() as group:
            works = [hardware.buses["network"].run, cell.run, keeper.run]
            running = [group.create_task(work()) for work in works]
            assert await keeper.granted(keeper.want("A001"), LIMIT)
            assert (await heard.next("shown"))["text"] == "A001"
            line.switch("unplug", on=True)
            await until(cell, lambda: "link-lost" in cell.state.keywords())
            wish = keeper.want("A002")
            line.switch("unplug", on=False)
            assert await keeper.granted(wish, LIMIT)
            assert heard.all("shown")[-1]["text"] == "A002"
            for task in running:
                task.cancel()


def test_a_printer_is_not_reached_by_datagrams(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as refused:
        build_hardware(load_box(written(tmp_path, "udp:127.0.0.1:9100", "escpos", "")))
    (problem,) = refused.value.problems
    assert "udp:127.0.0.1:9100" in str(problem)


def test_an_address_that_is_none_is_refused_with_its_remedy(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as refused:
        build_hardware(load_box(written(tmp_path, "udp:card.local:5007", "onbon-bx5k", "{}")))
    (problem,) = refused.value.problems
    assert "udp:192.0.2.7:5007" in problem.remedy
