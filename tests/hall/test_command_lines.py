from __future__ import annotations

import io
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.x509.oid import NameOID

from config import pins
from hall import cli


def certificate(file: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(file.read_bytes())


def test_an_authority_issues_what_verifies_under_it(tmp_path: Path) -> None:
    assert cli.ca(["init", str(tmp_path)]) == 0
    assert cli.ca(["issue", str(tmp_path), "kiosk-1", "counter-1", "--days", "3"]) == 0
    issued = certificate(tmp_path / "kiosk-1.pem")
    issued.verify_directly_issued_by(certificate(tmp_path / "ca.pem"))
    names = {name.oid: name.value for name in issued.subject}
    assert names == {NameOID.COMMON_NAME: "kiosk-1", NameOID.ORGANIZATIONAL_UNIT_NAME: "box"}
    assert (tmp_path / "counter-1.key").stat().st_mode & 0o777 == 0o600


def test_a_halls_certificate_names_where_it_is_reached(tmp_path: Path) -> None:
    cli.ca(["init", str(tmp_path)])
    cli.ca(["issue", str(tmp_path), "hall.yunxi.example", "--role", "hall"])
    extension = certificate(tmp_path / "hall.yunxi.example.pem").extensions.get_extension_for_class(
        x509.SubjectAlternativeName
    )
    assert extension.value.get_values_for_type(x509.DNSName) == ["localhost", "hall.yunxi.example"]
    assert [str(address) for address in extension.value.get_values_for_type(x509.IPAddress)] == ["127.0.0.1"]


def test_no_key_is_ever_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cli.ca(["init", str(tmp_path)])
    key = (tmp_path / "ca.key").read_bytes()
    assert cli.ca(["init", str(tmp_path)]) == 1
    assert (tmp_path / "ca.key").read_bytes() == key
    assert "exists already" in capsys.readouterr().err


def test_without_an_authority_nothing_is_issued(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.ca(["issue", str(tmp_path), "kiosk-1"]) == 1
    assert "yichuang ca init" in capsys.readouterr().err


def test_a_slip_key_is_ed25519(tmp_path: Path) -> None:
    assert cli.ca(["slip-key", str(tmp_path / "slip.key")]) == 0
    key = serialization.load_pem_private_key((tmp_path / "slip.key").read_bytes(), None)
    assert isinstance(key, Ed25519PrivateKey)


def test_a_pin_becomes_the_line_for_the_settings(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("2468\n"))
    assert cli.pin([]) == 0
    line = capsys.readouterr().out.strip()
    assert pins.matches("2468", line)
    assert "2468" not in line.split(":")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("port = 8610", "prot = 8610", "hall.toml:10: unknown key hall.prot"),
        ("port = 8610", "", "hall.port is missing"),
        ('certificate = "certs/hall.pem"', 'certificate = "gone.pem"', "yichuang ca issue DIR hall --role hall"),
        ("windows = [1, 2, 3]", "windows = [1, 2, 9]", "no window 9"),
        ("digit = 1 ", "digit = 11 ", "box.0.digit"),
    ],
)
def test_bad_settings_are_refused_with_file_line_and_remedy(
    settings_file: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, told: str
) -> None:
    text = settings_file.read_text(encoding="utf-8")
    assert old in text
    settings_file.write_text(text.replace(old, new, 1), encoding="utf-8")
    assert cli.hall([str(settings_file)]) == 2
    err = capsys.readouterr().err
    assert told in err
    assert f"{settings_file}:" in err
    assert "→" in err


def test_a_service_without_a_code_is_refused(settings_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    catalogue = settings_file.with_name("catalogue.toml")
    catalogue.write_text(catalogue.read_text(encoding="utf-8").replace('code = "12"\n', "", 1), encoding="utf-8")
    assert cli.hall([str(settings_file)]) == 2
    assert "service.1.code is missing" in capsys.readouterr().err


def test_a_technicians_certificate_says_that_it_is_one(tmp_path: Path) -> None:
    cli.ca(["init", str(tmp_path)])
    assert cli.ca(["issue", str(tmp_path), "technician-1", "--role", "technician"]) == 0
    names = {name.oid: name.value for name in certificate(tmp_path / "technician-1.pem").subject}
    assert names[NameOID.ORGANIZATIONAL_UNIT_NAME] == "technician"
