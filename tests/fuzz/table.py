"""The fuzz targets of tables: keys in the settings, a stream of their messages; the records of keypads that type."""

from __future__ import annotations

from functools import partial

from drivers import evdev_record as event
from drivers.framing import Framer
from drivers.input_intake import Intake
from drivers.key_table import BYTES_CAP, KeyTable, bytes_of, check_template, number_message
from tests.fuzz.oracles import pieces, tried

SIX_BYTE = KeyTable("keys", {"01 03 00 73 73 FF": "call", "01 03 02 00 00 FF": "recall", "01 03 1C ?? ?? FF": "0,wait"})
MESSAGES = [bytes.fromhex("01 03 00 73 73 FF"), bytes.fromhex("01 03 02 00 00 FF")]
_DOWN = {79}


def check_settings(data: bytes) -> None:
    """Any table is taken or refused with a remedy; one that is taken finds each of its own messages after anything."""
    text, _, noise = data.partition(b"\0")
    keys = dict.fromkeys(text.decode("latin-1").split(","), "key")
    table, refusal = tried(lambda: KeyTable("keys", keys), ValueError)
    if table is None:
        assert "→" in refusal, "a refusal without a remedy"
        _check_templates(keys)
        return
    assert table.cap <= 2 * BYTES_CAP
    for key in keys:
        message = bytes.fromhex("".join(key.replace("??", "5A").split()))
        framer = Framer(table.scan, table.cap)
        for cut in framer.feed(noise):
            assert table.meaning(cut) == "key"
        assert len(framer) < table.cap
        framer.forget()
        assert list(framer.feed(message)) == [message], "a key's own bytes are not found"


def _check_templates(keys: dict[str, str]) -> None:
    for key in keys:
        plain, refusal = tried(partial(bytes_of, "lit", key), ValueError)
        assert plain is not None or "→" in refusal, "a refusal without a remedy"
        places, refusal = tried(partial(check_template, "number", key), ValueError)
        assert places or "→" in refusal, "a refusal without a remedy"
        if places:
            assert number_message("number", key, "9" * (places + 1)) is None
            assert number_message("number", key, "12"[:places]) is not None


def settings_seeds() -> list[bytes]:
    """Tables of the manual, sound and unsound."""
    tables = ("31,32,33", "01 03 00 73 73 FF,01 03 1C ?? ?? FF", "03 01 01 nn nn FF", "?? 31", "31,31 32", "4C dd 0D")
    return [table.encode() + b"\0" + b"\x01\x03\x1c\x31" for table in tables]


def check_intake(data: bytes) -> None:
    """Whatever the kernel says, whole records come out, and a key goes down only when it was up."""
    intake, held = Intake(lambda: _DOWN), set[int]()
    for piece in pieces(data[2:], (data[:1] or b"\0")[0] % 65):
        taken = intake.take(piece)
        assert len(taken) % event.SIZE == 0
        for at in range(0, len(taken), event.SIZE):
            record = event.decode(taken[at : at + event.SIZE])
            if record.type == event.EV_KEY and record.value == event.DOWN:
                assert record.code not in held, "a key went down twice"
                held.add(record.code)
            elif record.type == event.EV_KEY and record.value == event.UP:
                held.discard(record.code)
