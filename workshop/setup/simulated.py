"""A box without hardware, mode demo: a printer; display, caller and rating pad at each window; its hall beside."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from typing import Any

from config.pins import hashed
from workshop.setup.draft import BoxDraft, DeviceDraft, LineDraft, toml
from workshop.setup.places import Places

PAD_BIT = 128
"""Set in the address of a rating keypad on an FF 68 line (protocols/rating-keypads.md §2)."""
PANEL = {"unit": "dots15", "width": 160, "height": 16}
CLERK, CLERK_PIN = "王小明", "1111"
GUIDE, GUIDE_PIN = "钱小松", "8888"
"""Made up; everybody may see them."""

_BAUD = {"printer": 115200, "displays": 9600, "keypads": 9600}


def simulators_of(places: Places, windows: Sequence[int]) -> str:
    """The command lines of the simulated devices, as `yichuang simulate together --from` reads them."""
    numbers = ",".join(map(str, windows))
    kinds = {"printer": "--baud 115200 --no-pictures"}
    if windows:
        kinds["displays"] = f"--addresses {numbers} --no-pictures"
        kinds["keypads"] = f"--callers {numbers} --keypads {','.join(str(PAD_BIT + number) for number in windows)}"
    told = ["# Written by yichuang setup --simulated."]
    for kind, more in kinds.items():
        link = _link(places, kind)
        told.append(f"{kind} --link {link} --control {link}.control {more}")
    return "\n".join(told) + "\n"


def _link(places: Places, kind: str) -> str:
    return str(places.run / kind)


def with_simulators(draft: BoxDraft, places: Places) -> BoxDraft:
    """The draft with all of them on its lines."""
    kinds = ["printer", *(("displays", "keypads") if draft.windows else ())]
    lines = tuple(LineDraft(kind, _link(places, kind), _BAUD[kind], simulated=True) for kind in kinds)
    devices = [DeviceDraft("ticket-printer", "escpos", "printer")]
    for window in draft.windows:
        devices += [
            DeviceDraft(f"display-{window}", "onbon-bx5k", "displays", window, window, PANEL),
            DeviceDraft(f"caller-{window}", "ff68-caller", "keypads", window, window),
            DeviceDraft(f"pad-{window}", "ff68-keypad", "keypads", PAD_BIT + window, window),
        ]
    return BoxDraft(
        draft.name, "demo", draft.port, draft.url, draft.data, draft.proof, kiosk=True, board=True,
        windows=draft.windows, lines=lines, devices=tuple(devices),
    )  # fmt: skip


def hall_settings(places: Places, port: int, box: str, windows: Sequence[int]) -> str:
    """A demo's hall on this machine."""
    own = places.etc / "hall"
    proof = {"ca": own / "ca.pem", "certificate": own / "hall.pem", "key": own / "hall.key", "ca_key": own / "ca.key"}
    named = {
        "name": "一窗县政务服务中心（演示）",
        "name_en": "Yichuang County Service Centre (demo)",
        "mode": "demo",
        "host": "127.0.0.1",
        "port": port,
        "data": str(places.hall_state / "data"),
        "backups": str(places.hall_state / "backups"),
        "catalogue": str(places.etc / "catalogue.toml"),
        **{key: str(file) for key, file in proof.items()},
    }
    tables: list[tuple[str, dict[str, Any]]] = [
        ("[hall]", named),
        ("[[box]]", {"name": box, "digit": 1, "windows": list(windows), "board": ["*"]}),
        ("[[clerk]]", {"name": CLERK, "staff_no": "D001", "pin": hashed(CLERK_PIN)}),
        ("[[guide]]", {"name": GUIDE, "staff_no": "G001", "pin": hashed(GUIDE_PIN), "technician": True}),
    ]
    told = ["# Written by yichuang setup --simulated: a demo's hall. Its persons are made up."]
    for header, values in tables:
        told += ["", header, *(f"{key} = {toml(value)}" for key, value in values.items())]
    return "\n".join(told) + "\n"


def example_catalogue() -> str:
    """Services and windows 1 to 3 of a made-up county."""
    return (files("config") / "examples" / "catalogue.toml").read_text(encoding="utf-8")
