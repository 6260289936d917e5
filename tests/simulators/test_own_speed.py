"""A device that hears its own speed only, as real ones do."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from simulators.line import Line
from tests.simulators.host import Host, passed

pytestmark = pytest.mark.wire


@pytest.mark.parametrize(("baud", "whole"), [(9600, True), (19200, False)])
async def test_at_another_speed_both_sides_hear_wrong_bytes(tmp_path: Path, baud: int, whole: bool) -> None:
    line = Line(tmp_path / "port", 9600, own_speed=True)
    heard: list[int] = []
    line.receive = lambda byte, _at: heard.append(byte)
    line.open()
    with closing(line), closing(Host(tmp_path / "port", baud)) as host:
        at = host.write(b"\x10\x04")
        while len(heard) < 2:
            await passed(max(at, line.quiet_since))
        line.send(b"\x12", line.quiet_since)
        answer = await host.read(1)
    assert (bytes(heard) == b"\x10\x04") == whole
    assert (answer == b"\x12") == whole
