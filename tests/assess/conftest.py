"""Histories that are told event by event."""

from __future__ import annotations

from pathlib import Path
from runpy import run_path
from typing import Any

import pytest
from hypothesis import settings

# A first call imports what it needs lazily, which takes longer than an example may.
settings.register_profile("lazy imports", deadline=None)
settings.load_profile("lazy imports")


@pytest.fixture(scope="session")
def story() -> Any:
    """Return the class that tells histories."""
    return run_path(str(Path(__file__).parent.parent / "story.py"))["Story"]
