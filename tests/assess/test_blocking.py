"""Work waits for work in other trackers: by links to pages, and by lines that people write."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from pmbridge.assess.blocking import pairs
from pmbridge.assess.network import network
from pmbridge.assess.reading import read
from pmbridge.assess.standing import blockers
from pmbridge.config.product import ProductSettings
from pmbridge.model import RemoteLink

NOW = datetime(2025, 6, 30, 12, tzinfo=UTC)
BOTH = ProductSettings.model_validate({"title": "Shop", "projects": {"jira": ["SHOP"], "gitlab": ["acme/web"]}})


def waiting(tale: Any) -> dict[str, list[str]]:
    """Say by key what each piece of work waits for, and hold the network to it."""
    reading = read(tale.history(), BOTH, NOW)
    found = {
        reading.owner[blocked].item.key: sorted({one.item.key for one in own})
        for blocked, own in blockers(pairs(reading)).items()
    }
    net = network(reading, pairs(reading))
    assert {key: list(keys) for key, keys in net.waits_for.items() if keys} == found
    return found


def page(key: str, relationship: str, source: str = "gitlab") -> tuple[RemoteLink, ...]:
    return (RemoteLink(url=f"https://{source}.example/browse/{key}", relationship=relationship),)


@pytest.mark.parametrize(
    ("relationship", "found"),
    [
        ("is blocked by", {"S-1": ["W-1"]}),
        ("depends on", {"S-1": ["W-1"]}),
        ("blocks", {"W-1": ["S-1"]}),
        ("relates to", {}),
        ("", {}),
    ],
)
def test_a_link_to_a_page_of_another_tracker_blocks_by_its_words(
    story: Any, relationship: str, found: dict[str, list[str]]
) -> None:
    tale = story()
    tale.item("S-1", "2025-05-02", remote_links=page("W-1", relationship))
    tale.item("W-1", "2025-05-02", "gitlab")
    assert waiting(tale) == found


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("Blocked by: S-1", {"W-1": ["S-1"]}),
        ("intro\n- **Depends on:** S-1.", {"W-1": ["S-1"]}),
        ("Blocks: https://jira.example/browse/S-1", {"S-1": ["W-1"]}),
        ("it is blocked by S-1", {}),
        ("```\nBlocked by: S-1\n```", {}),
        ("Blocked by: S-9", {}),
    ],
)
def test_a_line_of_a_description_blocks(story: Any, line: str, found: dict[str, list[str]]) -> None:
    tale = story()
    tale.item("S-1", "2025-05-02")
    tale.item("W-1", "2025-05-02", "gitlab", description=line)
    assert waiting(tale) == found


def test_what_both_sides_say_counts_once(story: Any) -> None:
    tale = story()
    tale.item("S-1", "2025-05-02", remote_links=page("W-1", "is blocked by"))
    tale.item("W-1", "2025-05-02", "gitlab", description="Blocks: S-1", remote_links=page("S-1", "blocks", "jira"))
    assert waiting(tale) == {"S-1": ["W-1"]}
