"""What a caller's single keys mean, and the digits typed before them: for callers that send one key at a time.

A meaning is written as one word: a digit; ``call`` and the other keys of a caller; digits before one of them
(``5,function``: one key for what takes two elsewhere); ``erase`` takes the last digit back, ``clear`` all.
"""

from __future__ import annotations

from dataclasses import dataclass

from drivers.contract import CallerKey, KeyPress

DIGITS = "0123456789"
DIGITS_CAP = 8
ERASE, CLEAR = "erase", "clear"


@dataclass(frozen=True, slots=True)
class Digit:
    """One digit more."""

    digit: str


@dataclass(frozen=True, slots=True)
class Take:
    """Take back the last digit, or all."""

    all: bool


Meaning = Digit | Take | KeyPress


def meaning_of(word: str) -> Meaning:
    """What this word of the settings means. Raises ValueError with the remedy."""
    *digits, key = (part.strip() for part in word.split(","))
    if not digits and key in (ERASE, CLEAR):
        return Take(key == CLEAR)
    if not digits and len(key) == 1 and key in DIGITS:
        return Digit(key)
    if key not in [*CallerKey] or len(digits) > 1 or not all(letter in DIGITS for letter in "".join(digits)):
        keys = ", ".join(CallerKey)
        raise ValueError(f"{word!r} → write a digit, erase, clear, or one of {keys}, as in 5,function")
    return KeyPress(CallerKey(key), "".join(digits)[: DIGITS_CAP + 1])


class Typing:
    """The digits typed so far. Left alone for ``seconds`` they are forgotten: a later key does not mean them."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._digits = ""
        self._until = 0.0

    def forget(self) -> None:
        """Nothing was typed."""
        self._digits = ""

    def press(self, meaning: Meaning, now: float) -> KeyPress | None:
        """The press that this key completes, None while digits are typed; ``now`` in seconds, of one clock.

        More digits than a number has are no number: the key after them completes nothing.
        """
        if now >= self._until:
            self._digits = ""
        self._until = now + self._seconds
        match meaning:
            case Digit(digit):
                self._digits = (self._digits + digit)[: DIGITS_CAP + 1]
            case Take(all=True):
                self._digits = ""
            case Take():
                self._digits = self._digits[:-1]
            case KeyPress(key, own):
                digits, self._digits = own or self._digits, ""
                return KeyPress(key, digits) if len(digits) <= DIGITS_CAP else None
        return None
