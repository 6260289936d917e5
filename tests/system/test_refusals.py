"""Bad settings are refused by the command lines themselves: exit code 2, file, line, remedy; nothing is started."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.system

BOX = """\
[box]
name = "counter-1"
mode = "demo"
port = 18630
data = "data"

[hall]
url = "https://127.0.0.1:18610"
ca = "ca.pem"
certificate = "box.pem"
key = "box.key"

[[window]]
number = 1

[[line]]
name = "keypads"
port = "/dev/ttyS0"

[[device]]
name = "pad-1"
model = "ff68-keypad"
line = "keypads"
address = 129
window = 1
"""

HALL = """\
[hall]
name = "演示县政务服务中心"
name_en = "Demo County Service Hall"
port = 18610
data = "data"
catalogue = "catalogue.toml"
ca = "ca.pem"
certificate = "hall.pem"
key = "hall.key"
"""

CATALOGUE = """\
[[service]]
name = "社会保障"
name_en = "Social security"

[[window]]
number = 1
name = "社保窗口"
name_en = "Social security"
services = []
"""


def refusal(command: str, file: Path) -> str:
    run = subprocess.run(
        [sys.executable, "-m", "yichuang", command, str(file)], capture_output=True, text=True, timeout=20, check=False
    )
    assert run.returncode == 2, run.stderr
    assert run.stdout == ""
    assert "→" in run.stderr
    assert "Traceback" not in run.stderr
    return run.stderr


@pytest.mark.parametrize(
    ("good", "bad", "marked", "says"),
    [
        ('port = "/dev/ttyS0"', 'port = "/dev/ttyS0"\nbuad = 9600', "buad", "unknown key line.0.buad"),
        ('port = "/dev/ttyS0"\n', "", "[[line]]", "port is missing"),
        (
            "window = 1\n",
            'window = 1\n\n[[device]]\nname = "pad-2"\nmodel = "ff68-keypad"\nline = "keypads"\naddress = 0x81\n',
            "0x81",
            "pad-2 and pad-1 are both address 129",
        ),
        ('"/dev/ttyS0"', '"/dev/pts/0"', "/dev/pts/0", "simulated = true"),
        ('"ff68-keypad"', '"ff68-kepyad"', "kepyad", "no driver for model"),
        ("address = 129\n", "", "[[device]]", "address is missing"),
        ("window = 1\n", "window = 1\noptions = { grades = 4 }\n", "options", "4 grades and no mapping"),
        ("window = 1\n", "window = 1\noptions = { colour = 4 }\n", "options", "unknown option colour"),
        ('ca = "ca.pem"', 'ca = "nowhere.pem"', "nowhere.pem", "no such file"),
    ],
)
def test_a_box_with_bad_settings_does_not_start(tmp_path: Path, good: str, bad: str, marked: str, says: str) -> None:
    for there in ("ca.pem", "box.pem", "box.key"):
        (tmp_path / there).touch()
    file = tmp_path / "counter.toml"
    text = BOX.replace(good, bad)
    file.write_text(text, encoding="utf-8")
    line = next(number for number, written in enumerate(text.splitlines(), 1) if marked in written)
    said = refusal("device", file)
    assert f"{file}:{line}: " in said
    assert says in said
    assert not (tmp_path / "data").exists()


def test_a_hall_whose_service_has_no_code_does_not_start(tmp_path: Path) -> None:
    (tmp_path / "hall.toml").write_text(HALL, encoding="utf-8")
    (tmp_path / "catalogue.toml").write_text(CATALOGUE, encoding="utf-8")
    said = refusal("hall", tmp_path / "hall.toml")
    assert f"{tmp_path / 'catalogue.toml'}:1: " in said
    assert "code is missing" in said
    assert not (tmp_path / "data").exists()
