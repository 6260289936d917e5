"""How the box and its child talk: four bytes of length, then msgpack. An answer's first byte says yes or no.

Personal values stand plainly in it: it is a pipe between two processes of ours, and is written nowhere.
"""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

from device.pages.fault import NotDone, Why
from device.pages.messages import Order
from drivers.contract import Personal

T = TypeVar("T")

LENGTH_BYTES = 4
MOST_FRAME = 1 << 30
YES, NO = b"\x01", b"\x00"


class Task(msgspec.Struct, frozen=True):
    """An order, and the seconds after which the child ends itself should nobody be left to end it."""

    seconds: float
    order: Order


class _No(msgspec.Struct, frozen=True):
    why: Why
    what: str


def task_frame(task: Task) -> bytes:
    """As the box sends it. Raises NotDone for more than a frame may hold."""
    return _frame(_encoder.encode(task))


def decode_task(body: bytes) -> Task:
    """As the child takes it."""
    return _tasks.decode(body)


def yes_frame(result: object) -> bytes:
    """What was ordered."""
    return _frame(YES + _encoder.encode(result))


def no_frame(fault: NotDone) -> bytes:
    """Why it cannot be had."""
    return _frame(NO + _encoder.encode(_No(fault.why, fault.what)))


def decode_answer(body: bytes, kind: type[T]) -> T:
    """The result. Raises NotDone for a *no*, and for bytes that are no such result."""
    try:
        said = memoryview(body)[1:]  # a document is not copied more often than it must be
        if body[:1] == YES:
            return msgspec.msgpack.decode(said, type=kind, dec_hook=_masked)
        no = _noes.decode(said)
    except msgspec.MsgspecError:
        raise NotDone(Why.BROKEN_OFF, "answer") from None
    raise NotDone(no.why, no.what)


def length(head: bytes) -> int:
    """Bytes of the body that follows. Raises NotDone for more than a frame may hold."""
    length = int.from_bytes(head, "big")
    if length > MOST_FRAME:
        raise NotDone(Why.BROKEN_OFF, "length")
    return length


def _frame(body: bytes) -> bytes:
    if len(body) > MOST_FRAME:
        raise NotDone(Why.TOO_LARGE)
    return len(body).to_bytes(LENGTH_BYTES, "big") + body


def _plain(value: object) -> object:
    if isinstance(value, Personal):
        return value.reveal()
    raise NotImplementedError(f"{type(value).__name__} has no form on this wire")


def _masked(kind: type, value: Any) -> object:
    if getattr(kind, "__origin__", kind) is Personal:
        return Personal(value)
    raise NotImplementedError(f"{kind} has no form on this wire")


_encoder = msgspec.msgpack.Encoder(enc_hook=_plain)
_tasks = msgspec.msgpack.Decoder(Task)
_noes = msgspec.msgpack.Decoder(_No)
