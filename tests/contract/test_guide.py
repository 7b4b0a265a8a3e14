"""The guide shows the connector that ships, word by word."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "docs" / "write-a-connector.md").read_text(encoding="utf-8")
SHOWN = re.findall(r"```(python|toml)\n(.*?)```", GUIDE, re.DOTALL)
SHIPPED = "\n".join(
    path.read_text(encoding="utf-8")
    for path in (
        *sorted((ROOT / "connectors" / "pmbridge_folder").glob("*.py")),
        ROOT / "tests" / "contract" / "test_folder.py",
        ROOT / "pyproject.toml",
    )
)


def test_the_guide_shows_code() -> None:
    assert len(SHOWN) >= 7


@pytest.mark.parametrize("number", range(len(SHOWN)))
def test_what_is_shown_is_what_ships(number: int) -> None:
    language, code = SHOWN[number]
    parts = [code] if language == "python" else code.strip().splitlines()
    assert all(part.strip("\n") in SHIPPED for part in parts), code
