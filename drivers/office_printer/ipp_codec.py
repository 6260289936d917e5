"""IPP messages as RFC 8010 writes them: application/ipp, version and code, groups of attributes, then the document.

Every value tag of RFC 8010 §3.5.2 has its own form here; a tag that it does not name keeps its octets as they are.
"""

from __future__ import annotations

from collections.abc import Iterator

from drivers.contract import Garbled
from drivers.office_printer.ipp_message import (
    END_OF_ATTRIBUTES,
    LAST_DELIMITER,
    Attribute,
    Group,
    Localized,
    Message,
    Range,
    Resolution,
    Tag,
    Value,
)

MESSAGE_CAP = 1 << 20
"""Octets of the attributes of one message; printers that list every medium need about 40,000."""
LENGTH_CAP = 0x7FFF
"""A name or value length is a SIGNED-SHORT (RFC 8010 §3.1.4)."""
DEPTH_CAP = 8
"""Collections inside collections; media-col-database needs two."""

OUT_OF_BAND = range(0x10, 0x20)
NUMBERS = (Tag.INTEGER, Tag.ENUM)
STRINGS = range(0x40, 0x60)
WITH_LANGUAGE = (Tag.TEXT_WITH_LANGUAGE, Tag.NAME_WITH_LANGUAGE)
_STRUCTURE = (Tag.BEG_COLLECTION, Tag.END_COLLECTION, Tag.MEMBER_ATTR_NAME)

_SIZES: dict[int, int] = {
    Tag.INTEGER: 4,
    Tag.ENUM: 4,
    Tag.BOOLEAN: 1,
    Tag.DATE_TIME: 11,
    Tag.RESOLUTION: 9,
    Tag.RANGE_OF_INTEGER: 8,
}


def encode(message: Message) -> bytes:
    """The octets of a message. Raises ValueError for one that cannot be written."""
    out = bytearray((*message.version, *message.code.to_bytes(2, "big"), *message.request_id.to_bytes(4, "big")))
    for group in message.groups:
        if not 0 < group.tag <= LAST_DELIMITER or group.tag == END_OF_ATTRIBUTES:
            raise ValueError(f"{group.tag:#x} begins no group")
        out.append(group.tag)
        for attribute in group.attributes:
            out += _attribute(attribute)
    out.append(END_OF_ATTRIBUTES)
    return bytes(out) + message.data


def _attribute(attribute: Attribute) -> bytes:
    _must_hold(attribute)
    out = bytearray()
    name = attribute.name
    for value in attribute.values:
        out += _tagged(value, name)
        name = ""
    return bytes(out)


def _tagged(value: Value, name: str) -> bytes:
    if isinstance(value.content, tuple):
        if value.tag != Tag.BEG_COLLECTION:
            raise ValueError(f"{value.tag:#x} holds no members")
        out = bytearray(_field(Tag.BEG_COLLECTION, name, b""))
        for member in value.content:
            _must_hold(member)
            out += _field(Tag.MEMBER_ATTR_NAME, "", member.name.encode())
            for each in member.values:
                out += _tagged(each, "")
        return bytes(out + _field(Tag.END_COLLECTION, "", b""))
    return _field(value.tag, name, _octets(value))


def _must_hold(attribute: Attribute) -> None:
    if not attribute.name or not attribute.values:
        raise ValueError("an attribute has a name and a value")


def _field(tag: int, name: str, octets: bytes) -> bytes:
    written = name.encode()
    if max(len(written), len(octets)) > LENGTH_CAP:
        raise ValueError(f"{name or 'a value'} is longer than {LENGTH_CAP} octets")
    return bytes((tag, *len(written).to_bytes(2, "big"), *written, *len(octets).to_bytes(2, "big"))) + octets


def _octets(value: Value) -> bytes:
    match value.content:
        case None if value.tag in OUT_OF_BAND:
            return b""
        case bool(yes) if value.tag == Tag.BOOLEAN:
            return bytes((yes,))
        case int(number) if value.tag in NUMBERS and not isinstance(number, bool):
            return number.to_bytes(4, "big", signed=True)
        case str(text) if value.tag in STRINGS and value.tag not in _STRUCTURE:
            return text.encode()
        case Range(lower, upper) if value.tag == Tag.RANGE_OF_INTEGER:
            return lower.to_bytes(4, "big", signed=True) + upper.to_bytes(4, "big", signed=True)
        case Resolution(cross_feed, feed, units) if value.tag == Tag.RESOLUTION:
            parts = (cross_feed.to_bytes(4, "big", signed=True), feed.to_bytes(4, "big", signed=True))
            return b"".join(parts) + units.to_bytes(1, "big")
        case Localized(language, text) if value.tag in WITH_LANGUAGE:
            parts = (language.encode(), text.encode())
            return b"".join(len(part).to_bytes(2, "big") + part for part in parts)
        case bytes(octets) if value.tag > LAST_DELIMITER and value.tag not in _STRUCTURE:
            return octets
    raise ValueError(f"a value of tag {value.tag:#x} cannot be {type(value.content).__name__}")


def decode(data: bytes) -> Message:
    """The message of these octets; what stands behind its attributes is its data. Raises Garbled."""
    if len(data) < 9:
        raise Garbled(f"an IPP message of {len(data)} octets")
    fields = _Fields(data)
    groups: list[Group] = []
    while (tag := fields.delimiter()) != END_OF_ATTRIBUTES:
        groups.append(Group(tag, tuple(_attributes(fields))))
    code, request_id = int.from_bytes(data[2:4], "big"), int.from_bytes(data[4:8], "big")
    return Message((data[0], data[1]), code, request_id, tuple(groups), data[fields.at :])


class _Fields:
    """Tag, name and value of one field after the other."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._end = min(len(data), MESSAGE_CAP)
        self.at = 8

    @property
    def tag(self) -> int:
        """Of the field that comes next. Raises Garbled where the octets end."""
        if self.at >= self._end:
            raise Garbled("an IPP message without an end")
        return self._data[self.at]

    def delimiter(self) -> int:
        """Step over the tag that begins a group or ends them all."""
        tag = self.tag
        if not 0 < tag <= LAST_DELIMITER:
            raise Garbled(f"{tag:#04x} where a group begins")
        self.at += 1
        return tag

    def field(self) -> tuple[int, str, bytes]:
        """Tag, name, value. Raises Garbled."""
        tag = self.tag
        self.at += 1
        name = self._counted()
        return tag, _text(name), self._counted()

    def _counted(self) -> bytes:
        begin = self.at + 2
        end = begin + int.from_bytes(self._data[self.at : begin], "big")
        if begin > self._end or end > self._end or end - begin > LENGTH_CAP:
            raise Garbled("a length of an IPP message goes beyond its end")
        self.at = end
        return self._data[begin:end]


def _attributes(fields: _Fields) -> Iterator[Attribute]:
    """Those up to the next delimiter. A field without a name is a further value of the one before it."""
    name, values = "", list[Value]()
    while fields.tag > LAST_DELIMITER:
        tag, own, octets = fields.field()
        if own:
            if values:
                yield Attribute(name, tuple(values))
            name, values = own, []
        elif not values:
            raise Garbled("a value without an attribute")
        values.append(_value(tag, octets, fields, DEPTH_CAP))
    if values:
        yield Attribute(name, tuple(values))


def _members(fields: _Fields, depth: int) -> Iterator[Attribute]:
    """Those up to the end of this collection."""
    if depth < 0:
        raise Garbled("collections too deep in one another")
    name, values = "", list[Value]()
    while True:
        tag, own, octets = fields.field()
        if tag <= LAST_DELIMITER or own:
            raise Garbled("a collection without an end")
        if tag in (Tag.MEMBER_ATTR_NAME, Tag.END_COLLECTION):
            if bool(name) != bool(values):
                raise Garbled(f"member {name!r} of a collection has no value")
            if values:
                yield Attribute(name, tuple(values))
            if tag == Tag.END_COLLECTION:
                return
            name, values = _text(octets), []
        elif not name:
            raise Garbled("a value of a collection without a member")
        else:
            values.append(_value(tag, octets, fields, depth))


def _value(tag: int, octets: bytes, fields: _Fields, depth: int) -> Value:
    if tag == Tag.BEG_COLLECTION:
        return Value(tag, tuple(_members(fields, depth - 1)))
    if tag in _STRUCTURE:
        raise Garbled(f"{tag:#04x} outside of a collection")
    if tag in OUT_OF_BAND:
        return Value(tag, None)
    if tag in STRINGS:
        return Value(tag, _text(octets))
    if tag in WITH_LANGUAGE:
        return Value(tag, _localized(octets))
    if len(octets) != _SIZES.get(tag, len(octets)):
        raise Garbled(f"a value of tag {tag:#04x} with {len(octets)} octets")
    return Value(tag, _plain(tag, octets))


def _plain(tag: int, octets: bytes) -> int | bool | bytes | Range | Resolution:
    numbers = [int.from_bytes(octets[at : at + 4], "big", signed=True) for at in (0, 4)]
    match tag:
        case Tag.INTEGER | Tag.ENUM:
            return numbers[0]
        case Tag.BOOLEAN:
            return octets != b"\x00"
        case Tag.RANGE_OF_INTEGER:
            return Range(*numbers)
        case Tag.RESOLUTION:
            return Resolution(numbers[0], numbers[1], octets[8])
    return octets


def _localized(octets: bytes) -> Localized:
    middle = 2 + int.from_bytes(octets[:2], "big")
    end = middle + 2 + int.from_bytes(octets[middle : middle + 2], "big")
    if len(octets) < 4 or end != len(octets):
        raise Garbled("a text with language whose lengths do not fit")
    return Localized(_text(octets[2:middle]), _text(octets[middle + 2 :]))


def _text(octets: bytes) -> str:
    """What is no UTF-8 shows as such: a printer's odd location text must not make it unreadable as a whole."""
    return octets.decode("utf-8", "replace")
