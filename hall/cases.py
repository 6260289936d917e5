"""How far cases are, from a file that the case platform drops: CSV or JSON lines, read anew whenever it has changed.

Columns: case, last4 (the end of the holder's identity number) or hash, state, and where known item, accepted, promised,
changed. Kept is one keyed hash of number and ending together, so that nothing here can be read back, a wrong ending is
the same as an unknown number, and no name is wanted. Other columns are left unread.
"""

from __future__ import annotations

import asyncio
import csv
import hashlib
import hmac
import json
import secrets
from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import structlog

from hall.clock import Clock
from hall.contract import AskProgress, Progress

log = structlog.get_logger("hall.cases")

TRIES = 6
"""A minute and box. There are eleven thousand endings: a guesser stands at the screen for a day."""
MINUTE_MS = 60_000

Row = Mapping[str, Any]


class TooManyTries(Exception):
    """A box has asked too often within a minute."""


class Cases:
    """The newest that the file said. ``key``: shared with the platform where the file has hashes; else drawn here."""

    def __init__(self, file: Path, clock: Clock, key: bytes = b"") -> None:
        self._file = file
        self._clock = clock
        self._key = key or secrets.token_bytes(32)
        self._read: tuple[int, int] | None = None
        self._known: dict[str, Progress] = {}
        self._tries: defaultdict[str, deque[int]] = defaultdict(deque)
        self._reading = asyncio.Lock()
        self._is_lost = False

    async def ask(self, asked: AskProgress, box: str) -> Progress:
        """How far it is; an empty Progress for what is not there. Raises TooManyTries."""
        self._count(box)
        async with self._reading:
            await self._renew()
        return self._known.get(self.hash(asked.case, asked.last4), Progress())

    def hash(self, case: str, last4: str) -> str:
        """HMAC-SHA256 in hex of "case/last4", both without spaces around them and in upper case."""
        text = f"{case.strip().upper()}/{last4.strip().upper()}"
        return hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()

    def _count(self, box: str) -> None:
        now, tries = self._clock.mono_ms(), self._tries[box]
        while tries and now - tries[0] >= MINUTE_MS:
            tries.popleft()
        if len(tries) >= TRIES:
            raise TooManyTries(box)
        tries.append(now)

    async def _renew(self) -> None:
        """Read the file where it is another one; one that cannot be read leaves what was known."""
        try:
            found = self._file.stat()
            version = (found.st_mtime_ns, found.st_size)
            if version == self._read:
                return
            known = await asyncio.to_thread(self._load)
        except (OSError, ValueError, csv.Error) as wrong:
            if not self._is_lost:  # the error's own text may quote a row
                log.warning("cases not read", file=str(self._file), why=type(wrong).__name__)
            self._is_lost = True
            return
        self._known, self._read, self._is_lost = known, version, False
        log.info("cases", count=len(known))

    def _load(self) -> dict[str, Progress]:
        with self._file.open(encoding="utf-8-sig", newline="") as lines:
            rows = list(_json_rows(lines) if self._file.suffix == ".jsonl" else csv.DictReader(lines))
        known = dict(self._entry(row) for row in rows if _is_whole(row))
        if len(known) < len(rows):
            log.warning("cases left out", count=len(rows) - len(known), why="incomplete, or there twice")
        return known

    def _entry(self, row: Row) -> tuple[str, Progress]:
        told = {name: str(row.get(name) or "") for name in ("state", "item", "accepted", "promised", "changed")}
        return str(row.get("hash") or self.hash(str(row["case"]), str(row["last4"]))), Progress(**told)


def _is_whole(row: Row) -> bool:
    return bool(row.get("state") and (row.get("hash") or (row.get("case") and row.get("last4"))))


def _json_rows(lines: Iterable[str]) -> Iterable[Row]:
    return (json.loads(line) for line in lines if line.strip())
