"""The REST source of dlt reads issues of Jira with their histories into local files."""

from __future__ import annotations

from dlt.sources.helpers.rest_client.paginators import JSONResponseCursorPaginator
from dlt.sources.rest_api import rest_api_source
from dlt_files import measure_source
from measured import place

told = place()
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

measure_source("jira", source)
