"""Airbyte's source reads issues of Jira into a file of JSON lines."""

from __future__ import annotations

import json
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

from measured import measure, place, printed_into, speak_plain_http
from source_jira.run import run

told = place()
speak_plain_http()
folder = Path(tempfile.mkdtemp())
config, catalog, rows = folder / "config.json", folder / "catalog.json", folder / "rows.jsonl"
stream = {"name": "issues", "json_schema": {}, "supported_sync_modes": ["full_refresh", "incremental"]}
wanted = {"stream": stream, "sync_mode": "full_refresh", "destination_sync_mode": "append"}


def read() -> int:
    sys.argv = ["source-jira", "read", "--config", str(config), "--catalog", str(catalog)]
    with printed_into(rows), suppress(SystemExit):
        run()
    return sum(row.startswith('{"type":"RECORD"') for row in rows.open())


site = told["jira"].removeprefix("http://")
account = {"domain": site, "email": told["email"], "api_token": told["token"]}
config.write_text(json.dumps({**account, "projects": ["SHOP"], "start_date": "2020-01-01T00:00:00Z"}))
catalog.write_text(json.dumps({"streams": [wanted]}))
measure("airbyte-source-jira", read)
