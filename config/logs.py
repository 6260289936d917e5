"""How hall and boxes write their logs: one line an event, key=value, on standard error, for the system's journal."""

from __future__ import annotations

import logging
import sys

import structlog


def configure_logs() -> None:
    """Set it up once, at the start of a process; libraries' own warnings come out beside ours."""
    logging.basicConfig(
        level=logging.WARNING, stream=sys.stderr, format="level=%(levelname)s logger=%(name)s event=%(message)r"
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", key="at"),
            structlog.processors.format_exc_info,
            structlog.processors.LogfmtRenderer(key_order=["at", "level", "event"]),
        ],
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
