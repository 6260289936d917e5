"""`yichuang demo` starts a whole hall, says one address, and leaves nothing behind."""

from __future__ import annotations

import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.system.running import Demo, children_of, watching

pytestmark = pytest.mark.system


@pytest.fixture(scope="module")
def quiet() -> Iterator[Demo]:
    """A demonstration that these tests only look at."""
    with Demo() as running:
        running.until("http://")
        yield running


CHILDREN = 6  # three simulated lines, a hall, two boxes


def test_one_address_shows_the_hall_and_the_boxes_pages_may_stand_in_its_frames(quiet: Demo) -> None:
    bench, kiosk, window = (
        httpx.get(f"http://127.0.0.1:{quiet.base + offset}{path}", trust_env=False)
        for offset, path in ((0, "/"), (20, "/kiosk"), (30, "/window/2"))
    )
    assert bench.status_code == kiosk.status_code == window.status_code == 200
    assert f"http://127.0.0.1:{quiet.base}" in kiosk.headers["content-security-policy"]
    assert f"http://127.0.0.1:{quiet.base + 30}" in bench.headers["content-security-policy"]


def test_it_says_how_long_the_start_took(quiet: Demo) -> None:
    (line,) = [line for line in quiet.said if "用时" in line]
    assert float(line.split("用时 ")[1].split(" ")[0]) > 0


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_nothing_is_left_running_however_it_ends(demo: Demo, ending: signal.Signals) -> None:
    children = children_of(demo.process.pid)
    assert len(children) == CHILDREN
    with watching(children) as left:
        demo.process.send_signal(ending)
        demo.process.wait(10)
        assert left() == set()


def test_its_directory_is_gone_after_it_unless_it_is_kept(tmp_path: Path) -> None:
    kept = tmp_path / "run"
    with Demo("--keep", str(kept)) as running:
        running.until("http://")
        running.process.send_signal(signal.SIGINT)
        assert running.end(10)[0] == 130
    assert (kept / "hall.toml").is_file()


def test_a_process_that_dies_at_start_is_shown_and_the_rest_is_struck(tmp_path: Path) -> None:
    with Demo("--keep", str(tmp_path)) as running, socket.socket() as taken:
        taken.bind(("127.0.0.1", running.base + 10))
        taken.listen()
        code, said = running.end(30)
    assert code == 1
    assert "hall ended with exit code" in said
    assert str(running.base + 10) in said


def test_only_its_own_page_may_press_its_keys(quiet: Demo) -> None:
    url = f"http://127.0.0.1:{quiet.base}/press"
    press = {"window": 1, "keys": "call"}
    elsewhere = httpx.post(url, json=press, headers={"Origin": "http://example.org"}, trust_env=False)
    assert elsewhere.status_code == 403
    own = httpx.post(url, json=press, headers={"Origin": f"http://127.0.0.1:{quiet.base}"}, trust_env=False)
    assert own.json() == {"acknowledged": True}
