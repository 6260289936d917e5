"""A headphone in the settings is a speaker for one person: it calls nobody, and nothing else is spoken in its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.box import load_box
from config.problem import SettingsError
from device.flows.voices import can_speak
from device.hardware import HEADPHONE, build_hardware

BOX = """\
[box]
name = "kiosk-1"
mode = "demo"
port = 8630
data = "data"

[hall]
url = "https://127.0.0.1:8610"
ca = "ca.pem"
certificate = "box.pem"
key = "box.key"

[[window]]
number = 1
headphone = "ears"

[[line]]
name = "ears"
port = "sound:/tmp/ears.wav"
simulated = true

[[line]]
name = "keys"
port = "input:/dev/input/by-path/pci-0000:00:14.0-usb-0:2.3:1.0-event-kbd"

[[device]]
name = "ears"
model = "speaker"
line = "ears"
window = 1

[[device]]
name = "access-keys"
model = "usb-access-keypad"
line = "keys"
window = 1
"""


def write(folder: Path, text: str) -> Path:
    file = folder / "box.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_window_has_a_headphone_and_keys(tmp_path: Path) -> None:
    loaded = load_box(write(tmp_path, BOX))
    assert loaded.values.headphones == {"ears"}
    assert build_hardware(loaded).of("access_keypad", 1) is not None


@pytest.mark.parametrize(
    ("good", "bad", "says"),
    [
        ('headphone = "ears"', 'headphone = "eyes"', "no speaker eyes → name one of: ears"),
        ('headphone = "ears"', 'headphone = "access-keys"', "no speaker access-keys"),
        ("number = 1\n", 'number = 2\nheadphone = "ears"\n\n[[window]]\nnumber = 1\n', "the headphone of two places"),
    ],
)
def test_a_headphone_that_cannot_be_is_refused(tmp_path: Path, good: str, bad: str, says: str) -> None:
    with pytest.raises(SettingsError) as refusal:
        load_box(write(tmp_path, BOX.replace(good, bad, 1)))
    assert any(says in f"{problem.what} → {problem.remedy}" for problem in refusal.value.problems)


def test_nobody_who_looks_for_a_speaker_finds_a_headphone(tmp_path: Path) -> None:
    aloud = '[[line]]\nname = "hall"\nport = "sound:/tmp/hall.wav"\nsimulated = true\n'
    aloud += '[[device]]\nname = "loudspeaker"\nmodel = "speaker"\nline = "hall"\n'
    hardware = build_hardware(load_box(write(tmp_path, f"{BOX}\n{aloud}")))
    assert [cell.name for cell in hardware.cells if cell.family == "speaker"] == ["loudspeaker"]
    assert hardware.of("speaker", 1) is None
    assert can_speak([cell for cell in hardware.cells if cell.name == "ears"]) is False
    ears = hardware.of(HEADPHONE, 1)
    assert ears is not None
    assert ears.cut_off is not None


def test_a_kiosk_without_a_headphone_has_no_blind_mode(tmp_path: Path) -> None:
    text = BOX.replace('headphone = "ears"\n', "")
    assert load_box(write(tmp_path, text)).values.headphones == frozenset()
