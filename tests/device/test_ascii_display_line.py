"""A window whose display has no Chinese letters: by its settings it is spoken to in what it can show."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.box import load_box
from device.checkup import Level, check_health
from device.hardware import Hardware, build_hardware
from tests.device.counter import counter_of, held
from tests.device.test_checkup import Device, cell_of
from tests.virtual_time import virtual

BOX = """[box]
name = "counter-1"
mode = "demo"
port = 8630
data = "data"
[hall]
url = "https://hall.test:8610"
ca = "ca.pem"
certificate = "c.pem"
key = "c.key"
[[window]]
number = 1
[[line]]
name = "front"
port = "tcp:192.0.2.7:4001"
simulated = true
[[device]]
name = "above"
line = "front"
window = 1
"""
NAMELESS = 'model = "template-display"\noptions = {{ frame = "02 {{text}} 03", letters = "{}" }}\n'


def built(folder: Path, device: str) -> Hardware:
    file = folder / "box.toml"
    file.write_text(BOX + device, encoding="utf-8")
    return build_hardware(load_box(file))


@pytest.mark.parametrize(
    ("device", "ascii_only"),
    [
        ('model = "alpha-sign"\naddress = 3\n', True),
        ('model = "vfd-2x20"\noptions = { mode = "epson" }\n', True),
        (NAMELESS.format("ascii"), True),
        (NAMELESS.format("gbk"), False),
        ('model = "strip-a090"\naddress = 3\n', False),
    ],
)
def test_what_a_display_can_show_is_known_from_its_settings(device: str, ascii_only: bool, tmp_path: Path) -> None:
    cell = built(tmp_path, device).of("window_display", 1)
    assert cell is not None
    assert cell.ascii_only is ascii_only


@virtual
async def test_a_call_stands_on_it_in_its_own_letters(tmp_path: Path) -> None:
    async with counter_of(tmp_path) as counter:
        counter.display.ascii_only = True
        await counter.tell("called", held=held("社1001"))
        assert counter.display.wanted[-1] == "1001 to 1"


class InAscii(Device):
    """A display that takes any text, and says that it has ASCII alone."""

    ascii_only = True


@virtual
async def test_it_is_tried_with_letters_that_it_has() -> None:
    display = InAscii()
    async with cell_of("window_display", display) as cell:
        await check_health(cell, Level.EXTERNAL)
    assert display.done == ["TEST8888"]
