"""Which settings are secrets: they are never told, by no complaint, report or bundle."""

from __future__ import annotations

import re
from typing import Any

from config.lines import KeyPath

MASK = "•••"

_SECRET = re.compile(r"(?:^|[_-])(?:pin|staff_code|password|passwd|passphrase|secret|token|psk|credentials?)$")
_USER = re.compile(r"(//)[^/@\s]+@")


def is_secret(path: KeyPath) -> bool:
    """Whether the value of this key, or of one around it, is a secret."""
    return any(isinstance(part, str) and _SECRET.search(part) for part in path)


def shown(path: KeyPath, value: Any) -> str:
    """A value for people to read: a secret masked, and who logs in within an address."""
    return MASK if is_secret(path) else without_user(repr(value))


def without_user(text: str) -> str:
    """An address without the name and password that may stand in it."""
    return _USER.sub(rf"\1{MASK}@", text)
