"""Every library has its bound, its reason, its licence and its use; weak versions are found by advisories in a file."""

from __future__ import annotations

import json
import re
import zipfile
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.dependencies.advisories import weaknesses
from tests.dependencies.cli import main
from tests.dependencies.licences import is_accepted, licence_of
from tests.dependencies.named import ROOT, Named, closure, imported, named

OURS = ("config", "device", "drivers", "hall", "screens", "simulators", "workshop", "yichuang")
NAMED = named()
BY_ITSELF = {
    "bandit": ("pyproject.toml", "bandit"),
    "httptools": ("device/main.py", 'http="httptools"'),
    "import-linter": ("Makefile", "/lint-imports"),
    "mypy": ("Makefile", "/mypy"),
    "pytest-asyncio": ("pyproject.toml", "asyncio_mode"),
    "pytest-xdist": ("pyproject.toml", "tests on every core"),
    "ruff": ("Makefile", "/ruff"),
}
"""Not imported, but run or loaded: the file and the text in it that ask for it."""


def ids(each: Named) -> str:
    return each.name


@pytest.mark.parametrize("each", NAMED, ids=ids)
def test_each_has_a_bound_and_a_reason(each: Named) -> None:
    stubs = each.name.startswith("types-")  # of types: versions are dates, and mypy says when they do not fit
    assert each.requirement.specifier or stubs, f"pyproject.toml:{each.line}: give {each.name} a bound"
    assert each.reason, f"pyproject.toml:{each.line}: say why {each.name} is needed"


def test_each_is_used() -> None:
    product, everything = imported(*OURS), imported(*OURS, "tests", by_name=True)
    unused = [
        f"pyproject.toml:{each.line}: {each.name}"
        for each in NAMED
        if each.name not in (everything if each.group in {"test", "fuzz"} else product) and not _asked_for(each.name)
    ]
    assert unused == []


def _asked_for(name: str) -> bool:
    if name.startswith("types-"):
        return name.removeprefix("types-") in {each.name for each in NAMED}
    asks = BY_ITSELF.get(name)
    return asks is not None and asks[1] in (ROOT / asks[0]).read_text(encoding="utf-8")


def test_nothing_of_ours_imports_a_library_that_is_not_named_or_needed_by_one_that_is() -> None:
    """Through two hands a library could be gone with the next version of the one between."""
    named_ones = {each.name for each in NAMED if each.group != "fuzz"}  # which is installed by `make fuzz` alone
    theirs = {canonicalize_name(Requirement(text).name) for name in named_ones for text in _requires(name)}
    assert imported(*OURS) - named_ones - theirs - {"yichuang"} == set()


def _requires(name: str) -> list[str]:
    return distribution(name).requires or []


@pytest.mark.parametrize("name", sorted(closure([each.name for each in NAMED if each.group != "fuzz"])))
def test_each_licence_lets_a_hall_use_and_pass_it_on(name: str) -> None:
    licence = licence_of(name)
    assert is_accepted(licence), f"{name}: {licence or 'says no licence'}"


@pytest.mark.parametrize(
    ("licence", "accepted"),
    [
        ("MIT", True),
        ("Apache-2.0 OR BSD-3-Clause", True),
        ("LGPL-3.0-only", True),
        ("GNU Lesser General Public License v3 (LGPLv3)", True),
        ("GPL-3.0-or-later", False),
        ("MIT AND GPL-2.0-only", False),
        ("GNU General Public License v2", False),
        ("AGPL-3.0", False),
        ("Proprietary", False),
        ("", False),
    ],
)
def test_a_licence_is_judged_by_its_name(licence: str, accepted: bool) -> None:
    assert is_accepted(licence) is accepted


def advisory(name: str = "Some_Library", **changes: Any) -> dict[str, Any]:
    events = [{"introduced": "1.2"}, {"fixed": "1.4.1"}, {"introduced": "2.0"}, {"last_affected": "2.1"}]
    affected = {"package": {"ecosystem": "PyPI", "name": name}, "ranges": [{"type": "ECOSYSTEM", "events": events}]}
    return {"id": "PYSEC-1", "summary": "reads beyond its end", "affected": [affected], **changes}


@pytest.mark.parametrize(
    ("version", "weak"),
    [("1.1", False), ("1.2", True), ("1.4", True), ("1.4.1", False), ("1.10", False), ("2.0", True), ("2.1", True),
     ("2.1.1", False)],
)  # fmt: skip
def test_a_version_is_weak_from_where_it_was_introduced_until_it_is_mended(
    tmp_path: Path, version: str, weak: bool
) -> None:
    file = tmp_path / "advisories.json"
    file.write_text(json.dumps([advisory()]), encoding="utf-8")
    assert bool(weaknesses({"some-library": version}, file)) is weak


def test_advisories_are_read_as_a_list_line_by_line_from_a_folder_and_from_a_zip(tmp_path: Path) -> None:
    one, two = advisory(), advisory(id="PYSEC-2")
    (tmp_path / "list.json").write_text(json.dumps([one, two]), encoding="utf-8")
    (tmp_path / "lines.jsonl").write_text(f"{json.dumps(one)}\n{json.dumps(two)}\n", encoding="utf-8")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "1.json").write_text(json.dumps(one), encoding="utf-8")
    (tmp_path / "folder" / "2.json").write_text(json.dumps(two), encoding="utf-8")
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as packed:
        packed.writestr("1.json", json.dumps(one))
        packed.writestr("2.json", json.dumps(two))
    for name in ("list.json", "lines.jsonl", "folder", "all.zip"):
        found = weaknesses({"some-library": "1.3"}, tmp_path / name)
        assert [weakness.id for weakness in found] == ["PYSEC-1", "PYSEC-2"], name


@pytest.mark.parametrize(
    "other",
    [
        advisory(withdrawn="2026-01-01T00:00:00Z"),
        advisory("another"),
        advisory(affected=[{"package": {"ecosystem": "npm", "name": "some-library"}, "versions": ["1.3"]}]),
    ],
    ids=["withdrawn", "of another library", "of another ecosystem"],
)
def test_what_does_not_concern_us_is_no_weakness(tmp_path: Path, other: dict[str, Any]) -> None:
    (tmp_path / "a.json").write_text(json.dumps(other), encoding="utf-8")
    assert weaknesses({"some-library": "1.3"}, tmp_path / "a.json") == []


def test_a_version_that_is_listed_by_itself_is_weak(tmp_path: Path) -> None:
    listed = advisory(affected=[{"package": {"ecosystem": "PyPI", "name": "some-library"}, "versions": ["1.3"]}])
    (tmp_path / "a.json").write_text(json.dumps(listed), encoding="utf-8")
    (found,) = weaknesses({"some-library": "1.3"}, tmp_path / "a.json")
    assert "not mended yet" in str(found)


def test_the_audit_lists_versions_and_says_when_nobody_has_looked(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    told = capsys.readouterr()
    assert re.search(r"^cryptography==\S+  # Apache-2.0", told.out, re.MULTILINE)
    assert "nobody has looked" in told.err


def test_the_audit_fails_on_a_weak_version_and_on_a_file_that_is_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    everywhere = [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}]
    affected = [{"package": {"ecosystem": "PyPI", "name": "cryptography"}, "ranges": everywhere}]
    (tmp_path / "weak.json").write_text(json.dumps(advisory(affected=affected)), encoding="utf-8")
    assert main(["--advisories", str(tmp_path / "weak.json")]) == 1
    assert "cryptography" in capsys.readouterr().err
    (tmp_path / "none.json").write_text("{}", encoding="utf-8")
    assert main(["--advisories", str(tmp_path / "none.json")]) == 2
