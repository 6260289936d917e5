"""It is 08:10, the hall opens at 08:30, a window's display is dark: from the first screen to mended.

Against a real hall, the demonstration's processes with its simulated displays, in a real terminal, which is tmux.
"""

from __future__ import annotations

import json
import re
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from hall.cli import ca
from simulators.demo.places import RunDirectory
from simulators.demo.settings import COUNTER
from tests.device.maintenance_terminal import Terminal
from tests.screens.diagnostics.tmux import LIMIT_S, diagnostics
from tests.system.running import Demo

pytestmark = pytest.mark.system

WINDOW = 3
ANSWERED = re.compile(r"\d << ")


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunDirectory]:
    """A hall at work, which these tests share: it takes some seconds to start."""
    run = RunDirectory(tmp_path_factory.mktemp("hall"))
    with Demo("--keep", str(run.root)) as demo:
        demo.until("http://")
        yield run


def switch(hall: RunDirectory, *, silent: bool) -> None:
    """Take the power from the display of one window, or give it back."""
    with socket.socket(socket.AF_UNIX) as control:
        control.connect(str(hall.control("displays")))
        command = {"do": "fault", "name": "silent", "on": silent, "address": WINDOW}
        control.sendall(json.dumps(command).encode() + b"\n")
        for line in control.makefile():
            if "ok" in (answer := json.loads(line)):
                assert answer["ok"], answer
                return


def test_a_dark_display_is_found_tried_read_along_mended_and_seen_to_be_well(
    hall: RunDirectory, tmp_path: Path
) -> None:
    switch(hall, silent=True)
    box = Terminal(hall.root / f"{COUNTER}-data" / "run" / "maintenance.sock")
    box.ask("check", device=f"display-{WINDOW}", level="internal")  # what the box would ask by itself within a minute
    with diagnostics(tmp_path, "--settings", str(hall.settings(COUNTER)), "--who", "Wu") as terminal:
        seen = terminal.until("▸ ✖ 故障", "display-3", "怎么办", "在此之前")
        first = seen[seen.index("▸") : seen.index("怎么办")]
        assert "display-3" in first, "the dark display comes first, by its name"

        terminal.press("Enter")
        terminal.until(f"{COUNTER}  display-3", "1 问一问", "2 显示测试图样")
        terminal.press("2")
        terminal.until("按回车开始")
        terminal.press("Enter")
        seen = terminal.until("结果", "✖ 故障")
        assert "维护中" in seen
        assert "设备没有应答" in seen

        terminal.press("Escape")
        terminal.until("1 问一问")
        terminal.press("f")
        seen = terminal.until("线路 displays 的报文", ">> 问 3 号屏在不在")
        assert not ANSWERED.search(seen), "asked, and nobody answers"

        switch(hall, silent=False)
        terminal.when(ANSWERED.search, "an answer")
        terminal.press("Escape")
        terminal.until("1 问一问", "✔ 正常")

        terminal.press("3")
        terminal.until("按回车开始")
        terminal.press("Enter")
        for _ in range(3):  # on a machine busy with other things a simulated display may answer too late
            if "✖ 故障" not in terminal.until("结果"):
                break
            terminal.press("r")
            terminal.until("秒，大约要")
        terminal.until("测试 3", "y 是")
        terminal.press("y")
        terminal.until("您看过：完整")
        terminal.press("Escape")
        terminal.until("1 问一问")
        terminal.press("Escape")
        terminal.until("现在怎样", "需要人处理：没有")
        seen = terminal.when(lambda seen: "维护中" not in seen, "the lease is given back")
        assert all(f"✔ 正常  display-{window}" in seen for window in (1, 2, 3))


def test_the_same_box_is_found_among_all_of_the_hall_and_taken_through_the_hall(
    hall: RunDirectory, tmp_path: Path
) -> None:
    assert ca(["issue", str(hall.ca), "wu", "--role", "technician"]) == 0
    certificate = ["--certificate", str(hall.certificate("wu")), "--key", str(hall.key("wu"))]
    with diagnostics(tmp_path, "--hall", "--settings", str(hall.settings(COUNTER)), *certificate) as terminal:
        terminal.until("开门检查", "所有机器", COUNTER)
        while f"{COUNTER} " not in chosen(terminal.seen()):
            terminal.press("Down")
        terminal.press("Enter")
        terminal.until("设备（9 台）", "display-3")
        while "display-1 " not in chosen(terminal.seen()):
            terminal.press("Down")
        terminal.press("Enter")
        terminal.until(f"{COUNTER}  display-1", "1 问一问")
        terminal.press("m")
        terminal.until("由您停用维护中", "✚ 维护中")
        box = Terminal(hall.root / f"{COUNTER}-data" / "run" / "maintenance.sock")
        assert [lease["devices"] for lease in box.report()["leases"]] == [["display-1"]]
        terminal.press("1")
        terminal.until("结果")
        terminal.press("Escape")
        terminal.until("1 问一问")
        terminal.press("q")
        deadline = time.monotonic() + LIMIT_S
        while box.report()["leases"]:
            assert time.monotonic() < deadline, "not given back"


def chosen(seen: str) -> str:
    """The line with the mark of what is chosen."""
    return next((line for line in seen.splitlines() if line.startswith(" ▸")), "")
