"""Those who read: pmbridge, plain loops over the client libraries, and the places of peers."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from benchmarks.sync_trackers import GITLAB, JIRA, Place


def ours_jira(place: Place) -> int:
    """Sync Jira into a store."""
    from pmbridge.sandbox.jira.state import BOT_EMAIL, TOKEN
    from pmbridge_jira import JiraConnector, JiraSettings

    auth = {"email": BOT_EMAIL, "token": TOKEN}
    section = JiraSettings.model_validate({"url": place.jira, "auth": auth, "projects": [JIRA]})
    return _synced(JiraConnector("jira", section, owner="bench"))


def ours_gitlab(place: Place) -> int:
    """Sync GitLab into a store."""
    from pmbridge.sandbox.gitlab.state import TOKEN
    from pmbridge_gitlab import GitlabConnector
    from pmbridge_gitlab.settings import GitlabSettings

    section = GitlabSettings.model_validate({"url": place.gitlab, "auth": {"token": TOKEN}, "projects": [GITLAB]})
    return _synced(GitlabConnector("gitlab", section, owner="bench"))


def _synced(connector: Any) -> int:
    from pmbridge.store import open_store
    from pmbridge.sync import sync_source

    with tempfile.TemporaryDirectory() as folder, open_store(f"sqlite:///{folder}/bench.db") as store:
        proof = sync_source(connector, store, holder="bench")
    connector.close()
    assert proof.status == "complete", proof.gaps
    return proof.items_stored


def plain_jira(place: Place) -> int:
    """Page through Jira with its client library, histories of each page by the bulk changelog."""
    from jira import JIRA as Library

    from pmbridge.sandbox.jira.state import BOT_EMAIL, TOKEN

    client = Library(place.jira, basic_auth=(BOT_EMAIL, TOKEN))
    token, count = None, 0
    while True:
        body = {"jql": f"project = {JIRA}", "fields": ["*all"], "maxResults": 100}
        page = client._get_json("search/jql", {**body, **({"nextPageToken": token} if token else {})}, use_post=True)
        ids = [issue["id"] for issue in page["issues"]]
        client._get_json("changelog/bulkfetch", {"issueIdsOrKeys": ids, "maxResults": 10_000}, use_post=True)
        count += len(ids)
        token = page.get("nextPageToken")
        if token is None:
            return count


def plain_gitlab(place: Place) -> int:
    """Page through GitLab with its client library, three event lists an issue on eight threads."""
    from gitlab import Gitlab

    from pmbridge.sandbox.gitlab.state import TOKEN

    kinds = ("resourcestateevents", "resourcemilestoneevents", "resourcelabelevents")
    client = Gitlab(place.gitlab, private_token=TOKEN)
    issues = client.projects.get(GITLAB).issues.list(iterator=True, per_page=100, scope="all")

    def events(issue: Any) -> int:
        return sum(len(getattr(issue, kind).list(get_all=True)) for kind in kinds)

    with ThreadPoolExecutor(8) as pool:
        return len(list(pool.map(events, issues)))


CONTENDERS: dict[str, Callable[[Place], int]] = {
    "pmbridge, Jira": ours_jira,
    "plain jira loop": plain_jira,
    "pmbridge, GitLab": ours_gitlab,
    "plain python-gitlab, 8 threads": plain_gitlab,
}


@dataclass(frozen=True)
class Peer:
    """A reader from the package index: its package, its script, and whether it needs the Jira of yesterday."""

    package: str
    reader: str
    yesterday: bool = False


PEERS: dict[str, Peer] = {
    "dlt REST source, Jira": Peer("dlt", "dlt_jira"),
    "tap-jira": Peer("tap-jira", "singer_jira"),
    "perceval, GitLab": Peer("perceval", "perceval_gitlab"),
    "perceval, Jira of yesterday": Peer("perceval", "perceval_jira", yesterday=True),
    "Airbyte source, Jira of yesterday": Peer("airbyte-source-jira", "airbyte_jira", yesterday=True),
}
