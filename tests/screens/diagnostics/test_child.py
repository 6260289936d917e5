"""A box whose daemon will not start is started for maintenance alone from the terminal, and ends with it."""

from __future__ import annotations

import os
import select
import signal
from pathlib import Path

import pytest

from tests.free_ports import free_port
from tests.screens.diagnostics.tmux import diagnostics

pytestmark = pytest.mark.system

BOX = """\
[box]
name = "counter-3"
mode = "demo"
port = {port}
data = "data"

[hall]
url = "https://127.0.0.1:9"
ca = "no-ca.pem"
certificate = "no.pem"
key = "no.key"

[[window]]
number = 7

[[line]]
name = "displays"
port = "nothing-is-here"
simulated = true

[[device]]
name = "display-7"
model = "onbon-bx5k"
line = "displays"
address = 7
window = 7
"""


def settings(folder: Path, more: str = "") -> str:
    file = folder / "box.toml"
    file.write_text(BOX.format(port=free_port()) + more, encoding="utf-8")
    return str(file)


def runs(pid: int) -> bool:
    """Whether this process is there, and no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("ending", ["q", signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_it_is_offered_started_talked_to_and_ends_with_the_terminal_however_that_ends(
    tmp_path: Path, ending: str | signal.Signals
) -> None:
    (tmp_path / "data").mkdir()
    with diagnostics(tmp_path, "--settings", settings(tmp_path), "--language", "en") as terminal:
        terminal.until("is not running, or cannot start", "x start for maintenance")
        terminal.press("x")
        terminal.until("maintenance only", "Devices (1)", "display-7")
        own = terminal.pid()
        (child,) = map(int, Path(f"/proc/{own}/task/{own}/children").read_text().split())
        handles = [os.pidfd_open(own), os.pidfd_open(child)]
        try:
            if isinstance(ending, str):
                terminal.press(ending)
            elif ending is signal.SIGHUP:
                terminal.run("kill-server")  # as a line that is cut: the terminal itself is gone
            else:
                os.kill(own, ending)
            for handle in handles:
                ended(handle)
        finally:
            for handle in handles:
                os.close(handle)
    assert not runs(child)


def ended(handle: int) -> None:
    assert select.select([handle], [], [], 10)[0], "it outlived its terminal"


def test_one_that_does_not_start_says_why(tmp_path: Path) -> None:
    broken = '\n[[device]]\nname = "x"\nmodel = "no-such-model"\nline = "displays"\n'
    with diagnostics(tmp_path, "--settings", settings(tmp_path, broken), "--language", "en") as terminal:
        terminal.until("x start for maintenance")
        terminal.press("x")
        terminal.until("It did not start", "no-such-model")
