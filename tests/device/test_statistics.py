"""What a device has done is counted under UnifiedPOS's names."""

from __future__ import annotations

import pytest

from device.statistics import Statistics
from drivers.contract import (
    COVER_OPEN,
    CUTTER_JAM,
    FOREIGN_TEXT,
    HARDWARE_FAILURE,
    MEDIA_LOW,
    ChipSerial,
    Completion,
    CompletionCode,
    DeviceFault,
    Garbled,
    Gone,
    Personal,
    Reason,
    Refused,
    Remedy,
    Silent,
    State,
)

NO = Refused("no", CompletionCode.USER_ERROR, Remedy.CLEAR)


def counted(statistics: Statistics, now: float = 0.0) -> dict[str, int]:
    return {name: count for name, count in statistics.report(now).items() if name != "HoursPoweredCount"}


@pytest.mark.parametrize(
    ("fault", "names"),
    [
        (Gone("x"), {"GoneCount", "CommunicationErrorCount"}),
        (Silent("x"), {"SilentCount", "CommunicationErrorCount"}),
        (Garbled("x"), {"GarbledCount", "CommunicationErrorCount"}),
        (NO, {"RefusedCount"}),
    ],
)
def test_each_fault_by_its_kind_and_those_of_the_line_together(fault: DeviceFault, names: set[str]) -> None:
    statistics = Statistics("window_display")
    statistics.failed(fault)
    assert counted(statistics) == dict.fromkeys(names, 1)


@pytest.mark.parametrize(("confirmed", "cuts"), [(True, 1), (None, 1), (False, 0)])
def test_a_slip_that_may_be_out_was_cut(confirmed: bool | None, cuts: int) -> None:
    statistics = Statistics("ticket_printer")
    statistics.done(Completion(CompletionCode.SUCCESS, confirmed, "status"))
    assert counted(statistics).get("PaperCutCount", 0) == cuts
    assert counted(statistics)["SuccessfulCount"] == 1


@pytest.mark.parametrize(
    ("reason", "name"),
    [
        (COVER_OPEN, "ReceiptCoverOpenCount"),
        (CUTTER_JAM, "FailedPaperCutCount"),
        (HARDWARE_FAILURE, "PrinterFaultCount"),
    ],
)
def test_a_printers_reason_counts_when_it_sets_in_and_not_while_it_lasts(reason: Reason, name: str) -> None:
    statistics = Statistics("ticket_printer")
    fine, bad, worse = State.of(), State.of(reason), State.of(reason, MEDIA_LOW)
    for before, after in ((fine, bad), (bad, worse), (worse, fine), (fine, bad)):
        statistics.stands(before, after)
    assert counted(statistics) == {name: 2}


def test_a_foreign_text_on_a_display_counts_once_each_time_it_is_found() -> None:
    statistics = Statistics("window_display")
    for before, after in ((State.of(), State.of(FOREIGN_TEXT)), (State.of(FOREIGN_TEXT), State.of(FOREIGN_TEXT))):
        statistics.stands(before, after)
    assert counted(statistics) == {"ForeignTextCount": 1}


def test_a_read_card_and_one_that_was_not_to_be_read() -> None:
    statistics = Statistics("smart_card")
    statistics.done(ChipSerial(Personal(b"\1\2\3\4")))
    statistics.done(True)
    statistics.failed(NO)
    assert counted(statistics) == {"GoodReadCount": 1, "FailedReadCount": 1, "SuccessfulCount": 2, "RefusedCount": 1}


@pytest.mark.parametrize(("family", "name"), [("caller", "KeyPressedCount"), ("rating_keypad", "KeyPressedCount")])
def test_keys_that_were_pressed(family: str, name: str) -> None:
    statistics = Statistics(family)
    statistics.heard()
    assert counted(statistics) == {name: 1}


def test_hours_count_while_the_device_is_there() -> None:
    statistics = Statistics("window_display")
    statistics.opened(0.0)
    statistics.closed(1800.0)
    statistics.opened(10_000.0)
    assert statistics.report(11_799.0)["HoursPoweredCount"] == 0
    assert statistics.report(11_800.0)["HoursPoweredCount"] == 1
    assert counted(statistics) == {"OnlineTransitionCount": 2}
