"""A driverless scanner over real connections: whole, byte by byte, slow, broken off, and unplugged at every byte."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from drivers.contract import (
    FEEDER_EMPTY,
    Area,
    Colour,
    CompletionCode,
    DeviceFault,
    Garbled,
    Gone,
    MediaType,
    NotScanned,
    Page,
    Phase,
    Refused,
    Remedy,
    ScanRequest,
    Silent,
    Source,
    State,
)
from drivers.deadline import Deadline
from drivers.document_scanner.escl import EsclScanner, EsclSettings
from simulators.control import Event, Fault, LayPage, TakePages
from simulators.document_scanner import documents
from simulators.document_scanner.documents import Wish
from simulators.document_scanner.http_line import Reply, Request
from simulators.document_scanner.scanner import Scanner
from simulators.document_scanner.sheets import Sheet

pytestmark = pytest.mark.wire

T = TypeVar("T")
LIMIT = 20.0
SLACK = 0.5
"""Seconds that a busy machine may be late."""
AREA = Area(105, 148.5)
SMALL = ScanRequest(dpi=75, area=AREA)
FEEDER = ScanRequest(dpi=75, area=AREA, source=Source.FEEDER)
DUPLEX = ScanRequest(dpi=75, area=AREA, source=Source.DUPLEX)


def side(number: int, source: str = "Platen", *, back: bool | None = None) -> bytes:
    """What the scanner sees of a form's side."""
    wish = Wish(source, "RGB24", 75, 1240, 1754, 0, 0, back is not None, "image/jpeg")
    return Sheet("form", number).side(wish, back=bool(back))


class Bench:
    """A scanner and its driver."""

    def __init__(self, **how: Any) -> None:
        self.events: list[Event] = []
        self.scanner = Scanner(("127.0.0.1", 0), self.events.append, page_seconds=0.0, **how)
        self.scanner.line.open()
        settings = EsclSettings(retry_ms=10, page_pause_ms=0, quiet_seconds=LIMIT)
        self.driver = EsclScanner.at(settings, f"http://127.0.0.1:{self.scanner.line.port}/eSCL")

    def fault(self, name: str, on: bool = True) -> None:
        self.scanner.do(Fault(name, on))

    def fill(self, sheets: int) -> None:
        self.scanner.do(LayPage("form", "feeder", sheets))

    async def scan(self, request: ScanRequest = SMALL, seconds: float = LIMIT) -> tuple[Page, ...]:
        pages: tuple[Page, ...] = await in_time(lambda deadline: self.driver.scan(request, deadline), seconds)
        return pages

    def told(self, kind: str) -> list[Event]:
        return [event for event in self.events if event["event"] == kind]


async def in_time(verb: Any, seconds: float = LIMIT) -> Any:
    deadline = Deadline.after(seconds)
    try:
        return await verb(deadline)
    finally:
        assert asyncio.get_running_loop().time() <= deadline.at + SLACK


async def outcome(verb: Awaitable[T]) -> T | DeviceFault:
    try:
        return await verb
    except DeviceFault as fault:
        return fault


@asynccontextmanager
async def bench(**how: Any) -> AsyncIterator[Bench]:
    it = Bench(**how)
    try:
        await it.driver.open(Deadline.after(LIMIT))
        yield it
    finally:
        await it.driver.close()
        it.scanner.close()
        await it.scanner.line.closed()


async def refused(it: Bench, request: ScanRequest = FEEDER) -> NotScanned:
    with pytest.raises(NotScanned) as refusal:
        await it.scan(request)
    return refusal.value


async def test_the_glass_gives_one_page_byte_for_byte_and_its_job_is_taken_away() -> None:
    async with bench() as it:
        it.scanner.do(LayPage("form"))
        (page,) = await it.scan()
        assert page.image == side(1)
        assert (page.media_type, page.dpi, page.width, page.height) == (MediaType.JPEG, 75.0, 310, 438)
        assert len(it.told("job-deleted")) == 1
        assert it.driver.capabilities is not None
        assert it.driver.capabilities.serial == "SIM0001"


async def test_a_feeder_gives_its_pages_in_their_order_and_tells_of_each_as_it_comes() -> None:
    async with bench() as it:
        it.fill(3)
        came: list[Page] = []
        pages = await in_time(lambda deadline: it.driver.scan(FEEDER, deadline, came.append))
        assert [page.image for page in pages] == [side(number, "Feeder") for number in (1, 2, 3)]
        assert [page.number for page in pages] == [1, 2, 3]
        assert tuple(came) == pages


async def test_duplex_gives_front_and_back_of_each_sheet() -> None:
    async with bench() as it:
        it.fill(2)
        pages = await it.scan(DUPLEX)
        wanted = [side(number, "Feeder", back=back) for number in (1, 2) for back in (False, True)]
        assert [page.image for page in pages] == wanted


async def test_a_feeder_is_stopped_after_as_many_pages_as_are_wanted() -> None:
    async with bench() as it:
        it.fill(5)
        assert len(await it.scan(ScanRequest(dpi=75, source=Source.FEEDER, most_pages=2))) == 2
        assert len(await it.scan(FEEDER)) == 3


@pytest.mark.parametrize(("dpi", "width"), [(75, 620), (60, 620), (120, 1240)])
async def test_a_page_says_the_resolution_that_it_really_has(dpi: int, width: int) -> None:
    async with bench() as it:
        (page,) = await it.scan(ScanRequest(dpi=dpi, colour=Colour.GREY))
        assert page.width == width
        assert page.dpi == pytest.approx(page.width / 210 * 25.4, rel=0.01)


async def test_an_empty_feeder_is_told_before_a_job_is_begun() -> None:
    async with bench() as it:
        assert await it.driver.poll(Deadline.after(LIMIT)) == State.of(FEEDER_EMPTY)
        assert (await refused(it)).reason.keyword == "feeder-empty"
        assert it.told("job") == []


async def test_a_jam_is_told_and_what_came_before_it_is_whole() -> None:
    async with bench() as it:
        it.fill(3)
        it.fault("jam")
        came: list[Page] = []
        with pytest.raises(NotScanned) as jam:
            await it.driver.scan(FEEDER, Deadline.after(LIMIT), came.append)
        assert (jam.value.reason.keyword, jam.value.remedy) == ("feeder-jam", Remedy.CLEAR)
        assert [page.image for page in came] == [side(1, "Feeder")]
        assert (await it.driver.poll(Deadline.after(LIMIT))).keywords() == {"feeder-jam"}
        it.scanner.do(TakePages())
        it.fill(1)
        assert len(await it.scan(FEEDER)) == 1


async def test_an_open_cover_is_told_and_the_glass_can_be_used() -> None:
    async with bench() as it:
        it.fill(1)
        it.fault("cover-open")
        assert (await it.driver.poll(Deadline.after(LIMIT))).phase is Phase.STOPPED
        assert (await refused(it)).reason.keyword == "scanner-cover-open"
        assert len(await it.scan()) == 1


async def test_a_scanner_that_others_use_is_busy_and_free_again() -> None:
    async with bench() as it:
        it.fault("busy")
        assert (await it.driver.poll(Deadline.after(LIMIT))).keywords() >= {"scanner-busy"}
        assert (await refused(it, SMALL)).reason.keyword == "scanner-busy"
        it.fault("busy", False)
        assert len(await it.scan()) == 1


async def test_a_scanner_that_lets_nobody_in_says_so() -> None:
    async with bench() as it:
        it.fault("denied")
        assert (await refused(it, SMALL)).reason.keyword == "access-denied"


async def test_its_own_cancel_button_is_told() -> None:
    async with bench() as it:
        it.fill(9)

        def first(_page: Page) -> None:
            it.fault("cancel")

        with pytest.raises(NotScanned) as canceled:
            await it.driver.scan(FEEDER, Deadline.after(LIMIT), first)
        assert canceled.value.code is CompletionCode.CANCELED


async def test_a_cancel_takes_the_job_away_and_the_scanner_is_free() -> None:
    async with bench() as it:
        it.fill(9)

        def second(page: Page) -> None:
            if page.number == 2:
                it.driver.cancel()

        with pytest.raises(NotScanned) as canceled:
            await it.driver.scan(FEEDER, Deadline.after(LIMIT), second)
        assert canceled.value.code is CompletionCode.CANCELED
        assert len(it.told("job-deleted")) == 1
        it.driver.cancel()  # nothing runs: nothing happens
        assert len(await it.scan(FEEDER)) == 7


async def test_a_scan_whose_asker_is_cancelled_takes_its_job_away() -> None:
    async with bench() as it:
        it.fill(9)
        began = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            scan = it.driver.scan(FEEDER, Deadline.after(LIMIT), lambda _: began.set())
            task = group.create_task(scan)
            await began.wait()
            task.cancel()
        assert task.cancelled()
        assert len(it.told("job-deleted")) == 1


async def test_a_page_that_is_not_ready_is_asked_for_again() -> None:
    async with bench() as it:
        it.fill(2)
        it.fault("not-ready")
        assert len(await it.scan(FEEDER)) == 2


async def test_a_feeder_that_says_too_early_that_it_is_done_loses_no_page() -> None:
    async with bench() as it:
        it.fill(3)
        it.fault("early-404")
        assert len(await it.scan(FEEDER)) == 3


async def test_a_job_at_a_wrong_host_is_found_at_the_right_one() -> None:
    async with bench() as it:
        it.fault("wrong-host")
        assert len(await it.scan()) == 1


async def test_half_an_image_that_ends_in_good_order_is_no_page() -> None:
    async with bench() as it:
        it.scanner.do(LayPage("form"))
        it.fault("cut-image")
        with pytest.raises(Garbled, match="not whole"):
            await it.scan()


async def test_a_source_that_it_has_not_is_refused() -> None:
    async with bench(feeder=False) as it:
        for request in (FEEDER, DUPLEX):
            with pytest.raises(Refused) as refusal:
                await it.scan(request)
            assert refusal.value.code is CompletionCode.UNSUPPORTED_COMMAND


@pytest.mark.parametrize("fault", ["byte-by-byte", "slow"])
async def test_over_a_bad_line_every_page_comes_whole(fault: str) -> None:
    async with bench() as it:
        it.fill(2)
        it.fault(fault)
        assert [page.image for page in await it.scan(FEEDER)] == [side(1, "Feeder"), side(2, "Feeder")]


async def test_answers_that_break_off_are_faults_and_all_is_well_afterwards() -> None:
    async with bench() as it:
        it.scanner.do(LayPage("form"))
        it.fault("reset")
        for fault in (await outcome(in_time(it.driver.poll)), await outcome(it.scan())):
            assert isinstance(fault, Gone | Garbled)
        assert isinstance(await outcome(in_time(it.driver.open)), Gone | Garbled)
        it.fault("reset", False)
        it.fault("cancel")  # the scanner has taken a job, which nobody knows of
        it.fault("cancel", False)
        await it.driver.open(Deadline.after(LIMIT))
        assert [page.image for page in await it.scan()] == [side(1)]


async def test_a_scanner_that_says_nothing_is_silent_by_the_deadline() -> None:
    async with bench() as it:
        it.fault("cut-line")
        assert isinstance(await outcome(in_time(it.driver.poll, 0.2)), Silent)
        assert isinstance(await outcome(it.scan(seconds=0.2)), Silent)


async def test_unplugged_at_any_byte_of_a_poll_it_is_a_fault_in_time_and_all_is_well_when_it_is_back() -> None:
    async with bench() as it:
        line = it.scanner.line
        line.carried = 0
        await it.driver.poll(Deadline.after(LIMIT))
        length = line.carried
        for position in range(length):
            line.carried, line.cut_after = 0, position
            fault = await outcome(in_time(it.driver.poll))
            assert isinstance(fault, Gone | Garbled), (position, fault)
            line.cut_after = None
            line.close()
            await line.closed()
            line.open()
        assert await it.driver.poll(Deadline.after(LIMIT)) == State.of(FEEDER_EMPTY)


async def test_unplugged_in_the_middle_of_a_scan_no_piece_of_a_page_is_a_page() -> None:
    whole = side(1, "Feeder")
    async with bench() as it:
        line = it.scanner.line
        it.fill(1)
        line.carried = 0
        await it.scan(FEEDER)
        for position in range(100, line.carried - 1000, 997):
            it.scanner.do(TakePages())
            it.fill(1)
            line.carried, line.cut_after = 0, position
            came: list[Page] = []
            fault = await outcome(in_time(lambda deadline, came=came: it.driver.scan(FEEDER, deadline, came.append)))
            assert isinstance(fault, Gone | Garbled), (position, fault)
            assert all(page.image == whole for page in came)
            line.cut_after = None
            line.close()
            await line.closed()
            line.open()
            it.fault("cancel")  # whoever has lost its power has no job
            it.fault("cancel", False)


async def test_nobody_at_the_address_is_gone() -> None:
    async with bench() as it:
        it.fault("unplug")
        with pytest.raises(Gone):
            await it.driver.open(Deadline.after(LIMIT))
        with pytest.raises(Gone, match="not open"):
            await it.driver.poll(Deadline.after(LIMIT))
        it.fault("unplug", False)
        assert (await it.driver.open(Deadline.after(LIMIT))).accepting


async def answered(reply: Reply, verb: str = "open") -> DeviceFault | Any:
    """What becomes of a scanner that always says the same."""
    it = Bench()

    async def say(_request: Request) -> Reply:
        return reply

    it.scanner.line._answer = say
    try:
        return await outcome(in_time(getattr(it.driver, verb)))
    finally:
        await it.driver.close()
        it.scanner.close()
        await it.scanner.line.closed()


@pytest.mark.parametrize(
    ("reply", "fault"),
    [
        (Reply(404), Refused),
        (Reply(200, b"<html/>"), Garbled),
        (Reply(200, b"x" * (1 << 20) + b"x"), Garbled),
        (Reply(500), Garbled),
        (Reply(302, headers={"Location": "http://192.0.2.9/"}), Garbled),
        (Reply(200, b"x", {"Content-Encoding": "gzip"}), Garbled),
        (Reply(503), NotScanned),
        (Reply(401), NotScanned),
    ],
    ids=lambda value: f"{value.status} {value.body[:8]!r}" if isinstance(value, Reply) else value.__name__,
)
async def test_an_answer_that_no_scanner_gives_is_one_of_the_four(reply: Reply, fault: type[DeviceFault]) -> None:
    assert type(await answered(reply)) is fault


async def test_a_certificate_that_cannot_be_read_is_a_matter_of_configuration(tmp_path: Path) -> None:
    (tmp_path / "wrong.pem").write_text("no certificate")
    for name in ("wrong.pem", "none.pem"):
        settings = EsclSettings(certificate=str(tmp_path / name))
        with pytest.raises(Refused) as refusal:
            await EsclScanner.at(settings, "https://127.0.0.1:9/eSCL").open(Deadline.after(LIMIT))
        assert refusal.value.remedy is Remedy.CONFIGURATION


def signed_by_itself(folder: Path, name: str) -> Path:
    """A device's certificate and key in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    begin = datetime(2020, 1, 1, tzinfo=UTC)
    made = x509.CertificateBuilder(subject, subject, key.public_key(), 1, begin, begin.replace(year=2099))
    made = made.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    certificate = made.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / name).write_bytes(certificate + private)
    return folder / name


async def test_an_https_scanner_is_known_by_its_certificate_and_another_one_is_refused(tmp_path: Path) -> None:
    own, other = signed_by_itself(tmp_path, "scanner"), signed_by_itself(tmp_path, "stranger")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(own)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while head := await reader.readuntil(b"\r\n\r\n"):
                able = b"ScannerCapabilities" in head
                body = documents.capabilities("M", "S", feeder=False) if able else documents.status("Idle", "", [])
                writer.write(Reply(200, body).encode())
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/eSCL"
    async with server:
        driver = EsclScanner.at(EsclSettings(certificate=str(own)), url)
        assert await driver.open(Deadline.after(LIMIT)) == State.of()
        await driver.close()
        with pytest.raises(Refused, match="not vouched for") as refusal:
            await EsclScanner.at(EsclSettings(certificate=str(other)), url).open(Deadline.after(LIMIT))
        assert refusal.value.remedy is Remedy.CONFIGURATION
