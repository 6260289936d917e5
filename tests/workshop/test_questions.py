"""What is asked prints, feeds, moves and changes nothing: not at the device it is for, and at no other."""

from __future__ import annotations

from typing import Any

import pytest

from drivers.dialect.follow import Follower
from drivers.dialect.table import dialect_of
from drivers.id_card import sdt_codec as sdt
from drivers.ticket_printer import escpos_codec as escpos
from simulators.printer import commands as printed
from simulators.printer.reader import Reader
from workshop.probe.line import FIRST_ADDRESSES, LAST_ADDRESS
from workshop.probe.questions import DISPLAYS, EMPTY_LINE, NARROWEST_LINE, harmless

ASKING = {"display-ping", "modbus-read", "sdt-status"}
"""What a question may be, read along."""


def questions_to_strangers() -> list[Any]:
    """All that is said on a line where nobody has answered yet."""
    asked = [
        pytest.param("escpos", escpos.status_request(n), id=f"DLE EOT {n}") for n in (escpos.PRINTER, escpos.PAPER)
    ]
    asked.append(pytest.param("sdt-reader", sdt.request(sdt.SAM_STATUS), id="SAM status"))
    for question in DISPLAYS:
        addresses = [*range(1, FIRST_ADDRESSES + 1), *([question.everyone] if question.everyone else [])]
        asked += [pytest.param(question.model, question.request(a), id=f"{question.model} {a}") for a in addresses]
    return asked


STRANGERS = questions_to_strangers()


@pytest.mark.parametrize(("model", "request_"), STRANGERS)
def test_a_mute_printer_takes_it_for_less_than_a_line_of_text(model: str, request_: bytes) -> None:
    reader = Reader()
    commands = [command for byte in request_ + EMPTY_LINE if (command := reader.feed(byte)) is not None]
    *text, last = commands or [printed.Initialize()]
    assert last == printed.Initialize()
    assert all(isinstance(command, printed.Letter) for command in text)
    assert sum(2 if isinstance(command, printed.Letter) and command.hanzi else 1 for command in text) < NARROWEST_LINE


@pytest.mark.parametrize(("model", "request_"), STRANGERS)
def test_no_other_device_understands_it(model: str, request_: bytes) -> None:
    for other in ("sdt-reader", "onbon-bx5k", "onbon-bx5e", "cpower5200", "modbus-text", "ff68-caller", "strip-a090"):
        for options in ({}, {"form": "single-colour"}):
            follower = Follower([dialect_of(other, options)], "to-device")
            pieces = [*follower.feed(request_ + EMPTY_LINE, 0.0), *follower.rest()]
            words = {piece.said.word for piece in pieces if piece.said is not None}
            assert words <= (ASKING if other == model else set())


@pytest.mark.parametrize("question", DISPLAYS, ids=lambda question: question.model)
def test_what_is_asked_of_a_display_is_a_question_at_every_address(question: Any) -> None:
    for address in range(1, LAST_ADDRESS + 1):
        follower = Follower([dialect_of(question.model)], "to-device")
        (piece,) = [*follower.feed(question.request(address), 0.0), *follower.rest()]
        assert piece.said is not None
        assert piece.said.word in ASKING
        assert piece.said.fields["address"] == address


@pytest.mark.parametrize("request_", [b"\x01\x03\x0a", b"\x1b@", bytes(range(0x20, 0x20 + NARROWEST_LINE))])
def test_a_byte_that_prints_or_a_whole_line_is_not_harmless(request_: bytes) -> None:
    assert not harmless(request_)
