"""How hall and boxes write their logs: one event a line, with its device and its reason beside it as keys.

Under systemd they go to the journal with real fields (`journalctl EVENT="device lost" DEVICE=pad-1`), elsewhere to
standard error as key=value. What the levels mean:

| level   | PRIORITY | means                                                                                 |
|---------|----------|---------------------------------------------------------------------------------------|
| error   | 3        | a person must act: it does not mend itself                                            |
| warning | 4        | something is lost or degraded now, or somebody tried what they may not                |
| info    | 6        | something changed, also for the better: what was lost is back                         |
| debug   | 7        | off                                                                                   |

Said once when it sets in and once when it is over (config.once). No line holds a name, an identity number, a PIN, a
key, or what a card said.
"""

from __future__ import annotations

import logging
import os
import sys
from collections import deque
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from typing import Any, TextIO

import structlog

from config.journald import SOCKET, Journald

Event = MutableMapping[str, Any]

RECENT_LINES = 2000
"""Of this process, for a support bundle where no journal keeps them."""
ERROR, WARNING, INFO = 3, 4, 6
PRIORITIES = {"critical": ERROR, "exception": ERROR, "error": ERROR, "warning": WARNING, "info": INFO}

_recent: deque[str] = deque(maxlen=RECENT_LINES)
_logfmt = structlog.processors.LogfmtRenderer(key_order=["at", "level", "event"])
_fields = structlog.processors.LogfmtRenderer(key_order=["event"])
_stamp = structlog.processors.TimeStamper(fmt="iso", key="at")


def configure_logs(
    identifier: str = "yichuang",
    *,
    stream: TextIO | None = None,
    environment: Mapping[str, str] | None = None,
    socket: Path = SOCKET,
) -> None:
    """Set it up once, at the start of a process; libraries' own warnings come out beside ours.

    ``stream``: standard error; ``environment``: the process's; ``socket``: the journal's.
    """
    out = stream or sys.stderr
    journald = Journald(socket, identifier) if is_journal(out, environment or os.environ) else None
    sink = Sink(out, journald)
    logging.basicConfig(level=logging.WARNING, handlers=[_Libraries(sink)], force=True)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.format_exc_info,
            sink.take,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.ReturnLoggerFactory(),
        cache_logger_on_first_use=True,
    )


def recent_lines() -> list[str]:
    """The newest lines of this process, oldest first."""
    return list(_recent)


def is_journal(stream: TextIO, environment: Mapping[str, str]) -> bool:
    """Whether ``stream`` is the journal's own: JOURNAL_STREAM names its device and inode (systemd.exec(5))."""
    try:
        told = os.fstat(stream.fileno())
    except (OSError, ValueError):
        return False
    return environment.get("JOURNAL_STREAM") == f"{told.st_dev}:{told.st_ino}"


class Sink:
    """Where lines go: the journal as long as it takes them, else the stream."""

    def __init__(self, stream: TextIO, journald: Journald | None) -> None:
        self._stream = stream
        self._journald = journald

    def take(self, _logger: object, _method: str, event: Event) -> str:
        """A processor of structlog, the last one."""
        fields = {key: value for key, value in event.items() if key not in {"level", "event"}}
        self.put(str(event.get("level", "info")), str(event.get("event", "")), fields)
        return ""

    def put(self, level: str, event: str, fields: dict[str, Any]) -> None:
        """One event."""
        line = str(_logfmt(None, "", _stamp(None, "", {**_flat(fields), "level": level, "event": event})))
        _recent.append(line)
        priority = PRIORITIES.get(level, INFO)
        if self._journald is not None:
            message = str(_fields(None, "", {"event": event, **_flat(fields)})).removeprefix("event=")
            if self._journald.send(priority, message, {"event": event, **fields}):
                return
            line = f"<{priority}>{line}"  # read from the stream by the journal (sd-daemon(3))
        self._stream.write(line + "\n")
        self._stream.flush()


class _Libraries(logging.Handler):
    """What libraries say through Python's own logging."""

    def __init__(self, sink: Sink) -> None:
        super().__init__()
        self._sink = sink

    def emit(self, record: logging.LogRecord) -> None:
        fields: dict[str, Any] = {"logger": record.name}
        if record.exc_info:
            fields["exception"] = logging.Formatter().formatException(record.exc_info)
        self._sink.put(record.levelname.lower(), record.getMessage(), fields)


def _flat(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Keys and values that logfmt takes: no blank in a key."""
    return {key.replace(" ", "_"): value for key, value in fields.items()}
