"""A source of Airbyte's at work: it prints the issues that it reads into a file of JSON lines."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from measured import measure, printed_into

_STREAM = {"name": "issues", "json_schema": {}, "supported_sync_modes": ["full_refresh", "incremental"]}
_WANTED = {"stream": _STREAM, "sync_mode": "full_refresh", "destination_sync_mode": "append"}


def measure_source(name: str, run: Callable[[], Any], settings: Mapping[str, Any]) -> None:
    """Measure a source that reads all issues since 2020."""
    folder = Path(tempfile.mkdtemp())
    config, catalog, rows = folder / "config.json", folder / "catalog.json", folder / "rows.jsonl"
    config.write_text(json.dumps({**settings, "start_date": "2020-01-01T00:00:00Z"}))
    catalog.write_text(json.dumps({"streams": [_WANTED]}))

    def read() -> int:
        sys.argv = [name.removeprefix("airbyte-"), "read", "--config", str(config), "--catalog", str(catalog)]
        with printed_into(rows), suppress(SystemExit):
            run()
        return sum(row.startswith('{"type":"RECORD"') for row in rows.open())

    measure(name, read)
