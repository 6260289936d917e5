"""Settings of the second listener of a box: the one named address that clerks' own PCs open."""

from __future__ import annotations

import ipaddress
import re
from pathlib import Path

from pydantic import field_validator

from config.loader import Section

REMEDY = 'give the one address and port that clerks open, as "10.0.3.7:8643"'


class Pairing(Section):
    """With this table clerks' own PCs may be paired with windows. ``address``: this machine's own, and its port.

    ``certificate``, ``key``: PEM, of a server at this address: `yichuang ca issue DIR ADDRESS --role counter`.
    """

    address: str
    certificate: Path
    key: Path

    @field_validator("address")
    @classmethod
    def _is_one(cls, address: str) -> str:
        found = re.fullmatch(r"([0-9.]+):([1-9][0-9]{0,4})", address)
        try:
            host = ipaddress.IPv4Address(found[1]) if found else None
        except ValueError:
            host = None
        if found is None or host is None or int(found[2]) > 65535:
            raise ValueError(f"{address!r} is no IPv4 address with a port → {REMEDY}")
        if host.is_unspecified or host.is_multicast:
            raise ValueError(f"{address!r} is not one address → {REMEDY}")
        return address

    @property
    def host(self) -> str:
        """Without the port."""
        return self.address.partition(":")[0]

    @property
    def port(self) -> int:
        """Alone."""
        return int(self.address.partition(":")[2])
