"""Eight hours of a large hall as its board is told them: thirty windows, a step every four seconds, beats between."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from tests.screens.board_scene import NOON_MS, THEMES, board_state, call, theme
from tests.screens.scene import Json

HOURS = 8
WINDOWS = 30
BEAT_S = 1.5
STEP_S = 4.0
NEWS_S = 20.0


class Day:
    """What is told, minute by minute. The same seed tells the same day."""

    def __init__(self, seed: int = 8) -> None:
        self._draw = random.Random(seed)
        self._calls: list[Json] = []
        self._given = 0
        self._state: Json = board_state(calls=[])

    def minutes(self) -> Iterator[list[Json]]:
        """The states of each minute, in order."""
        at_s, next_step, next_news = 0.0, 0.0, 0.0
        for minute in range(HOURS * 60):
            told = []
            while at_s < (minute + 1) * 60:
                at_s += BEAT_S
                if at_s >= next_step:
                    next_step += STEP_S
                    self._step()
                    told.append(self._now(at_s, calls=list(self._calls)))
                if at_s >= next_news:
                    next_news += NEWS_S
                    told.append(self._now(at_s, **self._news()))
                told.append(self._now(at_s, beat=int(at_s)))
            yield told

    def _now(self, at_s: float, **changes: Any) -> Json:
        now_ms = NOON_MS + int(at_s * 1000)
        self._state = {**self._state, "now_ms": now_ms, "up_ms": now_ms, **changes}
        return self._state

    def _step(self) -> None:
        """Somebody is called, called again, served, or has gone."""
        window = self._draw.randint(1, WINDOWS)
        stands = next((each for each in self._calls if each["window"] == window), None)
        others = [each for each in self._calls if each["window"] != window]
        if stands is None:
            self._given += 1
            number = f"{self._draw.choice('ABCD')}{11000 + self._given}"
            self._calls = [call(window, number, by_screen=self._given % 40 == 0), *others]
        elif stands["phase"] == "serving":
            self._calls = others
        elif self._draw.random() < 0.3:
            self._calls = [{**stands, "calls": stands["calls"] + 1}, *others]
        else:
            self._calls = [{**each, "phase": "serving"} if each is stands else each for each in self._calls]

    def _news(self) -> Json:
        themes = [
            theme(each["name"], each["name_en"], self._draw.randint(0, 40), first=11000 + self._given)
            for each in THEMES
        ]
        notices = [{"id": f"n{self._given % 7}", "text": {"zh": f"通知 {self._given}", "en": f"Notice {self._given}"}}]
        faults = [{"what": "kiosk-no-paper", "where": None}] if self._draw.random() < 0.2 else []
        void = [f"A{11000 + self._given}"] if self._draw.random() < 0.3 else []
        return {"themes": themes, "notices": notices, "faults": faults, "void": void}
