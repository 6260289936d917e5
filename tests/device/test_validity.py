"""How long a box's certificate is valid, read without a library for certificates."""

from __future__ import annotations

import datetime
import ssl
from contextlib import suppress
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given, settings
from hypothesis import strategies as st

from device.maintenance.validity import DAY_MS, days_left, valid_until_ms
from hall import ca

KEY = ec.generate_private_key(ec.SECP256R1())
UNTIL = datetime.datetime(2030, 1, 1, tzinfo=datetime.UTC)
NAME = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "kiosk-1")])


def pem(until: datetime.datetime) -> str:
    begin = datetime.datetime(1990, 1, 1, tzinfo=datetime.UTC)
    builder = x509.CertificateBuilder(NAME, NAME, KEY.public_key(), 7, begin, until)
    return builder.sign(KEY, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


@settings(max_examples=30, deadline=None)
@given(days=st.integers(1, 80_000))
def test_it_reads_what_the_library_wrote_before_2050_and_after(days: int) -> None:
    until = datetime.datetime(1991, 1, 1, tzinfo=datetime.UTC) + datetime.timedelta(days=days, seconds=days)
    assert valid_until_ms(pem(until)) == int(until.timestamp()) * 1000


def test_days_are_whole_and_negative_once_it_has_run_out(tmp_path: Path) -> None:
    file = tmp_path / "box.pem"
    file.write_text(pem(UNTIL))
    until_ms = int(UNTIL.timestamp() * 1000)
    assert [days_left(file, until_ms - ms) for ms in (30 * DAY_MS, DAY_MS - 1, 0, -1)] == [30, 0, 0, -1]


def test_a_certificate_of_our_own_authority_is_read(tmp_path: Path) -> None:
    ca.init(tmp_path / "certs")
    ca.issue(tmp_path / "certs", "kiosk-1", "box", 90)
    text = (tmp_path / "certs" / "kiosk-1.pem").read_text()
    expected = x509.load_pem_x509_certificate(text.encode()).not_valid_after_utc
    assert valid_until_ms(text) == int(expected.timestamp() * 1000)


@pytest.mark.parametrize("text", ["", "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n", "x" * 100])
def test_what_is_no_certificate_has_no_days(tmp_path: Path, text: str) -> None:
    file = tmp_path / "box.pem"
    file.write_text(text)
    assert days_left(file, 0) is None
    assert days_left(tmp_path / "none.pem", 0) is None


@settings(deadline=None)
@given(place=st.integers(0, 400), byte=st.integers(0, 255))
def test_a_damaged_one_is_a_number_or_none_and_never_an_accident(place: int, byte: int) -> None:
    der = bytearray(x509.load_pem_x509_certificate(pem(UNTIL).encode()).public_bytes(serialization.Encoding.DER))
    der[place % len(der)] = byte
    with suppress(ValueError):
        assert isinstance(valid_until_ms(ssl.DER_cert_to_PEM_cert(bytes(der))), int)
