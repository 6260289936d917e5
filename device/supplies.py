"""Paper that is counted: the count outlives the box's process, and a new roll begins it anew.

A slip that goes out just before the power does may not be counted: the roll then ends one slip before its count does.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from device.api.answers import answer
from device.cell import Cell
from device.flows.patience import until_written
from device.journal import Journal


class Supplies:
    """The counted rolls of a box, by the name of their printer."""

    def __init__(self, journal: Journal, cells: list[Cell[Any]]) -> None:
        self._journal = journal
        self._cells = {cell.name: cell for cell in cells if cell.counts is not None}
        for name, cell in self._cells.items():
            if cell.counts is not None and (kept := journal.recall(_key(name))):
                cell.counts.set_paper_used(int(kept))

    @property
    def names(self) -> list[str]:
        """Printers whose paper is counted."""
        return list(self._cells)

    async def keep(self, name: str) -> None:
        """Long-lived: remember how much of this printer's roll is used."""
        cell = self._cells[name]
        with cell.worked.watching() as changed:
            while True:
                await changed.wait()
                changed.clear()
                await self._remember(cell)

    async def refilled(self, name: str) -> None:
        """Somebody has put in a new roll. Raises KeyError for a printer that counts nothing."""
        cell = self._cells[name]
        if cell.counts is not None:
            cell.counts.set_paper_used(0)
        await self._remember(cell)

    def routes(self) -> list[Route]:
        """For a technician's terminal on this box; no page may ask it."""
        return [Route("/devices/{name}/refilled", self._refilled, methods=["POST"])] if self._cells else []

    async def _refilled(self, request: Request) -> Response:
        if "origin" in request.headers:
            return answer({"error": "not-for-pages"}, 403)
        name = request.path_params["name"]
        if name not in self._cells:
            return answer({"error": "counts-no-paper", "devices": self.names}, 404)
        await self.refilled(name)
        return answer({"refilled": name})

    async def _remember(self, cell: Cell[Any]) -> None:
        if cell.counts is not None:
            await until_written(partial(self._journal.remember, _key(cell.name), str(cell.counts.paper_used)))


def _key(name: str) -> str:
    return f"paper/{name}"
