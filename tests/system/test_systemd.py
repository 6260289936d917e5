"""Our packages in a fresh Debian with real systemd and no network: installed, set up, first ticket, and every end."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.machine import CannotBoot, Machine, booted, packages

pytestmark = pytest.mark.system

BOX = "yichuang-box.service"
STARTS = 30.0
KIOSK = "http://127.0.0.1:8620"

HALL_TOML = """\
[hall]
name = "云溪县政务服务大厅"
name_en = "Yunxi County Government Service Hall"
mode = "demo"
port = 8610
data = "/var/lib/yichuang/hall/data"
catalogue = "catalogue.toml"
ca = "hall/ca.pem"
certificate = "hall/hall.pem"
key = "hall/hall.key"

[[box]]
name = "kiosk-1"
digit = 1
"""
BOX_TOML = """\
[box]
name = "kiosk-1"
mode = "demo"
port = 8620
data = "/var/lib/yichuang/box/data"

[hall]
url = "https://127.0.0.1:8610"
ca = "box/ca.pem"
certificate = "box/kiosk-1.pem"
key = "box/kiosk-1.key"

[kiosk]
signing_key = "box/slip.key"

[[line]]
name = "printer"
port = "/run/yichuang-simulators/printer"
baud = 115200
simulated = true

[[device]]
name = "ticket-printer"
model = "escpos"
line = "printer"
"""
SIMULATORS = "printer --link printer --control printer.control --no-pictures\n"


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """One machine for all tests here, with the packages installed and a demonstration set up."""
    try:
        with booted(packages(), tmp_path_factory.mktemp("machine") / "console.log") as machine:
            machine.sh("apt-get install --yes --quiet /packages/*.deb")
            set_up(machine)
            yield machine
    except CannotBoot as why:
        pytest.fail(f"no machine with systemd can be started: {why}")


def set_up(machine: Machine) -> None:
    machine.sh("""
        mkdir -p /root/ca; cd /root
        yichuang ca init ca
        yichuang ca issue ca hall --role hall
        yichuang ca issue ca kiosk-1 --role box
        cp ca/ca.pem ca/hall.pem ca/hall.key /etc/yichuang/hall/
        cp ca/ca.pem ca/kiosk-1.pem ca/kiosk-1.key /etc/yichuang/box/
        yichuang ca slip-key /etc/yichuang/box/slip.key
        cp /opt/yichuang/lib/python3.11/site-packages/config/examples/catalogue.toml /etc/yichuang/
    """)
    machine.write("/etc/yichuang/hall.toml", HALL_TOML)
    machine.write("/etc/yichuang/box.toml", BOX_TOML)
    machine.write("/etc/yichuang/simulators", SIMULATORS)
    machine.sh("systemd-tmpfiles --create; systemctl start yichuang-hall yichuang-simulators yichuang-box")


ASK = """\
import json, sys, urllib.request
body = sys.stdin.buffer.read() or None
asked = urllib.request.Request(sys.argv[1], data=body, headers={"content-type": "application/json"})
print(urllib.request.urlopen(asked, timeout=20).read().decode())
"""


def ask(machine: Machine, path: str, body: object = None) -> dict[str, object]:
    said = machine.do("python3", "-c", ASK, KIOSK + path, said=json.dumps(body) if body else "")
    answer: dict[str, object] = json.loads(said)
    return answer


def test_the_first_ticket_is_printed(machine: Machine) -> None:
    machine.until(BOX, STARTS, ActiveState="active", SubState="running")
    machine.until_says('"hall":"up"', STARTS, "python3", "-c", ASK, KIOSK + "/health")
    taken = ask(machine, "/kiosk/tickets", {"service": "12", "touch": "first"})
    assert taken["outcome"] == "printed"
