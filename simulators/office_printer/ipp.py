"""IPP as a printer speaks it (RFC 8010): requests read into tables, answers written from them. Knows no driver."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import Any

OPERATION, JOB, END, PRINTER, UNSUPPORTED_GROUP = 1, 2, 3, 4, 5
UNSUPPORTED, INTEGER, BOOLEAN, ENUM, RESOLUTION, RANGE = 0x10, 0x21, 0x22, 0x23, 0x32, 0x33
BEGIN, TEXT_LANGUAGE, NAME_LANGUAGE, FINISH, MEMBER = 0x34, 0x35, 0x36, 0x37, 0x4A
TEXT, NAME, KEYWORD, URI, CHARSET, LANGUAGE, MIME = 0x41, 0x42, 0x44, 0x45, 0x47, 0x48, 0x49
CHARACTERS = range(0x40, 0x60)
OUT_OF_BAND = range(0x10, 0x20)
DEEPEST = 8

Typed = tuple[int, Any]
"""Value tag and what stands behind it: a number, a text, a table of members, octets; None for out-of-band."""
Table = dict[str, list[Typed]]


class BadRequest(ValueError):
    """No IPP."""


@dataclass(slots=True)
class Told:
    """A message: ``code`` is the operation or the status."""

    code: int
    number: int
    groups: list[tuple[int, Table]] = field(default_factory=list)
    document: bytes = b""
    version: tuple[int, int] = (2, 0)

    def first(self, name: str, default: Any = None) -> Any:
        """The first value of an attribute, in whichever group."""
        for _, table in self.groups:
            if table.get(name):
                return table[name][0][1]
        return default

    def every(self, name: str) -> list[Any]:
        """All values of an attribute."""
        return [value for _, table in self.groups for _, value in table.get(name, [])]


class _Octets:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self.place = 0

    def take(self, count: int) -> bytes:
        taken = self._data[self.place : self.place + count]
        if len(taken) < count:
            raise BadRequest("ends too early")
        self.place += count
        return taken

    def number(self, form: str) -> int:
        (value,) = struct.unpack(f">{form}", self.take(struct.calcsize(form)))
        return int(value)

    def counted(self) -> bytes:
        count = self.number("h")
        if count < 0:
            raise BadRequest("a negative length")
        return self.take(count)

    def rest(self) -> bytes:
        return self._data[self.place :]


def read(data: bytes) -> Told:
    """What a host said. Raises BadRequest."""
    octets = _Octets(data)
    major, minor = octets.take(2)
    told = Told(octets.number("H"), octets.number("i"), version=(major, minor))
    table: Table | None = None
    last: list[Typed] | None = None
    while (tag := octets.take(1)[0]) != END:
        if tag < 0x10:
            if not tag:
                raise BadRequest("the reserved tag 00")
            table, last = {}, None
            told.groups.append((tag, table))
            continue
        name, raw = octets.counted().decode("utf-8", "replace"), octets.counted()
        if table is None:
            raise BadRequest("an attribute before any group")
        if name:
            last = table.setdefault(name, [])
        if last is None:
            raise BadRequest("a value of nothing")
        last.append(_value(tag, raw, octets, 0))
    told.document = octets.rest()
    return told


def _value(tag: int, raw: bytes, octets: _Octets, depth: int) -> Typed:
    if tag == BEGIN:
        return tag, _members(octets, depth + 1)
    if tag in (FINISH, MEMBER):
        raise BadRequest("part of a collection outside of one")
    if tag in OUT_OF_BAND:
        return tag, None
    if tag in CHARACTERS:
        return tag, raw.decode("utf-8", "replace")
    forms = {INTEGER: "i", ENUM: "i", BOOLEAN: "b", RANGE: "ii", RESOLUTION: "iib"}
    if tag in (TEXT_LANGUAGE, NAME_LANGUAGE):
        parts = _Octets(raw)
        pair = (parts.counted().decode("utf-8", "replace"), parts.counted().decode("utf-8", "replace"))
        if parts.rest():
            raise BadRequest("more than a language and a text")
        return tag, pair
    if tag not in forms:
        return tag, raw
    if len(raw) != struct.calcsize(f">{forms[tag]}"):
        raise BadRequest(f"tag {tag:#x} with {len(raw)} octets")
    numbers = struct.unpack(f">{forms[tag]}", raw)
    return tag, numbers if len(numbers) > 1 else bool(numbers[0]) if tag == BOOLEAN else numbers[0]


def _members(octets: _Octets, depth: int) -> Table:
    if depth > DEEPEST:
        raise BadRequest("collections too deep")
    table: Table = {}
    last: list[Typed] | None = None
    while True:
        tag, name, raw = octets.take(1)[0], octets.counted(), octets.counted()
        if name or tag < 0x10:
            raise BadRequest("a collection without an end")
        if tag in (MEMBER, FINISH) and last == []:
            raise BadRequest("a member without a value")
        if tag == FINISH:
            return table
        if tag == MEMBER:
            last = table.setdefault(raw.decode("utf-8", "replace"), [])
        elif last is None:
            raise BadRequest("a value of no member")
        else:
            last.append(_value(tag, raw, octets, depth))


def write(told: Told) -> bytes:
    """The octets of a message."""
    out = [bytes(told.version), struct.pack(">Hi", told.code, told.number)]
    for tag, table in told.groups:
        out.append(bytes((tag,)))
        out += [_named(name, values) for name, values in table.items()]
    return b"".join((*out, bytes((END,)), told.document))


def _named(name: str, values: list[Typed]) -> bytes:
    written = [name, *[""] * (len(values) - 1)]
    return b"".join(_tagged(each, *value) for each, value in zip(written, values, strict=True))


def _tagged(name: str, tag: int, value: Any) -> bytes:
    if tag == BEGIN:
        members = b"".join(
            _counted(MEMBER, "", member.encode()) + _named("", values) for member, values in value.items()
        )
        return _counted(BEGIN, name, b"") + members + _counted(FINISH, "", b"")
    return _counted(tag, name, _raw(tag, value))


def _raw(tag: int, value: Any) -> bytes:
    if value is None:
        return b""
    if isinstance(value, bytes):
        return value
    if isinstance(value, str):
        return value.encode()
    if tag in (TEXT_LANGUAGE, NAME_LANGUAGE):
        return b"".join(struct.pack(">H", len(part.encode())) + part.encode() for part in value)
    forms = {BOOLEAN: ">b", RANGE: ">ii", RESOLUTION: ">iib"}
    return struct.pack(forms.get(tag, ">i"), *(value if isinstance(value, tuple) else (value,)))


def _counted(tag: int, name: str, raw: bytes) -> bytes:
    head = name.encode()
    return struct.pack(">BH", tag, len(head)) + head + struct.pack(">H", len(raw)) + raw


def words(name: str, *texts: str, tag: int = KEYWORD) -> Table:
    """A table of one attribute of texts."""
    return {name: [(tag, text) for text in texts]}
