"""People in the hall with a slip in hand whom nobody has called yet: whoever stands at a counter that is cut off."""

from __future__ import annotations

from random import Random

from simulators.demo.evidence import Slip, digits_in
from simulators.demo.props import Event, Props
from simulators.demo.slip_holders import SlipHolders

RECENT = 40
"""So many slips back somebody may still be waiting."""


class Holders:
    """Who is left is seen from outside: a number on a slip, and on no display so far."""

    def __init__(self, props: Props, wishes: float | None = None) -> None:
        self._props = props
        self._gone: set[str] = set()
        self._at: dict[str, set[int]] = {}
        self.at_kiosks = SlipHolders(props)
        if wishes is not None:
            self.at_kiosks.comes_back = self.at_kiosks.by_screen = wishes
        """Those of them who come back to a kiosk with their slip."""
        props.attend(self._hear)

    def _hear(self, _line: str, event: Event) -> None:
        if event["event"] == "shown":
            self._gone.add(digits_in(str(event["text"])))

    def serve(self, digits: str, window: int) -> None:
        """The holder of this number is at this window."""
        self._at.setdefault(digits, set()).add(window)

    def is_elsewhere(self, digits: str, window: int) -> bool:
        """Whether whoever holds this number is, or was, served at another window without being called."""
        return digits in self._at and window not in self._at[digits]

    def step_up(self, random: Random) -> Slip | None:
        """Somebody comes to a counter with a slip; None when nobody is left."""
        recent = [slip for slip in self._props.slips[-RECENT:] if slip.complete and slip.qr]
        waiting = [slip for slip in recent if slip.digits and self._is_there(slip.digits)]
        if not waiting:
            return None
        slip = random.choice(waiting)
        self._gone.add(slip.digits)
        return slip

    def _is_there(self, digits: str) -> bool:
        return digits not in self._gone and digits not in self.at_kiosks.absent
