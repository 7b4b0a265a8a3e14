"""The REST source of dlt reads issues of GitLab with three lists of events each into local files."""

from __future__ import annotations

from dlt.sources.helpers.rest_client.paginators import HeaderLinkPaginator
from dlt.sources.rest_api import rest_api_source
from dlt_files import measure_source
from measured import place

told = place()
ISSUES = "projects/acme%2Fshop-web/issues"
KINDS = ("resource_state_events", "resource_milestone_events", "resource_label_events")


def events(kind: str) -> dict[str, object]:
    path = f"{ISSUES}/{{resources.issues.iid}}/{kind}"
    return {"name": kind, "endpoint": {"path": path, "params": {"per_page": 100}}, "parallelized": True}


source = rest_api_source(
    {
        "client": {
            "base_url": f"{told['gitlab']}/api/v4/",
            "auth": {"type": "bearer", "token": told["gitlab token"]},
            "paginator": HeaderLinkPaginator(),
        },
        "resources": [
            {
                "name": "issues",
                "endpoint": {
                    "path": ISSUES,
                    "params": {"scope": "all", "per_page": 100, "pagination": "keyset", "order_by": "created_at"},
                },
            },
            *map(events, KINDS),
        ],
    }
)

measure_source("gitlab", source)
