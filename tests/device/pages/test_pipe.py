"""What goes through the pipe between box and child comes out as it went in, and garbage is a fault."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from device.pages import wire
from device.pages.fault import NotDone, Why
from device.pages.messages import (
    Bind,
    Code,
    Document,
    Finding,
    Mark,
    Page,
    ReadCodes,
    Reading,
    ReadText,
    Sheet,
    Square,
    Straighten,
    TextLine,
)
from drivers.contract import Personal

POINTS = st.tuples(*[st.tuples(*[st.floats(-10, 5000)] * 2)] * 4)
PERSONAL = st.text(max_size=40).map(Personal)
RESULTS = st.one_of(
    st.builds(
        Page,
        jpeg=st.binary(max_size=50),
        width=st.integers(1, 9000),
        height=st.integers(1, 9000),
        dpi=st.none() | st.floats(1, 1200),
        finding=st.sampled_from(Finding),
        corners=POINTS,
        sheet=st.none() | st.sampled_from(Sheet),
    ),
    st.builds(Document, pdf=st.binary(max_size=50), sha256=st.text(max_size=64), pages=st.tuples(st.text(max_size=64))),
    st.builds(
        Reading,
        lines=st.tuples(st.builds(TextLine, text=PERSONAL, score=st.floats(0, 1), corners=POINTS)),
        citizen_numbers=st.tuples(PERSONAL, PERSONAL),
    ),
    st.builds(Code, symbology=st.text(max_size=9), text=PERSONAL, corners=POINTS),
)


@settings(max_examples=60)
@given(result=RESULTS)
def test_a_result_comes_out_of_the_pipe_as_it_went_in(result: Page | Document | Reading | Code) -> None:
    frame = wire.yes_frame(result)
    assert wire.length(frame[:4]) == len(frame) - 4
    assert wire.decode_answer(frame[4:], type(result)) == result


PAGE = Page(b"a page", 100, 141, 12.5, Finding.CORNERS, ((0.0, 0.0), (100.0, 0.0), (100.0, 141.0), (0.0, 141.0)))


@given(picture=st.binary(min_size=5, max_size=50), scale=st.none() | st.floats(1, 1200), sheet=st.sampled_from(Sheet))
def test_an_order_comes_out_of_the_pipe_as_it_went_in(picture: bytes, scale: float | None, sheet: Sheet) -> None:
    whole = (Square(picture, (sheet,), scale), Straighten(picture, 300.0), Bind((PAGE, PAGE)), Mark(PAGE))
    for order in (*whole, ReadCodes(picture), ReadText(picture)):
        task = wire.decode_task(wire.task_frame(wire.Task(3.0, order))[4:])
        assert (task.seconds, task.order) == (3.0, order)
        assert repr(order) == type(order).__name__


@given(why=st.sampled_from(Why), what=st.text(max_size=50))
def test_a_no_keeps_its_reason(why: Why, what: str) -> None:
    with pytest.raises(NotDone) as told:
        wire.decode_answer(wire.no_frame(NotDone(why, what))[4:], Page)
    assert (told.value.why, told.value.what) == (why, what)


@given(body=st.binary(max_size=80), kind=st.sampled_from([Page, Document, Reading, Code]))
def test_an_answer_of_any_bytes_is_a_result_or_a_fault(body: bytes, kind: type[object]) -> None:
    with suppress(NotDone):
        assert isinstance(wire.decode_answer(body, kind), kind)


def test_an_answer_longer_than_any_page_is_not_waited_for() -> None:
    with pytest.raises(NotDone, match="broken-off"):
        wire.length(b"\xff\xff\xff\xff")
