from __future__ import annotations

import asyncio
from pathlib import Path
from typing import cast

import pytest

from hall.one_write import OneWrite
from tests.hall.served import serve

HEAD = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n"


class Written:
    """A transport that remembers each write."""

    def __init__(self) -> None:
        self.writes: list[bytes] = []
        self.closed = False

    def write(self, data: bytes) -> None:
        self.writes.append(data)

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def below() -> Written:
    return Written()


@pytest.fixture
def transport(below: Written) -> OneWrite:
    return OneWrite(cast(asyncio.Transport, below))


def test_head_and_body_go_out_together(below: Written, transport: OneWrite) -> None:
    transport.write(HEAD)
    transport.write(b"{}")
    transport.write(b"more")
    assert below.writes == [HEAD + b"{}", b"more"]


def test_a_head_alone_goes_out_when_the_answer_or_the_line_ends(below: Written, transport: OneWrite) -> None:
    transport.write(HEAD)
    transport.flush()
    transport.flush()
    transport.write(HEAD)
    transport.close()
    assert below.writes == [HEAD, HEAD]
    assert below.closed


@pytest.mark.wire
async def test_an_answer_without_a_body_is_not_held_back(settings_file: Path) -> None:
    async with serve(settings_file) as served, served.caller() as client:
        assert (await client.head("/health")).status_code == 405
        assert (await client.get("/health")).status_code == 200
