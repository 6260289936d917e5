"""Puts together what serves a technician on one box: of a running daemon, or of one that runs for maintenance alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from device.advice import worst_first
from device.advice.advising import Advising
from device.maintenance.bench import Bench
from device.maintenance.checks import Checks
from device.maintenance.frames import LineFrames, LinesFrames
from device.maintenance.leases import Leases
from device.maintenance.preview import Previews
from device.maintenance.relayed import EVENT, Relaying
from device.maintenance.report import Reporter
from device.maintenance.sights import Sights
from device.maintenance.signs import Signs
from device.maintenance.telling import Telling
from device.maintenance.terminal_socket import TerminalSocket
from device.maintenance.validity import ends_ms, whole_days
from device.maintenance.verbs import TellBundle, TellSettings, Verbs
from device.pairing.verb import PairVerb
from device.roles.box import Work
from device.settings.advice import settings_advice
from device.supervise import Tasks
from device.sync.downlink import Downlink
from device.watch import Watch


@dataclass(frozen=True, slots=True)
class Maintenance:
    """All of it. ``long_lived``: each to run for as long as the box lives, by name."""

    leases: Leases
    checks: Checks
    frames: LinesFrames
    reporter: Reporter
    verbs: Verbs
    socket: TerminalSocket
    long_lived: dict[str, Work] = field(default_factory=dict)


def maintenance(
    bench: Bench,
    *,
    settings: TellSettings | None = None,
    bundle: Callable[[Reporter, LinesFrames], TellBundle] | None = None,
    new_settings_wait: Callable[[], bool] = lambda: False,
    pair: PairVerb | None = None,
) -> Maintenance:
    """``settings``, ``bundle``: where each value came from, and the support bundle.

    ``new_settings_wait``: whether the hall's newest settings hold from the next start only.
    """
    cells = bench.hardware.cells
    pairing_until_ms = _pairing_until_ms(bench)
    leases = Leases(cells)
    advising = Advising(bench.loaded, bench.hardware, bench.clock, bench.journal, bench.link)
    checks = Checks(cells, leases, bench.is_open, advising.checks.checked)
    lines = LinesFrames([LineFrames(monitor, bench.models(monitor.bus.name), bench.clock) for monitor in bench.lines])
    reporter = Reporter(
        bench,
        leases,
        lambda report: worst_first(
            [
                *settings_advice(bench.loaded.refused, waits=new_settings_wait()),
                *advising.advice(report.link.certificate_days, whole_days(pairing_until_ms, bench.clock.wall_ms())),
            ]
        ),
    )
    verbs = Verbs(
        reporter,
        leases,
        checks,
        lines,
        Previews(checks, leases),
        Sights(checks, leases, advising.checks, lambda: reporter.now().advice),
        Signs(checks, cells),
        settings=settings,
        bundle=None if bundle is None else bundle(reporter, lines),
        pair=pair,
    )
    built = Maintenance(leases, checks, lines, reporter, verbs, TerminalSocket(verbs, bench.data))
    built.long_lived.update(advising.long_lived)
    built.long_lived["leases"] = leases.run
    built.long_lived["maintenance socket"] = built.socket.run
    if bench.journal is not None:
        built.long_lived["wear"] = reporter.wear.keep
    for name, line in lines.lines.items():
        built.long_lived[f"frames of {name}"] = line.run
    return built


def _pairing_until_ms(bench: Bench) -> int | None:
    """Of the certificate that clerks' PCs are shown: one that is put in its place counts from the next start."""
    certificate = bench.pairing_certificate
    return ends_ms(certificate) if certificate is not None else None


def with_hall(built: Maintenance, bench: Bench, tasks: Tasks, downlink: Downlink) -> dict[str, Work]:
    """What the hall adds for a box that has flows: relays, conditions, and faults kept over the days."""
    link, desired, reporter = bench.link, bench.desired, built.reporter
    if link is None or desired is None:
        return {}
    downlink.on(EVENT, Relaying(built.verbs, link, tasks).heard)
    changes = Watch()
    for watch in (link.watch, built.leases.watch, *(cell.watch for cell in bench.hardware.cells)):
        watch.feeds(changes)
    if bench.journal is not None:
        bench.journal.stopping.feeds(changes)
    works: dict[str, Work] = {"condition": Telling(reporter, link, changes).run}
    if reporter.timeline is not None:
        works["faults"] = partial(reporter.timeline.keep, desired.watch, lambda: desired.business_date)
    return works
