"""A Singer tap at work: it says what it knows, is told what to read, and prints it into a file of JSON lines."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

from measured import measure, printed_into
from singer import get_logger


def measure_tap(
    name: str, main: Callable[[], Any], account: Mapping[str, str], streams: Collection[str], catalog_option: str
) -> None:
    """Measure a tap that reads some of its streams, and count the issues among them."""
    get_logger().setLevel("ERROR")
    folder = Path(tempfile.mkdtemp())
    config, catalog, rows = folder / "config.json", folder / "catalog.json", folder / "rows.jsonl"
    config.write_text(json.dumps({**account, "start_date": "2020-01-01T00:00:00Z", "user_agent": "benchmark"}))

    def run(*arguments: str) -> None:
        sys.argv = [name, "--config", str(config), *arguments]
        main()

    def read() -> int:
        with printed_into(rows):
            run(catalog_option, str(catalog))
        return sum('"stream": "issues"' in row and '"RECORD"' in row for row in rows.open())

    with printed_into(catalog):
        run("--discover")
    catalog.write_text(json.dumps(_selected(json.loads(catalog.read_text()), streams)))
    measure(name, read)


def _selected(known: dict[str, Any], streams: Collection[str]) -> dict[str, Any]:
    for stream in known["streams"]:
        whole = next(entry for entry in stream["metadata"] if not entry["breadcrumb"])
        whole["metadata"]["selected"] = stream["stream"] in streams
    return known
