"""The units as they are shipped: understood by systemd, shut as far as they can be, each exception with its reason."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

UNITS = Path(__file__).parents[2] / "systemd"
SHUT = {
    "yichuang-box.service": 20,
    "yichuang-box-stopped.service": 20,
    "yichuang-hall.service": 20,
    "yichuang-simulators.service": 20,
    "yichuang-browser.service": 30,
}
"""Most exposure, in tenths, as `systemd-analyze security` counts it."""


def analyze(*arguments: str) -> subprocess.CompletedProcess[str]:
    assert shutil.which("systemd-analyze"), "Debian package is missing: apt-get install systemd"
    return subprocess.run(["systemd-analyze", *arguments], capture_output=True, text=True)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A root with all units and the programs that they start, as far as systemd looks for them."""
    root = tmp_path_factory.mktemp("root")
    units = root / "usr/lib/systemd/system"
    units.mkdir(parents=True)
    for unit in [*UNITS.glob("*.service"), *UNITS.glob("*.slice")]:
        shutil.copy(unit, units)
    for program in ("usr/bin/yichuang", "bin/systemctl"):
        (root / program).parent.mkdir(parents=True, exist_ok=True)
        (root / program).write_text("#!/bin/sh\n")
        (root / program).chmod(0o755)
    return root


def test_every_unit_is_looked_at() -> None:
    assert {unit.name for unit in UNITS.glob("*.service")} == SHUT.keys()


@pytest.mark.parametrize("unit", SHUT)
def test_a_unit_is_shut(unit: str) -> None:
    run = analyze("security", "--offline=true", f"--threshold={SHUT[unit]}", str(UNITS / unit))
    assert run.returncode == 0, run.stdout + run.stderr


def test_what_is_left_open_is_noticed(tmp_path: Path) -> None:
    text = (UNITS / "yichuang-box.service").read_text(encoding="utf-8")
    open_unit = tmp_path / "open.service"
    open_unit.write_text(re.sub(r"^(Protect|Restrict|SystemCall|Private).*$", "", text, flags=re.M))
    assert analyze("security", "--offline=true", "--threshold=20", str(open_unit)).returncode != 0


def test_systemd_understands_every_word_of_the_units(installed: Path) -> None:
    run = analyze("verify", f"--root={installed}", "--recursive-errors=no", "--man=no", *SHUT)
    ours = [line for line in run.stderr.splitlines() if "yichuang" in line]
    assert (run.returncode, ours) == (0, []), run.stderr


@pytest.mark.parametrize("unit", SHUT)
def test_each_thing_that_is_not_shut_is_said_why(unit: str) -> None:
    """What systemd marks is named in a remark of the unit, or of the box's, which the others refer to."""
    run = analyze("security", "--offline=true", "--json=short", str(UNITS / unit))
    marked = {word_of(row["name"]) for row in json.loads(run.stdout) if float(row["exposure"] or 0) > 0}
    assert "PrivateNetwork" in marked
    lines = [line for file in (unit, "yichuang-box.service") for line in (UNITS / file).read_text("utf-8").splitlines()]
    remarks = " ".join(line for line in lines if line.startswith("#"))
    assert {word for word in marked if word not in remarks} == set()


def word_of(name: str) -> str:
    """RootDirectory of RootDirectory=/RootImage=, AF_INET of RestrictAddressFamilies=~AF_(INET|INET6)."""
    setting, _, what = name.partition("=~")
    return what.replace("AF_(INET|INET6)", "AF_INET") if what.startswith("AF_") else setting.split("=")[0]
