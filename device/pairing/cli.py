"""`yichuang pair SETTINGS [WINDOW | --undo WINDOW]`: on the box, while its program runs."""

from __future__ import annotations

import argparse
import http.client
import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from config.problem import SettingsError
from config.wording import both


def pair(argv: list[str]) -> int:
    """0; 1: the box refuses or does not run; 2: the settings are refused."""
    parser = argparse.ArgumentParser("yichuang pair", description="Pair a clerk's own PC with a window of this box.")
    parser.add_argument("settings", metavar="SETTINGS", type=Path, help="the box's settings")
    parser.add_argument("window", metavar="WINDOW", type=int, nargs="?", default=0, help="make a code; none: list")
    parser.add_argument("--undo", metavar="WINDOW", type=int, default=0, help="its PC is shut out at once")
    asked = parser.parse_args(argv)
    from device.settings.last_good import or_last_good

    try:
        loaded, _ = or_last_good(asked.settings, lambda _: None)
    except SettingsError as refused:
        print(refused, file=sys.stderr)
        return 2
    status, told = _asked(loaded.beside(loaded.values.box.data), asked.undo or asked.window, undo=bool(asked.undo))
    if status != 200:
        print(*told["text"].values(), sep="\n", file=sys.stderr)
        return 1
    address = loaded.values.pairing.address if loaded.values.pairing else ""
    if told["code"]:
        said = {"code": told["code"], "address": address, "minutes": told["minutes"], "window": asked.window}
        print(*both("pairing", "made", **said).values(), sep="\n")
        return 0
    for window, at_ms in told["paired"].items():
        print(*both("pairing", "paired", window=window, at=_shown(at_ms)).values(), sep="\n")
    if not told["paired"]:
        print(*both("pairing", "nobody").values(), sep="\n")
    return 0


def _asked(data: Path, window: int, *, undo: bool) -> tuple[int, dict[str, Any]]:
    from device.bundle.cli import SOCKET, Unix

    line = Unix(data / SOCKET)
    try:
        body = json.dumps({"window": window, "undo": undo})
        line.request("POST", "/maintenance/pair", body, {"content-type": "application/json"})
        answer = line.getresponse()
        return answer.status, json.loads(answer.read())
    except (OSError, http.client.HTTPException, ValueError):
        return 503, {"text": both("pairing", "not-running", socket=data / SOCKET)}
    finally:
        line.close()


def _shown(at_ms: int) -> str:
    return f"{datetime.fromtimestamp(at_ms / 1000, UTC) + timedelta(hours=8):%Y-%m-%d %H:%M}"
