"""A clerk's own PC over TLS: what it reaches before it is paired, as what it is paired, and after that is undone."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import structlog

from config.box import load_box
from config.problem import SettingsError
from device.assembly import BoxParts
from device.hardware import build_hardware
from device.listening import CannotListen
from device.main import running, serve_pcs
from device.pairing.cli import pair
from device.pairing.gate import COOKIE
from device.pairing.listener import listen_for_pcs
from device.sessions import Sessions
from device.supervise import Tasks
from hall import ca
from tests.device.counter import CLERK
from tests.device.maintenance_terminal import Terminal
from tests.free_ports import free_port

LIMIT_S = 10
BOX = """\
[box]
name = "counter-1"
mode = "demo"
port = 8601
data = "box"

[hall]
url = "https://127.0.0.1:1"
ca = "certs/ca.pem"
certificate = "certs/counter-1.pem"
key = "certs/counter-1.key"

[pairing]
address = "{address}"
certificate = "certs/{certificate}.pem"
key = "certs/{certificate}.key"

[[window]]
number = 3

[[window]]
number = 4
"""


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pairing") / "certs"
    ca.init(folder)
    ca.issue(folder, "counter-1", "box", 30)
    for address in ("127.0.0.1", "192.0.2.7"):
        ca.issue(folder, address, "counter", 30)
    return folder


class Place:
    """A box with its gate open to PCs. ``terminal``: a technician's on the box."""

    def __init__(self, file: Path, parts: BoxParts, base: str) -> None:
        self.file, self.parts, self.base = file, parts, base
        self.terminal = Terminal(file.parent / "box" / "run" / "maintenance.sock")

    def pc(self) -> httpx.AsyncClient:
        believed = ssl.create_default_context(cafile=self.file.parent / "certs" / "ca.pem")
        return httpx.AsyncClient(base_url=self.base, verify=believed, timeout=LIMIT_S, headers={"origin": self.base})

    async def ask(self, **what: Any) -> tuple[int, Any]:
        return await asyncio.to_thread(self.terminal.ask, "pair", **what)

    async def code(self, window: int = 3) -> str:
        status, told = await self.ask(window=window)
        assert status == 200, told
        return str(told["code"])


def written(folder: Path, certificates: Path, address: str, certificate: str = "127.0.0.1") -> Path:
    (folder / "certs").symlink_to(certificates)
    file = folder / "box.toml"
    file.write_text(BOX.format(address=address, certificate=certificate), encoding="utf-8")
    return file


@asynccontextmanager
async def opened(folder: Path, certificates: Path) -> AsyncIterator[Place]:
    address = f"127.0.0.1:{free_port()}"
    file = written(folder, certificates, address)
    loaded = load_box(file)
    listener = listen_for_pcs(loaded)
    assert listener is not None
    async with Tasks() as serving, Tasks() as tasks:
        with listener:
            async with running(loaded, build_hardware(loaded), tasks) as parts:
                stop = serve_pcs(parts, loaded, listener, serving)
                place = Place(file, parts, f"https://{address}")
                async with asyncio.timeout(LIMIT_S):
                    while not place.terminal.path.exists():  # noqa: ASYNC110 - the kernel tells nobody
                        await asyncio.sleep(0)
                yield place
                parts.streams.stop()
                await stop()


@pytest.fixture
async def place(tmp_path: Path, certificates: Path) -> AsyncIterator[Place]:
    async with opened(tmp_path, certificates) as made:
        yield made


async def paired(place: Place, pc: httpx.AsyncClient, window: int = 3) -> str:
    answer = await pc.post("/pair", data={"code": (await place.code(window)).lower()})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/window/{window}")
    return pc.cookies[COOKIE]


@pytest.mark.wire
async def test_without_a_key_there_is_the_pairing_page_and_nothing_else(place: Place) -> None:
    async with place.pc() as pc:
        for path in ("/", "/window/3", "/window/3/state", "/kiosk", "/metrics", "/maintenance/report", "/health"):
            answer = await pc.get(path)
            assert answer.status_code == 401
            assert 'action="/pair"' in answer.text
        assert (await pc.post("/window/3/press", json={})).status_code == 401
        assert (await pc.get("/static/tokens.css")).status_code == 200


@pytest.mark.wire
async def test_a_technician_is_told_before_the_pcs_browsers_refuse_the_box(place: Place) -> None:
    """The tests' certificate is for a month: less than that is left."""
    report = await asyncio.to_thread(place.terminal.report)
    assert "pairing-certificate-ending" in [advice["fault"] for advice in report["advice"]]


@pytest.mark.wire
async def test_five_wrong_codes_end_the_right_one(place: Place) -> None:
    async with place.pc() as pc:
        code = await place.code()
        for _ in range(5):
            assert (await pc.post("/pair", data={"code": "22222-22222"})).status_code == 403
        assert (await pc.post("/pair", data={"code": code})).status_code == 403


@pytest.mark.wire
async def test_a_code_pairs_one_pc_with_its_window_and_no_other_place_of_the_box(place: Place) -> None:
    async with place.pc() as pc, place.pc() as second:
        code = await place.code()
        answer = await pc.post("/pair", data={"code": code})
        told = answer.headers["set-cookie"].lower()
        assert all(word in told for word in ("__host-", "secure", "httponly", "samesite=strict", "path=/", "max-age"))
        assert (await second.post("/pair", data={"code": code})).status_code == 403
        assert (await pc.get("/")).headers["location"] == "/window/3"
        assert (await pc.get("/window/3")).status_code == 200
        token = await Sessions(place.parts.journal).open(3, CLERK)
        body = {"act": "next", "press": "p-1"}
        pressed = await pc.post("/window/3/press", json=body, headers={"authorization": f"Bearer {token}"})
        assert pressed.json()["reason"] == "hall-unreachable", "the box's own answer to a press of a clerk it knows"
        for path in ("/window/4", "/window/4/state", "/window/3/", "/kiosk", "/metrics", "/maintenance/report"):
            assert (await pc.get(path)).status_code == 403


@pytest.mark.wire
async def test_a_foreign_host_or_origin_is_refused_even_with_a_key(place: Place) -> None:
    async with place.pc() as pc:
        await paired(place, pc)
        assert (await pc.get("/window/3", headers={"host": "evil.example"})).status_code == 421
        assert (await pc.post("/window/3/press", headers={"origin": "https://evil.example"})).status_code == 403
        del pc.headers["origin"]
        assert (await pc.post("/window/3/press")).status_code == 403


@pytest.mark.wire
async def test_who_is_undone_is_out_at_once_and_the_open_stream_ends(place: Place) -> None:
    async with place.pc() as pc:
        await paired(place, pc)
        async with pc.stream("GET", "/window/3/state") as stream:
            pieces = stream.aiter_text()
            assert (await anext(pieces)).startswith("event: state")
            assert await place.ask(window=3, undo=True) == (200, {"paired": {}, "code": "", "minutes": 10})
            async with asyncio.timeout(LIMIT_S):
                async for _ in pieces:
                    pass
        assert (await pc.get("/window/3")).status_code == 401


@pytest.mark.wire
async def test_the_key_is_in_no_log_line_no_repr_and_no_journal(place: Place) -> None:
    with structlog.testing.capture_logs() as lines:
        async with place.pc() as pc:
            key = await paired(place, pc)
            assert (await pc.get("/window/3")).status_code == 200
    files = [file.read_bytes() for file in (place.file.parent / "box").rglob("*") if file.is_file()]
    assert files
    assert not any(key.encode() in content for content in files)
    assert key not in str(lines)
    assert key not in repr(place.parts.gate)


@pytest.mark.wire
async def test_the_command_line_makes_a_code_lists_and_undoes(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    settings = str(place.file)
    assert await asyncio.to_thread(pair, [settings, "3"]) == 0
    assert place.base in capsys.readouterr().out
    async with place.pc() as pc:
        await paired(place, pc)
        assert await asyncio.to_thread(pair, [settings]) == 0
        assert "Window 3" in capsys.readouterr().out
        assert await asyncio.to_thread(pair, [settings, "--undo", "3"]) == 0
        assert (await pc.get("/window/3")).status_code == 401
    assert await asyncio.to_thread(pair, [settings, "9"]) == 1
    assert "3, 4" in capsys.readouterr().err


@pytest.mark.parametrize("address", ["0.0.0.0:8643", "[::]:8643", "10.0.3.7", "10.0.3.7:0", "10.0.3.7:70000"])
def test_an_address_that_is_not_exactly_one_is_refused_by_its_line(
    address: str, tmp_path: Path, certificates: Path
) -> None:
    with pytest.raises(SettingsError) as refused:
        load_box(written(tmp_path, certificates, address))
    assert "box.toml:14" in str(refused.value)
    assert "10.0.3.7:8643" in str(refused.value)


def test_a_certificate_of_another_address_is_told_at_the_start(tmp_path: Path, certificates: Path) -> None:
    with pytest.raises(CannotListen, match=r"pairing\.certificate .*192\.0\.2\.7\.pem: not for 127\.0\.0\.1"):
        listen_for_pcs(load_box(written(tmp_path, certificates, "127.0.0.1:8643", "192.0.2.7")))


def test_an_address_of_another_machine_is_told_at_the_start(tmp_path: Path, certificates: Path) -> None:
    with pytest.raises(CannotListen, match=r"pairing\.address 192\.0\.2\.7:8643: .* → "):
        listen_for_pcs(load_box(written(tmp_path, certificates, "192.0.2.7:8643", "192.0.2.7")))
