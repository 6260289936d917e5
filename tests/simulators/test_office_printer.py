"""The simulated office printer speaks IPP as RFC 8010 writes it, and does wrong what real ones do."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.cli import _parser
from simulators.control import Fault, Press, Refill
from simulators.office_printer import ipp, pages
from simulators.office_printer.http import HttpEar, answered
from simulators.office_printer.printer import OfficePrinter
from simulators.process import simulate_on_network
from simulators.tcp_line import TcpLine
from tests.simulators.host import LIMIT, Heard, vectors
from tests.virtual_time import virtual

PAGE = b"%PDF-1.4\n1 0 obj << /Type /Page >> endobj\n%%EOF\n"
HEAD = ipp.words("attributes-charset", "utf-8", tag=ipp.CHARSET)
PRINT_JOB, GET_JOB, GET_PRINTER, CANCEL = 0x0002, 0x0009, 0x000B, 0x0008
GOOD = [*vectors("ipp", "to-device"), *vectors("ipp", "from-device")]


def plain(value: Any) -> Any:
    return {name: plain(values[0][1]) for name, values in value.items()} if isinstance(value, dict) else value


@pytest.mark.parametrize("vector", GOOD, ids=lambda vector: vector["name"])
def test_the_bytes_of_the_rfc_mean_the_same_to_the_printer_and_are_written_the_same(vector: dict[str, Any]) -> None:
    data, meaning = bytes.fromhex(vector["bytes"]), vector["meaning"]
    told = ipp.read(data)
    assert ipp.write(told) == data
    assert (told.code, told.number) == (meaning.get("operation", meaning.get("status")), meaning["request"])
    assert [tag for tag, _ in told.groups] == meaning["groups"]
    assert told.document == meaning.get("data", "").encode()
    for name, value in meaning.get("attributes", {}).items():
        assert [plain(each) for each in told.every(name)] == (value if isinstance(value, list) else [value])
    for name in meaning.get("unsupported", []):
        assert told.every(name) == [None]


@pytest.mark.parametrize("vector", vectors("ipp", "wrong"), ids=lambda vector: vector["name"])
def test_what_breaks_the_rules_is_a_bad_request(vector: dict[str, Any]) -> None:
    with pytest.raises(ipp.BadRequest):
        ipp.read(bytes.fromhex(vector["bytes"]))


@given(st.binary(max_size=80))
def test_whatever_comes_is_a_request_or_a_bad_one(data: bytes) -> None:
    for octets in (data, bytes.fromhex("0200 000B 00000001 01") + data + b"\x03"):
        with suppress(ipp.BadRequest):
            ipp.write(ipp.read(octets))


def asked(code: int, document: bytes = b"", **attributes: Any) -> bytes:
    tags = {int: ipp.INTEGER, bool: ipp.BOOLEAN, str: ipp.KEYWORD}
    table = {name.replace("_", "-"): [(tags[type(value)], value)] for name, value in attributes.items()}
    return ipp.write(ipp.Told(code, 1, [(ipp.OPERATION, {**HEAD, **table})], document))


class NoWire:
    receive: Any = None

    def __init__(self) -> None:
        self.faults: set[str] = set()

    def open(self) -> None: ...

    def close(self) -> None: ...

    def switch(self, fault: str, on: bool) -> None: ...

    def send(self, data: bytes, at: float) -> float:
        return at


@asynccontextmanager
async def alone(folder: Path | None = None, **options: Any) -> AsyncIterator[tuple[OfficePrinter, Heard]]:
    heard = Heard()
    with closing(OfficePrinter(NoWire(), heard.emit, folder, **options)) as printer:
        yield printer, heard


@virtual
async def test_a_job_runs_sheet_by_sheet() -> None:
    async with alone(page_seconds=1.0, sheets=3) as (printer, heard):
        job = printer.obey(asked(PRINT_JOB, PAGE.replace(b"%%EOF", b"2 0 obj << /Type /Page >> endobj\n%%EOF")))
        assert (job.code, job.first("job-id"), job.first("job-state")) == (0, 1, 5)
        await asyncio.sleep(1.5)
        assert printer.obey(asked(GET_JOB, job_id=1)).first("job-impressions-completed") == 1
        await asyncio.sleep(1)
        assert printer.obey(asked(GET_JOB, job_id=1)).first("job-state") == 9
        assert (heard.all("job")[-1]["state"], heard.all("state")[-1]["sheets"]) == ("completed", 1)
        assert printer.obey(asked(GET_JOB, job_id=2)).code == 0x0406
        assert printer.obey(asked(CANCEL, job_id=1)).code == 0x0404


@virtual
async def test_every_trouble_stops_it_in_ipp_s_words_and_paper_starts_it_again() -> None:
    words = {
        "out-of-paper": "media-empty-error",
        "jam": "media-jam-error",
        "cover-open": "cover-open-error",
        "toner-empty": "toner-empty-error",
        "output-full": "output-area-full-error",
        "paused": "paused",
        "media-needed": "media-needed-error",
    }
    for fault, word in words.items():
        async with alone() as (printer, _):
            printer.do(Fault(fault, True))
            printer.obey(asked(PRINT_JOB, PAGE))
            told = printer.obey(asked(GET_PRINTER))
            assert (told.first("printer-state"), told.every("printer-state-reasons")) == (5, [word])
            assert printer.obey(asked(GET_JOB, job_id=1)).first("job-state") == 6
            printer.do(Refill())
            printer.do(Fault(fault, False))
            await asyncio.sleep(1)
            assert printer.obey(asked(GET_JOB, job_id=1)).first("job-state") == 9


@virtual
async def test_its_trays_run_low_and_out() -> None:
    async with alone(sheets=2, page_seconds=0.1) as (printer, _):
        assert printer.obey(asked(GET_PRINTER)).every("printer-state-reasons") == ["media-low-warning"]
        for _ in range(2):
            printer.obey(asked(PRINT_JOB, PAGE))
        await asyncio.sleep(1)
        assert printer.obey(asked(GET_PRINTER)).every("printer-state-reasons") == ["media-empty-error"]


@virtual
async def test_what_it_has_not_is_refused() -> None:
    async with alone(in_two_steps=False) as (printer, _):
        assert printer.obey(b"no IPP").code == 0x0400
        assert printer.obey(asked(0x0005)).code == 0x0501
        assert printer.obey(asked(PRINT_JOB, PAGE, document_format="image/jpeg")).code == 0x040A
        assert printer.obey(asked(PRINT_JOB, b"no PDF")).code == 0x0411
        refused = printer.obey(asked(PRINT_JOB, PAGE, ipp_attribute_fidelity=True, media="na_letter_8.5x11in"))
        assert (refused.code, refused.groups[1][0], refused.first("media")) == (0x040B, 5, "na_letter_8.5x11in")
        printer.do(Fault("busy", True))
        assert printer.obey(asked(PRINT_JOB, PAGE)).code == 0x0507
        for command, words in ((Fault("rain", True), "faults are"), (Press(1, "call"), "nothing else")):
            with pytest.raises(ValueError, match=words):
                printer.do(command)


@given(st.lists(st.integers(1, 40), max_size=5), st.booleans())
def test_a_request_is_heard_whole_however_its_body_is_cut(sizes: list[int], chunked: bool) -> None:
    parts = [bytes(size) for size in sizes]
    head = b"POST /ipp/print HTTP/1.1\r\nHost: x\r\n"
    if chunked:
        body = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"
        head += b"Transfer-Encoding: chunked\r\n\r\n"
    else:
        body = b"".join(parts)
        head += b"Content-Length: %d\r\n\r\n" % len(body)
    ear = HttpEar()
    heard = [asked for byte in 2 * (head + body) if (asked := ear.hear(byte))]
    assert [(one.method, one.path, one.body) for one in heard] == 2 * [("POST", "/ipp/print", b"".join(parts))]


@given(st.binary(max_size=60))
def test_whatever_comes_as_http_ends_nothing(data: bytes) -> None:
    ear = HttpEar()
    for byte in data + b"\r\n\r\n":
        ear.hear(byte)


def test_pages_of_what_is_no_document_are_not_counted() -> None:
    assert pages.sheets("application/pdf", PAGE) == 1
    for kind, document in (("application/pdf", b"x"), ("image/pwg-raster", b"x"), ("image/pwg-raster", b"RaS2x")):
        with pytest.raises(ValueError, match=r"PDF|raster|header"):
            pages.sheets(kind, document)


async def said(port: int, body: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(b"POST /ipp/print HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        async with asyncio.timeout(LIMIT):
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(answered(200, b"").split(b"\r\n")[0])
            (length,) = [int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.startswith(b"Content-Length")]
            return await reader.readexactly(length)
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


@pytest.mark.wire
async def test_it_answers_on_the_network_loses_its_answers_and_its_power(tmp_path: Path) -> None:
    line, heard = TcpLine("127.0.0.1", 0), Heard()
    line.open()
    with closing(line), closing(OfficePrinter(line, heard.emit, tmp_path, page_seconds=0.01)) as printer:
        assert ipp.read(await said(line.port, asked(GET_PRINTER))).first("printer-state") == 3
        printer.do(Fault("lose-answer", True))
        with pytest.raises((OSError, asyncio.IncompleteReadError)):
            await said(line.port, asked(PRINT_JOB, PAGE))
        printer.do(Fault("lose-answer", False))
        while heard.all("job")[-1]["state"] != "completed":
            await heard.next("job", len(heard.all("job")) + 1)
        assert (tmp_path / "job-0001.pdf").read_bytes() == PAGE
        printer.do(Fault("unplug", True))
        with pytest.raises(OSError, match="Connect call failed"):
            await said(line.port, asked(GET_PRINTER))
        printer.do(Fault("unplug", False))
        assert ipp.read(await said(line.port, asked(GET_JOB, job_id=1))).code == 0x0406


@pytest.mark.wire
async def test_one_that_takes_dots_alone_says_so_and_takes_no_pdf() -> None:
    options = _parser().parse_args(["office-printer", "--tcp", "127.0.0.1:0", "--control", "x", "--raster-only"])
    line = TcpLine(*options.tcp)
    with closing(options.build(options)(line, lambda _event: None, folder=None)) as it:
        asked = [(ipp.OPERATION, HEAD)]
        told = it.obey(ipp.write(ipp.Told(GET_PRINTER, 1, asked)))
        assert told.every("document-format-supported") == ["image/pwg-raster"]
        job = [(ipp.OPERATION, HEAD | ipp.words("document-format", "application/pdf", tag=ipp.MIME))]
        assert it.obey(ipp.write(ipp.Told(PRINT_JOB, 2, job, PAGE))).code == 0x040A


@pytest.mark.wire
async def test_it_runs_as_a_process_until_it_is_told_to_stop(tmp_path: Path) -> None:
    options = _parser().parse_args(["office-printer", "--tcp", "127.0.0.1:0", "--control", str(tmp_path / "control")])
    async with asyncio.timeout(LIMIT), asyncio.TaskGroup() as group:
        running = group.create_task(simulate_on_network(options.tcp, options.control, options.build(options)))
        while not options.control.exists():  # noqa: ASYNC110 - a file
            await asyncio.sleep(0)
        os.kill(os.getpid(), signal.SIGTERM)
        await running
    assert not options.control.exists()
    assert (tmp_path / "control-jobs").is_dir()
