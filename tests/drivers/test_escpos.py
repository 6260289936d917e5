"""What the ESC/POS driver promises about a slip: printed, not printed, or nobody knows."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from drivers.contract import (
    STATUS_UNKNOWN,
    CompletionCode,
    Gone,
    QrCode,
    Refused,
    Remedy,
    Silent,
    Slip,
    State,
    TextLine,
)
from drivers.deadline import Deadline
from drivers.ticket_printer.escpos import EscPosPrinter, EscPosSettings
from tests.drivers.devices import Printer
from tests.drivers.line import Line
from tests.virtual_time import virtual

SLIP: Slip = (TextLine("A1001", width=2, height=2), TextLine("社会保险"), QrCode("Y1|" + "k" * 197))


def now() -> float:
    return asyncio.get_running_loop().time()


def after(seconds: float, happens: Callable[[], None]) -> Callable[[], None]:
    def soon() -> None:
        asyncio.get_running_loop().call_later(seconds, happens)

    return soon


def built(printer: Printer, settings: EscPosSettings | None = None) -> tuple[EscPosPrinter, Line]:
    line = Line(printer, baud=115_200)
    return EscPosPrinter(settings or EscPosSettings(), line), line


async def opened(printer: Printer, settings: EscPosSettings | None = None) -> tuple[EscPosPrinter, Line]:
    driver, line = built(printer, settings)
    await driver.open(Deadline.after(5))
    line.written.clear()
    line.first_write_at = -1.0
    return driver, line


@virtual
async def test_a_printer_at_rest_is_idle_without_reasons() -> None:
    driver, _ = built(Printer())
    state = await driver.open(Deadline.after(5))
    assert (state.phase, state.accepting, state.reasons) == ("idle", True, frozenset())


@virtual
async def test_an_idle_poll_is_two_questions() -> None:
    printer = Printer()
    driver, _ = await opened(printer)
    printer.asked.clear()
    await driver.poll(Deadline.after(3))
    assert printer.asked == [1, 4]


@pytest.mark.parametrize(
    ("values", "keywords", "accepting"),
    [
        ({4: 0x1E}, {"media-low"}, True),
        ({1: 0x1A, 2: 0x32, 4: 0x7E}, {"media-empty"}, False),
        ({4: 0x72}, {"media-empty"}, False),
        ({1: 0x1A, 2: 0x16}, {"cover-open"}, False),
        ({1: 0x1A, 2: 0x52, 3: 0x1A}, {"cutter-jam"}, False),
        ({1: 0x1A, 2: 0x52, 3: 0x52}, {"head-over-temp"}, False),
        ({1: 0x1A, 2: 0x52, 3: 0x32}, {"hardware-failure"}, False),
        ({1: 0x1A}, {"offline"}, False),
        ({1: 0x16}, set(), True),
    ],
)
@virtual
async def test_a_poll_says_why_the_printer_stands(values: dict[int, int], keywords: set[str], accepting: bool) -> None:
    printer = Printer()
    driver, _ = await opened(printer)
    printer.values.update(values)
    printer.asked.clear()
    state = await driver.poll(Deadline.after(3))
    assert state.keywords() == keywords
    assert state.accepting is accepting
    assert len(printer.asked) <= 4


@virtual
async def test_printed_is_what_the_printer_itself_says() -> None:
    driver, line = await opened(Printer())
    completion = await driver.print_slip(SLIP, Deadline.after(10))
    assert (completion.code, completion.confirmed, completion.evidence) == ("success", True, "gs-h")
    assert sum(b"A1001" in data for data in line.written) == 1


@virtual
async def test_after_an_idle_poll_the_first_byte_leaves_at_once() -> None:
    driver, line = await opened(Printer())
    await driver.poll(Deadline.after(3))
    line.first_write_at = -1.0
    touched = now()
    await driver.print_slip(SLIP, Deadline.after(10))
    assert line.first_write_at == touched


@virtual
async def test_a_slip_is_one_write() -> None:
    driver, line = await opened(Printer())
    await driver.poll(Deadline.after(3))
    line.written.clear()
    await driver.print_slip(SLIP, Deadline.after(10))
    assert line.written[0].startswith(b"\x1b@")
    assert b"\x1dVB\x00\x1d(H" in line.written[0]


@virtual
async def test_without_gs_h_the_answer_after_the_cut_counts() -> None:
    printer = Printer()
    printer.marks = False
    driver, line = await opened(printer)
    completion = await driver.print_slip(SLIP, Deadline.after(10))
    assert (completion.confirmed, completion.evidence) == (True, "gs-r")
    assert not any(b"\x1d(H" in data for data in line.written)  # learnt at opening: not asked, not waited for


@virtual
async def test_a_printer_that_stops_answering_gs_h_is_asked_gs_r_and_learnt_anew() -> None:
    printer = Printer()
    driver, _ = await opened(printer)
    printer.marks = False
    first = await driver.print_slip(SLIP, Deadline.after(10))
    assert (first.confirmed, first.evidence) == (True, "gs-r")
    await driver.poll(Deadline.after(3))
    before = now()
    second = await driver.print_slip(SLIP, Deadline.after(10))
    assert (second.confirmed, second.evidence) == (True, "gs-r")
    assert now() - before < 1.0


@virtual
async def test_a_printer_back_from_a_power_cut_confirms_no_slip_of_before() -> None:
    printer = Printer(print_seconds=0.5)

    def lose_power() -> None:
        printer.status = printer.marks = printer.buffered = False
        asyncio.get_running_loop().call_later(1.5, back)

    def back() -> None:
        printer.status = printer.marks = printer.buffered = True

    driver, _ = await opened(printer)
    printer.at_cut = lose_power
    completion = await driver.print_slip(SLIP, Deadline.after(10))
    assert (completion.confirmed, completion.evidence) == (None, "status")


@virtual
async def test_with_real_time_status_alone_a_slip_is_sent_but_doubtful() -> None:
    printer = Printer()
    printer.marks = printer.buffered = False
    driver, _ = await opened(printer)
    sent = now()
    completion = await driver.print_slip(SLIP, Deadline.after(10))
    assert (completion.code, completion.confirmed, completion.evidence) == ("success", None, "status")
    assert now() - sent >= 1.0


@virtual
async def test_without_any_status_channel_a_slip_is_written_and_doubtful() -> None:
    printer = Printer()
    printer.status = printer.marks = printer.buffered = False
    driver, _ = built(printer)
    state = await driver.open(Deadline.after(5))
    assert state == State.of(STATUS_UNKNOWN)
    completion = await driver.print_slip(SLIP, Deadline.after(10))
    assert (completion.confirmed, completion.evidence) == (None, "written")


@virtual
async def test_a_printer_set_to_no_status_is_never_asked() -> None:
    printer = Printer()
    driver, line = await opened(printer, EscPosSettings(status="none"))
    assert driver.poll_seconds == 0.0
    completion = await driver.print_slip(SLIP, Deadline.after(10))
    assert (completion.confirmed, completion.evidence, printer.asked) == (None, "written", [])
    assert len(line.written) == 1


@virtual
async def test_a_printer_required_to_answer_is_lost_when_it_does_not() -> None:
    printer = Printer()
    printer.status = False
    driver, line = built(printer, EscPosSettings(status="required"))
    with pytest.raises(Silent):
        await driver.open(Deadline.after(5))
    assert line.gone is not None


@virtual
async def test_paper_that_ends_in_the_middle_is_not_printed_and_known_at_once() -> None:
    printer = Printer(print_seconds=2.0)
    printer.at_cut = after(0.3, printer.no_paper)
    driver, _ = await opened(printer)
    sent = now()
    completion = await driver.print_slip(SLIP, Deadline.after(10))
    assert (completion.code, completion.confirmed) == ("device_not_ready", False)
    assert {reason.keyword for reason in completion.reasons} == {"media-empty"}
    assert now() - sent < 1.0


@virtual
async def test_a_cover_opened_in_the_middle_is_not_printed() -> None:
    printer = Printer(print_seconds=2.0)
    printer.at_cut = after(0.3, printer.open_cover)
    driver, _ = await opened(printer)
    completion = await driver.print_slip(SLIP, Deadline.after(10))
    assert (completion.confirmed, {r.keyword for r in completion.reasons}) == (False, {"cover-open"})


@virtual
async def test_with_only_the_cutter_stuck_the_slip_may_hang_there() -> None:
    printer = Printer(print_seconds=2.0)
    printer.at_cut = after(0.3, printer.jam_cutter)
    driver, _ = await opened(printer)
    completion = await driver.print_slip(SLIP, Deadline.after(10))
    assert (completion.code, completion.confirmed) == ("hardware_error", None)


@virtual
async def test_where_no_answer_in_sequence_is_to_be_had_a_stop_leaves_it_doubtful() -> None:
    printer = Printer(print_seconds=2.0)
    printer.marks = printer.buffered = False
    printer.at_cut = after(0.3, printer.no_paper)
    driver, _ = await opened(printer)
    completion = await driver.print_slip(SLIP, Deadline.after(10))
    assert (completion.confirmed, {r.keyword for r in completion.reasons}) == (None, {"media-empty"})


@virtual
async def test_what_a_stopped_printer_still_holds_is_thrown_away() -> None:
    printer = Printer(print_seconds=2.0)
    printer.at_cut = printer.no_paper
    driver, _ = await opened(printer)
    await driver.print_slip(SLIP, Deadline.after(10))
    assert printer.cleared == 1
    await driver.poll(Deadline.after(3))
    assert printer.cleared == 1  # it said so: once is enough


@virtual
async def test_a_printer_that_does_not_say_it_is_cleared_is_cleared_at_each_poll_until_it_stands_on_line() -> None:
    printer = Printer(print_seconds=2.0)
    printer.clears = False
    printer.at_cut = printer.no_paper
    driver, line = await opened(printer)
    await driver.print_slip(SLIP, Deadline.after(10))
    line.written.clear()
    state = await driver.poll(Deadline.after(3))
    assert not state.accepting
    printer.all_well()
    await driver.poll(Deadline.after(3))
    await driver.poll(Deadline.after(3))
    assert [b"\x10\x05\x02" in data for data in line.written].count(True) == 2
    assert [data.lstrip(b"\x00") for data in line.written].count(b"\x1dVB\x00\x1b@") == 1


@virtual
async def test_the_piece_of_a_slip_that_hangs_in_the_printer_is_cut_off_once_before_the_next_citizens_slip() -> None:
    printer = Printer(print_seconds=2.0)
    printer.at_cut = printer.no_paper
    driver, line = await opened(printer)
    await driver.print_slip(SLIP, Deadline.after(10))
    line.written.clear()
    printer.all_well()
    await driver.poll(Deadline.after(3))
    await driver.poll(Deadline.after(3))
    assert line.written.count(b"\x1dVB\x00\x1b@") == 1


@virtual
async def test_a_slip_whose_cut_may_have_been_lost_on_the_line_is_cut_off_before_the_next_one() -> None:
    printer = Printer(print_seconds=2.0)

    def lose_the_rest() -> None:
        printer.status = printer.marks = printer.buffered = False

    printer.at_cut = lose_the_rest
    driver, line = await opened(printer)
    assert (await driver.print_slip(SLIP, Deadline.after(4))).confirmed is None
    printer.status = printer.marks = printer.buffered = True
    printer.at_cut = lambda: None
    line.written.clear()
    assert (await driver.print_slip(SLIP, Deadline.after(10))).confirmed is not False
    assert (await driver.print_slip(SLIP, Deadline.after(10))).confirmed
    assert b"".join(line.written).count(b"\x1dVB\x00\x1b@") == 1


@virtual
async def test_a_stopped_printer_is_refused_before_any_byte() -> None:
    printer = Printer()
    driver, line = await opened(printer)
    printer.no_paper()
    await driver.poll(Deadline.after(3))
    line.written.clear()
    with pytest.raises(Refused) as refused:
        await driver.print_slip(SLIP, Deadline.after(10))
    assert (refused.value.code, refused.value.remedy) == (CompletionCode.DEVICE_NOT_READY, Remedy.CLEAR)
    assert line.written == []


@virtual
async def test_a_poll_too_old_to_trust_is_repeated_before_the_job() -> None:
    printer = Printer()
    driver, line = await opened(printer)
    await asyncio.sleep(3)
    printer.no_paper()
    with pytest.raises(Refused):
        await driver.print_slip(SLIP, Deadline.after(10))
    assert not any(b"A1001" in data for data in line.written)


@virtual
async def test_an_unplugged_port_sends_nothing_and_says_gone() -> None:
    driver, line = await opened(Printer())
    line.unplug()
    with pytest.raises(Gone):
        await driver.print_slip(SLIP, Deadline.after(10))


@virtual
async def test_a_link_lost_while_printing_leaves_it_doubtful() -> None:
    printer = Printer(print_seconds=2.0)
    driver, line = await opened(printer)
    printer.at_cut = line.unplug
    completion = await driver.print_slip(SLIP, Deadline.after(10))
    assert (completion.code, completion.confirmed, completion.evidence) == ("hardware_error", None, "written")
    assert {reason.keyword for reason in completion.reasons} == {"link-lost"}


@virtual
async def test_a_printer_that_falls_silent_while_printing_leaves_it_doubtful_within_the_deadline() -> None:
    printer = Printer(print_seconds=2.0)

    def fall_silent() -> None:
        printer.status = printer.marks = printer.buffered = False

    printer.at_cut = fall_silent
    driver, _ = await opened(printer)
    deadline = Deadline.after(4)
    completion = await driver.print_slip(SLIP, deadline)
    assert (completion.code, completion.confirmed) == ("time_out", None)
    assert now() <= deadline.at + 0.01


@virtual
async def test_a_mark_of_an_earlier_job_confirms_nothing() -> None:
    printer = Printer()
    driver, _ = await opened(printer)
    printer.marks = printer.buffered = False
    printer.at_cut = lambda: printer.say(b"\x37\x22OLD1\x00")
    completion = await driver.print_slip(SLIP, Deadline.after(10))
    assert completion.confirmed is None


@virtual
async def test_unasked_automatic_status_between_the_answers_does_no_harm() -> None:
    printer = Printer()
    driver, _ = await opened(printer)
    printer.at_cut = lambda: printer.say(b"\x14\x00\x00\x00")
    completion = await driver.print_slip(SLIP, Deadline.after(10))
    assert completion.confirmed is True


@virtual
async def test_a_silent_printer_found_again_is_learnt_again() -> None:
    printer = Printer()
    printer.status = printer.marks = printer.buffered = False
    driver, _ = await opened(printer)
    printer.status = printer.marks = printer.buffered = True
    states = [await driver.poll(Deadline.after(3)) for _ in range(10)]
    assert [state.keywords() for state in states] == [{"status-unknown"}] * 9 + [set()]
    completion = await driver.print_slip(SLIP, Deadline.after(10))
    assert completion.evidence == "gs-h"


@virtual
async def test_a_poll_of_a_printer_fallen_silent_says_so() -> None:
    printer = Printer()
    driver, _ = await opened(printer)
    printer.status = False
    with pytest.raises(Silent):
        await driver.poll(Deadline.after(3))


@pytest.mark.parametrize("options", [{"columns": 8}, {"print_seconds": 0.0}])
def test_options_that_cannot_be_are_refused_with_their_remedy(options: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="→"):
        EscPosSettings(**options)  # type: ignore[arg-type]


@virtual
async def test_a_slip_that_lies_in_the_mouth_is_reported_and_stops_nothing() -> None:
    printer = Printer()
    driver, _ = await opened(printer, EscPosSettings(mouth_status=5, mouth_mask=0x04))
    assert (await driver.poll(Deadline.after(3))).keywords() == frozenset()
    printer.values[5] = 0x16
    state = await driver.poll(Deadline.after(3))
    assert state.keywords() == {"media-not-taken"}
    assert state.accepting
    assert (await driver.print_slip(SLIP, Deadline.after(10))).confirmed is True
    printer.values[5] = 0x12
    assert (await driver.poll(Deadline.after(3))).keywords() == frozenset()


@virtual
async def test_a_printer_without_that_sensor_is_never_asked_for_it() -> None:
    printer = Printer()
    driver, _ = await opened(printer)
    printer.values[5] = 0x16
    printer.asked.clear()
    assert (await driver.poll(Deadline.after(3))).keywords() == frozenset()
    assert 5 not in printer.asked


@pytest.mark.parametrize("mouth", [(5, 0), (0, 4), (4, 4), (5, 0x12), (5, 0x80), (256, 4)])
def test_a_mouth_that_no_manual_has_is_refused_with_its_remedy(mouth: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="→"):
        EscPosSettings(mouth_status=mouth[0], mouth_mask=mouth[1])
