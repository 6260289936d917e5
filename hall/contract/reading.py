"""Bytes into messages, with one error for whatever they are instead."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec


def decoder(kind: Any) -> Callable[[bytes], Any]:
    """What reads such a message. It raises msgspec.DecodeError, for bytes that are no UTF-8 and endless nesting too.

    msgspec looks at UTF-8 only where it needs a text; what is kept unread (Raw) is stored as text all the same.
    """
    decode = msgspec.json.Decoder(kind).decode

    def read(told: bytes) -> Any:
        try:
            told.decode()
            return decode(told)
        except UnicodeDecodeError:
            raise msgspec.DecodeError("JSON is malformed: no UTF-8") from None
        except RecursionError:
            raise msgspec.DecodeError("JSON is nested too deeply") from None

    return read
