"""The second listener of a box, over TLS; every reason why it cannot be is told at the start, by its setting's name."""

from __future__ import annotations

import ipaddress
import socket
import ssl
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from config.box import BoxSettings
from config.loader import Loaded
from device.listening import CannotListen


def listen_for_pcs(loaded: Loaded[BoxSettings]) -> socket.socket | None:
    """Its socket; None for a box without [pairing]. Raises CannotListen."""
    pairing = loaded.values.pairing
    if pairing is None:
        return None
    _must_serve(loaded.beside(pairing.certificate), loaded.beside(pairing.key), pairing.host)
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((pairing.host, pairing.port))
    except OSError as error:
        listener.close()
        remedy = "give an address of this machine (ip address) and a free port"
        raise CannotListen(f"pairing.address {pairing.address}: {error.strerror} → {remedy}") from None
    return listener


def over_tls(app: ASGIApp, loaded: Loaded[BoxSettings], stop_seconds: int) -> uvicorn.Config:
    """How ``app`` is served on that socket."""
    pairing = loaded.values.pairing
    if pairing is None:
        raise ValueError("a box without [pairing]")
    return uvicorn.Config(
        app,
        lifespan="off",
        access_log=False,
        log_config=None,
        http="httptools",
        ws="none",
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=stop_seconds,
        ssl_certfile=loaded.beside(pairing.certificate),
        ssl_keyfile=loaded.beside(pairing.key),
    )


def _must_serve(certificate: Path, key: Path, host: str) -> None:
    from cryptography import x509  # large: only a box with [pairing] loads it

    remedy = f"make both: yichuang ca issue DIR {host} --role counter"
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key, password=lambda: "")
        names = x509.load_pem_x509_certificate(certificate.read_bytes()).extensions.get_extension_for_class(
            x509.SubjectAlternativeName
        )
        addresses = names.value.get_values_for_type(x509.IPAddress)
    except (OSError, ValueError, x509.ExtensionNotFound) as error:
        why = getattr(error, "strerror", None) or getattr(error, "reason", None) or "no certificate for an address"
        raise CannotListen(f"pairing.certificate {certificate}, pairing.key {key}: {why} → {remedy}") from None
    if ipaddress.ip_address(host) not in addresses:
        raise CannotListen(f"pairing.certificate {certificate}: not for {host} → {remedy}")
