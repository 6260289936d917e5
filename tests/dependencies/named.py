"""What pyproject.toml names: each requirement with its bounds, its reason, and where it is used."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution, packages_distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT = ROOT / "pyproject.toml"
_LINE = re.compile(r'^\s*"(?P<requirement>[^"]+)",(?:\s*#\s*(?P<reason>\S.*))?$')


@dataclass(frozen=True, slots=True)
class Named:
    """One line of pyproject.toml. ``group``: "" for what the product always needs, else the extra."""

    line: int
    requirement: Requirement
    group: str
    reason: str

    @property
    def name(self) -> str:
        return canonicalize_name(self.requirement.name)


def named() -> list[Named]:
    """Every requirement, in the file's order."""
    text = PROJECT.read_text(encoding="utf-8")
    project = tomllib.loads(text)["project"]
    groups = {"": project["dependencies"], **project["optional-dependencies"]}
    lines = [(number, match) for number, line in enumerate(text.splitlines(), 1) if (match := _LINE.match(line))]
    found: list[Named] = []
    at = 0
    for group, requirements in sorted(groups.items(), key=lambda each: _begin(text, each[0])):
        for requirement in requirements:
            while lines[at][1]["requirement"] != requirement:
                at += 1
            number, match = lines[at]
            found.append(Named(number, Requirement(requirement), group, match["reason"] or ""))
    return found


def _begin(text: str, group: str) -> int:
    return text.index(f"\n{group} = [" if group else "\ndependencies = [")


def closure(names: Iterator[str] | list[str]) -> dict[str, str]:
    """These and all that they need here: name → installed version. What is not installed is left out."""
    found: dict[str, str] = {}
    wanted = [canonicalize_name(name) for name in names]
    while wanted:
        name = wanted.pop()
        if name in found:
            continue
        try:
            installed = distribution(name)
        except PackageNotFoundError:
            continue
        found[name] = installed.version
        for text in installed.requires or []:
            needed = Requirement(text)
            if needed.marker is None or needed.marker.evaluate({"extra": ""}):
                wanted.append(canonicalize_name(needed.name))
    return dict(sorted(found.items()))


def imported(*folders: str, by_name: bool = False) -> set[str]:
    """Names of distributions that our sources import; ``by_name``: or name in a text, for whoever imports by that."""
    by_module = packages_distributions()
    modules: set[str] = set()
    for folder in folders:
        for file in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Import):
                    modules |= {alias.name.partition(".")[0] for alias in node.names}
                elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    modules.add(node.module.partition(".")[0])
                elif by_name and isinstance(node, ast.Constant) and isinstance(node.value, str):
                    modules.add(node.value.partition(".")[0])
    # The fuzzer is installed by `make fuzz` alone: its module has its own name.
    return {
        canonicalize_name(name) for module in modules for name in by_module.get(module, [module] if by_name else [])
    }
