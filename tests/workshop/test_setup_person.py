"""A person at a terminal: told, asked, and free to press Enter while a device is listened to."""

from __future__ import annotations

import asyncio
import queue
import threading

import pytest

from workshop.setup.person import AtTerminal, Nobody, NotAnswered


class Keyboard:
    """Lines as they are typed; a read blocks until one is."""

    def __init__(self) -> None:
        self.lines: queue.Queue[str] = queue.Queue()
        self.reads = threading.Semaphore(0)

    def read(self) -> str:
        self.reads.release()
        return self.lines.get(timeout=10)


async def test_a_question_is_answered_by_a_line_without_its_end() -> None:
    keyboard, told = Keyboard(), list[str]()
    person = AtTerminal("en", told.append, keyboard.read)
    keyboard.lines.put(" counter-1 \n")
    assert await person.ask("ask-name") == "counter-1"
    assert "hall's settings" in told[0]


async def test_enter_ends_the_waiting_for_a_device() -> None:
    keyboard, ended = Keyboard(), asyncio.Event()
    person = AtTerminal("zh-CN", lambda _: None, keyboard.read)

    async def forever() -> str:
        try:
            return await asyncio.Future[str]()
        finally:
            ended.set()

    keyboard.lines.put("\n")
    assert await person.unless_skipped(forever()) is None
    assert ended.is_set()


async def test_a_device_that_comes_first_leaves_the_line_for_the_next_question() -> None:
    keyboard = Keyboard()
    person = AtTerminal("zh-CN", lambda _: None, keyboard.read)

    async def at_once() -> str:
        await asyncio.to_thread(keyboard.reads.acquire)
        return "pressed"

    assert await person.unless_skipped(at_once()) == "pressed"
    keyboard.lines.put("3\n")
    assert await person.ask("ask-windows") == "3"
    assert not keyboard.reads.acquire(blocking=False), "one read was enough for both"


async def test_where_nobody_sits_a_question_says_what_the_answers_lack() -> None:
    person = Nobody("en", lambda _: None)
    with pytest.raises(NotAnswered, match="ask-name"):
        await person.ask("ask-name")

    async def forever() -> str:
        return await asyncio.Future[str]()

    assert await person.unless_skipped(forever()) is None
