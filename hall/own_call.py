"""Ask a running hall for something: over its own port, with its own certificate."""

from __future__ import annotations

import http.client
import json
import ssl
from typing import Any

from config.hall import HallSettings
from config.loader import Loaded

LIMIT_S = 10.0
"""A hall that answers at all answers in ms; one that lives through its past again, in seconds."""

_ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # nosec B104 # compared with; nothing listens there
"""Where a hall that listens everywhere is reached on its own machine."""


class NotDone(Exception):
    """The hall did not do it: not there, or it says why."""


def ask(settings: Loaded[HallSettings], method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    """What it answers, from JSON. Blocks; raises NotDone."""
    named = settings.values.hall
    tls = ssl.create_default_context(cafile=str(settings.beside(named.ca)))
    tls.load_cert_chain(settings.beside(named.certificate), settings.beside(named.key))
    host = _ANYWHERE.get(named.host, named.host)
    line = http.client.HTTPSConnection(host, named.port, context=tls, timeout=LIMIT_S)
    try:
        line.request(method, path, json.dumps(body or {}), {"content-type": "application/json"})
        answer = line.getresponse()
        told: Any = json.loads(answer.read())
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NotDone(f"the hall at {host}:{named.port} does not answer: {error}") from error
    finally:
        line.close()
    if answer.status != http.client.OK:
        raise NotDone(str(told.get("detail", answer.status)))
    return told
