"""A hall board: what is called, who is next, how long it takes. It shows and asks nothing, and journals nothing.

A call counts as shown when the counter's own box tells it, on its display or on its clerk's page: a board may hang
where nobody of that window waits.
"""

from __future__ import annotations

from device.api.board import BoardPage
from device.api.page import page
from device.flows.board_calls import BoardCalls
from device.roles.box import Box, Role


def board(box: Box) -> Role:
    """The board's parts; none without ``[board]``."""
    role = Role()
    if box.loaded.values.board is None:
        return role
    shown = BoardPage(BoardCalls(box.desired), box.desired, box.link, box.lookup, box.clock, box.streams, box.mode)
    box.watch.feeds(shown.watch)
    role.routes += [page("/board", "board", box.mode), *shown.routes()]
    role.long_lived["board"] = shown.run
    return role
