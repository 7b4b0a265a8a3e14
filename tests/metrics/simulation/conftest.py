from __future__ import annotations

import pytest
from numpy.random import Generator

from pmbridge.metrics.simulation.seed import Seed


@pytest.fixture
def rng() -> Generator:
    return Seed(1, "1.0", 739_000).generator()
