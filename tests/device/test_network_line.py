"""A printer on the network, from the settings to its paper."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from config.box import load_box
from config.problem import SettingsError
from device.hardware import build_hardware
from drivers.contract import Slip, TextLine
from tests.drivers.devices import Printer
from tests.drivers.tcp_device import listening

KIOSK = """\
[box]
name = "kiosk-1"
mode = "demo"
port = 8630
data = "data"

[hall]
url = "https://127.0.0.1:8610"
ca = "ca.pem"
certificate = "box.pem"
key = "box.key"

[kiosk]
signing_key = "slip.key"

[[line]]
name = "printer"
port = "{port}"
simulated = true

[[device]]
name = "ticket-printer"
model = "escpos"
line = "printer"
"""
SLIP: Slip = (TextLine("A1001", width=2, height=2),)
LIMIT = 5.0


def written(folder: Path, port: str) -> Path:
    file = folder / "kiosk.toml"
    file.write_text(KIOSK.format(port=port), encoding="utf-8")
    return file


@pytest.mark.parametrize("port", ["tcp:printer.local:9100", "tcp:192.0.2.7", "tcp://192.0.2.7:9100"])
def test_a_wrong_address_is_refused_with_file_line_and_remedy(tmp_path: Path, port: str) -> None:
    with pytest.raises(SettingsError) as refused:
        build_hardware(load_box(written(tmp_path, port)))
    (problem,) = refused.value.problems
    assert problem.line == 1 + KIOSK.splitlines().index('port = "{port}"')
    assert "tcp:192.0.2.7:9100" in problem.remedy


@pytest.mark.wire
async def test_a_slip_prints_over_the_network_and_again_after_a_power_cut(tmp_path: Path) -> None:
    printer = Printer(print_seconds=0.02)
    async with listening(printer) as device:
        hardware = build_hardware(load_box(written(tmp_path, f"tcp:127.0.0.1:{device.port}")))
        (cell,) = hardware.cells
        async with asyncio.timeout(4 * LIMIT), asyncio.TaskGroup() as group:
            running = [group.create_task(hardware.buses["printer"].run()), group.create_task(cell.run())]
            with cell.watch.watching() as changed:
                for _ in range(2):
                    while not cell.state.accepting:
                        await changed.wait()
                        changed.clear()
                    completion = await cell.do(lambda driver, limit: driver.print_slip(SLIP, limit), LIMIT)
                    assert completion.confirmed is True
                    device.lose_power()
                    while cell.state.accepting:
                        await changed.wait()
                        changed.clear()
                    device.be_back()
            for task in running:
                task.cancel()
    assert printer.cuts == 2
