"""What contradicts itself about mirrors and people is told once, with the items concerned, and counts once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from pmbridge.assess import assess
from pmbridge.assessment import Assessment, HygieneFinding
from pmbridge.config.product import ProductSettings
from pmbridge.document import Bullets
from pmbridge.model import FORMER_USER, History, Person, RemoteLink
from pmbridge.reports.audit import overview

NOW = datetime(2025, 6, 30, 12, tzinfo=UTC)
BOTH = {"title": "Shop", "projects": {"jira": ["SHOP"], "gitlab": ["acme/web"]}, "calendar": {"holidays": []}}


def run(history: History, **settings: Any) -> Assessment:
    wanted = ProductSettings.model_validate({**BOTH, **settings})
    return assess(history, wanted, product="shop", as_of=NOW, config_digest="c", version="1")


def findings(history: History, **settings: Any) -> dict[str, HygieneFinding]:
    return {one.gap: one for one in run(history, **settings).hygiene.findings}


@pytest.fixture
def tale(story: Any) -> Any:
    made = story()
    made.milestone("version:1", "1.0", due="2025-07-30")
    made.milestone("milestone:1", "1.0", source="gitlab", kind="milestone", due="2025-07-30", project="acme/web")
    made.milestone("milestone:2", "2.0", source="gitlab", kind="milestone", due="2025-09-30", project="acme/web")
    made.item("S-1", "2025-05-02", milestones=("version:1",))
    return made


@pytest.fixture
def mirror(tale: Any) -> Callable[..., None]:
    def mirror(key: str, of: str = "S-1", **fields: Any) -> None:
        page = RemoteLink(url=f"https://jira.example/browse/{of}", relationship="mirrors")
        tale.item(key, "2025-05-03", "gitlab", remote_links=(page,), project="acme/web", **fields)

    return mirror


def test_a_pair_that_agrees_is_no_finding(tale: Any, mirror: Callable[..., None]) -> None:
    mirror("web-1", milestones=("milestone:1",))
    assert findings(tale.history()) == {}
    assert [one.scope.items for one in run(tale.history()).milestones] == [1, 0]


def test_two_items_that_say_they_are_the_same_count_once_and_are_told(tale: Any, mirror: Callable[..., None]) -> None:
    for key in ("web-1", "web-2"):
        mirror(key, milestones=("milestone:1",))
    found = findings(tale.history())["several mirrors"]
    assert (found.items, found.share) == (("S-1",), 1.0)
    assert "S-1 / web-1 / web-2" in found.text
    assert run(tale.history()).milestones[0].scope.items == 1


def test_a_chain_in_one_tracker_is_told_and_a_pair_is_not(tale: Any) -> None:
    tale.item("S-2", "2025-05-03")
    tale.link("S-2", "S-1", "mirrors")
    assert "several mirrors" not in findings(tale.history())
    tale.item("S-3", "2025-05-04")
    tale.link("S-3", "S-2", "mirrors")
    assert findings(tale.history())["several mirrors"].text.endswith(": S-1 / S-2 / S-3.")


def test_a_ring_of_links_is_told_the_same_whichever_link_comes_first(tale: Any) -> None:
    for key in ("S-2", "S-3"):
        tale.item(key, "2025-05-03")
    for a, b in (("S-1", "S-2"), ("S-2", "S-3"), ("S-3", "S-1")):
        tale.link(a, b, "mirrors")
    history = tale.history()
    turned = replace(history, links=history.links[::-1], items=history.items[::-1])
    assert findings(history)["several mirrors"] == findings(turned)["several mirrors"]


def test_titles_that_claim_one_item_are_told_with_the_item_they_claim(tale: Any) -> None:
    for key in ("web-1", "web-2"):
        tale.item(key, "2025-05-03", "gitlab", title="S-1: Title of S-1", project="acme/web")
    found = findings(tale.history())["one mirror, two claims"]
    assert found.items == ("S-1",)
    assert "S-1 by web-1, web-2" in found.text


def test_faces_in_different_milestones_are_told_and_count_in_both(tale: Any, mirror: Callable[..., None]) -> None:
    mirror("web-1", milestones=("milestone:2",))
    found = findings(tale.history())["mirrors in different milestones"]
    assert "S-1 in 1.0 / web-1 in 2.0" in found.text
    assert [one.scope.items for one in run(tale.history()).milestones] == [1, 1]


def test_a_face_without_a_milestone_contradicts_nothing(tale: Any, mirror: Callable[..., None]) -> None:
    mirror("web-1")
    assert "mirrors in different milestones" not in findings(tale.history())


def test_work_that_waits_for_its_own_mirror_or_is_a_part_of_it_is_told(tale: Any, mirror: Callable[..., None]) -> None:
    tale.item("S-2", "2025-05-03", parent="S-1")
    tale.link("S-2", "S-1", "mirrors")
    assert findings(tale.history())["mirror of itself"].items == ("S-1",)


def test_a_blocker_that_is_a_face_of_what_it_blocks_is_told(tale: Any) -> None:
    tale.item("S-2", "2025-05-03")
    tale.link("S-2", "S-1", "mirrors")
    tale.link("S-2", "S-1", "blocks")
    assert findings(tale.history())["mirror of itself"].items == ("S-1",)


def test_a_mirror_that_is_gone_is_told_with_its_address(tale: Any, mirror: Callable[..., None]) -> None:
    tale.item("7", "2025-05-03", url="https://jira.example/browse/S-7")
    mirror("web-1", of="S-9")
    found = findings(tale.history())["lost mirror"]
    assert (found.items, "https://jira.example/browse/S-9" in found.text) == (("web-1",), True)


def test_open_work_of_nobody_but_a_former_user_is_told(tale: Any) -> None:
    tale.item("S-2", "2025-05-03", assignees=("unknown",))
    tale.item("S-3", "2025-05-03", assignees=("unknown",), status="done")
    tale.item("S-4", "2025-05-03", assignees=("unknown", "u1"))
    history = tale.history()
    gone = Person(source="jira", id="unknown", name=FORMER_USER)
    found = findings(replace(history, people=(*history.people, gone)))["former user holds work"]
    assert found.items == ("S-2",)


def test_the_audit_page_tells_them(tale: Any, mirror: Callable[..., None]) -> None:
    mirror("web-1", milestones=("milestone:2",), assignees=("u1",))
    tale.item("S-2", "2025-05-03", assignees=("u1",))
    page = overview(run(tale.history()))
    told = [
        "".join(part.text for part in item)
        for block in page.blocks
        if isinstance(block, Bullets)
        for item in block.items
    ]
    assert any("S-1 in 1.0 / web-1 in 2.0" in text for text in told)
    assert any("Uma Bauer (gitlab) and Uma Bauer (jira)" in text for text in told)
