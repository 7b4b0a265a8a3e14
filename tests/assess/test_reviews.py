"""Merge requests belong to the work that their titles and branches name, over trackers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from pmbridge.assess.reading import read
from pmbridge.assess.reviews import merge_requests
from pmbridge.config.product import ProductSettings
from pmbridge.model import MergeRequest, MergeRequestState

AT = datetime(2025, 6, 1, 12, tzinfo=UTC)
BOTH = ProductSettings.model_validate({"title": "Shop", "projects": {"jira": ["SHOP"], "gitlab": ["acme/web"]}})


@pytest.mark.parametrize(
    ("title", "branch", "items", "carried"),
    [
        ("SHOP-12: pay", "main-fix", (), ["SHOP-12"]),
        ("pay", "feature/shop-12-pay", (), ["SHOP-12"]),
        ("pay", "7-pay", ("7",), ["acme/web#7"]),
        ("SHOP-1 and SHOP-12", "SHOP-12", ("7",), ["SHOP-1", "SHOP-12", "acme/web#7"]),
        ("run `SHOP-12`", "SHOP-123", (), []),
        ("SHOP-99", "x", ("99",), []),
    ],
)
def test_keys_in_titles_and_branches_and_the_tracker_s_own_relations_count(
    story: Any, title: str, branch: str, items: tuple[str, ...], carried: list[str]
) -> None:
    tale = story()
    for key in ("SHOP-1", "SHOP-12"):
        tale.item(key, "2025-05-02")
    tale.item("7", "2025-05-02", "gitlab", key="acme/web#7")
    request = MergeRequest(
        source="gitlab",
        id="1",
        key="acme/web!1",
        project="acme/web",
        url="https://gitlab.example/acme/web/-/merge_requests/1",
        title=title,
        branch=branch,
        state=MergeRequestState.OPEN,
        items=items,
        created_at=AT,
        updated_at=AT,
    )
    history = replace(tale.history(), merge_requests=(request,))
    found = merge_requests(read(history, BOTH, AT.replace(day=20)))
    assert sorted(found) == carried
    assert all(own == (request,) for own in found.values())
