"""Commands on their way: kept from before they are sent until they are answered, and told as facts."""

from __future__ import annotations

import zlib

import msgspec

from device.entries import Data, Entry
from device.store import Store
from hall.contract import Answer, Command, Fact, SignIn


def requested(command: Command, ticket: str, visit: str) -> Entry:
    """*request*. Raises TypeError for a sign-in."""
    if isinstance(command, SignIn):
        raise TypeError("a sign-in carries a PIN, which no disk may keep")
    data: Data = {"request": command.request, "window": command.window, "type": _kind(command), "ticket": ticket}
    return Entry("request", data, command.operator, command.post, visit)


def answered(command: Command | SignIn, answer: Answer) -> Entry:
    """*answered*: what a hall is rebuilt from."""
    data: Data = {
        "request": command.request,
        "window": command.window,
        "type": _kind(command),
        "outcome": answer.outcome,
        "reason": answer.reason or "",
        # "nobody waiting" refuses *next*, and has finished what was served all the same
        "answer": msgspec.json.encode(answer).decode() if answer.outcome == "done" or answer.steps else "",
    }
    if not isinstance(command, SignIn):
        return Entry("answered", data, command.operator, command.post)
    clerk = answer.window.clerk if answer.window else None
    return Entry("answered", data, clerk.staff_no, clerk.post) if clerk else Entry("answered", data)


def _kind(command: Command | SignIn) -> str:
    return str(command.__struct_config__.tag)


def send(store: Store, fact: Fact, command: Command) -> Fact:
    """Append *request* and keep the command. Part of a transaction."""
    fact = store.append(fact)
    body = msgspec.json.encode(command)
    values = (fact.seq, command.request, command.window, body, zlib.crc32(body))
    store.run("INSERT INTO pending VALUES (?, ?, ?, ?, ?)", *values)
    return fact


def settle(store: Store, fact: Fact | None, request: str) -> Fact | None:
    """The command is answered, and *answered* told the first time. Part of a transaction."""
    was_pending = store.run("DELETE FROM pending WHERE request = ?", request)
    return store.append(fact) if was_pending and fact else None
