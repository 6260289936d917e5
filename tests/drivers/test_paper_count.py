"""Paper that no sensor tells of is counted: it warns near the end and stops at the end, until somebody refills."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.contract import MEDIA_EMPTY, MEDIA_LOW, STATUS_UNKNOWN, CountsPaper, QrCode, Refused, Slip, TextLine
from drivers.deadline import Deadline
from drivers.ticket_printer.escpos import EscPosPrinter, EscPosSettings
from drivers.ticket_printer.escpos_layout import Paper
from drivers.ticket_printer.paper_count import LONGEST_SLIP_MM, PaperCount, length
from tests.drivers.devices import Printer
from tests.drivers.line import Line
from tests.virtual_time import virtual

SLIP: Slip = (TextLine("A1001", width=4, height=4), TextLine("社会保险"), QrCode("A1001"))


def mute(**options: int) -> tuple[EscPosPrinter, Printer, Line]:
    printer = Printer(print_seconds=0.1)
    printer.status = printer.marks = printer.buffered = False
    line = Line(printer, baud=115_200)
    return EscPosPrinter(EscPosSettings(status="none", **options), line), printer, line  # type: ignore[arg-type]


@virtual
async def test_a_roll_of_slips_warns_with_a_tenth_left_and_stops_at_none() -> None:
    driver, printer, _ = mute(roll_slips=20)
    assert (await driver.open(Deadline.after(5))).reasons == {STATUS_UNKNOWN}
    seen = []
    for _ in range(20):
        await driver.print_slip(SLIP, Deadline.after(5))
        seen.append((await driver.poll(Deadline.after(3))).keywords())
    assert seen == [{"status-unknown"}] * 17 + [{"status-unknown", "media-low"}] * 2 + [
        {"status-unknown", "media-empty"}
    ]
    with pytest.raises(Refused):
        await driver.print_slip(SLIP, Deadline.after(5))
    assert printer.cuts == 20
    driver.set_paper_used(0)
    assert (await driver.poll(Deadline.after(3))).accepting
    await driver.print_slip(SLIP, Deadline.after(5))


@virtual
async def test_the_count_is_handed_in_and_out() -> None:
    driver, _, _ = mute(roll_slips=20)
    assert isinstance(driver, CountsPaper)
    driver.set_paper_used(19)
    assert (await driver.open(Deadline.after(5))).keywords() == {"status-unknown", "media-low"}
    await driver.print_slip(SLIP, Deadline.after(5))
    assert driver.paper_used == 20


@virtual
async def test_a_slip_that_broke_off_is_counted_and_one_that_never_left_is_not() -> None:
    driver, _, line = mute(roll_slips=20)
    await driver.open(Deadline.after(5))
    line.unplug()
    with pytest.raises(Exception, match="unplugged"):
        await driver.print_slip(SLIP, Deadline.after(5))
    assert driver.paper_used == 0


@virtual
async def test_a_printer_that_has_a_sensor_too_is_believed_where_it_says_less() -> None:
    printer = Printer()
    driver = EscPosPrinter(EscPosSettings(roll_slips=20), Line(printer, baud=115_200))
    await driver.open(Deadline.after(5))
    printer.no_paper()
    assert (await driver.poll(Deadline.after(3))).keywords() == {"media-empty"}


def test_without_a_roll_in_the_settings_nobody_counts() -> None:
    driver, _, _ = mute()
    assert driver.paper_used is None
    assert driver.poll_seconds == 0.0


@given(st.integers(LONGEST_SLIP_MM, 80_000), st.integers(0, 90_000))
def test_millimetres_stop_before_a_slip_could_end_in_the_roll(roll: int, used: int) -> None:
    reasons = PaperCount(0, roll, used).reasons()
    assert (MEDIA_EMPTY in reasons) is (roll - used < LONGEST_SLIP_MM)
    assert (MEDIA_LOW in reasons) is (MEDIA_EMPTY not in reasons and (roll - used) * 10 <= roll)


def test_a_slip_is_as_long_as_what_stands_on_it() -> None:
    # 12 mm to the cutter, a number of 96 dots, a line of 30, a code of 21 squares of 4 dots: 306 dots
    assert length(SLIP, Paper()) == 39
    count = PaperCount(0, 1000)
    count.take(SLIP, Paper())
    assert count.used == 39


@pytest.mark.parametrize("options", [{"roll_slips": -1}, {"roll_mm": -1}, {"roll_slips": 500, "roll_mm": 80_000}])
def test_a_roll_that_cannot_be_is_refused_with_its_remedy(options: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="→"):
        EscPosSettings(**options)  # type: ignore[arg-type]
