"""A box as the hall sees it, and no more: facts in a hash chain, reservations, commands, in the contract's JSON."""

from __future__ import annotations

import hashlib
import secrets
import time
from pathlib import Path
from typing import Any

import msgspec

MODE = "demo"

_encode = msgspec.json.Encoder(order="deterministic").encode


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """A fact with all its fields in the contract's order: their canonical JSON is what the chain is made of."""

    seq: int
    prev: str
    kind: str
    at_ms: int
    trust: str = "compared"
    boot: str
    mono_ms: int
    mode: str = MODE
    operator: str = ""
    post: str = ""
    visit: str = ""
    data: dict[str, str | int | bool | None] = {}


def canonical(fact: Fact) -> bytes:
    """The JSON that is sent and that the digest is of."""
    return _encode(fact)


def digest(encoded: bytes) -> str:
    """SHA-256 in hex: the next fact's ``prev``."""
    return hashlib.sha256(encoded).hexdigest()


def boot_id() -> str:
    """Names this boot of the machine."""
    return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()


def mono_ms() -> int:
    """CLOCK_BOOTTIME in ms."""
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000


class Chain:
    """One journal of one box: what it tells is numbered and chained. A new one is a box whose disk was replaced."""

    def __init__(self, device: str) -> None:
        self.device = device
        self.journal = secrets.token_hex(8)
        self.boot = boot_id()
        self._seq = 0
        self._prev = ""
        self._unsent: list[bytes] = []

    def hello(self) -> dict[str, Any]:
        """POST /device/hello."""
        return {
            "contract": 2,
            "device": self.device,
            "journal": self.journal,
            "boot": self.boot,
            "mono_ms": mono_ms(),
            "wall_ms": time.time_ns() // 1_000_000,
            "mode": MODE,
        }

    def tell(self, kind: str, visit: str = "", at_mono_ms: int | None = None, **data: str | int) -> str:
        """Add a fact to the next batch; the ticket_id that it would name if it is a *requested*."""
        self._seq += 1
        encoded = canonical(
            Fact(
                seq=self._seq,
                prev=self._prev,
                kind=kind,
                at_ms=time.time_ns() // 1_000_000,
                boot=self.boot,
                mono_ms=mono_ms() if at_mono_ms is None else at_mono_ms,
                visit=visit,
                data=dict(data),
            )
        )
        self._prev = digest(encoded)
        self._unsent.append(encoded)
        return f"{self.device}/{self.journal}/{self._seq}"

    def batch(self) -> bytes:
        """The body of POST /device/facts with all that was told since the last one."""
        facts, self._unsent = self._unsent, []
        head = {"device": self.device, "journal": self.journal, "boot": self.boot, "mono_ms": mono_ms()}
        return msgspec.json.encode({**head, "facts": [msgspec.Raw(fact) for fact in facts]})

    def reservation(self, ticket: str, service: str) -> bytes:
        """The body of POST /device/reserve."""
        return msgspec.json.encode(
            {"ticket": ticket, "service": service, "mode": MODE, "mono_ms": mono_ms(), "boot": self.boot}
        )

    def slip(self, ticket: str, service: str, number: str, date: str, source: str) -> None:
        """Tell that this number was issued and came out on paper."""
        self.tell("issued", ticket, ticket=ticket, service=service, number=number, source=source, date=date)
        self.tell("printed", ticket, ticket=ticket, evidence="gs-h")


def command(kind: str, window: int, operator: str, call: str = "") -> bytes:
    """The body of POST /device/commands for a press of the clerk at a window."""
    return msgspec.json.encode(
        {
            "type": kind,
            "request": secrets.token_hex(16),
            "window": window,
            "operator": operator,
            "mode": MODE,
            "call": call,
        }
    )


def sign_in(window: int, name: str, pin: str) -> dict[str, Any]:
    """POST /device/commands that opens a window."""
    return {
        "type": "sign-in",
        "request": secrets.token_hex(16),
        "window": window,
        "name": name,
        "pin": pin,
        "mode": MODE,
    }
