"""The lower half of a box against a hall on a real socket: mutual TLS, kept-alive connections, a stream."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from device.clock import Clock
from device.journal import Journal
from device.supervise import Tasks
from device.sync.calls import get, make_client
from device.sync.commands import Commands
from device.sync.desired import Desired
from device.sync.downlink import Downlink
from device.sync.link import Link
from device.sync.reserve import Reserver
from device.sync.uplink import Uplink
from drivers.deadline import Deadline
from hall.contract import CallNext, Reserve
from tests.device.fake_hall import FakeHall
from tests.device.hall_certificates import Certificates, make_certificates

pytestmark = pytest.mark.wire

LIMIT_S = 15.0


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class HallOnSocket:
    """The fake hall's answers behind uvicorn; counts the connections that boxes make."""

    def __init__(self, hall: FakeHall, certificates: Certificates) -> None:
        self.hall = hall
        self.peers: set[int] = set()
        self._certificates = certificates

    @asynccontextmanager
    async def serving(self, port: int = 0) -> AsyncIterator[int]:
        with socket.create_server(("127.0.0.1", port)) as listener:
            config = uvicorn.Config(
                Starlette(routes=[Route("/{path:path}", self._answer, methods=["GET", "POST"])]),
                ssl_certfile=str(self._certificates.hall),
                ssl_keyfile=str(self._certificates.hall_key),
                ssl_ca_certs=str(self._certificates.ca),
                ssl_cert_reqs=ssl.CERT_REQUIRED,
                timeout_keep_alive=3600,
                timeout_graceful_shutdown=10,  # a busy machine takes its time to close a connection
                lifespan="off",
                log_config=None,
                ws="none",
            )
            server = _Server(config)
            async with asyncio.TaskGroup() as group:
                group.create_task(server.serve([listener]))
                yield listener.getsockname()[1]
                for stream in self.hall.streams:
                    stream.put_nowait(None)
                server.should_exit = True

    async def _answer(self, request: Request) -> Response:
        assert request.client is not None
        self.peers.add(request.client.port)
        url = f"https://hall.test{request.url.path}"
        answer = await self.hall._answer(httpx.Request(request.method, url, content=await request.body()))
        if request.url.path == "/device/downlink":
            return StreamingResponse(answer.aiter_raw(), media_type="text/event-stream")
        return Response(await answer.aread(), answer.status_code, media_type="application/json")


async def test_facts_numbers_commands_and_states_cross_a_real_line(
    tmp_path: Path,
) -> None:
    certificates = make_certificates(tmp_path)
    hall = FakeHall()
    wire = HallOnSocket(hall, certificates)
    clock = Clock()
    journal = Journal.open(tmp_path / "journal.db", "kiosk-1", clock, "demo")
    desired = Desired(journal)
    async with asyncio.timeout(LIMIT_S):
        async with wire.serving() as port:
            client = make_client(f"https://127.0.0.1:{port}", certificates.ca, certificates.box, certificates.box_key)
            link = Link(client, journal, clock, desired)
            commands, reserver = Commands(link, journal, desired, clock), Reserver(link)
            async with client, Tasks() as tasks:
                for work in (link.run, Uplink(link, journal, clock).run, Downlink(link, desired).run, commands.run):
                    tasks.start(work.__qualname__, work())
                await hall.until(lambda: hall.facts and hall.streams and hall.requests["/health"])
                for count in range(1, 51):
                    wanted = Reserve(ticket=f"t{count}", service="1", mode="demo", mono_ms=1, boot="b")
                    reserved = await reserver.reserve(wanted)
                    assert reserved is not None
                    assert reserved.digits == f"1{count:03d}"
                answer = await commands.send(CallNext(request="r1", window=3, mode="demo"), Deadline.after(3))
                assert answer.outcome == "done"
                await hall.until(lambda: len(hall.facts) == 2)
                assert len(wire.peers) <= 4, "one for each that talks at once, not one a request"
                tasks.stop()
    await journal.close()


async def test_a_hall_that_cannot_prove_itself_is_not_talked_to(tmp_path: Path) -> None:
    (tmp_path / "ours").mkdir()
    (tmp_path / "strange").mkdir()
    ours, strange = make_certificates(tmp_path / "ours"), make_certificates(tmp_path / "strange")
    hall = FakeHall()
    clock = Clock()
    journal = Journal.open(tmp_path / "journal.db", "kiosk-1", clock, "demo")
    async with asyncio.timeout(LIMIT_S), HallOnSocket(hall, strange).serving() as port:
        client = make_client(f"https://127.0.0.1:{port}", ours.ca, ours.box, ours.box_key)
        link = Link(client, journal, clock, Desired(journal))
        async with client, Tasks() as tasks:
            with link.watch.watching() as changed:
                tasks.start("link", link.run())
                await changed.wait()
            assert (link.hall, link.known_down, hall.hellos) == ("down", True, [])
            tasks.stop()
    await journal.close()


async def test_a_call_that_is_given_up_in_its_handshake_leaves_no_socket_open(tmp_path: Path) -> None:
    """A hall that hangs takes connections and says nothing; a box asks again and again."""
    certificates = make_certificates(tmp_path)
    said: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
    heard = asyncio.Event()

    async def mute(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        hello = await reader.read(1)
        heard.set()
        said.set_result(hello + await reader.read())
        writer.close()

    async with asyncio.timeout(LIMIT_S):
        server = await asyncio.start_server(mute, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        client = make_client(f"https://127.0.0.1:{port}", certificates.ca, certificates.box, certificates.box_key)
        async with server, client:
            calling = asyncio.ensure_future(get(client, "/health", dict, LIMIT_S))
            await heard.wait()
            calling.cancel()
            with pytest.raises(asyncio.CancelledError):
                await calling
            assert (await said)[0] == 0x16, "the beginning of a handshake, and then the end"
