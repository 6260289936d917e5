"""HTTP to one scanner, in the four errors' words: every call has a deadline and a limit to what it takes in."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

import httpx

from drivers.contract import CompletionCode, Garbled, Gone, Refused, Remedy, Silent
from drivers.deadline import Deadline

FORM = "http://ADDRESS/eSCL or https://ADDRESS:PORT/eSCL, with the path that the scanner announces as rs"


@dataclass(frozen=True, slots=True)
class Place:
    """``origin``: scheme, address and port, which stay whatever host the device names. ``root``: path of its eSCL."""

    origin: str
    root: str

    @classmethod
    def of(cls, url: str) -> Place:
        """From an address as it is written, FORM. Raises ValueError, "what → remedy"."""
        try:
            parts = urlsplit(url)
            address, _ = ip_address(parts.hostname or ""), parts.port
        except ValueError:
            # A name would need a name server, which an isolated hall has not.
            raise ValueError(f"{url}: no IP address → give {FORM}") from None
        plain = parts.scheme in ("http", "https") and not (parts.username or parts.query or parts.fragment)
        if not plain or not parts.path.strip("/"):
            raise ValueError(f"{url} is no address of a scanner → give {FORM}")
        host = f"[{address}]" if address.version == 6 else str(address)
        at = f":{parts.port}" if parts.port is not None else ""
        return cls(f"{parts.scheme}://{host}{at}", "/" + parts.path.strip("/"))


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, Location and body."""

    status: int
    location: str
    body: bytes


class EsclLink:
    """The connection. ``certificate``: a PEM file that vouches for an https scanner, its own one or its maker's."""

    def __init__(self, place: Place, certificate: str, quiet_seconds: float) -> None:
        self.place = place
        self._certificate = certificate
        self._quiet = quiet_seconds
        self._client: httpx.AsyncClient | None = None

    async def open(self) -> None:
        """Be ready to call. Raises Refused when the certificate cannot be used."""
        await self.close()
        self._client = httpx.AsyncClient(
            verify=_trusting(self._certificate) if self._certificate else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
            timeout=httpx.Timeout(self._quiet),
            headers={"Accept-Encoding": "identity", "User-Agent": "yichuang"},
            trust_env=False,
        )

    async def close(self) -> None:
        """Hang up."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def call(
        self, method: str, path: str, deadline: Deadline, *, body: bytes = b"", most: int = 1 << 20
    ) -> Answer:
        """One request. Raises Gone, Silent, Garbled; an answer longer than ``most`` is Garbled."""
        if self._client is None:
            raise Gone("the scanner is not open")
        headers = {"Content-Type": "text/xml"} if body else {}
        async with deadline.limit(f"{method} {path}: no answer"):
            with _told():
                url = self.place.origin + path
                async with self._client.stream(method, url, content=body or None, headers=headers) as answer:
                    parts, size = [], 0
                    async for part in answer.aiter_raw():
                        size += len(part)
                        if size > most:
                            raise Garbled(f"{method} {path}: an answer without end")
                        parts.append(part)
                    return Answer(answer.status_code, answer.headers.get("Location", ""), b"".join(parts))


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except httpx.TimeoutException:
        raise Silent("the scanner gives no sign any more") from None
    except httpx.NetworkError as failure:
        if _is_about_trust(failure):
            what = "the scanner's certificate is not vouched for by the one that was given"
            raise Refused(what, CompletionCode.INVALID_DATA, Remedy.CONFIGURATION) from None
        raise Gone(f"the scanner cannot be reached: {str(failure) or type(failure).__name__}") from None
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as failure:
        raise Garbled(f"the scanner's answer is broken: {str(failure) or type(failure).__name__}") from None


def _is_about_trust(failure: BaseException | None) -> bool:
    while failure is not None:
        if isinstance(failure, ssl.SSLCertVerificationError):
            return True
        failure = failure.__cause__ or failure.__context__
    return False


def _trusting(certificate: str) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=certificate)
    except (OSError, ssl.SSLError) as failure:
        what = f"{certificate} is no certificate that can be read: {failure.strerror or failure}"
        raise Refused(what, CompletionCode.INVALID_DATA, Remedy.CONFIGURATION) from None
    context.check_hostname = False  # devices name themselves as they were called when they were made
    return context
