"""Where a box's files stand, as its units have it (systemd/): root writes settings, the daemon writes its own state."""

from __future__ import annotations

import os
import pwd
from dataclasses import dataclass
from pathlib import Path

BOX_USER, HALL_USER = "yichuang-box", "yichuang-hall"


@dataclass(frozen=True, slots=True)
class Places:
    """Below ``root``: "/" on a box, a folder of its own for a trial."""

    root: Path = Path("/")

    @property
    def etc(self) -> Path:
        """Settings."""
        return self.root / "etc/yichuang"

    @property
    def box(self) -> Path:
        """The box's settings."""
        return self.etc / "box.toml"

    @property
    def hall(self) -> Path:
        """The hall's, where it runs on this machine too."""
        return self.etc / "hall.toml"

    @property
    def simulators(self) -> Path:
        """The command lines of simulated devices, one a line."""
        return self.etc / "simulators"

    @property
    def browser(self) -> Path:
        """Which page the machine's own screen shows."""
        return self.etc / "browser"

    @property
    def rules(self) -> Path:
        """udev's, by physical port."""
        return self.root / "etc/udev/rules.d/71-yichuang.rules"

    @property
    def state(self) -> Path:
        """What the box's daemon may write: journal, mark, and its certificate, which it renews."""
        return self.root / "var/lib/yichuang/box"

    @property
    def hall_state(self) -> Path:
        """What the hall's server may write."""
        return self.root / "var/lib/yichuang/hall"

    @property
    def proof(self) -> Path:
        """The box's key and certificate, the hall's authority, the kiosk's signing key."""
        return self.state / "proof"

    @property
    def stage(self) -> Path:
        """Where everything is made before any of it counts."""
        return self.state / ".setup"

    @property
    def run(self) -> Path:
        """Where simulated devices are plugged in."""
        return self.root / "run/yichuang-simulators"

    @property
    def is_machine(self) -> bool:
        """Whether it is this machine's own, with its services."""
        return self.root == Path("/")


def give(path: Path, user: str, *, lent: bool = False) -> None:
    """Let its daemon have this file or folder; ``lent``: root keeps it, the daemon's group may read. Raises OSError.

    Nothing happens where the daemon has no user of its own: whoever runs setup runs it as well.
    """
    if os.geteuid() != 0:
        return
    try:
        entry = pwd.getpwnam(user)
    except KeyError:
        return
    os.chown(path, 0 if lent else entry.pw_uid, entry.pw_gid)
