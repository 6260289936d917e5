"""The citizen's screen in a whole hall: from the slip at the kiosk to the grade and its tags at the hall."""

from __future__ import annotations

import json
import ssl
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.system.running import Demo

pytestmark = pytest.mark.system

LIMIT_S = 30.0
Until = Callable[[Callable[[dict[str, Any]], object]], dict[str, Any]]


@contextmanager
def following(client: httpx.Client, path: str) -> Iterator[Until]:
    """The states of a page; the call waits for one that is so."""
    with client.stream("GET", path) as stream:
        lines = stream.iter_lines()

        def until(true: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
            for line in lines:
                state: dict[str, Any] = json.loads(line.removeprefix("data: ")) if line.startswith("data: ") else {}
                if state and true(state):
                    return state
            raise AssertionError(f"{path} has ended")

        yield until


def test_a_grade_with_tags_from_the_screen_comes_to_the_hall(tmp_path: Path) -> None:
    with Demo("--keep", str(tmp_path / "run")) as demo:
        demo.until("http://")
        local = f"http://127.0.0.1:{demo.base}"
        with (
            httpx.Client(base_url=local.replace(str(demo.base), str(demo.base + 20)), trust_env=False) as kiosk,
            httpx.Client(base_url=local.replace(str(demo.base), str(demo.base + 30)), trust_env=False) as counter,
            following(counter, "/customer/1/state") as screen,
            following(counter, "/window/1/state") as window,
        ):
            assert "text/html" in counter.get("/customer/1").headers["content-type"]
            assert counter.get("/customer/7").status_code == 404
            service = window(lambda state: state["info"])["info"]["services"][0]
            token = counter.post("/window/1/sign-in", json={"name": "王小明", "pin": "1111"}, timeout=LIMIT_S).json()
            counter.headers["Authorization"] = f"Bearer {token['token']}"
            assert screen(lambda state: state["plate"])["plate"]["name"] == "王小明"
            kiosk.post("/kiosk/tickets", json={"service": service, "touch": uuid.uuid4().hex}, timeout=LIMIT_S)
            window(lambda state: state["waiting_here"])
            for act in ("next", "start", "finish"):
                pressed = counter.post("/window/1/press", json={"act": act, "press": uuid.uuid4().hex}, timeout=LIMIT_S)
                assert pressed.json()["outcome"] == "done", pressed.text
            ticket = screen(lambda state: state["rating"])["rating"]["ticket"]
            rated = {"ticket": ticket, "grade": "dissatisfied", "tags": ["slow", "attitude"]}
            assert counter.post("/customer/1/rate", json=rated, timeout=LIMIT_S).json() == {"kept": "rated"}
            window(lambda state: state["last_rating"] and not state["window"]["finished"])  # the hall has it
        (row,) = ratings(demo.base + 10, tmp_path / "run")
        assert (row["grade"], row["channel"], row["tags"]) == ("dissatisfied", "page", "attitude,slow")


def ratings(port: int, run: Path) -> list[dict[str, Any]]:
    """As an onlooker with a certificate reads them."""
    (ca,), (certificate,) = run.rglob("ca.pem"), run.rglob("observer*.pem")
    tls = ssl.create_default_context(cafile=str(ca))
    tls.load_cert_chain(certificate, certificate.with_suffix(".key"))
    with httpx.Client(base_url=f"https://127.0.0.1:{port}", verify=tls, trust_env=False) as hall:
        told: list[dict[str, Any]] = hall.get("/api/ratings", timeout=LIMIT_S).json()
        return told
