"""A box that has persons, numbers and keys in every corner gives a bundle that has none of them, however written."""

from __future__ import annotations

import asyncio
import base64
import gzip
import io
import json
import logging
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from config.box import BoxSettings, load_box
from config.loader import Loaded
from config.logs import configure_logs, recent_lines
from device.bundle.cli import bundle
from device.bundle.make import bundling
from device.bundle.pack import LARGEST, name_of, pack, unpack
from device.clock import Clock
from device.journal import Journal
from device.maintenance.frames import texts_of
from drivers.dialect.follow import Interpreter
from drivers.dialect.table import dialect_of
from drivers.id_card import sdt_codec as codec
from hall.contract.maintenance import (
    Advice,
    BoxReport,
    Bundle,
    ClockReport,
    DeviceReport,
    Frame,
    Frames,
    JournalReport,
    Lease,
    LinkReport,
    Reason,
)
from tests.config.test_settings import BOX
from tests.device.inline_writer import InlineWriter

NAME, LATIN, NUMBER = "林一帆", "Yifan Lin", "110101190001011237"
CLERK, STAFF_NO, PHONE = "周晓宁", "99871002", "13900000000"
PASSWORD, PIN_LINE = "hunter2-hunter2", f"scrypt:{'5a' * 16}:{'c3' * 32}"
KEY = "MC4CAQAwBQYDK2VwBCIEIHJlY2VudGx5bm9ib2R5c2F3dGhpc2tleSEh"
PEM = f"-----BEGIN PRIVATE KEY-----\n{KEY}\n-----END PRIVATE KEY-----"
TOKEN = "q7uYx0ZsVtWmLk3NfGh2Jd9B"
SECRETS = (NAME, LATIN, "Yifan", NUMBER, NUMBER[6:14], CLERK, PHONE, PASSWORD, PIN_LINE, "5a" * 16, KEY, TOKEN)
SPACED = "110101 19000101 1237"

SETTINGS = f"""
{BOX}
[kiosk]
signing_key = "/home/yifan-lin/slip.key"
staff_code = "{PIN_LINE}"

[cards]
purpose = "核对{NAME}"
purpose_en = "to check {LATIN} {NUMBER}"

[[counter.phrase]]
zh = "请找{CLERK}，电话{PHONE}"
en = "{LATIN}"

[[line]]
name = "office"
port = "ipp://{PASSWORD}:{PASSWORD}@192.0.2.7:631/ipp/print"

[[line]]
name = "id-card"
port = "/home/{LATIN.replace(" ", "-")}/tty"

[[device]]
name = "reader"
model = "sdt-reader"
line = "id-card"
options = {{ password = "{PASSWORD}", api_token = "{TOKEN}" }}
"""


@pytest.fixture
def loaded(tmp_path: Path) -> Loaded[BoxSettings]:
    (tmp_path / "box.toml").write_text(SETTINGS, encoding="utf-8")
    return load_box(tmp_path / "box.toml")


@pytest.fixture
def log() -> Iterator[None]:
    """The log of a box whose every rule about persons was broken."""
    before, root = structlog.get_config(), logging.getLogger()
    handlers, level = list(root.handlers), root.level
    configure_logs("test", stream=io.StringIO(), environment={})
    said = structlog.get_logger()
    said.info("device back", device="display-1")
    said.warning("device lost", device="reader", fault="silent", what=f"{NAME} {NUMBER} no answer")
    said.warning(f"card of {LATIN} {SPACED} read", clerk=CLERK, name=NAME, **{LATIN.replace(" ", "_"): 1})
    said.error("hall refuses us", reason=TOKEN, why=f"password {PASSWORD}\n{PEM}")
    logging.getLogger(LATIN).warning("%s says %s", LATIN, NUMBER)
    try:
        int(f"{NAME} {NUMBER} {KEY}")
    except ValueError:
        said.exception("child has a bug", child="link")
        logging.getLogger("uvicorn").exception("bad %s", PASSWORD)
    yield
    structlog.configure(**before)
    root.handlers[:] = handlers
    root.setLevel(level)


def frames() -> list[Frames]:
    """A card read whole and in pieces, a slip with a name on it, a display, and bytes that are no frame."""
    person = (NAME.ljust(15) + NUMBER).encode("utf-16-le")
    whole = codec.encode(b"\x00\x00\x90" + person.ljust(256, b" ") + bytes(1024))
    slip = f"{NAME} {NUMBER[:3]}*{NUMBER[-4:]} {LATIN}\n{NUMBER}\n".encode("gb18030")
    lines = {
        "id-card": (["sdt-reader"], [whole, whole[:100], person, NUMBER.encode(), b"\xaa\xaa" + person]),
        "printer": (["escpos"], [slip, b"\x1b@" + NUMBER.encode("utf-16-le"), f"A1001 {CLERK}\n".encode("gb18030")]),
        "displays": (["strip-a090", "onbon-bx5k"], [slip, person, NUMBER.encode()]),
        "unknown": (["of-another-maker"], [slip, person, whole]),
    }
    return [_frames(name, models, pieces) for name, (models, pieces) in lines.items()]


def _frames(line: str, models: list[str], data: list[bytes]) -> Frames:
    interpreter = Interpreter([dialect_of(model) for model in models])
    heard: list[Any] = []
    for way in ("from-device", "to-device"):
        for at, piece in enumerate(data):
            heard += [*interpreter.hear(way, piece, float(at)), *interpreter.rest()]
    kept = [
        Frame(
            mark=mark, at_ms=0, way=piece.way, model=models[0], text=texts_of(piece)["zh-CN"],
            hex=piece.hex(), sound=piece.verdict != "bad",
        )
        for mark, piece in enumerate(heard, 1)
    ]  # fmt: skip
    return Frames(line=line, frames=kept, mark=len(kept))


REPORT = BoxReport(
    box="counter-1",
    mode="demo",
    version="0.1.0",
    flows=True,
    up_ms=1,
    roles=["windows"],
    devices=[
        DeviceReport(
            name="reader", family="id_card", model="sdt-reader", line="id-card", port=f"/home/{LATIN}", phase="idle",
            accepting=True, firmware=f"of {LATIN} {NUMBER}", statistics={"GoodReadCount": 3},
            reasons=[Reason(keyword="card-present", severity="report", text={"zh-CN": NAME, "en": LATIN})],
        )
    ],
    advice=[
        Advice(
            device="reader", fault="silent", severity="error", what={"zh-CN": NAME}, mend={"zh-CN": PHONE},
            until={"zh-CN": CLERK},
        )
    ],
    supplies=[],
    journal=JournalReport(id=TOKEN, seq=3, outbox=0, bytes=1, free_bytes=2),
    link=LinkReport(hall="up", url=f"https://{PASSWORD}@hall", refusal=f"{LATIN} {TOKEN}"),
    clock=ClockReport(trust="compared", wall_ms=0),
    leases=[Lease(id=TOKEN, who=f"{CLERK} {PHONE}", devices=["reader"], left_ms=9000)],
    faults=[],
    lines=["id-card"],
)  # fmt: skip


class Reports:
    async def report(self) -> BoxReport:
        return REPORT


class Lines:
    async def watch(self, seconds: float) -> list[Frames]:
        assert seconds > 0
        return frames()


async def journal_with_persons(folder: Path) -> None:
    clock = Clock(wall_ms=lambda: 1, mono_ms=lambda: 1, boot_id="b")
    journal = Journal.open(folder / "journal.db", "counter-1", clock, "demo", writer=InlineWriter)
    await journal.record("device", {"name": NAME, "reasons": NUMBER}, operator=CLERK, post=PHONE, visit=TOKEN)
    await journal.record(f"odd {LATIN}", {"key": PEM})
    await journal.remember("clerks", json.dumps({"clerk": CLERK, "line": PIN_LINE}))
    await journal.close()


def data_with_persons(folder: Path) -> None:
    folder.mkdir()
    asyncio.run(journal_with_persons(folder))
    (folder / f"journal.{LATIN} {NUMBER}.db").write_bytes(b"no database")
    (folder / "box.key").write_text(PEM, encoding="ascii")


def forms(secret: str) -> Iterator[bytes]:
    """A secret as it could be written."""
    for coding in ("utf-8", "gb18030", "utf-16-le", "utf-16-be"):
        raw = secret.encode(coding)
        yield from (raw, raw.hex().encode(), raw.hex().upper().encode(), raw.hex(" ").encode())
        for before in range(3):  # base64 of it within something longer: the characters that are of it alone
            whole = base64.b64encode(bytes(before) + raw)
            yield whole[(before * 8 + 5) // 6 : (before + len(raw)) * 8 // 6]
    yield json.dumps(secret).strip('"').encode()


def found_in(packed: bytes) -> list[str]:
    """Every secret that is in it: packed, unpacked, or part by part."""
    places = {"packed": packed, "tar": gzip.decompress(packed), **unpack(packed)}
    return [
        f"{secret} in {place} as {form[:40]!r}"
        for place, data in places.items()
        for secret in SECRETS
        for form in forms(secret)
        if form in data
    ]


def made(loaded: Loaded[BoxSettings]) -> Bundle:
    clock = Clock(wall_ms=lambda: 1_767_576_600_000, mono_ms=lambda: 1, boot_id="b")

    async def tell() -> Bundle:
        return await bundling(loaded, clock)(Reports(), Lines())()

    data_with_persons(loaded.beside(loaded.values.box.data))
    return asyncio.run(tell())


def test_the_search_finds_each_secret_in_each_form() -> None:
    for secret in SECRETS:
        parts = {f"part {at}": b"before " + form + b" after" for at, form in enumerate(forms(secret))}
        parts["encoded"] = base64.b64encode(f"any {secret} how".encode("utf-16-le"))
        told = "\n".join(found_in(pack(parts)))
        assert [name for name in parts if f"{secret} in {name} as" not in told] == []
        assert min(map(len, forms(secret))) > 3  # a shorter one could stand anywhere


def test_no_person_no_number_and_no_key_is_in_a_bundle_of_a_box_seeded_with_them(
    loaded: Loaded[BoxSettings], log: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YICHUANG_PASSWORD", PASSWORD)
    monkeypatch.setenv("USER", LATIN)
    seeded = [secret for secret in SECRETS if not any(secret in line for line in [*recent_lines(), SETTINGS])]
    assert seeded == ["19000101"] or seeded == []  # they are really there before
    packed = base64.b64decode(made(loaded).data)
    assert found_in(packed) == []
    assert SPACED.encode() not in b"".join(unpack(packed).values())


def test_what_helps_is_still_there(loaded: Loaded[BoxSettings], log: None) -> None:
    parts = unpack(base64.b64decode(made(loaded).data))
    assert sorted(parts) == [
        "frames.json", "journal.json", "log.txt", "report.json", "settings.txt", "system.json",
    ]  # fmt: skip
    log_text = parts["log.txt"].decode()
    assert "info device back  device=display-1" in log_text
    assert "warning device lost  device=reader  fault=silent" in log_text
    assert "no answer" in log_text
    assert "error child has a bug  child=link" in log_text
    assert "ValueError" in log_text
    assert 'device.display-1.model = "onbon-bx5k"' in parts["settings.txt"].decode()
    assert "kiosk.staff_code = " in parts["settings.txt"].decode()
    report = json.loads(parts["report.json"])
    assert report["devices"][0]["reasons"] == {"card-present": "report"}
    assert report["devices"][0]["statistics"] == {"GoodReadCount": 3}
    (journal, odd) = json.loads(parts["journal.json"])
    assert journal["kinds"] == {"device": 1, "opened": 1, "other": 1}
    assert "unreadable" in odd
    assert json.loads(parts["system.json"])["packages"]["msgspec"]
    heard = {line["line"]: line["frames"] for line in json.loads(parts["frames.json"])}
    assert heard["id-card"][0]["hex"].startswith("aa aa aa 96 69")  # the frame's head, and no byte of the card
    assert all(heard.values())


def test_the_name_says_which_box_and_when() -> None:
    assert name_of("kiosk-1", 1_767_576_600_000) == "yichuang-kiosk-1-20260105T013000Z.tar.gz"


def test_the_same_parts_give_the_same_bytes_in_the_same_order() -> None:
    one = pack({"b": b"2", "a": b"1"})
    assert one == pack({"a": b"1", "b": b"2"})
    assert list(unpack(one)) == ["a", "b"]


def test_a_bundle_is_never_too_large_and_keeps_what_is_newest() -> None:
    lines = b"".join(f"{count} {os.urandom(40).hex()}\n".encode() for count in range(20_000))
    packed = pack({"log.txt": lines, "report.json": b"{}"}, 100_000)
    assert len(packed) <= 100_000 < LARGEST
    kept = unpack(packed)["log.txt"].decode().splitlines()
    assert kept[0] == "(shortened)"
    assert kept[-1].startswith("19999 ")
    assert unpack(packed)["report.json"] == b"{}"


def test_a_box_that_does_not_run_gives_what_stands_there(
    loaded: Loaded[BoxSettings], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(_journalctl(tmp_path / "bin")))
    data_with_persons(tmp_path / "data")
    assert bundle([str(loaded.file), "--to", str(tmp_path)]) == 0
    file = Path(capsys.readouterr().out.strip())
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    packed = file.read_bytes()
    assert found_in(packed) == []
    parts = unpack(packed)
    assert sorted(parts) == ["journal.json", "log.txt", "settings.txt", "system.json"]
    assert parts["log.txt"].decode().splitlines()[0] == (
        "2026-01-05T01:30:00.000000Z warning device lost  device=reader  fault=silent  what=·· no answer"
    )


def _journalctl(folder: Path) -> Path:
    """A journal of the system's, with persons in it."""
    entries: list[dict[str, Any]] = [
        {"EVENT": "device lost", "DEVICE": "reader", "FAULT": "silent", "WHAT": f"{NAME} no answer", "PRIORITY": "4"},
        {"MESSAGE": f"Traceback … {LATIN} {NUMBER}", "PRIORITY": "3"},
        {"MESSAGE": [1, 2], "PRIORITY": "6", "_CMDLINE": f"yichuang {PASSWORD}", "_HOSTNAME": LATIN},
        {"EVENT": f"card {NUMBER}", LATIN.upper().replace(" ", "_"): "x", "PRIORITY": "6"},
    ]
    folder.mkdir()
    lines = [json.dumps({"__REALTIME_TIMESTAMP": "1767576600000000", **entry}) for entry in entries]
    (folder / "lines").write_text("\n".join([*lines, "no json", "{}"]) + "\n", encoding="utf-8")
    script = folder / "journalctl"
    script.write_text(f"#!/bin/sh\nexec /bin/cat {folder / 'lines'}\n", encoding="utf-8")
    script.chmod(0o700)
    return folder
