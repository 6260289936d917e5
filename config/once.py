"""Say a thing once when it sets in, and once when it is over: a log that repeats itself is not read."""

from __future__ import annotations


class Once:
    """What stands, by its own word; "" for nothing."""

    def __init__(self) -> None:
        self._stands = ""

    def begins(self, what: str = "lost") -> bool:
        """Whether this is news: nothing stood, or something else."""
        before, self._stands = self._stands, what
        return what != before

    def ends(self) -> bool:
        """Whether something stood that is over now."""
        before, self._stands = self._stands, ""
        return before != ""
