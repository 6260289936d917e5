"""IPP over HTTP (RFC 8010 §4): one POST of application/ipp, one answer. TLS by the printer's own certificate."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

import httpx

from drivers.contract import CompletionCode, DeviceFault, Garbled, Gone, Refused, Remedy
from drivers.deadline import Deadline
from drivers.office_printer.ipp_codec import MESSAGE_CAP

FORM = "ipp://ADDRESS:631/PATH, as in ipp://192.0.2.9:631/ipp/print; ipps: where the printer has TLS"
PORT = 631
TYPE = "application/ipp"
IDLE_SECONDS = 4.0
"""A connection idle for longer is not used again: the printer may be closing it just then."""

_REFUSALS = {
    401: ("wants a password", CompletionCode.UNSUPPORTED_COMMAND, Remedy.CONFIGURATION),
    403: ("does not serve this machine", CompletionCode.UNSUPPORTED_COMMAND, Remedy.CONFIGURATION),
    404: ("serves nothing at this path", CompletionCode.INVALID_DATA, Remedy.CONFIGURATION),
    405: ("takes no IPP at this path", CompletionCode.INVALID_DATA, Remedy.CONFIGURATION),
    413: ("finds the document too large", CompletionCode.INVALID_DATA, Remedy.CONFIGURATION),
    426: ("wants TLS: ipps", CompletionCode.UNSUPPORTED_COMMAND, Remedy.CONFIGURATION),
    503: ("is busy", CompletionCode.DEVICE_NOT_READY, Remedy.CLEAR),
}


@dataclass(frozen=True, slots=True)
class PrinterUri:
    """Where a printer is: ``text`` as it calls itself in printer-uri, ``url`` to post to."""

    text: str
    url: str
    tls: bool

    @classmethod
    def of(cls, port: str) -> PrinterUri:
        """Of a port as it is written, FORM. Raises ValueError, "what → remedy"."""
        try:
            parts = urlsplit(port)
            address, number = ip_address(parts.hostname or ""), parts.port or PORT
        except ValueError:
            # A name would need a name server, which an isolated hall has not.
            raise ValueError(f"{port}: no IP address and port → give {FORM}") from None
        plain = not (parts.username or parts.password or parts.query or parts.fragment)
        if parts.scheme not in ("ipp", "ipps") or not plain or not parts.path.startswith("/"):
            raise ValueError(f"{port} is no address of an IPP printer → give {FORM}")
        tls = parts.scheme == "ipps"
        place = f"[{address}]:{number}" if address.version == 6 else f"{address}:{number}"
        return cls(f"{parts.scheme}://{place}{parts.path}", f"http{'s' * tls}://{place}{parts.path}", tls)


def trusting(certificate: str) -> ssl.SSLContext:
    """TLS to the one printer that has this certificate (PEM), whatever names stand in it. Raises ValueError."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False  # it is known by its certificate itself; printers sign their own
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    try:
        context.load_verify_locations(cadata=certificate)
    except (ssl.SSLError, ValueError):
        raise ValueError(
            "certificate is no PEM text → give what the printer's own page exports, BEGIN to END"
        ) from None
    return context


class IppPort:
    """The way to one printer. Every DeviceFault says by ``sent`` whether something of the request may have left."""

    def __init__(self, uri: PrinterUri, certificate: str = "") -> None:
        self.uri = uri.text
        self._url = uri.url
        self._tls: ssl.SSLContext | bool = trusting(certificate) if uri.tls else False
        self._client: httpx.AsyncClient | None = None

    async def ask(self, request: bytes, deadline: Deadline) -> bytes:
        """Post a request, with its document behind it, and give the answer. Raises Gone, Silent, Garbled, Refused."""
        client = self._client = self._client or self._new_client()
        try:
            async with deadline.limit(f"{self.uri} does not answer"):
                return await self._posted(client, request)
        except (httpx.ConnectError, httpx.LocalProtocolError) as failure:
            gone = Gone(f"{self.uri}: {failure}")
            gone.sent = False
            raise gone from failure
        except httpx.RemoteProtocolError as failure:
            raise _protocol(self.uri, failure) from failure
        except httpx.HTTPError as failure:
            raise Gone(f"{self.uri}: {type(failure).__name__}") from failure

    async def close(self) -> None:
        """Hang up. Never raises."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    def _new_client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(  # nosec B113 # the deadline is handed down
            verify=self._tls,
            timeout=None,  # noqa: S113 - the deadline is handed down
            trust_env=False,
            headers={"Accept-Encoding": "identity", "User-Agent": "yichuang", "Accept": TYPE},
            limits=httpx.Limits(max_connections=1, max_keepalive_connections=1, keepalive_expiry=IDLE_SECONDS),
        )

    async def _posted(self, client: httpx.AsyncClient, request: bytes) -> bytes:
        async with client.stream("POST", self._url, content=request, headers={"Content-Type": TYPE}) as answer:
            if answer.status_code != httpx.codes.OK:
                raise self._refused(answer.status_code)
            if answer.headers.get("content-type", "").partition(";")[0].strip().lower() != TYPE:
                raise Garbled(f"{self.uri} answers with no {TYPE}")
            body = bytearray()
            try:
                async for part in answer.aiter_raw():
                    body += part
                    if len(body) > MESSAGE_CAP:
                        # Hung up and read on, which fails: only so do httpx's readers end one after the other.
                        await answer.aclose()
            except httpx.ReadError:
                if len(body) <= MESSAGE_CAP:
                    raise
            if len(body) > MESSAGE_CAP:
                raise Garbled(f"{self.uri} answers without an end")
            return bytes(body)

    def _refused(self, status: int) -> DeviceFault:
        if status not in _REFUSALS:
            return Garbled(f"{self.uri} answers with HTTP status {status}")
        what, code, remedy = _REFUSALS[status]
        return Refused(f"{self.uri} {what}", code, remedy)


def _protocol(name: str, failure: httpx.RemoteProtocolError) -> DeviceFault:
    """A connection closed in the middle is Gone; bytes that are no HTTP are Garbled. h11 tells them by words only."""
    if any(words in str(failure) for words in ("disconnected", "closed connection")):
        return Gone(f"{name} hung up")
    return Garbled(f"{name} answers with no HTTP")
