"""A box as the hall sees it, and no more: facts in a hash chain, reservations, commands, in the contract's JSON."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

MODE = "demo"

BATCH = 200
"""Facts that a box sends at a time when it catches up."""

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


class Boot(NamedTuple):
    """One life of a box: its name, and the moment from which its CLOCK_BOOTTIME counts, UTC ms."""

    id: str
    zero_ms: int

    @classmethod
    def of_machine(cls) -> Boot:
        """This machine's own."""
        boot_id = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return cls(boot_id, now_ms() - time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000)

    def mono_ms(self, at_ms: int) -> int:
        """CLOCK_BOOTTIME at this moment (UTC ms)."""
        return at_ms - self.zero_ms


def batches(facts: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    """These facts in batches, as a box that catches up sends them."""
    return (facts[start : start + BATCH] for start in range(0, len(facts), BATCH))


def now_ms() -> int:
    """UTC ms."""
    return time.time_ns() // 1_000_000


class Chain:
    """One journal of one box: what it tells is numbered and chained. A new one is a box whose disk was replaced."""

    def __init__(self, device: str, boot: Boot | None = None, continues: tuple[str, int, str] | None = None) -> None:
        """``continues``: name, last seq and digest of a journal that has been begun."""
        self.device = device
        self.boot = boot or Boot.of_machine()
        self.journal, self._seq, self._prev = continues or (secrets.token_hex(8), 0, "")
        self._unsent: list[bytes] = []

    @property
    def end(self) -> dict[str, Any]:
        """Where it ends, as a hello says it."""
        return {"journal": self.journal, "seq": self._seq, "digest": self._prev}

    def hello(self, **more: object) -> dict[str, Any]:
        """POST /device/hello."""
        wall_ms = now_ms()
        return {
            "contract": 2,
            "device": self.device,
            "journal": self.journal,
            "boot": self.boot.id,
            "mono_ms": self.boot.mono_ms(wall_ms),
            "wall_ms": wall_ms,
            "mode": MODE,
            "journals": [self.end],
            **more,
        }

    def tell(
        self, kind: str, visit: str = "", at_ms: int | None = None, operator: str = "", **data: str | int | bool
    ) -> str:
        """Add a fact to the next batch; the ticket_id that it would name if it is a *requested*."""
        at_ms = now_ms() if at_ms is None else at_ms
        self._seq += 1
        encoded = canonical(
            Fact(
                seq=self._seq,
                prev=self._prev,
                kind=kind,
                at_ms=at_ms,
                boot=self.boot.id,
                mono_ms=self.boot.mono_ms(at_ms),
                operator=operator,
                visit=visit,
                data=dict(data),
            )
        )
        self._prev = digest(encoded)
        self._unsent.append(encoded)
        return f"{self.device}/{self.journal}/{self._seq}"

    def untold(self) -> list[bytes]:
        """All facts since the last call, as they stand in a journal."""
        facts, self._unsent = self._unsent, []
        return facts

    def batch(self, facts: Sequence[bytes] | None = None) -> bytes:
        """The body of POST /device/facts with these facts, else with all that was told since the last one."""
        facts = self.untold() if facts is None else facts
        head = {"device": self.device, "journal": self.journal, "boot": self.boot.id}
        mono_ms = self.boot.mono_ms(now_ms())
        return msgspec.json.encode({**head, "mono_ms": mono_ms, "facts": [msgspec.Raw(fact) for fact in facts]})

    def reservation(self, ticket: str, service: str) -> bytes:
        """The body of POST /device/reserve."""
        mono_ms = self.boot.mono_ms(now_ms())
        return msgspec.json.encode(
            {"ticket": ticket, "service": service, "mode": MODE, "mono_ms": mono_ms, "boot": self.boot.id}
        )

    def slip(self, ticket: str, service: str, number: str, date: str, source: str, at_ms: int | None = None) -> None:
        """Tell that this number was issued and came out on paper."""
        issued = {"ticket": ticket, "service": service, "number": number, "source": source, "date": date}
        self.tell("issued", ticket, at_ms, **issued)
        self.tell("printed", ticket, at_ms, ticket=ticket, evidence="gs-h")


def command(kind: str, window: int, operator: str, boot: Boot, call: str = "") -> bytes:
    """The body of POST /device/commands for a press of the clerk at a window, now."""
    return msgspec.json.encode(
        {
            "type": kind,
            "request": secrets.token_hex(16),
            "window": window,
            "operator": operator,
            "mode": MODE,
            "call": call,
            "boot": boot.id,
            "mono_ms": boot.mono_ms(now_ms()),
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
