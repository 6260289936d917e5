"""What fuzzing holds decoders to, its corpus played again, and the fuzzing itself: that it sees what is broken."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from drivers.contract import Garbled
from drivers.framing import Cut
from tests.fuzz import seeds
from tests.fuzz.cli import report
from tests.fuzz.oracles import Stream, on_stream
from tests.fuzz.run import beginnings, broken_by, fewest, outcome, reached, shortest
from tests.fuzz.seeds import Kept
from tests.fuzz.targets import TARGETS

DRIVERS = Path(__file__).parents[2] / "drivers"


@pytest.mark.parametrize("target", TARGETS)
def test_every_promise_holds_for_every_vector_and_all_that_fuzzing_ever_found(target: str) -> None:
    check = TARGETS[target].check
    assert {data.hex(" "): broken for data in beginnings(target) if (broken := broken_by(check, data))} == {}


def test_every_codec_has_a_fuzz_target() -> None:
    codecs = {
        ".".join(file.relative_to(DRIVERS.parent).with_suffix("").parts)
        for pattern in ("*_codec.py", "*_frame.py")
        for file in DRIVERS.rglob(pattern)
    }
    assert codecs - {module for target in TARGETS.values() for module in target.of} == set()


def test_no_corpus_is_left_without_its_target() -> None:
    assert {file.stem for file in seeds.FOLDER.glob("*.toml")} <= TARGETS.keys()


# A codec whose messages are a 7E and one byte below 7E, and the ways in which such a codec can be wrong.


def _scan(unread: bytes) -> Cut:
    start = unread.find(0x7E)
    if start < 0:
        return Cut(len(unread), 0)
    if len(unread) < start + 2:
        return Cut(start, 0)
    return Cut(start, 2) if unread[start + 1] < 0x7E else Cut(start + 1, 0)


def _impatient(unread: bytes) -> Cut:
    return Cut(0, 2) if len(unread) > 1 else Cut(0, 0)


def _hoarding(unread: bytes) -> Cut:
    return _scan(unread) if unread[0] == 0x7E else Cut(0, 0)


def _decode(cut: bytes) -> int:
    if cut[0] != 0x7E:
        raise Garbled("no message")
    return cut[1]


def _encode(value: int) -> bytes:
    return bytes((0x7E, value))


def _raising(cut: bytes) -> int:
    return (0, *[value for value in cut[1:] if value])[1]


def stream(**wrong: Any) -> Stream:
    right: dict[str, Any] = {"scan": _scan, "cap": 8, "decode": _decode, "encode": _encode}
    return Stream(**{**right, **wrong}, good=[b"\x7e\x41"], errors=(Garbled,))


def test_a_codec_that_keeps_its_promises_breaks_none() -> None:
    check = stream()
    for noise in (b"", b"\x7e", b"\x7e\x7e", b"\x00\x7e\x00\x7e", bytes(range(256))):
        for size in (0, 1, 3):
            assert broken_by(check, on_stream(noise, size)) == ""
    assert broken_by(check, b"") == ""


@pytest.mark.parametrize(
    ("wrong", "noise", "promise"),
    [
        ({"decode": _raising}, b"\x7e\x00", "IndexError: tuple index out of range"),
        ({"scan": _impatient}, b"\x00", "AssertionError: the next good message is lost"),
        ({"scan": _hoarding}, b"\x00" * 4, "AssertionError: the next good message is lost"),
        ({"encode": lambda value: bytes((0x7E, value ^ 1))}, b"\x7e\x02", "AssertionError: what was understood has"),
        ({"encode": lambda value: b"\x00\x7e" + bytes((value,))}, b"\x7e\x02", "AssertionError: its own encoding is"),
    ],
)
def test_a_broken_promise_is_seen(wrong: dict[str, Any], noise: bytes, promise: str) -> None:
    assert broken_by(stream(**wrong), on_stream(noise)).startswith(promise)


def test_what_breaks_a_promise_is_made_as_short_as_it_can_be() -> None:
    check = stream(decode=_raising)
    found = shortest(check, on_stream(b"noise \x7e\x41 more \x7e\x00 and the rest"))
    assert found[2:] == b"\x7e\x00"


def test_of_many_inputs_the_shortest_that_reach_further_than_the_vectors_are_kept() -> None:
    vector = on_stream(b"\xff\x68\x03\x03\x68\x05\x01\x0c\x12\x16")
    known = TARGETS["ff68"].seeds()
    kept = fewest("ff68", [vector, *known, b"\x00\x00" + b"\xff\x68" * 9 + b"\x21", b"\x00\x00\xff\x68\x21"])
    assert kept in ([], [b"\x00\x00\xff\x68\x21"])
    check, file = stream(), {__file__}
    steps = [reached(check, on_stream(noise), file) for noise in (b"\x7e", b"\x7e\x41", b"\x00")]
    assert steps[0]
    assert steps[0] != steps[2]
    assert reached(check, on_stream(b"\x7e"), {"another.py"}) == set()


def test_what_was_found_is_kept_with_its_promise_before_all_else(tmp_path: Path) -> None:
    far, found = Kept(b"\x01" * 50), Kept(b"\x7e\x00\xff", 'AssertionError: a "promise"')
    seeds.keep("codec", [far, found, Kept(found.data)], tmp_path)
    assert seeds.kept("codec", tmp_path) == [found, far]
    assert seeds.kept("another", tmp_path) == []


SAID = """\
INFO: seed corpus: files: 3
#4	INITED cov: 40 ft: 41 corp: 2/9b exec/s: 0 rss: 50Mb
#90	NEW    cov: 44 ft: 60 corp: 3/12b lim: 4 exec/s: 0 rss: 50Mb L: 3/5 MS: 1 ChangeBit-
"""
DONE = "#500	DONE   cov: 45 ft: 61 corp: 4/14b lim: 4 exec/s: 100 rss: 50Mb\n"
RAISED = " === Uncaught Python exception: ===\nIndexError: tuple index out of range\nTraceback …\n"


def _outcome(said: str, code: int, *artifacts: bytes) -> Any:
    return outcome("ff68", said, code, (), artifacts)


def test_a_run_that_finds_nothing_tells_how_far_it_came() -> None:
    one = _outcome(SAID + DONE, 0)
    assert (one.runs, one.begun, one.reached, one.found, one.broken) == (500, 40, 45, None, "")
    assert report([one]).splitlines()[1].split() == ["ff68", "500", "45", "+5", "–"]


def test_a_run_that_finds_something_tells_what() -> None:
    one = _outcome(SAID + RAISED, 77, b"\xff\x68")
    assert (one.runs, one.found) == (90, Kept(b"\xff\x68", "IndexError: tuple index out of range"))
    assert report([one]).splitlines()[-1] == "90 runs, 1 found"


@pytest.mark.parametrize("why", ["timeout after 20 seconds", "out-of-memory (used: 1100Mb; limit: 1024Mb)"])
def test_an_input_that_takes_too_long_or_too_much_is_found_too(why: str) -> None:
    assert _outcome(f"{SAID}==7== ERROR: libFuzzer: {why}\n", 70, b"\x00").found == Kept(b"\x00", why)


def test_a_target_that_cannot_begin_is_no_success() -> None:
    one = _outcome("ModuleNotFoundError: No module named 'atheris'", 1)
    assert one.found is None
    assert "atheris" in one.broken
    assert "nothing tried" in report([one])
