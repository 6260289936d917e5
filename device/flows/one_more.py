"""A second touch on the same service, right after its slip: meant, or by mistake? The daemon knows, the page asks."""

from __future__ import annotations

import asyncio

SOON_SECONDS = 10.0


class OneMore:
    """The last number that was given here."""

    def __init__(self) -> None:
        self._service = ""
        self._touch = ""
        self._until = 0.0

    def asks(self, service: str, touch: str) -> bool:
        """Whether this touch is another one, for what a number was given for within the last 10 s."""
        soon = asyncio.get_running_loop().time() < self._until
        return soon and service == self._service and touch != self._touch

    def given(self, service: str, touch: str) -> None:
        """A number was given for this touch, now."""
        if touch != self._touch:
            self._service, self._touch = service, touch
            self._until = asyncio.get_running_loop().time() + SOON_SECONDS
