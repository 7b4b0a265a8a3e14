"""Those who read: pmbridge, plain loops over the client libraries, and the places of peers."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

from benchmarks.sync_decoding import decoding, mapping
from benchmarks.sync_trackers import GITLAB, JIRA, Place


def our_jira(place: Place) -> Any:
    """Connect to Jira."""
    from pmbridge.sandbox.jira.state import BOT_EMAIL, TOKEN
    from pmbridge_jira import JiraConnector, JiraSettings

    auth = {"email": BOT_EMAIL, "token": TOKEN}
    section = JiraSettings.model_validate({"url": place.jira, "auth": auth, "projects": [JIRA]})
    return JiraConnector("jira", section, owner="bench")


def our_gitlab(place: Place) -> Any:
    """Connect to GitLab."""
    from pmbridge.sandbox.gitlab.state import TOKEN
    from pmbridge_gitlab import GitlabConnector
    from pmbridge_gitlab.settings import GitlabSettings

    section = GitlabSettings.model_validate({"url": place.gitlab, "auth": {"token": TOKEN}, "projects": [GITLAB]})
    return GitlabConnector("gitlab", section, owner="bench")


def synced(connector: Any) -> int:
    """Sync a tracker into a store."""
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


@dataclass(frozen=True)
class Contender:
    """A reader of our own making: its title, and what makes ready what is then measured.

    One that reads ``by_itself`` does so without a wire, several times, of which the least counts.
    """

    title: str
    prepare: Callable[[Place], Callable[[], int]]
    by_itself: bool = False


CONTENDERS: dict[str, Contender] = {
    "jira": Contender("pmbridge, Jira", lambda place: partial(synced, our_jira(place))),
    "jira-mapping": Contender(
        "pmbridge, Jira, decoding and mapping alone", lambda place: mapping(our_jira(place), JIRA), by_itself=True
    ),
    "jira-json": Contender(
        "`json.loads` over the same bytes, Jira", lambda p: decoding(our_jira(p), JIRA), by_itself=True
    ),
    "jira-loop": Contender("plain `jira` loop", lambda place: partial(plain_jira, place)),
    "gitlab": Contender("pmbridge, GitLab", lambda place: partial(synced, our_gitlab(place))),
    "gitlab-mapping": Contender(
        "pmbridge, GitLab, decoding and mapping alone", lambda place: mapping(our_gitlab(place), GITLAB), by_itself=True
    ),
    "gitlab-json": Contender(
        "`json.loads` over the same bytes, GitLab", lambda place: decoding(our_gitlab(place), GITLAB), by_itself=True
    ),
    "gitlab-loop": Contender("plain `python-gitlab`, 8 threads", lambda place: partial(plain_gitlab, place)),
}


@dataclass(frozen=True)
class Peer:
    """A reader from the package index: its title, package and script, and whether it needs the Jira of yesterday."""

    title: str
    package: str
    reader: str
    yesterday: bool = False


PEERS: dict[str, Peer] = {
    "dlt-jira": Peer("dlt REST source, Jira", "dlt", "dlt_jira"),
    "tap-jira": Peer("tap-jira", "tap-jira", "singer_jira"),
    "perceval-gitlab": Peer("perceval, GitLab", "perceval", "perceval_gitlab"),
    "perceval-jira": Peer("perceval, Jira of yesterday", "perceval", "perceval_jira", yesterday=True),
    "airbyte-jira": Peer("Airbyte source, Jira of yesterday", "airbyte-source-jira", "airbyte_jira", yesterday=True),
    "dlt-gitlab": Peer("dlt REST source, GitLab", "dlt", "dlt_gitlab"),
    "tap-gitlab": Peer("tap-gitlab", "tap-gitlab", "singer_gitlab"),
    "airbyte-gitlab": Peer("Airbyte source, GitLab", "airbyte-source-gitlab", "airbyte_gitlab"),
}
