"""The process in which pages are worked on: reads orders from its standard input until that ends, answers each.

What hangs, crashes or eats memory here ends this process alone. It stands behind the box's own work (nice), is the
first that the kernel ends when memory runs out, and leaves no core file, in which a page would lie.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
import traceback
from pathlib import Path
from typing import BinaryIO

from device.pages import wire
from device.pages.fault import LIBRARIES, NotDone, Why
from device.pages.messages import Bind, Mark, Order, ReadCodes, ReadText, Shrink, Square, Straighten

NICE = 10
OOM_SCORE = 500
"""Of 1000: before any process of the system."""
MOST_MEMORY = 3 << 30
"""Bytes of its own; reading text of an A4 page at 300 dpi takes a third."""


def main() -> None:
    """Serve one box."""
    _stand_back()
    answers = os.fdopen(os.dup(1), "wb")
    with Path(os.devnull).open("wb") as nowhere:  # a library that prints must not print between the answers
        os.dup2(nowhere.fileno(), 1)
    orders = sys.stdin.buffer
    while (body := _next(orders)) is not None:
        task = wire.decode_task(body)
        signal.setitimer(signal.ITIMER_REAL, task.seconds)  # nobody handles the alarm: it ends this process
        answers.write(_answer(task.order))
        answers.flush()
        signal.setitimer(signal.ITIMER_REAL, 0)


def _stand_back() -> None:
    os.nice(NICE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_DATA, (MOST_MEMORY, MOST_MEMORY))
    Path("/proc/self/oom_score_adj").write_text(str(OOM_SCORE), encoding="ascii")


def _next(orders: BinaryIO) -> bytes | None:
    head = orders.read(wire.LENGTH_BYTES)
    return orders.read(wire.length(head)) if len(head) == wire.LENGTH_BYTES else None


def _answer(order: Order) -> bytes:
    try:
        return wire.yes_frame(_do(order))
    except NotDone as fault:
        return wire.no_frame(fault)
    except ImportError as lack:
        module = (lack.name or "").partition(".")[0]
        return wire.no_frame(NotDone(Why.LIBRARY_MISSING, LIBRARIES.get(module, module or "?")))
    except Exception as bug:  # libraries raise what they like; its text may quote the page
        place = traceback.extract_tb(bug.__traceback__)[-1]
        what = f"{type(bug).__name__}, {Path(place.filename).name}:{place.lineno}"
        return wire.no_frame(NotDone(Why.BROKEN_OFF, what))


def _do(order: Order) -> object:
    """Each imports its own library when it is first asked for."""
    match order:
        case Square():
            from device.pages.page import square

            return square(order.picture, order.sheets, order.scale_dpi)
        case Straighten():
            from device.pages.page import straighten

            return straighten(order.picture, order.dpi)
        case Bind():
            from device.pages.pdf import bind

            return bind(order.pages)
        case Mark():
            from device.pages.watermark import mark

            return mark(order.page)
        case ReadCodes():
            from device.pages.codes import read_codes

            return read_codes(order.jpeg)
        case ReadText():
            from device.pages.ocr import read_text

            return read_text(order.jpeg)
        case Shrink():
            from device.pages.shrink import shrink

            return shrink(order.picture, order.columns, order.rows)


if __name__ == "__main__":
    main()
