"""Where the processes of a demonstration listen, and keep their files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from simulators.smart_card import VPCD_PORT


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the processes of a demonstration listen, all on 127.0.0.1."""

    base: int = 8600
    card_reader: int = VPCD_PORT
    """Where the virtual card reader waits for its card."""

    @property
    def bench(self) -> int:
        """The bench page."""
        return self.base

    @property
    def hall(self) -> int:
        """The hall server."""
        return self.base + 10

    @property
    def kiosk(self) -> int:
        """The kiosk's box."""
        return self.base + 20

    @property
    def counter(self) -> int:
        """The counter's box."""
        return self.base + 30

    @property
    def more(self) -> int:
        """The box of the counter with other devices."""
        return self.base + 32

    @property
    def lobby(self) -> int:
        """The box at the door."""
        return self.base + 38

    @property
    def scanner(self) -> int:
        """Its scanner."""
        return self.base + 34

    @property
    def office_printer(self) -> int:
        """Its office printer."""
        return self.base + 36


@dataclass(frozen=True, slots=True)
class RunDirectory:
    """Names of everything below the directory of one demonstration."""

    root: Path

    def settings(self, name: str) -> Path:
        """The settings file of the hall ("hall") or of a box."""
        return self.root / f"{name}.toml"

    def port(self, line: str) -> Path:
        """The pty link of a line."""
        return self.root / "lines" / line

    def control(self, line: str) -> Path:
        """The control socket of a line's simulator. Unix socket paths hold 107 bytes: keep the root short."""
        return self.root / "lines" / f"{line}.control"

    @property
    def ca(self) -> Path:
        """The throw-away CA and what it issued."""
        return self.root / "ca"

    @property
    def slip_key(self) -> Path:
        """The kiosk's signing key."""
        return self.root / "slip-key.pem"

    def certificate(self, name: str) -> Path:
        """A certificate that the CA issued."""
        return self.ca / f"{name}.pem"

    def key(self, name: str) -> Path:
        """The private key beside it."""
        return self.ca / f"{name}.key"

    def log(self, name: str) -> Path:
        """What a process said on its standard error."""
        return self.root / "logs" / f"{name}.log"
