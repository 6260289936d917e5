"""The rows of drivers, codecs and a shared line: every one is measured, and a ratio is of what it says."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from tests.bench.devices import cli
from tests.bench.devices.shared_line import DEAD, look_seconds, pure_seconds
from tests.bench.devices.throughput import CODECS, throughput_figures
from tests.bench.devices.transactions import PROTOCOLS, Taken

PROMISED = {
    *(f"{name}: driver and wire ÷ wire, p50" for name in PROTOCOLS),
    *(f"32 displays on one line, {dead} dead: worst staleness" for dead in DEAD),
    *(f"32 displays on one line, {dead} dead: worst staleness ÷ with none dead" for dead in DEAD if dead),
    "32 displays on one line, 0 dead: worst staleness ÷ 32 texts on the line",
    *(f"{name} codec takes in" for name in (*CODECS, "smart card")),
}


@pytest.mark.system
def test_every_row_of_the_devices_is_measured(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "bench.json"
    assert cli.main(["--devices", "--quick", "--json", str(file)]) == 0
    rows = {row["name"]: row for row in json.loads(file.read_bytes())["figures"]}
    assert rows.keys() == PROMISED
    assert all(math.isfinite(row["value"]) and row["value"] > 0 for row in rows.values())
    told = capsys.readouterr().out
    assert all(name in told for name in PROMISED)


def test_a_ratio_leaves_out_what_the_device_takes_itself() -> None:
    assert Taken(elapsed=0.124, device=0.010, wire=0.112).ratio == pytest.approx(1.018, abs=0.001)
    assert Taken(elapsed=0.112, device=0.0, wire=0.112).ratio == 1.0


def test_thirty_two_texts_take_some_seconds_on_the_line_and_a_look_at_a_dead_card_less_than_half_of_one() -> None:
    assert pure_seconds() == pytest.approx(32 * (0.1125 + 0.01 + 0.02), abs=0.1)
    assert look_seconds() == pytest.approx(0.38, abs=0.02)


def test_every_codec_takes_in_more_than_nothing() -> None:
    assert all(row.value > 0 for row in throughput_figures(0.001))
