"""Our packages in a fresh Debian with real systemd and no network: installed, set up, first ticket, and every end."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.machine import CannotBoot, Machine, booted, packages

pytestmark = [pytest.mark.system, pytest.mark.alone]

BOX = "yichuang-box.service"
STOPPED = "yichuang-box-stopped.service"
DATA = "/var/lib/yichuang/box/data"
BOXES = ("runuser", "-u", "yichuang-hall", "--", "yichuang", "hall", "boxes", "/etc/yichuang/hall.toml")
STARTS = 60.0
ENDS = 120.0
WATCHED = 8
"""Seconds of WatchdogSec= here; what is shipped waits for 40."""
KIOSK = "http://127.0.0.1:8620"

FITS = """
[[line]]
name = "spare"
port = "/run/yichuang-simulators/spare"
simulated = true

[[device]]
name = "fitful"
model = "fitful"
line = "spare"
"""
"""A display whose driver does what stands in FIT: a driver from outside, as a maker would bring one."""
FIT = "/var/lib/yichuang/box/fit"
SITE = "/opt/yichuang/lib/python3.11/site-packages"


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """One machine for all tests here, with the packages installed and a demonstration set up."""
    try:
        with booted(packages(), tmp_path_factory.mktemp("machine") / "console.log") as machine:
            machine.sh("apt-get install --yes --quiet /packages/*.deb")
            set_up(machine)
            yield machine
    except CannotBoot as why:
        pytest.skip(f"NOT PLAYED: no machine with systemd can be started here: {why}")


def set_up(machine: Machine) -> None:
    """As README says it for a machine that is shown without hardware; and one display more, which has fits."""
    machine.do("yichuang", "setup", "--simulated")
    machine.write(f"{SITE}/fitful.py", (Path(__file__).parent / "fitful_driver.py").read_text(encoding="utf-8"))
    about = f"{SITE}/fitful-1.dist-info"
    machine.write(f"{about}/METADATA", "Metadata-Version: 2.1\nName: fitful\nVersion: 1\n")
    machine.write(f"{about}/entry_points.txt", "[yichuang.drivers]\nfitful = fitful:Fitful\n")
    machine.do("sh", "-euc", "cat >>/etc/yichuang/box.toml", said=FITS)
    machine.write("/etc/systemd/system/yichuang-box.service.d/sooner.conf", f"[Service]\nWatchdogSec={WATCHED}\n")
    machine.sh(f"systemctl daemon-reload; systemctl restart {BOX}")


ASK = """\
import json, sys, urllib.request
body = sys.stdin.buffer.read() or None
asked = urllib.request.Request(sys.argv[1], data=body, headers={"content-type": "application/json"})
print(urllib.request.urlopen(asked, timeout=20).read().decode())
"""


PAGE = """\
import sys, urllib.request, urllib.error
asked = urllib.request.Request(sys.argv[1], headers={"accept": "text/html"})
try:
    urllib.request.urlopen(asked, timeout=20)
except urllib.error.HTTPError as error:
    print(error.code, error.read().decode())
"""


@pytest.fixture
def box(machine: Machine) -> Iterator[Machine]:
    """Its box is at work, and is again afterwards, whatever became of it."""
    at_work(machine)
    yield machine
    machine.sh(f"rm -f {FIT}")


def at_work(machine: Machine) -> None:
    machine.sh(f"rm -f {FIT}; systemctl reset-failed {BOX}; systemctl start {BOX}")
    machine.until(BOX, STARTS, ActiveState="active", SubState="running")
    machine.until_says('"hall":"up"', STARTS, "python3", "-c", ASK, KIOSK + "/health")


def restarts(machine: Machine, before: dict[str, str]) -> str:
    """Wait until another process works in its place; what was written down of the one before."""
    deadline = time.monotonic() + ENDS
    while machine.shows(BOX, "MainPID")["MainPID"] in ("0", before["MainPID"]):
        assert time.monotonic() < deadline, machine.log(BOX)
        machine.pause()
    machine.until(BOX, STARTS, ActiveState="active", SubState="running")
    life = before["InvocationID"]
    return machine.do("journalctl", "--output=cat", f"_SYSTEMD_INVOCATION_ID={life}", "+", f"INVOCATION_ID={life}")


def life(machine: Machine) -> dict[str, str]:
    return machine.shows(BOX, "MainPID", "InvocationID")


def ask(machine: Machine, path: str, body: object = None) -> dict[str, object]:
    said = machine.do("python3", "-c", ASK, KIOSK + path, said=json.dumps(body) if body else "")
    answer: dict[str, object] = json.loads(said)
    return answer


def test_the_first_ticket_is_printed(machine: Machine) -> None:
    machine.until(BOX, STARTS, ActiveState="active", SubState="running")
    machine.until_says('"hall":"up"', STARTS, "python3", "-c", ASK, KIOSK + "/health")
    taken = ask(machine, "/kiosk/tickets", {"service": "12", "touch": "first"})
    assert taken["outcome"] == "printed"


def test_after_kill_9_the_same_journal_goes_on_and_the_next_ticket_is_printed(box: Machine) -> None:
    before, journal = life(box), ask(box, "/health")["journal"]
    box.sh(f"kill -9 {before['MainPID']}")
    assert "status=9/KILL" in restarts(box, before)
    at_work(box)
    assert ask(box, "/health")["journal"] == journal
    assert ask(box, "/kiosk/tickets", {"service": "12", "touch": "after"})["outcome"] == "printed"


def test_a_hung_loop_is_ended_by_the_watchdog_and_the_log_says_where_it_hung(box: Machine) -> None:
    before = life(box)
    box.write(FIT, "hang the loop")
    said = restarts(box, before)
    assert "Watchdog timeout" in said
    assert "fitful.py" in said


def test_a_stuck_driver_is_named_and_ends_the_same_way(box: Machine) -> None:
    before = life(box)
    box.write(FIT, "stick")
    said = restarts(box, before)
    assert '"watchdog is not fed" waits_for="device fitful"' in said
    assert "Watchdog timeout" in said


def test_a_crash_loop_ends_out_of_service_on_the_screen_and_at_the_hall_and_a_person_starts_it_again(
    box: Machine,
) -> None:
    box.write(FIT, "crash")
    found = box.until(BOX, ENDS, ActiveState="failed")
    assert found["Result"] == "exit-code"
    assert "Start request repeated too quickly" in box.log(BOX)
    box.until(STOPPED, STARTS, ActiveState="active", SubState="running")
    assert "停止服务" in box.do("python3", "-c", PAGE, KIOSK + "/kiosk")
    box.until_says("kiosk-1 的程序反复退出", STARTS, *BOXES)
    box.do("systemctl", "start", BOX, check=False)  # in vain: the limit stands, and so does the screen
    assert "停止服务" in box.do("python3", "-c", PAGE, KIOSK + "/kiosk")
    at_work(box)
    assert box.shows(STOPPED, "ActiveState") == {"ActiveState": "inactive"}
    assert ask(box, "/kiosk/tickets", {"service": "12", "touch": "mended"})["outcome"] == "printed"


def test_refused_settings_without_a_good_copy_are_not_tried_again_and_again(box: Machine) -> None:
    box.sh(f"systemctl stop {BOX}; echo 'nonsense = 1' >>/etc/yichuang/box.toml; rm -r {DATA}/settings.good")
    box.do("systemctl", "reset-failed", BOX, check=False)
    box.do("systemctl", "start", BOX, check=False)
    box.until(BOX, STARTS, ActiveState="failed", NRestarts="0")
    assert "/etc/yichuang/box.toml:" in box.log(BOX)
    box.until(STOPPED, STARTS, ActiveState="active", SubState="running")
    assert "停止服务" in box.do("python3", "-c", PAGE, KIOSK + "/kiosk")
    box.sh("sed -i '/^nonsense/d' /etc/yichuang/box.toml")
    at_work(box)


NEWER = """
cd /root; rm -rf newer; mkdir newer
for part in common device hall; do
    dpkg-deb -R /packages/yichuang-${part}_*.deb newer/$part
    sed -i -e 's/^Version: .*/Version: 99.0/' -e 's/yichuang-common (= [^)]*)/yichuang-common (= 99.0)/' \
        newer/$part/DEBIAN/control
done
echo 'CREATE TABLE later (key TEXT);' >newer/common/SITE/device/schema/999.sql
echo 'CREATE TABLE later (key TEXT);' >newer/common/SITE/hall/store/schema/999.sql
for part in common device hall; do dpkg-deb -Znone -b newer/$part newer/yichuang-$part.deb; done
apt-get install --yes --quiet ./newer/*.deb
""".replace("SITE", SITE[1:])
"""Packages of a program to come, with a schema more on both sides."""


def test_an_upgrade_and_the_way_back_keep_every_fact_and_go_on_with_the_numbers(box: Machine) -> None:
    before = ask(box, "/health")
    first = ask(box, "/kiosk/tickets", {"service": "12", "touch": "before the upgrade"})
    box.sh(NEWER)
    at_work(box)
    assert ask(box, "/health")["journal"] == before["journal"]
    second = ask(box, "/kiosk/tickets", {"service": "12", "touch": "after the upgrade"})
    box.sh("apt-get install --yes --quiet --allow-downgrades /packages/*.deb")
    at_work(box)
    after = ask(box, "/health")
    assert after["journal"] != before["journal"]
    box.until_says('"outbox":0', STARTS, "python3", "-c", ASK, KIOSK + "/health")
    third = ask(box, "/kiosk/tickets", {"service": "12", "touch": "after the way back"})
    assert third["outcome"] == "printed"
    assert str(first["number"]) < str(second["number"]) < str(third["number"])
