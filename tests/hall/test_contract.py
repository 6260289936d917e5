"""The golden files are the contract as others have built against it: a version once told never changes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hall import contract

GOLDEN = Path(__file__).parent / "golden"
RECORDED: dict[str, Any] = json.loads((GOLDEN / "v2.json").read_text(encoding="utf-8"))
FIRST: dict[str, Any] = json.loads((GOLDEN / "v1.json").read_text(encoding="utf-8"))
SHAPES = [
    shape
    for shape in vars(contract).values()
    if isinstance(shape, type)
    and issubclass(shape, msgspec.Struct)
    and shape.__module__.startswith(contract.__name__)
    and shape.__name__ not in {"Struct", "Strict", "_Command"}
]


def test_every_shape_is_recorded() -> None:
    assert {shape.__name__ for shape in SHAPES} == {*RECORDED}


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
def test_what_was_said_in_version_2_is_still_understood_and_said_alike(shape: type[msgspec.Struct]) -> None:
    recorded = RECORDED[shape.__name__]
    said = msgspec.json.decode(json.dumps(recorded), type=shape)
    assert json.loads(msgspec.json.encode(said)) == recorded


@pytest.mark.parametrize("name", [shape.__name__ for shape in SHAPES if "type" in RECORDED[shape.__name__]])
def test_a_command_is_known_by_its_type_and_refuses_unknown_fields(name: str) -> None:
    recorded = RECORDED[name]
    command = msgspec.json.decode(json.dumps(recorded), type=contract.Command)
    assert type(command).__name__ == name
    with pytest.raises(msgspec.ValidationError, match="unknown field"):
        msgspec.json.decode(json.dumps({**recorded, "hurry": True}), type=contract.Command)


@pytest.mark.parametrize("name", ["Fact", "Welcome", "WindowState", "Answer", "Receipt"])
def test_what_is_told_may_grow(name: str) -> None:
    shape = getattr(contract, name)
    grown = {**RECORDED[name], "later": 1}
    assert msgspec.json.decode(json.dumps(grown), type=shape)


def test_a_facts_digest_is_of_version_1_for_ever() -> None:
    fact = msgspec.json.decode(json.dumps(FIRST["Fact"]), type=contract.Fact)
    assert json.loads(msgspec.json.encode(fact)) == FIRST["Fact"]
    assert fact.digest() == "322f33889ff17ebf0ac2b09ff673bbb25807e2bab938cc9a00724e84595bc178"
