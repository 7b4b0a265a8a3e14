"""Rows as a CSV file that a spreadsheet opens without running anything in it."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

#: A cell that begins so is a formula to a spreadsheet; a quotation mark before it makes it text.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def write(file: Path, columns: Sequence[tuple[str, str]], rows: Iterable[tuple[Any, ...]]) -> int:
    """Write a header and rows, and return how many; instants are ISO 8601 with ``Z``, absent is empty."""
    count = 0
    with file.open("w", encoding="utf-8", newline="") as stream:
        out = csv.writer(stream)
        out.writerow([name for name, _ in columns])
        for row in rows:
            out.writerow([_cell(value) for value in row])
            count += 1
    return count


def _cell(value: Any) -> Any:
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_FORMULA) else value
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else value
