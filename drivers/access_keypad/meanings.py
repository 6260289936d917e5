"""What the keys of an access keypad are for, as the settings say it."""

from __future__ import annotations

from collections.abc import Iterable

from drivers.contract import AccessKey, AccessPress, Headphone

PLUGGED, UNPLUGGED = "headphone-in", "headphone-out"
"""What a keypad whose jack speaks by bytes says of it."""
_EVENTS: dict[str, AccessPress | Headphone] = {
    **{str(key): AccessPress(key) for key in AccessKey},
    PLUGGED: Headphone(True),
    UNPLUGGED: Headphone(False),
}


def event_of(meaning: str) -> AccessPress | Headphone:
    """What a meaning, already checked, stands for."""
    return _EVENTS[meaning]


def check_meanings(option: str, meanings: Iterable[str], *, jack: bool) -> None:
    """Raises ValueError, with the remedy, unless all five keys are there; ``jack``: its two words are allowed too."""
    given = list(meanings)
    allowed = [*AccessKey, *([PLUGGED, UNPLUGGED] if jack else [])]
    wrong = next((word for word in given if word not in allowed), None)
    if wrong is not None:
        raise ValueError(f"{option} has the meaning {wrong!r} → use {', '.join(allowed)}")
    missing = [str(key) for key in AccessKey if key not in given]
    if missing:
        raise ValueError(f"{option} has no key for {', '.join(missing)} → give each of the five keys one")
    if (PLUGGED in given) != (UNPLUGGED in given):
        raise ValueError(f"{option} has one of {PLUGGED} and {UNPLUGGED} → give both, or neither")
