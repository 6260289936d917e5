"""This machine becomes a box of the hall: a key made here, a code proven both ways (hall.contract.enrolment).

The call is TLS, and whom it reaches is not believed by its certificate: nothing on this machine could check it. What
comes back is believed by its proof of the code, and by nothing else.
"""

from __future__ import annotations

import secrets
import socket
import ssl
from dataclasses import dataclass
from pathlib import Path

import httpx
import msgspec

from config.durable import write_durably
from device.sync import certificate as pair
from device.sync.calls import CUT_OFF, refusal_keyword
from hall.contract.enrolment import Enrol, Enrolled, box_proof, hall_proof, key_of, same

LIMIT_S = 20.0
"""The hall stretches nothing here; it may be busy."""


class NotEnrolled(Exception):
    """Nothing has been written. ``why``: a keyword of the wording room *setup*, ``detail`` for people who read logs."""

    def __init__(self, why: str, detail: str = "") -> None:
        super().__init__(f"{why} {detail}".strip())
        self.why = why
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Place:
    """Where a box's proof stands: its key with its certificate in one file, the hall's authority in another."""

    own: Path
    ca: Path


def enrol(url: str, name: str, code: str, place: Place) -> None:
    """Be enrolled as ``name`` and write both files. Blocks. Raises NotEnrolled, OSError; nothing is written then."""
    if not pair.names(_shown(url), httpx.URL(url).host):
        raise NotEnrolled("hall-misnamed", url)
    key = pair.new_key()
    csr, nonce, known = pair.request_for(name, key), secrets.token_hex(16), key_of(code, name)
    answer = _ask(url, Enrol(name=name, csr=csr, nonce=nonce, proof=box_proof(known, name, nonce, csr)))
    if not same(answer.proof, hall_proof(known, nonce, answer.certificate, answer.ca)):
        raise NotEnrolled("not-the-hall", url)
    if not pair.fits(key, answer.certificate, name) or not pair.issued_by(answer.certificate, answer.ca):
        raise NotEnrolled("not-our-certificate", url)
    write_durably(place.ca, answer.ca.encode("ascii"), 0o644)
    write_durably(place.own, (pair.key_pem(key) + answer.certificate).encode("ascii"))


def request(name: str, folder: Path) -> Path:
    """Without a way to the hall: key and request for `yichuang ca sign`. Gives the request. Raises FileExistsError."""
    key, to = pair.new_key(), folder / f"{name}.key"
    if to.exists():
        raise FileExistsError(17, "exists already", str(to))
    write_durably(to, pair.key_pem(key).encode("ascii"))
    csr = folder / f"{name}.csr"
    write_durably(csr, pair.request_for(name, key).encode("ascii"), 0o644)
    return csr


def _shown(url: str) -> bytes:
    """The certificate (DER) of whoever is there. It is looked at before the code is spent, and proves nothing."""
    at = httpx.URL(url)
    try:
        with (
            socket.create_connection((at.host, at.port or 443), LIMIT_S) as line,
            _anybody().wrap_socket(line, server_hostname=at.host) as connected,
        ):
            return connected.getpeercert(binary_form=True) or b""
    except OSError as error:
        raise NotEnrolled("hall-unreachable", f"{url}: {error}") from None


def _anybody() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def _ask(url: str, asked: Enrol) -> Enrolled:
    try:
        with httpx.Client(base_url=url, verify=_anybody(), trust_env=False, timeout=LIMIT_S) as client:
            answer = client.post("/enrol", content=msgspec.json.encode(asked))
    except CUT_OFF as error:
        raise NotEnrolled("hall-unreachable", f"{url}: {error}") from None
    if answer.status_code != httpx.codes.OK:
        raise NotEnrolled(refusal_keyword(answer.content) or "hall-failed", f"{url}: {answer.status_code}")
    try:
        return msgspec.json.decode(answer.content, type=Enrolled)
    except msgspec.MsgspecError:
        raise NotEnrolled("not-the-hall", url) from None
