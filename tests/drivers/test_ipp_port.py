"""IPP's way over HTTP: which printer, whether TLS knows it, and what each kind of wrong answer becomes."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from drivers.contract import CompletionCode, DeviceFault, Garbled, Gone, Refused, Remedy, Silent
from drivers.deadline import Deadline
from drivers.office_printer.ipp import IppPrinter, IppSettings
from drivers.office_printer.ipp_codec import MESSAGE_CAP
from drivers.office_printer.ipp_port import IppPort, PrinterUri
from drivers.registry import SettingsProblem
from tests.device.hall_certificates import make_certificates

LIMIT = 20.0
GOOD = b"HTTP/1.1 200 OK\r\nContent-Type: application/ipp\r\n"


@asynccontextmanager
async def answering(
    answer: bytes, *, keeps_open: bool = False, tls: ssl.SSLContext | None = None
) -> AsyncIterator[int]:
    """A server that says this to every request; its port."""
    over = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        if keeps_open:
            await over.wait()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    async with server:
        try:
            yield server.sockets[0].getsockname()[1]
        finally:
            over.set()


async def asked(port: int, scheme: str = "ipp", certificate: str = "", seconds: float = LIMIT) -> bytes | DeviceFault:
    way = IppPort(PrinterUri.of(f"{scheme}://127.0.0.1:{port}/ipp/print"), certificate)
    try:
        return await way.ask(b"request", Deadline.after(seconds))
    except DeviceFault as fault:
        return fault
    finally:
        await way.close()


@pytest.mark.parametrize(
    ("port", "text", "url"),
    [
        ("ipp://192.0.2.9:631/ipp/print", "ipp://192.0.2.9:631/ipp/print", "http://192.0.2.9:631/ipp/print"),
        ("ipp://192.0.2.9/printers/a4", "ipp://192.0.2.9:631/printers/a4", "http://192.0.2.9:631/printers/a4"),
        ("ipps://[2001:db8::9]/ipp/print", "ipps://[2001:db8::9]:631/ipp/print", "https://[2001:db8::9]:631/ipp/print"),
    ],
)
def test_a_printer_is_reached_where_its_uri_says(port: str, text: str, url: str) -> None:
    uri = PrinterUri.of(port)
    assert (uri.text, uri.url, uri.tls) == (text, url, port.startswith("ipps"))


@pytest.mark.parametrize(
    "port",
    [
        "ipp://printer.local/ipp/print",
        "ipp://192.0.2.9",
        "ipp:192.0.2.9:631/ipp/print",
        "ipp://192.0.2.9:99999/ipp/print",
        "ipp://user:word@192.0.2.9/ipp/print",
        "ipp://192.0.2.9/ipp/print?x=1",
        "http://192.0.2.9/ipp/print",
        "ipp://[2001:db8::9/ipp",
    ],
)
def test_what_is_no_address_of_a_printer_is_refused_with_its_form(port: str) -> None:
    with pytest.raises(SettingsProblem, match="→ give ipp://ADDRESS:631") as problem:
        IppPrinter.at(IppSettings(), port)
    assert problem.value.key == "line"


@pytest.mark.parametrize(
    ("scheme", "certificate", "remedy"),
    [("ipps", "", "ipps: and certificate"), ("ipp", "PEM", "ipps: and certificate"), ("ipps", "PEM", "BEGIN to END")],
)
def test_tls_and_the_printer_s_certificate_belong_together(scheme: str, certificate: str, remedy: str) -> None:
    with pytest.raises(SettingsProblem) as problem:
        IppPrinter.at(IppSettings(certificate=certificate), f"{scheme}://192.0.2.9/ipp/print")
    assert problem.value.key == "certificate"
    assert remedy in problem.value.remedy


@pytest.mark.wire
@pytest.mark.parametrize(
    "answer",
    [
        GOOD + b"Content-Length: 6\r\n\r\nanswer",
        b"HTTP/1.1 100 Continue\r\n\r\n" + GOOD + b"Content-Length: 6\r\n\r\nanswer",
        GOOD.replace(b"application/ipp", b"Application/IPP; x=1") + b"Connection: close\r\n\r\nanswer",
        GOOD + b"Transfer-Encoding: chunked\r\n\r\n2\r\nan\r\n4\r\nswer\r\n0\r\n\r\n",
        b"HTTP/1.0 200 OK\r\nContent-Type: application/ipp\r\n\r\nanswer",
    ],
)
async def test_every_way_to_end_an_answer_gives_the_answer(answer: bytes) -> None:
    async with answering(answer) as port:
        assert await asked(port) == b"answer"


@pytest.mark.wire
@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (b"", Gone),
        (GOOD + b"Content-Length: 60\r\n\r\nans", Gone),
        (GOOD + b"Transfer-Encoding: chunked\r\n\r\n6\r\nans", Gone),
        (b"SSH-2.0-printer\r\n\r\n", Garbled),
        (b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nhi", Garbled),
        (b"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n", Garbled),
        (b"HTTP/1.1 301 Moved\r\nLocation: http://192.0.2.1/\r\nContent-Length: 0\r\n\r\n", Garbled),
        (GOOD + b"Connection: close\r\n\r\n" + bytes(MESSAGE_CAP + 1), Garbled),
        (GOOD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", Garbled),
    ],
)
async def test_a_wrong_answer_is_gone_or_garbled_and_the_request_has_left(answer: bytes, kind: type) -> None:
    async with answering(answer) as port:
        fault = await asked(port)
        assert isinstance(fault, kind)
        assert isinstance(fault, DeviceFault)
        assert fault.sent


@pytest.mark.wire
@pytest.mark.parametrize(
    ("status", "code", "remedy"),
    [
        (401, CompletionCode.UNSUPPORTED_COMMAND, Remedy.CONFIGURATION),
        (404, CompletionCode.INVALID_DATA, Remedy.CONFIGURATION),
        (426, CompletionCode.UNSUPPORTED_COMMAND, Remedy.CONFIGURATION),
        (503, CompletionCode.DEVICE_NOT_READY, Remedy.CLEAR),
    ],
)
async def test_http_s_own_refusals_have_a_remedy(status: int, code: CompletionCode, remedy: Remedy) -> None:
    async with answering(f"HTTP/1.1 {status} No\r\nContent-Length: 0\r\n\r\n".encode()) as port:
        refused = await asked(port)
        assert isinstance(refused, Refused)
        assert (refused.code, refused.remedy) == (code, remedy)


@pytest.mark.wire
async def test_nobody_there_is_gone_before_anything_left_and_nobody_answering_is_silent_in_time() -> None:
    async with answering(b"", keeps_open=True) as port:
        begun = asyncio.get_running_loop().time()
        assert isinstance(await asked(port, seconds=0.1), Silent)
        assert asyncio.get_running_loop().time() - begun < LIMIT / 2
    gone = await asked(port)
    assert isinstance(gone, Gone)
    assert not gone.sent


@pytest.mark.wire
async def test_a_printer_with_tls_is_known_by_its_certificate_alone(tmp_path: Path) -> None:
    files = make_certificates(tmp_path)
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(files.box, files.box_key)
    async with answering(GOOD + b"Content-Length: 6\r\n\r\nanswer", tls=tls) as port:
        assert await asked(port, "ipps", files.box.read_text(encoding="ascii")) == b"answer"
        stranger = await asked(port, "ipps", files.hall.read_text(encoding="ascii"))
        assert isinstance(stranger, Gone)
        assert not stranger.sent
