"""Put a hall together, run it in one TaskGroup, and take it down cleanly."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import structlog

from config.catalogue import Catalogue as Written
from config.floor_plan import plan_doubts
from config.hall import HallSettings
from config.loader import Loaded
from config.notify import Notify
from hall import day, mark
from hall.api import Api, Server, server
from hall.backup import Nightly
from hall.boxes.lookout import Lookout
from hall.boxes.opening_check import OpeningCheck
from hall.boxes.own import OwnCertificate
from hall.cases import Cases
from hall.catalogue import Catalogue
from hall.clock import Clock, SystemClock
from hall.enrolment.desk import enrolment_desk
from hall.files import places
from hall.hall import Hall
from hall.mark import Mark, MarkFile
from hall.newsroom import Newsroom
from hall.recovering import Waking
from hall.relive import Reliving
from hall.sent_settings import SentSettings
from hall.sign_in import Door
from hall.starting import Starting
from hall.store.database import connect, connect_reader, prepare
from hall.store.news import NewsReader
from hall.store.reader import Reader
from hall.store.writer import Effects, Writer
from hall.watchdog import Watchdog
from hall.wishes import Away

log = structlog.get_logger("hall.main")


Lasting = Callable[[], Coroutine[Any, Any, None]]
"""Something that runs for as long as the hall serves."""


class CannotListen(Exception):
    """The port is taken, or not ours to take."""


class Opened(NamedTuple):
    """A hall with its database."""

    hall: Hall
    reader: Reader


@asynccontextmanager
async def open_hall(
    settings: Loaded[HallSettings], written: Loaded[Written], clock: Clock | None = None
) -> AsyncIterator[Opened]:
    """A hall ready to be asked: schema newest, term begun, day turned. Raises WrongDatabase."""
    clock = clock or SystemClock()
    at = places(settings)
    file, marked = at.database, at.mark
    file.parent.mkdir(parents=True, exist_ok=True)
    prepare(file)
    connection = connect(file)
    early: list[Hall] = []

    def on_commit(effects: Effects) -> None:
        for hall in early:
            hall.commit(effects)

    try:
        writer = Writer(connection, on_commit)
        keeping = MarkFile(marked)
        looking = NewsReader(connect_reader(file))
        try:
            catalogue = Catalogue.of(settings.values, written.values, at.letters)
            hall, name = await _start(settings.values, catalogue, clock, writer, mark.read(marked))
            await hall.notices.restore()
            hall.newsroom = Newsroom(hall, looking)
            hall.enrolment = enrolment_desk(settings, clock)
            hall.enrolment.part = hall.downlink.part
            writer.keep_mark(lambda commits: keeping.put(Mark(name, hall.term.n, commits)))
            early.append(hall)
            hall.cases = _cases(settings, clock)
            hall.sent_settings = SentSettings.of(settings)
            await day.turn(writer, clock)
            reader = Reader(connect_reader(file))
            try:
                yield Opened(hall, reader)
            finally:
                reader.close()
        finally:
            await writer.close()
            keeping.close()
            looking.close()
    finally:
        connection.close()


def _cases(settings: Loaded[HallSettings], clock: Clock) -> Cases | None:
    named = settings.values.hall
    if named.cases is None:
        return None
    key = settings.beside(named.cases_key).read_bytes() if named.cases_key else b""
    return Cases(settings.beside(named.cases), clock, key)


async def _start(
    settings: HallSettings, catalogue: Catalogue, clock: Clock, writer: Writer, found: Mark | None
) -> tuple[Hall, str]:
    """The hall, and its database's name."""
    await day.begin(writer, clock)
    waking = Waking(found, writer.found, catalogue.boxes, clock.now_ms())
    known = await writer.write(Starting(settings.hall.mode, waking))
    hall = Hall(
        settings=settings,
        catalogue=catalogue,
        clock=clock,
        writer=writer,
        term=known.life.term,
        recovery=known.life.recovery,
        business_date=known.business_date,
        waiting=known.waiting,
        windows=known.windows,
        door=Door(catalogue.clerks, clock),
        started_ms=clock.now_ms(),
    )
    hall.news.flash(known.flashing)
    return hall, known.database


async def run(settings: Loaded[HallSettings], written: Loaded[Written]) -> None:
    """Serve until SIGTERM or SIGINT. Raises WrongDatabase, CannotListen, and what a bug raises."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, stop.set)
    for doubt in plan_doubts(written):
        log.warning("plan", line=doubt.line, what=doubt.what, remedy=doubt.remedy)
    async with open_hall(settings, written) as (hall, reader):
        named = settings.values.hall
        certificate = settings.beside(named.certificate)
        hall.own_certificate = OwnCertificate.of(certificate)
        api = Api(hall, reader)
        https = server(
            api,
            named.host,
            named.port,
            ca=settings.beside(named.ca),
            certificate=certificate,
            key=settings.beside(named.key),
        )
        recovery = hall.recovery.why if hall.recovery else ""
        log.info(
            "start",
            term=hall.term.n,
            recovering=recovery,
            mode=named.mode,
            business_date=hall.business_date,
            port=named.port,
        )
        at = places(settings)
        nightly, checking = Nightly(hall, at.database, at.backups), OpeningCheck(Lookout(hall, reader))
        await _serve(hall, https, stop, [nightly.run, checking.run, api.metrics.lag.run])
    log.info("stopped", commits=hall.writer.commits)


async def _serve(hall: Hall, https: Server, stop: asyncio.Event, more: Sequence[Lasting]) -> None:
    async with asyncio.TaskGroup() as group:
        lasting = [
            *(group.create_task(work()) for work in more),
            group.create_task(hall.downlink.run(), name="downlink"),
            group.create_task(hall.newsroom.run(), name="newsroom"),
            group.create_task(day.run(hall.writer, hall.clock), name="day"),
            group.create_task(Reliving(hall).run(), name="reliving"),
            group.create_task(hall.watch_zones(), name="zones"),
            group.create_task(Away(hall).run(), name="who steps away"),
            group.create_task(_until_ended(hall.writer), name="writer"),
        ]
        serving = group.create_task(_listen(https))
        watchdog = Watchdog(Notify(), hall, lasting)
        lasting += [group.create_task(watchdog.run(https)), group.create_task(watchdog.ask_writer())]
        waiting = group.create_task(stop.wait())
        await asyncio.wait([serving, waiting], return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        watchdog.stopping()
        hall.downlink.close()
        https.should_exit = True
        await asyncio.wait([serving])
        for task in lasting:
            task.cancel()


async def _listen(https: Server) -> None:
    try:
        await https.serve()
    except SystemExit:
        config = https.config
        raise CannotListen(f"cannot listen on {config.host}:{config.port}: is another hall running?") from None


async def _until_ended(writer: Writer) -> None:
    """A writer that ends by itself takes the process with it: systemd starts it anew."""
    await asyncio.shield(writer.ended)
