"""Guides who are signed in: tokens in memory, gone with the hall's process, with sign-out, or after twelve hours."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field

from config.hall import GuideEntry
from hall.clock import Clock

LASTS_MS = 12 * 3_600_000
"""A long day in the hall."""

EACH = 4
"""Tablets that one guide may be signed in at; the one longest ago makes room."""


@dataclass(slots=True)
class _Session:
    guide: GuideEntry
    until_ms: int


@dataclass(slots=True)
class GuideSessions:
    """By the digest of each token: the token itself is only in its tablet."""

    clock: Clock
    _sessions: dict[str, _Session] = field(default_factory=dict)

    def begin(self, guide: GuideEntry) -> str:
        """A guide has signed in. Gives the token."""
        now_ms = self.clock.mono_ms()
        self._sessions = {key: session for key, session in self._sessions.items() if session.until_ms > now_ms}
        own = [key for key, session in self._sessions.items() if session.guide.staff_no == guide.staff_no]
        for key in own[: max(0, len(own) - EACH + 1)]:
            del self._sessions[key]
        token = secrets.token_urlsafe(32)
        self._sessions[_digest(token)] = _Session(guide, now_ms + LASTS_MS)
        return token

    def whose(self, token: str) -> GuideEntry | None:
        """The guide whose token this is; None for nobody's, or one that has run out."""
        session = self._sessions.get(_digest(token))
        return session.guide if session is not None and session.until_ms > self.clock.mono_ms() else None

    def end(self, token: str) -> None:
        """Signed out."""
        self._sessions.pop(_digest(token), None)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
