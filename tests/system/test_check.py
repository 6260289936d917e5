"""`yichuang check` asks a running box whether its devices work, and a technician reads what came of it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.device.hall_certificates import make_certificates
from tests.drivers.document_scanner.pictures import jpeg_of, picture
from tests.free_ports import free_port
from tests.hall.process import Daemon

pytestmark = pytest.mark.system

LIMIT_S = 60.0
BOX = """\
[box]
name = "counter-1"
mode = "demo"
port = {port}
data = "data"

[hall]
url = "https://127.0.0.1:{nobody}"
ca = "{ca}"
certificate = "{certificate}"
key = "{key}"

[[line]]
name = "sound"
port = "sound:{folder}/out.wav"
simulated = true

[[line]]
name = "desk"
port = "folder:desk"
simulated = true

[[device]]
name = "voice"
model = "speaker"
line = "sound"
options = {{ voice = false, chime = "ding" }}

[[device]]
name = "camera"
model = "document-camera"
line = "desk"
"""


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A running box without windows, out of its hall's reach."""
    folder = tmp_path_factory.mktemp("box")
    made = make_certificates(folder)
    (folder / "desk").mkdir()
    file = folder / "box.toml"
    text = BOX.format(
        port=free_port(), nobody=free_port(), folder=folder, ca=made.ca, certificate=made.box, key=made.box_key
    )
    file.write_text(text, encoding="utf-8")
    daemon = Daemon(["device", str(file)], "box runs", {})
    try:
        yield file
    finally:
        daemon.end()


def check(box: Path, *more: str) -> tuple[int, list[str]]:
    command = [sys.executable, "-m", "yichuang", "check", str(box), *more]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT_S, check=False)
    return ran.returncode, (ran.stdout + ran.stderr).splitlines()


def test_a_technician_reads_what_each_device_showed(box: Path) -> None:
    page = box.parent / "desk" / "page.jpg"
    page.write_bytes(jpeg_of(picture(40, 60)))
    code, told = check(box, "--level", "external")
    assert code == 0
    assert [line for line in told if "simulated" not in line] == [
        "voice (speaker): 已播放，设备自己不能确认：请听一听（提示音、中文、英文都听到了吗？音量合适吗？）"
        " / played, and the device itself cannot tell: please listen (chime, Chinese and English heard? loud enough?)",
        "    chime=played, zh-CN=switched-off, en=switched-off",
        "camera (document-camera): 正常 / works",
        "    pages=1, width=40, height=60",
    ]
    page.unlink()
    assert told.count("    simulated: 模拟设备 / simulated device") == 2


def test_a_finding_ends_it_with_1_and_says_what_to_do(box: Path) -> None:
    code, told = check(box, "--level", "interactive", "camera")
    assert code == 1
    assert "请在 20 秒内把一页纸放进 camera 的进纸器" in told[0]
    assert told[1].startswith("camera (document-camera): 没有查成")
    assert told[-1].startswith("    refused: no picture in ")
