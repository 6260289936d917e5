"""Why a verb is not carried out: an HTTP status, a keyword, and a sentence of the wording room ``maintenance``."""

from __future__ import annotations

import msgspec

from config.wording import both

ROOM = "maintenance"


class Refusal(Exception):
    """Refused. ``fields`` fill in the keyword's sentence; nothing personal may stand in them."""

    def __init__(self, status: int, keyword: str, **fields: object) -> None:
        super().__init__(status, keyword)
        self.status = status
        self.keyword = keyword
        self._fields = fields

    def body(self) -> bytes:
        """As a terminal is told."""
        text = both(ROOM, self.keyword, **self._fields)
        return msgspec.json.encode({"error": self.keyword, "text": text})
