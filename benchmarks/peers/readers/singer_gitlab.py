"""The Singer tap reads issues of GitLab into a file of JSON lines."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import tap_gitlab
from measured import measure, place, printed_into, turn_back
from singer import get_logger

told = place()
# It knows one address and writes its token into it.
turn_back("https://gitlab.com", told["gitlab"], {"PRIVATE-TOKEN": told["gitlab token"]})
get_logger().setLevel("ERROR")
folder = Path(tempfile.mkdtemp())
config, catalog, rows = folder / "config.json", folder / "catalog.json", folder / "rows.jsonl"


def run(*arguments: str) -> None:
    sys.argv = ["tap-gitlab", "--config", str(config), *arguments]
    tap_gitlab.main()


def selected(streams: dict[str, Any]) -> dict[str, Any]:
    """Choose issues and the project they are in: it reads no history."""
    for stream in streams["streams"]:
        whole = next(entry for entry in stream["metadata"] if not entry["breadcrumb"])
        whole["metadata"]["selected"] = stream["stream"] in ("projects", "issues")
    return streams


def read() -> int:
    with printed_into(rows):
        run("--catalog", str(catalog))
    return sum('"stream": "issues"' in row and '"RECORD"' in row for row in rows.open())


account = {"private_token": told["gitlab token"], "groups": "", "projects": "acme/shop-web"}
config.write_text(json.dumps({**account, "start_date": "2020-01-01T00:00:00Z", "user_agent": "benchmark"}))
with printed_into(catalog):
    run("--discover")
catalog.write_text(json.dumps(selected(json.loads(catalog.read_text()))))
measure("tap-gitlab", read)
