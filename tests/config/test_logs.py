"""Logs: fields in the journal under systemd, key=value elsewhere, levels that mean something, each thing once."""

from __future__ import annotations

import ast
import io
import logging
import os
import socket
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from config.journald import LARGEST_VALUE, Journald
from config.logs import Sink, configure_logs, is_journal, recent_lines
from config.once import Once

ROOT = Path(__file__).parents[2]
MEANT = {"error", "exception", "warning", "info"}
PERSONAL = {"name", "pin", "secret", "password", "token", "card", "identity", "clerk", "citizen"}


def parsed(datagram: bytes) -> dict[str, str]:
    """The fields of one datagram, read as the journal reads them (docs/JOURNAL_NATIVE_PROTOCOL.md)."""
    fields: dict[str, str] = {}
    while datagram:
        line, _, rest = datagram.partition(b"\n")
        key, equals, value = line.partition(b"=")
        if not equals:
            (size,) = struct.unpack("<Q", rest[:8])
            value, rest = rest[8 : 8 + size], rest[8 + size :]
            assert rest[:1] == b"\n"
            rest = rest[1:]
        fields[key.decode()] = value.decode()
        datagram = rest
    return fields


class Journal:
    """A journal of our own: its socket, and the stream that the daemon's standard error is connected to."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "socket"
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(self.path))
        self._socket.settimeout(10)

    def next(self) -> dict[str, str]:
        return parsed(self._socket.recv(1 << 20))

    def close(self) -> None:
        self._socket.close()
        self.path.unlink(missing_ok=True)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    journal = Journal(tmp_path)
    yield journal
    journal.close()


def told(journal: Journal, script: str, tmp_path: Path) -> tuple[str, list[dict[str, str]]]:
    """What a process with this in it writes: to standard error, which is the journal's stream, and to the journal."""
    stream = (tmp_path / "stderr").open("w+")
    status = os.fstat(stream.fileno())
    begin = (
        "import structlog, logging\nfrom pathlib import Path\nfrom config.logs import configure_logs\n"
        f"configure_logs('yichuang-device', socket=Path({str(journal.path)!r}))\nlog = structlog.get_logger()\n"
    )
    environment = {**os.environ, "JOURNAL_STREAM": f"{status.st_dev}:{status.st_ino}", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", begin + script]
    subprocess.run(command, stderr=stream, env=environment, check=False, cwd=ROOT, timeout=60)
    stream.seek(0)
    journal._socket.setblocking(False)
    events = []
    with stream:
        while True:
            try:
                events.append(journal.next())
            except BlockingIOError:
                return stream.read(), events


def test_under_systemd_an_event_is_fields_in_the_journal_and_nothing_on_the_stream(
    journal: Journal, tmp_path: Path
) -> None:
    script = "log.warning('device lost', device='pad-1', fault='silent', what='no answer')\nlog.error('x', reason='y')"
    stream, (lost, wrong) = told(journal, script, tmp_path)
    assert stream == ""
    assert lost == {
        "MESSAGE": '"device lost" device=pad-1 fault=silent what="no answer"',
        "PRIORITY": "4",
        "SYSLOG_IDENTIFIER": "yichuang-device",
        "EVENT": "device lost",
        "DEVICE": "pad-1",
        "FAULT": "silent",
        "WHAT": "no answer",
    }
    assert (wrong["PRIORITY"], wrong["REASON"]) == ("3", "y")


def test_a_traceback_goes_whole_as_a_field_of_several_lines(journal: Journal, tmp_path: Path) -> None:
    script = "try:\n    1 / 0\nexcept ZeroDivisionError:\n    log.exception('child has a bug', child='link')"
    _, (bug,) = told(journal, script, tmp_path)
    assert bug["PRIORITY"] == "3"
    assert bug["EXCEPTION"].startswith("Traceback")
    assert "\n" in bug["EXCEPTION"]
    assert "ZeroDivisionError" in bug["EXCEPTION"]


def test_what_libraries_warn_of_is_beside_it_and_what_they_chat_about_is_not(journal: Journal, tmp_path: Path) -> None:
    script = "logging.getLogger('uvicorn').warning('odd %s', 1)\nlogging.getLogger('x').info('chat')\nlog.debug('off')"
    _, (odd,) = told(journal, script, tmp_path)
    assert (odd["EVENT"], odd["LOGGER"], odd["PRIORITY"]) == ("odd 1", "uvicorn", "4")


def test_a_journal_that_is_away_leaves_the_lines_on_the_stream_with_their_priority(
    journal: Journal, tmp_path: Path
) -> None:
    script = f"Path({str(journal.path)!r}).unlink()\nlog.error('journal stopped', reason='disk-full')"
    stream, events = told(journal, script, tmp_path)
    assert events == []
    assert stream.startswith("<3>at=")
    assert 'level=error event="journal stopped" reason=disk-full' in stream


def test_without_systemd_a_line_is_key_and_value_on_the_stream() -> None:
    out = io.StringIO()
    Sink(out, None).put("info", "device back", {"device": "pad-1"})
    assert out.getvalue().rstrip().endswith('level=info event="device back" device=pad-1')
    assert out.getvalue().startswith("at=")


def test_only_the_stream_that_the_journal_named_is_the_journal_s(tmp_path: Path) -> None:
    with (tmp_path / "log").open("w") as stream:
        status = os.fstat(stream.fileno())
        assert is_journal(stream, {"JOURNAL_STREAM": f"{status.st_dev}:{status.st_ino}"})
        assert not is_journal(
            stream, {"JOURNAL_STREAM": f"{status.st_dev}:{status.st_ino + 1}"}
        )  # started from a shell
        assert not is_journal(stream, {})
    assert not is_journal(io.StringIO(), {"JOURNAL_STREAM": "1:1"})


@pytest.mark.parametrize(
    ("key", "field"),
    [
        ("device", "DEVICE"),
        ("off-ms", "OFF_MS"),
        ("_x", "X"),
        ("9to5", "TO5"),
        ("message", "YICHUANG_MESSAGE"),
        ("机", "FIELD"),
    ],
)
def test_a_key_becomes_one_that_the_journal_takes(journal: Journal, key: str, field: str) -> None:
    sender = Journald(journal.path, "test")
    assert sender.send(6, "m", {key: "v"})
    assert journal.next()[field] == "v"
    sender.close()


def test_of_a_value_that_is_too_long_its_end_is_kept(journal: Journal) -> None:
    sender = Journald(journal.path, "test")
    assert sender.send(3, "m", {"exception": "first\n" + "x" * 100_000 + "\nlast"})
    value = journal.next()["EXCEPTION"]
    assert len(value) == LARGEST_VALUE
    assert value.endswith("last")
    sender.close()


def test_the_newest_lines_are_kept_for_a_bundle() -> None:
    sink = Sink(io.StringIO(), None)
    for count in range(3000):
        sink.put("info", "counted", {"count": count})
    lines = recent_lines()
    assert len(lines) == 2000
    assert lines[-1].endswith("count=2999")


def test_it_is_set_up_for_the_whole_process() -> None:
    before = structlog.get_config()
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    out = io.StringIO()
    try:
        configure_logs("test", stream=out, environment={})
        structlog.get_logger().info("device back", device="pad-1")
        structlog.get_logger().debug("chatter")
    finally:
        structlog.configure(**before)
        root.handlers[:] = handlers
        root.setLevel(level)
    assert out.getvalue().count("\n") == 1


def test_what_sets_in_is_said_once_and_once_when_it_is_over() -> None:
    once = Once()
    assert [once.begins("refused"), once.begins("refused"), once.begins("silent")] == [True, False, True]
    assert [once.ends(), once.ends()] == [True, False]
    assert once.begins("refused")


def calls() -> Iterator[tuple[str, ast.Call, str]]:
    for package in ("config", "device", "drivers", "hall"):
        for file in sorted((ROOT / package).rglob("*.py")):
            text = file.read_text(encoding="utf-8")
            for node in ast.walk(ast.parse(text if "structlog" in text else "")):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                    on = node.func.value
                    if isinstance(on, ast.Name) and on.id == "log" and node.func.attr not in {"execute", "close"}:
                        yield f"{file.relative_to(ROOT)}:{node.lineno}", node, node.func.attr


def test_every_line_has_one_of_the_levels_and_a_constant_event() -> None:
    odd = [
        place
        for place, call, level in calls()
        if level not in MEANT or not (call.args and _is_constant(call.args[0])) or len(call.args) > 1
    ]
    assert odd == []


def test_no_line_is_given_a_person_s_name_or_a_secret() -> None:
    named = [
        f"{place} {keyword.arg}={ast.unparse(keyword.value)}"
        for place, call, _ in calls()
        for keyword in call.keywords
        if keyword.arg in PERSONAL and not (keyword.arg == "name" and ast.unparse(keyword.value) == "event.name")
    ]
    assert named == []


def _is_constant(event: ast.expr) -> bool:
    if isinstance(event, ast.IfExp):
        return _is_constant(event.body) and _is_constant(event.orelse)
    return isinstance(event, ast.Constant)
