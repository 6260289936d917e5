"""`yichuang hall backup` and `yichuang hall rebuild`."""

from __future__ import annotations

import asyncio
import json
from functools import partial
from pathlib import Path

import pytest

from config.hall import load_hall
from hall import cli
from hall.files import places
from hall.main import open_hall
from hall.rebuild import Stands, rebuild
from hall.store import database, desks
from hall.store.database import CopyFailed
from hall.store.writer import Tx


def life(settings_file: Path, note: str = "") -> tuple[str | None, int, str]:
    """The hall runs and stops: why it recovers, its term, and the note it finds; then it notes this one."""

    async def live() -> tuple[str | None, int, str]:
        settings, written = load_hall(settings_file)
        async with open_hall(settings, written) as (hall, _):
            found = await hall.writer.write(lambda tx: desks.meta(tx, "note"))
            await hall.writer.write(partial(desks.put_meta, key="note", value=note))
            return hall.recovery.why if hall.recovery else None, hall.term.n, found

    return asyncio.run(live())


def remove(settings_file: Path) -> None:
    for left in places(load_hall(settings_file)[0]).database.parent.iterdir():
        left.unlink()


@pytest.fixture
def backup(settings_file: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """Of a hall in its second life, which has noted *then*, and afterwards *later*."""
    life(settings_file)
    life(settings_file, "then")
    assert cli.hall(["backup", str(settings_file)]) == 0
    life(settings_file, "later")
    return Path(capsys.readouterr().out.splitlines()[-1])


def test_a_backup_stands_beside_the_data_and_says_what_is_in_it(settings_file: Path, backup: Path) -> None:
    assert backup.parent == settings_file.parent / "backups"
    told = json.loads(backup.with_suffix(".json").read_text())
    assert (told["file"], told["term"], told["journals"]) == (backup.name, 2, {})


def test_a_backup_goes_where_it_is_sent(settings_file: Path, tmp_path: Path) -> None:
    life(settings_file)
    assert cli.hall(["backup", str(settings_file), "--to", str(tmp_path / "usb")]) == 0
    assert len(list((tmp_path / "usb").glob("hall-*.db"))) == 1
    assert not (settings_file.parent / "backups").exists()


def test_no_backup_of_nothing(settings_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.hall(["backup", str(settings_file)]) == 1
    assert "→" in capsys.readouterr().err


def test_a_hall_rebuilt_from_a_backup_recovers_above_every_term_it_had(settings_file: Path, backup: Path) -> None:
    remove(settings_file)
    assert cli.hall(["rebuild", str(settings_file), "--backup", str(backup)]) == 0
    assert life(settings_file) == ("backup", 4, "then")
    assert life(settings_file) == ("backup", 5, ""), "it goes on recovering until its boxes have spoken"


def test_a_hall_rebuilt_from_nothing_recovers_above_every_term_it_had(settings_file: Path, backup: Path) -> None:
    assert backup.exists()
    remove(settings_file)
    assert cli.hall(["rebuild", str(settings_file)]) == 0
    assert life(settings_file) == ("rebuilt", 4, "")


def test_a_database_that_stands_is_not_touched(
    settings_file: Path, backup: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.hall(["rebuild", str(settings_file), "--backup", str(backup)]) == 1
    assert "stands there" in capsys.readouterr().err
    assert life(settings_file)[2] == "later"


@pytest.mark.parametrize("left", ["hall.db-wal", "hall.db-journal"])
def test_a_log_that_is_left_stands_there_too(tmp_path: Path, left: str) -> None:
    """SQLite would play it into the new database."""
    (tmp_path / left).write_bytes(b"")
    with pytest.raises(Stands, match=left):
        rebuild(tmp_path / "hall.db", None)
    assert [file.name for file in tmp_path.iterdir()] == [left]


def test_what_is_no_backup_is_not_put_there(tmp_path: Path, settings_file: Path) -> None:
    (tmp_path / "photo.db").write_bytes(b"\xff\xd8" * 5000)
    assert cli.hall(["rebuild", str(settings_file), "--backup", str(tmp_path / "photo.db")]) == 1
    with pytest.raises(CopyFailed):
        rebuild(tmp_path / "data" / "hall.db", tmp_path / "photo.db")
    assert list((tmp_path / "data").iterdir()) == []


def test_a_backup_of_an_older_program_is_brought_up_to_date(settings_file: Path, backup: Path) -> None:
    remove(settings_file)
    connection = database.connect(backup)
    Tx(connection).execute("DELETE FROM meta WHERE key IN ('database', 'commits', 'floor')")
    connection.close()
    rebuild(places(load_hall(settings_file)[0]).database, backup)
    assert life(settings_file)[0] == "backup"
