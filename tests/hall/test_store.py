from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest

from hall.store import desks
from hall.store.database import LOG_BYTES, WrongDatabase, connect, connect_reader, migrate, prepare
from hall.store.reader import Reader
from hall.store.writer import Effects, StoreFailed, Tx, Writer


@asynccontextmanager
async def opened(file: Path, effects: list[Effects]) -> AsyncIterator[Writer]:
    connection = connect(file)
    migrate(connection)
    writer = Writer(connection, effects.append)
    try:
        yield writer
    finally:
        await writer.close()
        connection.close()


def put(key: str, value: str = "here") -> Callable[[Tx], None]:
    return partial(desks.put_meta, key=key, value=value)


async def test_what_queues_up_meanwhile_shares_one_commit(tmp_path: Path) -> None:
    async with opened(tmp_path / "hall.db", []) as writer:
        await asyncio.gather(*(writer.write(put(str(n))) for n in range(200)))
        assert writer.commits < 100
        assert await writer.write(lambda tx: desks.meta(tx, "199")) == "here"


async def test_a_job_that_fails_takes_nothing_with_it(tmp_path: Path) -> None:
    def fails(tx: Tx) -> None:
        desks.put_meta(tx, "half", "done")
        raise LookupError("half way")

    effects: list[Effects] = []
    async with opened(tmp_path / "hall.db", effects) as writer:
        before, failed, after = await asyncio.gather(
            writer.write(put("before")),
            writer.write(fails),
            writer.write(put("after")),
            return_exceptions=True,
        )
        assert (before, after) == (None, None)
        assert isinstance(failed, LookupError)
        assert await writer.write(lambda tx: [desks.meta(tx, key) for key in ("before", "half", "after")]) == [
            "here",
            "",
            "here",
        ]
    assert len(effects) == 3


async def test_jobs_run_on_the_loop_and_only_the_disk_is_waited_for_elsewhere(tmp_path: Path) -> None:
    async with opened(tmp_path / "hall.db", []) as writer:
        assert await writer.write(lambda _: threading.current_thread()) is threading.current_thread()
        waiting = asyncio.ensure_future(writer.write(put("slow")))
        turns = 0
        while not waiting.done():
            await asyncio.sleep(0)
            turns += 1
        assert turns > 2


async def test_what_is_queued_is_written_before_the_end(tmp_path: Path) -> None:
    async with opened(tmp_path / "hall.db", []) as writer:
        jobs = [asyncio.ensure_future(writer.write(put(str(n)))) for n in range(20)]
        await asyncio.sleep(0)
    assert all(job.done() and job.exception() is None for job in jobs)


async def test_effects_are_known_before_the_answer(tmp_path: Path) -> None:
    effects: list[Effects] = []
    async with opened(tmp_path / "hall.db", effects) as writer:
        await writer.write(lambda tx: tx.count("11", 1))
        assert [effect.waiting for effect in effects] == [{"11": 1}]


async def test_nothing_is_answered_as_done_that_is_not_on_the_disk(tmp_path: Path) -> None:
    async with opened(tmp_path / "hall.db", []) as writer:
        await writer.write(lambda tx: tx.execute("PRAGMA max_page_count = 1"))
        with pytest.raises(StoreFailed, match="full"):
            await writer.write(put("long", "x" * 1_000_000))


async def test_the_reader_sees_what_is_committed_and_cannot_write(tmp_path: Path) -> None:
    async with opened(tmp_path / "hall.db", []) as writer:
        connection = connect_reader(tmp_path / "hall.db")
        reader = Reader(connection)
        assert reader.facts() == 0
        put_there = "SELECT json_object('key', key) FROM meta WHERE key = 'mode'"
        assert b"".join(reader.stream(put_there)) == b"[]"
        await writer.write(put("mode"))
        assert b"".join(reader.stream(put_there)) == b'[{"key":"mode"}]'
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            connection.execute("DELETE FROM meta")
        reader.close()


def test_a_commit_waits_for_the_disk(tmp_path: Path) -> None:
    connection = connect(tmp_path / "hall.db")
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
    connection.close()


def test_a_log_with_room_is_an_empty_log(tmp_path: Path) -> None:
    file = tmp_path / "hall.db"
    prepare(file)
    assert (tmp_path / "hall.db-wal").stat().st_size == LOG_BYTES
    connection = connect(file)
    desks.put_meta(Tx(connection), "kept", "here")
    connection.close()
    prepare(file)
    connection = connect(file)
    assert desks.meta(Tx(connection), "kept") == "here"
    connection.close()


def test_a_newer_database_is_left_alone(tmp_path: Path) -> None:
    connection = connect(tmp_path / "hall.db")
    migrate(connection)
    migrate(connection)
    connection.execute("PRAGMA user_version = 999")
    with pytest.raises(WrongDatabase, match="999"):
        migrate(connection)
    connection.close()


def test_the_head_of_a_queue_is_found_by_its_index_alone(tmp_path: Path) -> None:
    connection = connect(tmp_path / "hall.db")
    migrate(connection)
    plan = connection.execute(
        "EXPLAIN QUERY PLAN SELECT id FROM ticket WHERE service = '11' AND waits = 1 ORDER BY place_ms, id LIMIT 1"
    ).fetchall()
    assert [step[3].split(" USING ")[1] for step in plan] == ["INDEX ticket_queue (service=?)"]
    connection.close()
