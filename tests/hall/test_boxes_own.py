"""The hall's own certificate: browsers refuse it from a day that is known, and people are told a month before."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest

from config.wording import LANGUAGES
from hall import ca, cli
from hall.boxes.own import ENDING_DAYS, OwnCertificate, own_needs
from hall.boxes.printed import printed
from hall.contract.maintenance import Boxes
from tests.hall.boxes_scene import boxes
from tests.hall.served import serve

DAY_MS = 86_400_000


def lasting(folder: Path, days: int) -> Path:
    ca.init(folder)
    ca.issue(folder, "hall", "hall", days)
    return folder / "hall.pem"


@pytest.mark.parametrize(
    ("passed_days", "fault", "severity"),
    [
        (60 - ENDING_DAYS - 1, "", ""),
        (60 - ENDING_DAYS + 1, "own-certificate-ending", "warning"),
        (59, "own-certificate-ending", "warning"),
        (61, "own-certificate-ended", "error"),
    ],
)
def test_it_is_said_from_a_month_before_its_end(tmp_path: Path, passed_days: int, fault: str, severity: str) -> None:
    certificate = lasting(tmp_path / "certs", 60)
    needs = own_needs(OwnCertificate.of(certificate), int(time.time() * 1000) + passed_days * DAY_MS)
    assert [(need.fault, need.severity) for need in needs] == ([(fault, severity)] if fault else [])
    for need in needs:
        for texts in (need.what, need.mend, need.until):
            assert set(texts) == set(LANGUAGES)
            assert not any("{" in text for text in texts.values())
        assert str(certificate) in need.mend["en"]


async def test_whoever_looks_at_the_boxes_is_told_until_the_hall_has_started_with_a_new_one(
    settings_file: Path, tmp_path: Path
) -> None:
    certs = settings_file.parent / "certs"
    shared = certs.resolve()
    certs.unlink()
    shutil.copytree(shared, certs)
    for name in ("hall.pem", "hall.key"):
        (certs / name).unlink()
    ca.issue(certs, "hall", "hall", 12)
    async with serve(settings_file) as served:
        told = await boxes(served)
        assert [need.fault for need in told.own] == ["own-certificate-ending"]
        assert "ends in 11 days" in told.own[0].what["en"]
        assert any("ends in 11 days" in line for line in printed(told))
        for name in ("hall.pem", "hall.key"):
            (certs / name).unlink()
        ca.issue(certs, "hall", "hall", 400)
        assert len((await boxes(served)).own) == 1, "the old one is shown still"
    async with serve(settings_file) as served:
        assert (await boxes(served)).own == []


def test_the_command_line_that_is_told_makes_one_that_is_called_the_same(tmp_path: Path) -> None:
    ca.init(tmp_path)
    ca.issue(tmp_path, "hall.example", "hall", 12, ["10.0.0.2", "hall.local"])
    own = OwnCertificate.of(tmp_path / "hall.example.pem")
    assert own.again == "yichuang ca issue DIR hall.example --role hall --address hall.local --address 10.0.0.2"
    for name in ("hall.example.pem", "hall.example.key"):
        (tmp_path / name).unlink()
    line = own.again.replace("DIR", str(tmp_path)).split()[2:]
    assert cli.ca(line) == 0
    assert OwnCertificate.of(tmp_path / "hall.example.pem").names == own.names
    (need,) = own_needs(own, int(time.time() * 1000))
    assert own.again in need.mend["zh-CN"]


def test_a_hall_of_an_older_program_tells_nothing_of_itself() -> None:
    assert Boxes(hall="h", business_date="", now_ms=0, opens="", boxes=[]).own == []
