"""The Singer tap reads issues and changelogs of Jira into a file of JSON lines."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import tap_jira
from measured import measure, place, printed_into, speak_plain_http
from singer import get_logger

told = place()
speak_plain_http()
get_logger().setLevel("ERROR")
folder = Path(tempfile.mkdtemp())
config, catalog, rows = folder / "config.json", folder / "catalog.json", folder / "rows.jsonl"


def run(*arguments: str) -> None:
    sys.argv = ["tap-jira", "--config", str(config), *arguments]
    tap_jira.main()


def selected(streams: dict[str, Any]) -> dict[str, Any]:
    """Choose issues and their histories of everything the tap can read."""
    for stream in streams["streams"]:
        whole = next(entry for entry in stream["metadata"] if not entry["breadcrumb"])
        whole["metadata"]["selected"] = stream["stream"] in ("issues", "changelogs")
    return streams


def read() -> int:
    with printed_into(rows):
        run("--properties", str(catalog))
    return sum('"stream": "issues"' in row and '"RECORD"' in row for row in rows.open())


account = {"username": told["email"], "password": told["token"], "base_url": told["jira"]}
config.write_text(json.dumps({**account, "start_date": "2020-01-01T00:00:00Z", "user_agent": "benchmark"}))
with printed_into(catalog):
    run("--discover")
catalog.write_text(json.dumps(selected(json.loads(catalog.read_text()))))
measure("tap-jira", read)
