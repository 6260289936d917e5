import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.sync.event_stream import LONGEST, Event, EventReader, StreamGarbled

STREAM = (
    b": ping\r\n\r\n"
    b"event: window\nid: 3/7\ndata: {\"a\":\ndata: 1}\n\n"
    b"retry: 10\n\n"
    b"event:bye\r\ndata:\r\n\r\n"
    b"event: queue\ndata: never ended"
)  # fmt: skip
EVENTS = [Event("window", b'{"a":\n1}', "3/7"), Event("bye", b"")]


@given(cuts=st.lists(st.integers(0, len(STREAM))))
def test_events_are_the_same_however_the_line_cuts_them(cuts: list[int]) -> None:
    reader = EventReader()
    edges = [0, *sorted(cuts), len(STREAM)]
    heard = [event for begin, end in itertools.pairwise(edges) for event in reader.feed(STREAM[begin:end])]
    assert heard == EVENTS


def test_a_line_byte_by_byte_is_no_different() -> None:
    reader = EventReader()
    assert [event for byte in STREAM for event in reader.feed(bytes([byte]))] == EVENTS


def test_an_event_without_an_end_is_given_up() -> None:
    reader = EventReader()
    with pytest.raises(StreamGarbled, match="without an end"):
        list(reader.feed(b"data: " + b"x" * LONGEST))


@given(data=st.binary(max_size=200))
def test_any_bytes_give_events_or_are_called_garbled(data: bytes) -> None:
    try:
        for event in EventReader().feed(data):
            assert event.name is not None
    except StreamGarbled:
        pass
