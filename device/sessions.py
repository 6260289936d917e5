"""Who may press at which window: a token in the clerk's page, its hash in the journal, so that a restart keeps it."""

from __future__ import annotations

import hashlib
import secrets

import msgspec

from device.journal import Journal
from hall.contract import Clerk


class Session(msgspec.Struct, frozen=True):
    """One clerk's right to press at one window."""

    token_sha256: str
    clerk: Clerk


class Sessions:
    """At most one session a window; a new one ends the old one."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    async def open(self, window: int, clerk: Clerk) -> str:
        """Begin a session; the token is told once and stored nowhere."""
        token = secrets.token_urlsafe(24)
        session = Session(_sha256(token), clerk)
        await self._journal.remember(_key(window), msgspec.json.encode(session).decode())
        return token

    async def close(self, window: int) -> None:
        """End the window's session."""
        await self._journal.remember(_key(window), "")

    def clerk(self, window: int, token: str) -> Clerk | None:
        """Whose token this is; None when it opens nothing."""
        stored = self._journal.recall(_key(window))
        if not stored:
            return None
        session = msgspec.json.decode(stored, type=Session)
        return session.clerk if secrets.compare_digest(session.token_sha256, _sha256(token)) else None


def _key(window: int) -> str:
    return f"session/{window}"


def _sha256(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
