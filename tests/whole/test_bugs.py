"""The launched milestone of the sandbox tells its story: a bad week, the alarm, stuck hand-offs, stability to come."""

from __future__ import annotations

import json

import pytest

from pmbridge.sandbox.story.scenario import Role


@pytest.fixture
def launched(synced) -> str:
    return synced.story.milestone(Role.LAUNCHED).title


def test_the_command_tells_the_story_of_the_launched_milestone(synced, call, launched):
    page = call("bugs", launched, config=synced.config)
    assert page.code == 0
    assert "most of the excess is in Payment" in page.out
    assert "no engineering item is linked; nothing moves" in " ".join(page.out.split())
    assert "Not stable yet: calm since 7 Nov 2026, and stable if that lasts until 21 Nov 2026" in " ".join(
        page.out.split()
    )
    assert "calm, but not yet for 14 days" in " ".join(page.out.split())
    assert "Hypercare goes on" in page.out
    assert "How many defects are still to come cannot be said" in page.out


def test_the_command_compares_all_launches_of_a_product(synced, call, launched):
    everything, named = call("bugs", config=synced.config), call("bugs", "shop", config=synced.config)
    assert everything.code == named.code == 0
    assert everything.out == named.out
    assert launched in everything.out
    assert "2.2 Loyalty" not in everything.out


def test_a_name_that_is_neither_product_nor_milestone_is_a_usage_error(synced, call):
    answer = call("bugs", "nothing of that name", config=synced.config)
    assert answer.code == 2
    assert "2.0 Marketplace" in answer.err


def test_the_json_is_the_section_of_the_audit(synced, call, launched):
    (row,) = json.loads(call("bugs", launched, "--format", "json", config=synced.config).out)
    audit = json.loads(call("audit", launched, "--format", "json", config=synced.config).out)
    assert row["bugs"] == audit["milestones"][0]["bugs"]
    series = row["bugs"]["series"]
    left = 0
    rows = zip(series["arrivals"], series["reopens"], series["closures"], series["backlog"], strict=True)
    for came, again, went, backlog in rows:
        left += came + again - went
        assert left == backlog
    assert any(alert["driver"] == "Payment" for alert in row["bugs"]["alerts"])
    assert {chain["owner"] for chain in row["bugs"]["handoffs"]} >= {"support", "engineering"}


def test_the_past_can_be_asked_and_knows_no_bad_week_yet(synced, call, launched):
    before = call("bugs", launched, "--as-of", "2026-10-20", config=synced.config)
    assert before.code == 0
    assert "most of the excess is in Payment" not in before.out


def test_the_comment_of_the_launched_milestone_says_how_its_bugs_flow(synced, call, launched):
    plan = json.loads(call("plan", "--format", "json", config=synced.config).out)
    epic = synced.story.milestone(Role.LAUNCHED).epic
    (step,) = [s for s in plan["steps"] if s["place"]["target"]["key"] == epic and s["place"]["surface"] == "comment"]
    assert "Bugs since the launch" in json.dumps(step["artifact"]["document"])


def test_packets_are_written_to_engineering_items_once_and_only_when_configured(synced, call):
    quiet = json.loads(call("plan", "--format", "json", config=synced.config).out)
    assert not [step for step in quiet["steps"] if step["place"]["slot"] == "hand-off"]
    rules = "    budget_writes: {creates: 60}\n    publish:\n      - {slot: hand-off, surface: comment}\n"
    synced.config.write_text(synced.config.read_text().replace("    publish:\n", rules))
    plan = json.loads(call("plan", "--format", "json", config=synced.config).out)
    packets = [step for step in plan["steps"] if step["place"]["slot"] == "hand-off"]
    assert packets
    assert [step["action"] for step in packets] == ["CREATE"] * len(packets)
    assert all("HELP-" in json.dumps(step["artifact"]["document"]) for step in packets)
    for person in ("Abara", "Sørensen", "Castellanos"):
        assert person not in json.dumps(packets)
    assert call("run", config=synced.config).code == 0
    written = synced.writes()
    assert call("run", config=synced.config).code == 0
    assert synced.writes() == written
    assert call("remove", "--yes", config=synced.config).code == 0
