"""The fuzz target of a printer's answers: they have no length and no sum, so what holds of them is its own."""

from __future__ import annotations

from drivers.contract import Reason
from drivers.ticket_printer import escpos_codec as escpos
from tests.fuzz import seeds as corpus
from tests.fuzz.oracles import LARGEST_PIECE, on_stream, pieces

_QUESTIONS = (escpos.PRINTER, escpos.OFFLINE_CAUSE, escpos.ERROR_CAUSE, escpos.PAPER)
_GOOD = b"\x12\x37\x22AB12\x00"
_XON_XOFF = b"\x11\x13"


def check(data: bytes) -> None:
    """Anything is answers or garbled; a printer that is let finish is understood again; pieces change nothing."""
    size, stream = (data[:1] or b"\0")[0] % (LARGEST_PIECE + 1), data[1:]
    decoder, answers = escpos.Decoder(), []
    for piece in pieces(stream, size):
        answers += decoder.feed(piece)
        assert len(decoder._framer) < escpos.BLOCK_CAP, "more is kept than the longest block"
    for answer in answers:
        _means_something(answer)
    plain = [answer for answer in answers if not isinstance(answer, escpos.Flow)]
    whole = [answer for answer in escpos.Decoder().feed(stream) if not isinstance(answer, escpos.Flow)]
    if len(stream) < escpos.BLOCK_CAP:
        assert plain == whole, "other pieces, another meaning"
    assert sum(isinstance(answer, escpos.Flow) for answer in answers) == sum(byte in _XON_XOFF for byte in stream)
    decoder.forget()
    assert decoder.feed(_GOOD) == [escpos.Status(0x12), escpos.PrintComplete("AB12")], "the next answer is lost"


def seeds() -> list[bytes]:
    """Every vector, whole and byte by byte."""
    single = corpus.of("escpos", "escpos-wrong")
    return [on_stream(data, size)[:1] + data for data in single for size in (0, 1)]


def _means_something(answer: escpos.Answer) -> None:
    match answer:
        case escpos.Status():
            _are_reasons(*(answer.reasons(n) for n in _QUESTIONS))
            assert isinstance(answer.plain() or answer.error(), bool)
        case escpos.AutomaticStatus():
            assert len(answer.value) == 4
            _are_reasons(answer.reasons())
            assert isinstance(answer.stopped(), bool)
        case escpos.Buffered():
            _are_reasons(answer.reasons())
        case escpos.PrintComplete():
            assert len(answer.mark) == 4
        case escpos.GoingOffline():
            assert len(answer.causes) < escpos.BLOCK_CAP
        case escpos.Info():
            assert len(answer.text) < escpos.BLOCK_CAP
        case escpos.Cleared() | escpos.Flow():
            pass


def _are_reasons(*found: frozenset[Reason]) -> None:
    assert all(isinstance(reason, Reason) for reasons in found for reason in reasons)
