"""The bench's own HTTP client reads exactly one answer, however it arrives."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from simulators.bench.wire import Answer, Broken, read_answer, request

WHOLE = b'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nContent-Length: 11\r\n\r\n{"ok":true}'


def arriving(*pieces: bytes) -> Callable[[int], bytes]:
    left: Iterator[bytes] = iter((*pieces, b""))
    return lambda _most: next(left)


def test_an_answer_that_arrives_whole() -> None:
    assert read_answer(arriving(WHOLE)) == Answer(200, b'{"ok":true}')


def test_an_answer_that_arrives_byte_by_byte() -> None:
    assert read_answer(arriving(*(bytes([byte]) for byte in WHOLE))).json() == {"ok": True}


def test_an_answer_without_a_body() -> None:
    assert read_answer(arriving(b"HTTP/1.1 204 No Content\r\ncontent-length: 0\r\n\r\n")) == Answer(204, b"")


def test_an_answer_cut_short_is_broken() -> None:
    with pytest.raises(Broken, match="closed"):
        read_answer(arriving(WHOLE[:-1]))
    with pytest.raises(Broken, match="closed"):
        read_answer(arriving(WHOLE[:20]))


def test_more_than_one_answer_is_broken() -> None:
    with pytest.raises(Broken, match="after the answer"):
        read_answer(arriving(WHOLE + WHOLE[:5]))


def test_an_answer_of_unknown_length_is_broken() -> None:
    with pytest.raises(Broken, match="Content-Length"):
        read_answer(arriving(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n"))


def test_what_is_no_http_is_broken() -> None:
    with pytest.raises(Broken, match=r"no HTTP/1\.1"):
        read_answer(arriving(b"SSH-2.0-x\r\n\r\n"))
    with pytest.raises(Broken, match="without an end"):
        read_answer(arriving(*[b"x" * 8192] * 4))


def test_a_refusal_names_its_status_and_says_why() -> None:
    with pytest.raises(Broken, match="status 409: wrong-mode"):
        Answer(409, b"wrong-mode").json()


def test_a_request_says_how_long_its_body_is() -> None:
    assert request("POST", "/press", b"{}", {"Authorization": "Bearer t"}) == (
        b"POST /press HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer t\r\n"
        b"Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
    )
    assert b"Content-Length" not in request("GET", "/health")
