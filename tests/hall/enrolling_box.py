"""A hall beside its CA's key, and a box of it that shows what it likes and has no device."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
from cryptography import x509

from config.box import load_box
from device.assembly import BoxParts
from device.hardware import build_hardware
from device.main import running
from device.supervise import Tasks
from device.sync.enrolment import Place, enrol
from device.sync.renewal import Renewal
from device.watch import Watch
from hall.contract.enrolment import shown, typed
from tests.hall.served import LIMIT_S, Served

BOX = """\
[box]
name = "{name}"
mode = "demo"
port = 8630
data = "data-of-{name}"

[hall]
url = "https://127.0.0.1:{port}"
ca = "{proof}/ca.pem"
certificate = "{proof}/{name}.pem"
key = "{proof}/{name}.{key}"

[board]
"""


def with_ca_key(settings_file: Path) -> Path:
    """These settings, and the CA's key beside the hall."""
    told = settings_file.read_text(encoding="utf-8")
    told = told.replace('key = "certs/hall.key"', 'key = "certs/hall.key"\nca_key = "certs/ca.key"')
    settings_file.write_text(told, encoding="utf-8")
    return settings_file


async def code_for(served: Served, box: str) -> str:
    """As an administrator asks for it on the hall's machine."""
    async with served.caller("hall") as hall:
        made = (await hall.post("/api/enrolment/code", json={"box": box})).json()
    assert shown(typed(made["code"])) == made["code"]
    return typed(made["code"])


async def enrolled(served: Served, box: str, folder: Path) -> Place:
    """A machine becomes this box: its files."""
    await asyncio.to_thread(folder.mkdir, exist_ok=True)
    place = Place(folder / f"{box}.pem", folder / "ca.pem")
    await asyncio.to_thread(enrol, served.url, box, await code_for(served, box), place)
    return place


def serial(file: Path) -> str:
    return f"{x509.load_pem_x509_certificate(file.read_bytes()).serial_number:X}"


@asynccontextmanager
async def box_at(served: Served, folder: Path, name: str, proof: Path, *, key: str = "pem") -> AsyncIterator[BoxParts]:
    """The box's daemon, all but its socket. ``proof``: the folder of its certificate."""
    file = folder / f"{name}.toml"
    file.write_text(BOX.format(name=name, port=served.port, proof=proof, key=key), encoding="utf-8")
    loaded = load_box(file)
    async with Tasks() as tasks, running(loaded, build_hardware(loaded), tasks) as parts:
        parts.readiness.append(lambda: True)
        try:
            yield parts
        finally:
            parts.streams.stop()


async def until(watch: Watch, holds: Callable[[], bool]) -> None:
    """Wait until it is so."""
    async with asyncio.timeout(LIMIT_S):
        with watch.watching() as changed:
            while not holds():
                await changed.wait()
                changed.clear()


def renewal_of(parts: BoxParts) -> Renewal:
    """What renews this box's certificate."""
    renewal: Renewal = parts.long_lived["renewal"].__self__  # type: ignore[attr-defined]
    return renewal


def in_two_files(place: Place) -> None:
    """Key and certificate apart, as `yichuang ca issue` leaves them."""
    both = place.own.read_text()
    begin = both.index("-----BEGIN CERTIFICATE")
    place.own.with_suffix(".key").write_text(both[:begin])
    place.own.write_text(both[begin:])


def caller(served: Served, place: Place) -> httpx.AsyncClient:
    """A client with this certificate."""
    tls = ssl.create_default_context(cafile=str(place.ca))
    tls.load_cert_chain(place.own)
    return httpx.AsyncClient(base_url=served.url, verify=tls, timeout=LIMIT_S)


async def calls_with(served: Served, place: Place) -> int:
    """The status of a call with this certificate."""
    async with caller(served, place) as client:
        return (await client.get("/device/directory")).status_code
