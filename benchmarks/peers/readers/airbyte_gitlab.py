"""Airbyte's source reads issues of GitLab into a file of JSON lines."""

from __future__ import annotations

import json
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

from measured import measure, place, printed_into
from source_gitlab.run import run

told = place()
folder = Path(tempfile.mkdtemp())
config, catalog, rows = folder / "config.json", folder / "catalog.json", folder / "rows.jsonl"
stream = {"name": "issues", "json_schema": {}, "supported_sync_modes": ["full_refresh", "incremental"]}
wanted = {"stream": stream, "sync_mode": "full_refresh", "destination_sync_mode": "append"}


def read() -> int:
    sys.argv = ["source-gitlab", "read", "--config", str(config), "--catalog", str(catalog)]
    with printed_into(rows), suppress(SystemExit):
        run()
    return sum(row.startswith('{"type":"RECORD"') for row in rows.open())


account = {"auth_type": "access_token", "access_token": told["gitlab token"]}
place_of = {"api_url": told["gitlab"], "projects_list": ["acme/shop-web"], "groups_list": ["acme"]}
config.write_text(json.dumps({**place_of, "credentials": account, "start_date": "2020-01-01T00:00:00Z"}))
catalog.write_text(json.dumps({"streams": [wanted]}))
measure("airbyte-source-gitlab", read)
