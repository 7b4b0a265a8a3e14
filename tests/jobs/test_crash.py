"""A pass that is killed hard, wherever it was, and the next one: together they leave what one undisturbed pass does."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def crashed(store_url: str, folder: Path, mode: str, **options: Any) -> dict[str, int]:
    given = {"store": store_url, "folder": str(folder), "mode": mode, "seconds": 0.0} | options
    command = [sys.executable, "-m", "tests.jobs.crashing", json.dumps(given)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=280)
    assert done.returncode == 0, done.stderr
    found: dict[str, int] = json.loads(done.stdout)
    return found


def test_a_pass_killed_at_any_write_boundary_is_made_good_by_the_next(store_url: str, tmp_path: Path) -> None:
    found = crashed(store_url, tmp_path, "boundaries")
    assert found["boundaries"] >= 20, "two for every transaction"
    assert found["rows"] >= 40


def test_passes_killed_at_random_instants_come_to_the_same_end(store_url: str, tmp_path: Path) -> None:
    found = crashed(store_url, tmp_path, "instants", rounds=8, seed=4, seconds=0.02)
    assert found["killed"] >= 4
