"""The front room: pages worked on in a child, which may hang, crash or lack a library without hurting the box."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from device.pages import fault, wire
from device.pages.fault import NotDone, Why
from device.pages.messages import (
    Bind,
    Finding,
    Page,
    Reading,
    Sheet,
)
from device.pages.work import PageWork, missing, page_work
from drivers.deadline import Deadline
from tests.device.pages.scene import NUMBER, QR_TEXT, blank, form, jpeg, shot, tilted

pytestmark = pytest.mark.wire

ROOT = Path(__file__).parents[3]
LIMIT = 120.0
FRAME = ((0.0, 0.0), (64.0, 0.0), (64.0, 64.0), (0.0, 64.0))
SMALL = Page(jpeg(form(20)), 165, 234, 20.0, Finding.WHOLE_FRAME, FRAME)


def soon() -> Deadline:
    return Deadline.after(LIMIT)


def runs(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


async def begun(work: PageWork) -> int:
    """The pid of a child that has answered once."""
    await work.bind([SMALL], soon())
    assert work.pid is not None
    return work.pid


def stop(pid: int) -> None:
    """Let a child hang, for certain."""
    os.kill(pid, signal.SIGSTOP)
    os.waitid(os.P_PID, pid, os.WSTOPPED | os.WNOWAIT)


def kill(pid: int) -> None:
    """Let a child be gone, for certain; who it was is still to be asked."""
    os.kill(pid, signal.SIGKILL)
    with suppress(ChildProcessError):  # asked already
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)


def shadow(folder: Path, module: str, body: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a child begun from now on import this in place of a library."""
    (folder / f"{module}.py").write_text(body, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join((str(folder), str(ROOT))))


async def test_two_pages_go_the_whole_way_in_one_child_which_ends_with_the_block() -> None:
    sizes = ((2592, 1944), (1296, 972))
    pictures = [shot(form(150), tilted(size, turn=-5), size).jpeg() for size in sizes]
    async with page_work() as work:
        pages = [await work.square(picture, soon()) for picture in pictures]
        child = work.pid
        codes = await work.read_codes(pages[0], soon())
        document = await work.bind(pages, soon())
        copy = await work.mark(pages[0], soon())
        assert work.pid == child
    assert [page.sheet for page in pages] == [Sheet.A4, Sheet.A4]
    assert [code.text.reveal() for code in codes] == [QR_TEXT]
    assert document.pages == tuple(page.sha256 for page in pages)
    assert all(page.jpeg in document.pdf for page in pages)
    assert copy.jpeg not in document.pdf
    assert child is not None
    assert not runs(child)


async def test_the_text_of_a_page_is_read_and_only_sound_numbers_are_taken_from_it() -> None:
    async with page_work() as work:
        page = await work.straighten(jpeg(form(100).crop((0, 0, 827, 290))), 100.0, soon())
        empty = await work.straighten(jpeg(blank(40)), 40.0, soon())
        reading, nothing = await work.read_text(page, soon()), await work.read_text(empty, soon())
    texts = [line.text.reveal() for line in reading.lines]
    assert texts[0] == "某某市政务服务申请表"
    assert f"公民身份号码{NUMBER}" in texts
    assert [number.reveal() for number in reading.citizen_numbers] == [NUMBER]
    assert all(0.9 < line.score <= 1 for line in reading.lines)
    for value in (*texts, NUMBER):
        assert value not in repr(reading)
    assert nothing == Reading((), ())
    assert {"lines", "citizen_numbers"} == set(Reading.__slots__), "a name is never taken from a reading"


async def test_without_a_call_there_is_no_process() -> None:
    async with page_work() as work:
        assert work.pid is None


async def test_a_torn_page_does_not_end_the_batch() -> None:
    async with page_work() as work:
        child = await begun(work)
        with pytest.raises(NotDone, match="torn"):
            await work.straighten(jpeg(form(40))[:-500], 100.0, soon())
        assert (await work.straighten(jpeg(form(40)), 40.0, soon())).dpi == 40.0
        assert work.pid == child


async def test_a_child_that_hangs_is_ended_at_the_deadline_and_the_next_page_has_another() -> None:
    async with page_work() as work:
        first = await begun(work)
        stop(first)
        with pytest.raises(NotDone, match="overdue"):
            await work.bind([SMALL], Deadline.after(0.1))
        assert not runs(first)
        assert await begun(work) != first


async def test_a_call_given_up_ends_the_child_whose_answer_nobody_would_take() -> None:
    async with page_work() as work, asyncio.TaskGroup() as group:
        child = await begun(work)
        stop(child)
        call = group.create_task(work.bind([SMALL], soon()))
        await asyncio.sleep(0)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        assert not runs(child)
        assert (await work.bind([SMALL], soon())).pages == (SMALL.sha256,)


async def test_a_child_that_is_killed_is_told_from_one_that_says_no() -> None:
    async with page_work() as work, asyncio.TaskGroup() as group:
        child = await begun(work)
        stop(child)
        call = group.create_task(_why(work))
        await asyncio.sleep(0)
        os.kill(child, signal.SIGKILL)
        assert await call == (Why.BROKEN_OFF, "SIGKILL")


async def test_a_child_that_was_killed_between_two_pages_costs_neither() -> None:
    async with page_work() as work:
        first = await begun(work)
        kill(first)
        with suppress(NotDone):  # where the page came sooner than the news
            await work.bind([SMALL], soon())
        assert await begun(work) != first


async def _why(work: PageWork) -> tuple[Why, str]:
    with pytest.raises(NotDone) as broken:
        await work.bind([SMALL], soon())
    return broken.value.why, broken.value.what


async def test_calls_at_once_are_done_one_after_the_other() -> None:
    async with page_work() as work, asyncio.TaskGroup() as group:
        calls = [group.create_task(work.bind([SMALL] * pages, soon())) for pages in (1, 2, 3)]
        assert [len((await call).pages) for call in calls] == [1, 2, 3]


async def test_a_missing_library_is_named_with_its_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shadow(tmp_path, "img2pdf", "raise ModuleNotFoundError('gone', name='img2pdf')", monkeypatch)
    shadow(tmp_path, "cv2", "raise ModuleNotFoundError('gone', name='cv2')", monkeypatch)
    async with page_work() as work:
        with pytest.raises(NotDone, match="library-missing: img2pdf"):
            await work.bind([SMALL], soon())
        with pytest.raises(NotDone, match="library-missing: opencv-python-headless") as lack:
            await work.square(SMALL.jpeg, soon())
    assert "pip install" in lack.value.sentence()


async def test_what_a_library_prints_or_says_when_it_fails_reaches_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = f"import os\nos.write(1, b'noise' * 100)\nprint('noise')\nraise RuntimeError('{NUMBER}')\n"
    shadow(tmp_path, "img2pdf", body, monkeypatch)
    async with page_work() as work:
        with pytest.raises(NotDone, match="broken-off") as broken:
            await work.bind([SMALL], soon())
    assert broken.value.what == "RuntimeError, img2pdf.py:4"


async def test_a_child_stands_behind_the_box_and_leaves_no_core_file() -> None:
    async with page_work() as work:
        child = Path(f"/proc/{await begun(work)}")
        assert int((child / "oom_score_adj").read_text(encoding="ascii")) == 500
        limits = (child / "limits").read_text(encoding="ascii").splitlines()
        assert next(line for line in limits if line.startswith("Max core")).split()[4:6] == ["0", "0"]
        assert int((child / "stat").read_text(encoding="ascii").rpartition(")")[2].split()[16]) >= 10


def test_a_child_whose_box_is_gone_ends_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    command = [sys.executable, "-P", "-m", "device.pages.child"]
    assert subprocess.run(command, input=b"", check=False, timeout=LIMIT, cwd=ROOT).returncode == 0
    shadow(tmp_path, "img2pdf", "import time\ntime.sleep(600)\n", monkeypatch)
    hang = wire.task_frame(wire.Task(0.2, Bind((SMALL,))))
    assert subprocess.run(command, input=hang, check=False, timeout=LIMIT, cwd=ROOT).returncode == -signal.SIGALRM


def test_what_is_not_installed_can_be_known_before_a_page_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    assert missing() == ()
    monkeypatch.setitem(fault.LIBRARIES, "no_such_module_anywhere", "no-such-package")
    assert missing() == ("no-such-package",)


def test_the_front_room_brings_no_picture_library_into_the_box() -> None:
    heavy = set(fault.LIBRARIES)
    script = f"import sys, device.pages.work; print({heavy!r} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    assert run.stdout.strip() == "set()"
