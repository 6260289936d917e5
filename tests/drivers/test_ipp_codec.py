"""IPP messages: the RFC's own bytes both ways; whatever can be written is read the same; nothing else comes through."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.contract import Garbled
from drivers.office_printer import ipp_codec as codec
from drivers.office_printer.ipp_message import (
    Attribute,
    Group,
    GroupTag,
    Localized,
    Message,
    Range,
    Resolution,
    Tag,
    Value,
)
from tests.drivers.vectors import Vector, vectors

GOOD = [vector for vector in vectors("ipp") if vector.direction != "wrong"]
JOBS = "A.9"


def plain(value: Value) -> Any:
    if isinstance(value.content, tuple):
        return {member.name: plain(member.values[0]) for member in value.content}
    return value.content


def told(message: Message) -> dict[str, Any]:
    return {
        attribute.name: [plain(value) for value in attribute.values]
        for group in message.groups
        for attribute in group.attributes
    }


def written(value: Value) -> str:
    match value.content:
        case bytes(octets):
            return f"octets {octets.hex().upper()}"
        case Resolution(cross_feed, feed, units):
            return f"resolution {cross_feed}x{feed} {units}"
        case Range(lower, upper):
            return f"range {lower}-{upper}"
        case Localized(language, text):
            return f"{language} {text}"
        case None:
            return "none"
        case content:
            return str(content)


@pytest.mark.parametrize("vector", GOOD, ids=lambda vector: vector.name)
def test_the_bytes_of_the_rfc_mean_what_it_says_and_are_written_the_same(vector: Vector) -> None:
    message, meaning = codec.decode(vector.data), vector.meaning
    assert codec.encode(message) == vector.data
    assert message.code == meaning.get("operation", meaning.get("status"))
    assert message.request_id == meaning["request"]
    assert message.data == meaning.get("data", "").encode()
    assert [group.tag for group in message.groups] == meaning["groups"]
    attributes = told(message)
    for name, value in meaning.get("attributes", {}).items():
        assert attributes[name] == (value if isinstance(value, list) else [value])
    for name in meaning.get("unsupported", []):
        assert message.of(GroupTag.UNSUPPORTED).get(name) == (Value(Tag.UNSUPPORTED, None),)
    if "forms" in meaning:
        assert [written(each.values[0]) for each in message.groups[1].attributes] == meaning["forms"]


def test_each_job_of_a_list_is_a_group_of_its_own_and_one_may_tell_nothing() -> None:
    (vector,) = [vector for vector in GOOD if vector.name.startswith(JOBS)]
    groups = codec.decode(vector.data).groups[1:]
    jobs = vector.meaning["jobs"]
    assert len(groups) == len(jobs)
    for group, job in zip(groups, jobs, strict=True):
        name = (Value(Tag.NAME_WITH_LANGUAGE, Localized(job["language"], job["job-name"])),) if job else ()
        number = (Value(Tag.INTEGER, job["job-id"]),) if job else ()
        assert (group.get("job-id"), group.get("job-name")) == (number, name)


@pytest.mark.parametrize("vector", vectors("ipp", "wrong"), ids=lambda vector: vector.name)
def test_what_breaks_the_rules_is_refused(vector: Vector) -> None:
    assert vector.meaning["refused"]
    with pytest.raises(Garbled):
        codec.decode(vector.data)


WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
INTEGERS = st.integers(-(2**31), 2**31 - 1)
STRINGS = (
    Tag.TEXT,
    Tag.NAME,
    Tag.KEYWORD,
    Tag.URI,
    Tag.URI_SCHEME,
    Tag.CHARSET,
    Tag.NATURAL_LANGUAGE,
    Tag.MIME_MEDIA_TYPE,
)
SIMPLE = st.one_of(
    st.builds(Value, st.sampled_from([Tag.UNSUPPORTED, Tag.UNKNOWN, Tag.NO_VALUE]), st.none()),
    st.builds(Value, st.sampled_from([Tag.INTEGER, Tag.ENUM]), INTEGERS),
    st.builds(Value, st.just(Tag.BOOLEAN), st.booleans()),
    st.builds(Value, st.sampled_from(STRINGS), WORDS),
    st.builds(Value, st.just(Tag.OCTET_STRING), st.binary(max_size=12)),
    st.builds(Value, st.just(Tag.DATE_TIME), st.binary(min_size=11, max_size=11)),
    st.builds(Value, st.just(Tag.RANGE_OF_INTEGER), st.builds(Range, INTEGERS, INTEGERS)),
    st.builds(Value, st.just(Tag.RESOLUTION), st.builds(Resolution, INTEGERS, INTEGERS, st.integers(0, 255))),
    st.builds(
        Value, st.sampled_from([Tag.TEXT_WITH_LANGUAGE, Tag.NAME_WITH_LANGUAGE]), st.builds(Localized, WORDS, WORDS)
    ),
    st.builds(Value, st.sampled_from([0x24, 0x2F, 0x38, 0x60, 0x7F, 0xFF]), st.binary(max_size=12)),
)


def attributes(values: st.SearchStrategy[Value]) -> st.SearchStrategy[tuple[Attribute, ...]]:
    one = st.builds(Attribute, NAMES, st.lists(values, min_size=1, max_size=3).map(tuple))
    return st.lists(one, max_size=3).map(tuple)


VALUES = st.recursive(
    SIMPLE, lambda inner: st.builds(Value, st.just(Tag.BEG_COLLECTION), attributes(inner)), max_leaves=5
)
GROUPS = st.lists(st.builds(Group, st.sampled_from(GroupTag).map(int), attributes(VALUES)), max_size=3).map(tuple)
OCTET = st.integers(0, 255)
MESSAGES = st.builds(
    Message, st.tuples(OCTET, OCTET), st.integers(0, 0xFFFF), st.integers(0, 2**31 - 1), GROUPS, st.binary(max_size=20)
)


@settings(max_examples=40)
@given(MESSAGES)
def test_every_message_is_read_as_it_was_written(message: Message) -> None:
    assert codec.decode(codec.encode(message)) == message


@given(st.binary(max_size=60))
def test_whatever_comes_is_a_message_or_garbled(data: bytes) -> None:
    head = bytes.fromhex("0101 0000 00000001 04")
    for octets in (data, head + data, head + data + b"\x03"):
        try:
            message = codec.decode(octets)
        except Garbled:
            continue
        assert codec.decode(codec.encode(message)) == message


@settings(max_examples=40)
@given(MESSAGES, st.data())
def test_a_message_that_is_cut_off_or_changed_never_fails_otherwise(message: Message, data: st.DataObject) -> None:
    octets = bytearray(codec.encode(Message(message.version, message.code, message.request_id, message.groups)))
    with pytest.raises(Garbled):
        codec.decode(bytes(octets[:-1]))
    octets[data.draw(st.integers(0, len(octets) - 1))] = data.draw(OCTET)
    with suppress(Garbled):
        codec.decode(bytes(octets))


def test_attributes_beyond_the_cap_are_not_read_and_a_document_behind_them_is() -> None:
    many = Attribute("x", (Value(Tag.OCTET_STRING, bytes(codec.LENGTH_CAP)),) * 33)
    with pytest.raises(Garbled):
        codec.decode(codec.encode(Message((1, 1), 0, 1, (Group(GroupTag.PRINTER, (many,)),))))
    big = bytes(2 * codec.MESSAGE_CAP)
    assert codec.decode(codec.encode(Message((1, 1), 2, 1, (), big))).data == big


@pytest.mark.parametrize(
    "value",
    [
        Value(Tag.INTEGER, "1"),
        Value(Tag.INTEGER, True),
        Value(Tag.BOOLEAN, 1),
        Value(Tag.KEYWORD, b"x"[0]),
        Value(Tag.KEYWORD, (Attribute("x", (Value(Tag.INTEGER, 1),)),)),
        Value(Tag.TEXT, "x" * (codec.LENGTH_CAP + 1)),
        Value(Tag.BEG_COLLECTION, (Attribute("", (Value(Tag.INTEGER, 1),)),)),
        Value(Tag.BEG_COLLECTION, (Attribute("x", ()),)),
        Value(Tag.END_COLLECTION, b""),
    ],
    ids=str,
)
def test_what_cannot_be_written_is_refused_before_it_leaves(value: Value) -> None:
    with pytest.raises(ValueError, match=r"tag|longer|name|members"):
        codec.encode(Message((1, 1), 2, 1, (Group(GroupTag.JOB, (Attribute("x", (value,)),)),)))


def test_what_is_no_utf_8_is_shown_as_such_and_hides_nothing_else() -> None:
    octets = bytes.fromhex("0101 0000 00000001 04 41 0001 78 0002 FF41 21 0001 79 0004 00000007 03")
    group = codec.decode(octets).groups[0]
    assert (group.get("x"), group.get("y")) == (
        (Value(Tag.TEXT, "\N{REPLACEMENT CHARACTER}A"),),
        (Value(Tag.INTEGER, 7),),
    )
