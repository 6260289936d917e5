"""What every box measures of itself for Prometheus."""

from __future__ import annotations

from device.api.metrics import MetricsPage
from device.roles.box import Box, Role


def metrics(box: Box) -> Role:
    """GET /metrics, and what has to be measured all the time."""
    data = box.loaded.beside(box.loaded.values.box.data)
    page = MetricsPage(box.loaded.values, data, box.hardware.cells, box.journal, box.link, box.clock)
    return Role(routes=page.routes(), long_lived={"loop lag": page.lag.run})
