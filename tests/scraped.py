"""What a scrape of Prometheus would make of the text: parsed by its own library, and held against its conventions."""

from __future__ import annotations

import re

from prometheus_client.parser import text_string_to_metric_families

LABELS = {
    "box",
    "device",
    "family",
    "fault",
    "hall",
    "le",
    "mode",
    "reason",
    "service",
    "severity",
    "state",
    "statistic",
    "trust",
    "why",
}
"""All that may stand beside a value: nothing of a person, a ticket, a number or a card."""


Samples = dict[tuple[str, ...], float]


def scraped(text: str) -> dict[str, Samples]:
    """By the name of each sample: its values by their labels' values, in the labels' order. Fails on any sin."""
    assert text.endswith("\n")
    found: dict[str, Samples] = {}
    for family in text_string_to_metric_families(text):
        assert family.documentation, family.name
        assert re.fullmatch(r"(yichuang|process)_[a-z_]+", family.name), family.name
        for sample in family.samples:
            if family.type == "counter":
                assert sample.name.endswith("_total"), sample.name
            if sample.name.startswith("yichuang_"):
                assert set(sample.labels) <= LABELS, sample
            key = tuple(value for _, value in sorted(sample.labels.items()))
            row = found.setdefault(sample.name, {})
            assert key not in row, f"{sample.name} {key} stands there twice"
            row[key] = sample.value
    return found
