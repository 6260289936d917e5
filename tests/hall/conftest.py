from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from hall import ca
from tests.hall.scene import EXAMPLE, Box, Scene


@pytest.fixture
def scene() -> Iterator[Scene]:
    scene = Scene()
    yield scene
    scene.close()


@pytest.fixture
def kiosk(scene: Scene) -> Box:
    return scene.box()


@pytest.fixture
def log_aside() -> Iterator[None]:
    """What a hall logs is not printed: a command whose words a test reads may run in the same process."""
    with structlog.testing.capture_logs():
        yield


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("certificates") / "certs"
    ca.init(folder)
    ca.issue(folder, "hall", "hall", 60)
    for name in ("kiosk-1", "counter-1", "stranger-1"):
        ca.issue(folder, name, "box", 30)
    ca.issue(folder, "observer-1", "observer", 30)
    ca.issue(folder, "technician-1", "technician", 30)
    return folder


@pytest.fixture
def settings_file(tmp_path: Path, certificates: Path) -> Path:
    """As ``settled``, for one test."""
    return settled(tmp_path, certificates)


def settled(folder: Path, certificates: Path) -> Path:
    """The example's settings in demo mode, certificates beside them, on a port of nobody's."""
    text = EXAMPLE.read_text(encoding="utf-8").replace('mode = "live"', 'mode = "demo"')
    (folder / "certs").symlink_to(certificates)
    shutil.copy(EXAMPLE.with_name("catalogue.toml"), folder)
    file = folder / "hall.toml"
    file.write_text(text, encoding="utf-8")
    return file
