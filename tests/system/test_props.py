"""What is written down of keys that were pressed is what happened to these keys, however quick the box was."""

from __future__ import annotations

from typing import Any

from simulators.demo.props import Event, Props


class Quick(Props):
    """A caller whose box has told the outcome before whoever pressed looks again; each success as laid out."""

    def __init__(self, *outcomes: bool) -> None:
        super().__init__({})
        self.outcomes = list(outcomes)

    async def do(self, line: str, what: str, **more: Any) -> Event:
        self._hear(line, {"event": "pressed", "address": more["address"], "acknowledged": True})
        self._hear(line, {"event": "answered", "address": more["address"], "success": self.outcomes.pop(0)})
        return {"ok": True}


async def test_an_outcome_told_at_once_is_that_of_the_keys_pressed_then() -> None:
    props = Quick(True, False, True)
    for keys in ("call", "start", "5,function"):
        assert await props.press_keys(3, keys)
    assert [(key.keys, key.worked) for key in props.keys] == [("call", True), ("start", False), ("5,function", True)]
    assert all(key.told_ms is not None and key.acknowledged for key in props.keys)
