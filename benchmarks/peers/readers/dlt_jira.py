"""The REST source of dlt reads issues of Jira with their histories into local files."""

from __future__ import annotations

import os
import tempfile

import dlt
from dlt.sources.helpers.rest_client.paginators import JSONResponseCursorPaginator
from dlt.sources.rest_api import rest_api_source
from measured import measure, place

told = place()
folder = tempfile.mkdtemp()
os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
source = rest_api_source(
    {
        "client": {
            "base_url": f"{told['jira']}/rest/api/3/",
            "auth": {"type": "http_basic", "username": told["email"], "password": told["token"]},
            "paginator": JSONResponseCursorPaginator(cursor_path="nextPageToken", cursor_param="nextPageToken"),
        },
        "resources": [
            {
                "name": "issues",
                "endpoint": {
                    "path": "search/jql",
                    "data_selector": "issues",
                    "params": {"jql": "project = SHOP", "fields": "*all", "expand": "changelog", "maxResults": 100},
                },
            }
        ],
    }
)


def read() -> int:
    place = dlt.destinations.filesystem(f"file://{folder}/out")
    pipeline = dlt.pipeline("bench", destination=place, dataset_name="jira", pipelines_dir=f"{folder}/work")
    pipeline.run(source)
    return int(pipeline.last_trace.last_normalize_info.row_counts["issues"])


measure("dlt", read)
