"""Everything is made aside first; then it is put in its places at once, and what was there is kept as ``.bak``.

| the run is broken off        | what stands afterwards                                                             |
|------------------------------|------------------------------------------------------------------------------------|
| before all is made           | what stood before; the next run throws the rest away                               |
| after, while files are put   | some new, some old; the next run, of whatever kind, puts the rest (``finish``)     |
"""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path

from config.durable import write_durably
from workshop.setup.places import give

LIST = "list.json"


@dataclass(frozen=True, slots=True)
class Put:
    """One file on its way: its name in the stage, where it goes, its mode, which daemon may have it ("": none).

    Settings, whose mode lets the group read, are lent; state is the daemon's own.
    """

    name: str
    to: str
    mode: int
    user: str


class Stage:
    """Files of one run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._puts: list[Put] = []
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True, mode=0o700)

    def add(self, to: Path, data: bytes | str, mode: int = 0o644, user: str = "") -> None:
        """A file that is to stand at ``to``. Raises OSError."""
        name = f"{len(self._puts)}-{to.name}"
        write_durably(self.folder / name, data.encode() if isinstance(data, str) else data)
        self._puts.append(Put(name, str(to), mode, user))

    def commit(self) -> list[Path]:
        """From here on it counts, whatever happens. Gives the files that were kept as ``.bak``. Raises OSError."""
        told = json.dumps([asdict(put) for put in self._puts]).encode()
        write_durably(self.folder / LIST, told)
        return _put_all(self.folder, self._puts)

    def drop(self) -> None:
        """Nothing of it counts."""
        shutil.rmtree(self.folder, ignore_errors=True)


def finish(folder: Path) -> bool:
    """At the beginning of a run: put what an earlier one had made whole. Whether there was any. Raises OSError."""
    try:
        told = json.loads((folder / LIST).read_bytes())
    except FileNotFoundError:
        return False
    _put_all(folder, [Put(**put) for put in told])
    return True


def _put_all(folder: Path, puts: list[Put]) -> list[Path]:
    kept = []
    for put in puts:
        to, data = Path(put.to), (folder / put.name).read_bytes()
        if to.exists() and to.read_bytes() != data:
            backup = to.with_name(f"{to.name}.bak")
            write_durably(backup, to.read_bytes(), to.stat().st_mode & 0o777)
            kept.append(backup)
        to.parent.mkdir(parents=True, exist_ok=True)
        write_durably(to, data, put.mode)
        if put.user:
            give(to, put.user, lent=bool(put.mode & 0o040))
    shutil.rmtree(folder)
    return kept
