"""A county's hall whose sixty windows are one zone, and the box that calls aloud for it; all of them made up."""

from __future__ import annotations

import json

from simulators.bench.full_hall import FULL_COUNTERS
from simulators.bench.settings import (
    CATALOGUE,
    LOADING,
    PILE,
    VOICE,
    BenchPorts,
    box_entry,
    clerk_entry,
    hall_settings,
    proof,
    window_entry,
)
from simulators.demo.places import RunDirectory
from simulators.demo.tables import pin_line

ZONE = "hall"


def write(run: RunDirectory, ports: BenchPorts) -> None:
    """Write the settings of this hall, its catalogue, and its speaking box."""
    windows = "".join(
        window_entry(counter.window, counter.services) + f'zone = "{ZONE}"\n' for counter in FULL_COUNTERS
    )
    (run.root / f"{PILE}-catalogue.toml").write_text(CATALOGUE + windows, encoding="utf-8")
    kiosk = LOADING[0]
    boxes = [box_entry(kiosk.name, kiosk.digit, ()), box_entry(VOICE, 0, ()) + f'zone = "{ZONE}"\n']
    boxes += [box_entry(counter.name, 0, (counter.window,)) for counter in FULL_COUNTERS]
    pin = pin_line("0000")  # the same for all: each line takes 50 ms to make
    clerks = [clerk_entry(counter.clerk, pin) for counter in FULL_COUNTERS]
    text = hall_settings(run, ports, PILE, f"{PILE}-catalogue.toml", [*boxes, *clerks])
    run.settings(PILE).write_text(text, encoding="utf-8")
    run.settings(VOICE).write_text(_voice(run, ports), encoding="utf-8")


def _voice(run: RunDirectory, ports: BenchPorts) -> str:
    return f"""\
[box]
name = "{VOICE}"
mode = "demo"
port = {ports.voice}
data = "{VOICE}-data"

[hall]
url = "https://127.0.0.1:{ports.hall}"
{proof(run, VOICE)}
[[line]]
name = "sound"
port = {json.dumps(f"sound:{run.root / VOICE}.wav")}
simulated = true

[[device]]
name = "voice"
model = "speaker"
line = "sound"
"""
