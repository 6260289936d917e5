"""The bench's boxes chain their facts as the contract says."""

from __future__ import annotations

import json
from itertools import pairwise

from simulators.bench.box import Chain, Fact, canonical, digest
from simulators.bench.settings import LOADING, SERVICES

FACT = Fact(
    seq=2,
    prev="ab" * 32,
    kind="requested",
    at_ms=1767225600000,
    boot="b0",
    mono_ms=1234,
    visit="v",
    data={"touch": "t-1", "service": "11"},
)
CANONICAL = (
    b'{"seq":2,"prev":"' + b"ab" * 32 + b'","kind":"requested","at_ms":1767225600000,"trust":"compared","boot":"b0",'
    b'"mono_ms":1234,"mode":"demo","operator":"","post":"","visit":"v","data":{"service":"11","touch":"t-1"}}'
)
DIGEST = "52f750758236a6e46faa0efeb9998bc5ca81e7c3143fcca1701aae8c846f6bcf"


def test_the_canonical_json_has_all_fields_in_order_and_sorted_data() -> None:
    assert canonical(FACT) == CANONICAL


def test_the_digest_is_the_contracts() -> None:
    assert digest(canonical(FACT)) == DIGEST


def test_each_fact_names_the_one_before_it() -> None:
    chain = Chain("bench-2")
    ticket = chain.tell("requested", service="11", touch="t")
    chain.slip(ticket, "11", "11001", "2026-01-01", "hall")
    batch = json.loads(chain.batch())
    facts = batch["facts"]
    assert ticket == f"bench-2/{batch['journal']}/1"
    assert [fact["seq"] for fact in facts] == [1, 2, 3]
    assert [fact["kind"] for fact in facts] == ["requested", "issued", "printed"]
    assert facts[0]["prev"] == ""
    for before, after in pairwise(facts):
        assert after["prev"] == digest(canonical(Fact(**before)))


def test_a_batch_is_sent_once() -> None:
    chain = Chain("bench-2")
    chain.tell("requested", service="11", touch="t")
    chain.batch()
    assert json.loads(chain.batch())["facts"] == []


def test_the_loaders_share_neither_digit_nor_window_and_serve_everything() -> None:
    assert sorted(loader.digit for loader in LOADING) == list(range(2, 10))
    assert len({loader.window for loader in LOADING}) == len(LOADING)
    assert {code for loader in LOADING for code in loader.services} == set(SERVICES)
