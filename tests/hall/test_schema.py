"""A hall's database goes on under every later program; an older one goes back to a copy that it can read."""

from __future__ import annotations

import asyncio
import sqlite3
from importlib.resources import as_file, files
from pathlib import Path

import pytest

from config.hall import load_hall
from config.version import VERSION
from hall import cli
from hall.files import places
from hall.main import open_hall
from hall.store import desks
from hall.store.database import WrongDatabase, newest_schema, prepare, schema_of
from tests.old_schemas import DATABASES, laid, tables, up_to

RELEASED = sorted(DATABASES.glob("*.sql"))


def test_this_version_has_left_a_database() -> None:
    assert DATABASES / f"{VERSION}.sql" in RELEASED


@pytest.mark.parametrize("dump", RELEASED, ids=lambda dump: dump.stem)
def test_a_database_of_each_release_goes_on(dump: Path, tmp_path: Path) -> None:
    file = laid(dump, tmp_path / "hall.db")
    prepare(file)
    connection = sqlite3.connect(file)
    assert schema_of(file) == newest_schema()
    assert connection.execute("SELECT count(*) FROM window").fetchone()[0] > 0
    connection.close()


@pytest.mark.parametrize("dump", RELEASED, ids=lambda dump: dump.stem)
def test_a_released_schema_file_has_not_been_changed_since(dump: Path, tmp_path: Path) -> None:
    connection = sqlite3.connect(laid(dump, tmp_path / "hall.db"))
    (number,) = connection.execute("PRAGMA user_version").fetchone()
    with as_file(files("hall.store") / "schema") as folder:
        today = up_to(sorted(folder.glob("*.sql")), number)
    assert tables(connection) == tables(today)
    connection.close()
    today.close()


def life(settings_file: Path) -> str | None:
    """The hall runs and stops: why it recovers."""

    async def live() -> str | None:
        settings, written = load_hall(settings_file)
        async with open_hall(settings, written) as (hall, _):
            await hall.writer.write(lambda tx: desks.put_meta(tx, "note", "here"))
            return hall.recovery.why if hall.recovery else None

    return asyncio.run(live())


def grow_newer(file: Path) -> None:
    connection = sqlite3.connect(file)
    connection.executescript(f"CREATE TABLE later (key TEXT); PRAGMA user_version = {newest_schema() + 1};")
    connection.close()


def test_an_older_program_refuses_a_newer_database_and_says_what_to_do(settings_file: Path) -> None:
    life(settings_file)
    grow_newer(places(load_hall(settings_file)[0]).database)
    with pytest.raises(WrongDatabase, match="yichuang hall roll-back"):
        life(settings_file)


def test_rolled_back_it_goes_on_with_the_copy_from_before_and_asks_the_boxes(
    settings_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    life(settings_file)
    assert cli.hall(["backup", str(settings_file)]) == 0
    at = places(load_hall(settings_file)[0])
    grow_newer(at.database)
    assert cli.hall(["roll-back", str(settings_file)]) == 0
    aside = at.database.parent.with_name(f"{at.database.parent.name}-newer-1")
    assert str(aside) in capsys.readouterr().out
    assert schema_of(aside / "hall.db") == newest_schema() + 1
    assert life(settings_file) == "backup"


def test_without_a_copy_everything_stays_as_it_is(settings_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    life(settings_file)
    at = places(load_hall(settings_file)[0])
    for copy in at.backups.glob("*.db"):
        copy.unlink()
    grow_newer(at.database)
    assert cli.hall(["roll-back", str(settings_file)]) == 1
    assert "install the newer program again" in capsys.readouterr().err
    assert schema_of(at.database) == newest_schema() + 1


def test_a_database_that_is_not_newer_stays(settings_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    life(settings_file)
    assert cli.hall(["roll-back", str(settings_file)]) == 0
    assert "nothing to do" in capsys.readouterr().out
