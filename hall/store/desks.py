"""Windows, the answers given to them, and the few things the hall knows about itself."""

from __future__ import annotations

from hall import windows
from hall.store.writer import Tx
from hall.windows import Window


def window(tx: Tx, number: int) -> Window:
    """This window; closed and empty when nothing ever happened there."""
    row = tx.execute("SELECT state FROM window WHERE number = ?", (number,)).fetchone()
    return windows.decode(row[0]) if row else Window(number=number)


def all_windows(tx: Tx) -> list[Window]:
    """Every window at which anything ever happened."""
    return [windows.decode(row[0]) for row in tx.execute("SELECT state FROM window ORDER BY number").fetchall()]


def put_window(tx: Tx, state: Window) -> None:
    """The window stands so from now on; its boxes are told after the commit."""
    tx.execute(
        "INSERT INTO window (number, state) VALUES (?, ?) ON CONFLICT DO UPDATE SET state = excluded.state",
        (state.number, windows.encode(state)),
    )
    tx.effects.windows[state.number] = state


def answer(tx: Tx, request: str) -> bytes | None:
    """What was answered to this request, exactly."""
    row = tx.execute("SELECT answer FROM answer WHERE request = ?", (request,)).fetchone()
    return row[0] if row else None


def keep_answer(tx: Tx, request: str, at_ms: int, answer: bytes) -> None:
    """So was it answered."""
    tx.execute("INSERT INTO answer (request, at_ms, answer) VALUES (?, ?, ?)", (request, at_ms, answer))


def put_answer(tx: Tx, request: str, at_ms: int, answer: bytes) -> None:
    """So was it answered in truth, whatever is kept."""
    tx.execute("REPLACE INTO answer (request, at_ms, answer) VALUES (?, ?, ?)", (request, at_ms, answer))


def forget_answers(tx: Tx, before_ms: int) -> None:
    """Answers from before this moment: no box repeats a request that old."""
    tx.execute("DELETE FROM answer WHERE at_ms < ?", (before_ms,))


def meta(tx: Tx, key: str) -> str:
    """Something the hall knows about itself; "" when it does not."""
    row = tx.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    return row[0] if row else ""


def put_meta(tx: Tx, key: str, value: str) -> None:
    """Remember it."""
    tx.execute(
        "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value", (key, value)
    )


def business_date(tx: Tx) -> str:
    """The day the hall is in; "" before its first."""
    return meta(tx, "business_date")


def skipped(tx: Tx, date: str, code: str) -> int:
    """The serial of this service up to which numbers may be on paper that nobody has told; 0 for none."""
    return int(meta(tx, f"skipped/{date}/{code}") or 0)


def skip(tx: Tx, date: str, code: str, serial: int) -> None:
    """Give no number up to this one."""
    put_meta(tx, f"skipped/{date}/{code}", str(serial))
