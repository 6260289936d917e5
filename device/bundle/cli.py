"""`yichuang bundle SETTINGS`: the support bundle as a file, from a box that runs or does not."""

from __future__ import annotations

import argparse
import base64
import http.client
import json
import socket
import sys
from pathlib import Path

from config.box import BoxSettings
from config.loader import Loaded
from config.problem import SettingsError

LIMIT_S = 30.0
SOCKET = Path("run/maintenance.sock")


def bundle(argv: list[str]) -> int:
    """0; 1: it could not be written; 2: the settings are refused and no copy of good ones is there."""
    parser = argparse.ArgumentParser("yichuang bundle", description="One file for whoever helps: no person's in it.")
    parser.add_argument("settings", metavar="SETTINGS", type=Path, help="the box's settings")
    parser.add_argument("--to", metavar="DIR", type=Path, default=Path(), help="where to, instead of here")
    arguments = parser.parse_args(argv)
    from device.settings.last_good import or_last_good

    try:
        loaded, _ = or_last_good(arguments.settings, lambda _: None)
    except SettingsError as refused:
        print(refused, file=sys.stderr)
        return 2
    name, packed = _made(loaded)
    file = arguments.to / name
    try:
        file.touch(mode=0o600)
        file.write_bytes(packed)
    except OSError as failed:
        print(f"{file}: {failed.strerror}\n    → --to DIR, a folder that can be written", file=sys.stderr)
        return 1
    print(file)
    return 0


def _made(loaded: Loaded[BoxSettings]) -> tuple[str, bytes]:
    from device.bundle.log_lines import from_journal
    from device.bundle.make import standing
    from device.bundle.pack import name_of, pack, unpack
    from device.bundle.parts import vocabulary_of
    from device.clock import Clock

    name, asked = _asked(loaded.beside(loaded.values.box.data) / SOCKET)
    parts = unpack(asked) if asked else standing(loaded)
    lines = from_journal(vocabulary_of(loaded))
    if lines:  # of earlier starts, too
        parts["log.txt"] = "".join(f"{line}\n" for line in lines).encode()
    return name or name_of(loaded.values.box.name, Clock().wall_ms()), pack(parts)


class Unix(http.client.HTTPConnection):
    """HTTP to a maintenance socket."""

    def __init__(self, path: Path) -> None:
        super().__init__("box", timeout=LIMIT_S)
        self._path = path

    def connect(self) -> None:
        """Raises OSError where nobody listens."""
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(LIMIT_S)
        self.sock.connect(str(self._path))


def _asked(path: Path) -> tuple[str, bytes]:
    """What the running box gives; nothing where none answers."""
    line = Unix(path)
    try:
        line.request("POST", "/maintenance/bundle", b"{}", {"content-type": "application/json"})
        answer = line.getresponse()
        told = json.loads(answer.read())
    except (OSError, http.client.HTTPException, ValueError):
        return "", b""
    finally:
        line.close()
    return (str(told["name"]), base64.b64decode(told["data"])) if answer.status == 200 else ("", b"")
