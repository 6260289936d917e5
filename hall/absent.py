"""Declare boxes absent to a running, recovering hall: over its own port, with its own certificate."""

from __future__ import annotations

import http.client
import json
import ssl
from collections.abc import Sequence
from typing import Any

from config.hall import HallSettings
from config.loader import Loaded

PATH = "/api/recovering/absent"

LIMIT_S = 10.0
"""A hall that answers at all answers in ms; one that lives through its past again, in seconds."""

_ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}
"""Where a hall that listens everywhere is reached on its own machine."""


class NotDeclared(Exception):
    """The hall did not take it: not there, not recovering, or no such box."""


def declare(settings: Loaded[HallSettings], boxes: Sequence[str]) -> list[str]:
    """Who is waited for then. Blocks; raises NotDeclared."""
    named = settings.values.hall
    tls = ssl.create_default_context(cafile=str(settings.beside(named.ca)))
    tls.load_cert_chain(settings.beside(named.certificate), settings.beside(named.key))
    host = _ANYWHERE.get(named.host, named.host)
    line = http.client.HTTPSConnection(host, named.port, context=tls, timeout=LIMIT_S)
    try:
        line.request("POST", PATH, json.dumps({"boxes": list(boxes)}), {"content-type": "application/json"})
        answer = line.getresponse()
        told: dict[str, Any] = json.loads(answer.read())
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NotDeclared(f"the hall at {host}:{named.port} does not answer: {error}") from error
    finally:
        line.close()
    if answer.status != http.client.OK:
        raise NotDeclared(str(told.get("detail", answer.status)))
    awaited: list[str] = told["awaited"]
    return awaited
