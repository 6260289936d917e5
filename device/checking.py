"""A technician's terminal asks the box that runs here, one device after the other, and says what came of it."""

from __future__ import annotations

import http.client
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import msgspec

from config.wording import LANGUAGES, say

ROOM = "checkup"
ANSWER_SECONDS = 150.0
"""A check of the slowest device, a feeder to wait for and a lamp that warms up, takes less than half of it."""
ASKED_OF_A_PERSON = {
    "caller": "wait-press",
    "rating_keypad": "wait-press",
    "access_keypad": "wait-press",
    "smart_card": "wait-card",
    "id_card": "wait-id-card",
    "document_scanner": "wait-page",
    "speaker": "wait-sound",
    "headphone": "wait-sound",
}
NOTHING_AGAINST_IT = frozenset({"sound", "look", "listen", "numbered-paper", "not-supported"})


class NotRunning(Exception):
    """Nobody answers on the box's port."""


class Terminal:
    """Asks on the box's own port; ``tell`` gets each line for the technician."""

    def __init__(self, port: int, tell: Callable[[str], object]) -> None:
        self._port = port
        self._tell = tell

    def check(self, name: str, family: str, level: str) -> bool:
        """Whether nothing speaks against this device. Raises NotRunning."""
        if level == "interactive" and family in ASKED_OF_A_PERSON:
            self._say(ASKED_OF_A_PERSON[family], device=name)
        told = self._ask(name, level)
        self._tell(f"{name} ({told.get('model', '?')}): {' / '.join(told['text'].values())}")
        for more in (_found(told), *_why(told), told.get("fault", "")):
            if more:
                self._tell(f"    {more}")
        return told.get("outcome") in NOTHING_AGAINST_IT

    def _ask(self, name: str, level: str) -> dict[str, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=ANSWER_SECONDS)
        try:
            connection.request("POST", f"/devices/{quote(name)}/check?level={level}")
            told: dict[str, Any] = msgspec.json.decode(connection.getresponse().read())
        except (OSError, http.client.HTTPException) as error:
            texts = [say(ROOM, "not-running", language, port=self._port) for language in LANGUAGES]
            raise NotRunning(" / ".join(texts)) from error
        finally:
            connection.close()
        return told

    def _say(self, key: str, **fields: object) -> None:
        self._tell(" / ".join(say(ROOM, key, language, **fields) for language in LANGUAGES))


def _found(told: dict[str, Any]) -> str:
    """``pages=1, dpi=150``."""
    return ", ".join(f"{key}={value}" for key, value in told.get("found", {}).items())


def _why(told: dict[str, Any]) -> list[str]:
    """A line for each reason: its keyword, and what it says in every language."""
    return [f"{keyword}: {' / '.join(texts.values())}" for keyword, texts in told.get("why", {}).items()]
