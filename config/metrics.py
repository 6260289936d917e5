"""Prometheus metrics of a daemon, in text exposition format 0.0.4, made by the library prometheus-client.

A label names a device, a service or a keyword of ours: never a person, a ticket or what was read from a card.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from config.durations import Durations

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4

LOOK_S = 1.0
"""Between two measurements of how late the loop is."""

LATELY = 60
"""Measurements that the worst is taken of: a scrape a minute misses none."""

Row = tuple[tuple[str, ...], float]
"""Values of the labels, and the measured value."""


class Exposition(Collector):
    """One daemon's own registry: what ``collect`` tells at the moment of asking, and its process."""

    def __init__(self, collect: Callable[[], Iterable[Metric]]) -> None:
        self._collect = collect
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(self)
        ProcessCollector(registry=self._registry)

    def collect(self) -> Iterator[Metric]:
        """For the registry."""
        yield from self._collect()

    def text(self) -> bytes:
        """All of it, to be answered with CONTENT_TYPE."""
        return generate_latest(self._registry)


def gauge(name: str, told: str, value: float | None) -> Iterator[Metric]:
    """One value; nothing for one that is not known: unknown is not 0."""
    if value is not None:
        yield GaugeMetricFamily(name, told, value=value)


def gauges(name: str, told: str, labels: tuple[str, ...], rows: Iterable[Row]) -> Metric:
    """A value for each set of labels."""
    family = GaugeMetricFamily(name, told, labels=labels)
    for values, value in rows:
        family.add_metric(values, value)
    return family


def counter(name: str, told: str, value: float) -> Metric:
    """What only grows; ``name`` ends in _total."""
    return CounterMetricFamily(name, told, value=value)


def counters(name: str, told: str, labels: tuple[str, ...], rows: Iterable[Row]) -> Metric:
    """The same for each set of labels."""
    family = CounterMetricFamily(name, told, labels=labels)
    for values, value in rows:
        family.add_metric(values, value)
    return family


def histogram(name: str, told: str, label: str, durations: Mapping[str, Durations]) -> Metric:
    """How long something took, by one label; ``name`` ends in _seconds. Of "" alone there is no label."""
    labelled = label != ""
    family = HistogramMetricFamily(name, told, labels=(label,) if labelled else ())
    for value, each in durations.items():
        family.add_metric((value,) if labelled else (), each.buckets(), each.seconds)
    return family


class LoopLag:
    """How late the event loop comes back to whoever waits: what people at a screen feel first."""

    def __init__(self) -> None:
        self._late: deque[float] = deque(maxlen=LATELY)

    @property
    def worst_s(self) -> float | None:
        """Of the last minute, s; None before the first measurement."""
        return max(self._late, default=None)

    async def run(self) -> None:
        """Long-lived."""
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + LOOK_S
            await asyncio.sleep(LOOK_S)
            self._late.append(max(0.0, loop.time() - due))
