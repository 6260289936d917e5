"""In which language the terminal speaks; times, ages and sizes in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from config.wording import LANGUAGES, room, say

ROOM = "diagnostics"
HALL_TIME_MS = 8 * 3600 * 1000
"""Shown is UTC+8 (design §4)."""
DAY_MS = 86_400_000


class Tongue:
    """The chosen language."""

    def __init__(self, language: str = LANGUAGES[0]) -> None:
        self.language = language

    def switch(self) -> None:
        """To the next one."""
        self.language = LANGUAGES[(LANGUAGES.index(self.language) + 1) % len(LANGUAGES)]

    def say(self, key: str, /, **fields: object) -> str:
        """A sentence of the terminal's own. Raises KeyError for none."""
        return say(ROOM, key, self.language, **fields)

    def first_of(self, *keys: str) -> str:
        """The first of these sentences that there is; the last one must be."""
        known = room(ROOM, self.language)
        return self.say(next((key for key in keys if key in known), keys[-1]))

    def perhaps(self, key: str, otherwise: str) -> str:
        """A sentence without fields; ``otherwise`` where there is none: words of devices from outside."""
        return room(ROOM, self.language).get(key, otherwise)

    def of(self, texts: Mapping[str, str]) -> str:
        """What somebody sent in every language, in this one; in any other where this one is missing."""
        return texts.get(self.language) or next(iter(texts.values()), "")

    def reason(self, keyword: str) -> str:
        """How a device is, by its keyword."""
        key = keyword if keyword in room("reason", self.language) else "unknown"
        return say("reason", key, self.language, keyword=keyword)

    def fault(self, keyword: str) -> str:
        """What was wrong: by a device's keyword, else by one of the advice."""
        if keyword in room("reason", self.language):
            return self.reason(keyword)
        return self.perhaps(f"fault-{keyword}", keyword)

    def age(self, ms: int | None) -> str:
        """How long ago, or how long: two seconds, three days; "–" where nobody knows."""
        if ms is None:
            return self.say("age-unknown")
        seconds = max(0, ms) // 1000
        for key, unit in (("age-days", 86400), ("age-hours", 3600), ("age-minutes", 60)):
            if seconds >= 2 * unit:
                return self.say(key, n=seconds // unit)
        return self.say("age-seconds", n=seconds)

    def share(self, size: int) -> str:
        """Bytes, as one would say them."""
        value, units = float(size), ("B", "kB", "MB", "GB", "TB")
        for unit in units:
            if value < 1000 or unit == units[-1]:
                break
            value /= 1000
        return f"{value:.0f} {unit}" if value >= 100 or unit == "B" else f"{value:.1f} {unit}"


def day_of(utc_ms: int) -> int:
    """Days since 1970 in the hall's time."""
    return (utc_ms + HALL_TIME_MS) // DAY_MS


def time_of(utc_ms: int, *, seconds: bool = True) -> str:
    """``08:10:22`` in the hall's time."""
    second = (utc_ms + HALL_TIME_MS) // 1000 % 86400
    text = f"{second // 3600:02}:{second // 60 % 60:02}"
    return f"{text}:{second % 60:02}" if seconds else text


def date_of(utc_ms: int) -> str:
    """``11-22`` in the hall's time."""
    return _civil(day_of(utc_ms))[5:]


def full_date_of(utc_ms: int) -> str:
    """``2026-11-22`` in the hall's time."""
    return _civil(day_of(utc_ms))


def _civil(days: int) -> str:
    """A day's date in the Gregorian calendar, without asking any clock."""
    return (date(1970, 1, 1) + timedelta(days=days)).isoformat()
