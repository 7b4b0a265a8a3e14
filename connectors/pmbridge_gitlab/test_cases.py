"""GitLab's test cases (Ultimate) as tests of the issues they are linked to; pure."""

from __future__ import annotations

from collections.abc import Iterator

from pmbridge.model import Item, Origin, TestCase
from pmbridge_gitlab.history import IssueHistory
from pmbridge_gitlab.rows import instant

TYPE = "test_case"


def tests(item: Item, past: IssueHistory) -> Iterator[TestCase]:
    """Yield the test that a test case is; GitLab keeps no runs of it, and archives one by closing it."""
    if item.type != TYPE:
        return
    edits = (instant(event["created_at"]) for event in past.texts)
    yield TestCase(
        source=item.source,
        id=f"test-case:{item.id}",
        key=item.key,
        title=item.title[:300],
        origin=Origin.TEST_CASE,
        project=item.project,
        url=item.url,
        covers=tuple(dict.fromkeys(str(link["id"]) for link in past.links)),
        created_at=item.created_at,
        changed_at=max(edits, default=None),
        retired_at=item.closed_at,
    )
