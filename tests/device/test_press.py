"""The caller's keys and the page's buttons are the same commands; keys without a meaning do nothing."""

from __future__ import annotations

import pytest

from device.flows.caller_keys import press_of
from device.flows.press import Press, command_for
from device.flows.serve import display_text
from drivers.contract import CallerKey, KeyPress
from hall import contract
from hall.contract import Clerk, Held, Term, WindowState
from hall.contract.slips import Slip

CLERK = Clerk(staff_no="007", name="王小明", post="社保岗")


@pytest.mark.parametrize(
    ("keys", "act", "extra"),
    [
        (KeyPress(CallerKey.CALL), "next", ""),
        (KeyPress(CallerKey.CALL, "1012"), "call-number", "1012"),
        (KeyPress(CallerKey.RECALL), "recall", ""),
        (KeyPress(CallerKey.START), "start", ""),
        (KeyPress(CallerKey.START, "3"), "redirect", "3"),
        (KeyPress(CallerKey.WAIT), "invite", ""),
        (KeyPress(CallerKey.CANCEL), "undo", ""),
        (KeyPress(CallerKey.FUNCTION, "5"), "missed", ""),
    ],
)
def test_every_key_of_the_caller_is_an_act(keys: KeyPress, act: str, extra: str) -> None:
    press = press_of(keys)
    assert press is not None
    assert (press.act, press.digits or press.service) == (act, extra)
    assert len(press.request) == 32


@pytest.mark.parametrize(
    "keys",
    [
        KeyPress(CallerKey.FUNCTION),
        KeyPress(CallerKey.FUNCTION, "8"),
        KeyPress(CallerKey.RECALL, "3"),
        KeyPress(CallerKey.CANCEL, "12"),
    ],
)
def test_keys_without_a_meaning_are_no_act(keys: KeyPress) -> None:
    assert press_of(keys) is None


@pytest.mark.parametrize(
    ("press", "kind"),
    [
        (Press("next", "r"), contract.CallNext),
        (Press("call-number", "r", digits="1012"), contract.CallNumber),
        (Press("recall", "r"), contract.Recall),
        (Press("missed", "r"), contract.Miss),
        (Press("park", "r"), contract.Park),
        (Press("take-back", "r", ticket="t"), contract.TakeBack),
        (Press("redirect", "r", service="3"), contract.Redirect),
        (Press("start", "r"), contract.Start),
        (Press("finish", "r"), contract.Finish),
        (Press("undo", "r"), contract.Undo),
    ],
)
def test_every_act_is_one_command_that_says_who_where_and_what_was_on_the_screen(press: Press, kind: type) -> None:
    command = command_for(press, 3, CLERK, "demo", "call-9")
    assert type(command) is kind
    assert not isinstance(command, contract.SignIn)
    assert (command.request, command.window, command.operator, command.post) == ("r", 3, "007", "社保岗")
    assert command.call == ("" if press.act in ("undo", "take-back") else "call-9")


def test_a_scanned_slip_is_a_command_to_admit_its_ticket() -> None:
    slip = Slip("kiosk-1/00000000000000aa/9", "12001", "1", "2026-11-21")
    command = command_for(Press("scan", "r", text="…"), 3, CLERK, "demo", "call-9", slip)
    assert isinstance(command, contract.Admit)
    assert (command.ticket, command.digits, command.service, command.date) == (
        "kiosk-1/00000000000000aa/9",
        "12001",
        "1",
        "2026-11-21",
    )
    assert command.call == "call-9"


def test_an_act_that_is_none_is_no_command() -> None:
    with pytest.raises(KeyError):
        command_for(Press("dance", "r"), 3, CLERK, "demo", "")


@pytest.mark.parametrize(
    ("number", "phase", "text", "in_ascii"),
    [
        ("A1001", "called", "请A1001到3号窗口", "A1001 to 3"),
        ("社1001", "called", "请社1001到3号窗口", "1001 to 3"),
        ("A1001", "serving", "A1001 办理中", "A1001 in service"),
        ("A1001", "idle", "3号窗口 空闲", "Window 3 free"),
        ("A1001", "closed", "", ""),
    ],
)
def test_a_display_says_what_the_window_does(number: str, phase: str, text: str, in_ascii: str) -> None:
    held = Held(ticket="t", number=number, service="1", call="c", visit="t")
    state = WindowState(
        window=3,
        term=Term(n=1, draw="x"),
        version=1,
        phase=phase,  # type: ignore[arg-type]
        held=held if phase in ("called", "serving") else None,
    )
    assert display_text(state) == text
    assert display_text(state, ascii_only=True) == in_ascii
