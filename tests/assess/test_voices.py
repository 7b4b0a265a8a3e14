"""Whose word counts at a gate: by one name over all trackers, never a bot's, never by a likeness of names."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from pmbridge.assess.acceptance.voices import authority, by_one_name
from pmbridge.assess.people import identities
from pmbridge.config.product import ProductSettings
from pmbridge.jobs.hearing import decided_in_comments
from pmbridge.metrics.acceptance.authority import Moment, held_signoffs, held_waivers
from pmbridge.model import Comment, Decisions, History, Person, RuleName, Waiver

AT = datetime(2025, 6, 1, 12, tzinfo=UTC)
NOW = Moment(AT.replace(day=20), date(2025, 6, 20))
PEOPLE = {"okafor": {"jira": "j1", "gitlab": "m.o"}}
ACCOUNTS = (
    Person(source="jira", id="j1", name="Maja Okafor"),
    Person(source="gitlab", id="7", name="Maja", username="m.o"),
    Person(source="gitlab", id="8", name="okafor", username="stranger"),
    Person(source="gitlab", id="9", name="CI", username="ci"),
)


def product(**more: Any) -> ProductSettings:
    gate = {"approvers": {"*": ["okafor", "ci"]}, "comments": True}
    return ProductSettings.model_validate(
        {"title": "Shop", "projects": {"jira": ["S"], "gitlab": ["w"]}, "acceptance": gate, **more}
    )


@pytest.fixture
def history(story: Any) -> History:
    tale = story()
    for source in ("jira", "gitlab"):
        tale.milestone("version:1", "1.0", source=source)
        tale.item("T-1", "2025-05-01", source, milestones=("version:1",), labels=("release-tracking",))
    made = tale.history()
    return History(**{**{name: getattr(made, name) for name in made.__slots__}, "people": ACCOUNTS})


def signed(history: History, settings: ProductSettings, source: str, author: str | None) -> tuple[str, str | None]:
    """Let an account sign off in a comment, and say as whom it counted and why it does not."""
    said = Comment(
        source=source, id="1", item="T-1", author=author, at=AT, text="pmbridge: sign-off runbook", url="https://x/1"
    )
    who = identities(history, settings)
    heard = by_one_name(decided_in_comments(history, settings, [said]), who)
    if not heard.signoffs:
        return "nobody", heard.rejected[0]
    (held,) = held_signoffs(heard.signoffs, authority(settings, who), NOW)[RuleName("runbook")]
    return held.signoff.by, held.void


@pytest.mark.parametrize(("source", "account"), [("jira", "j1"), ("gitlab", "7")])
def test_an_approver_counts_from_each_of_their_accounts(history: History, source: str, account: str) -> None:
    assert signed(history, product(people=PEOPLE), source, account) == ("okafor", None)


def test_a_stranger_who_took_an_approver_s_shown_name_does_not_count(history: History) -> None:
    for people in ({}, PEOPLE):
        by, void = signed(history, product(people=people), "gitlab", "8")
        assert by == "stranger"
        assert void is not None


def test_a_user_name_that_two_trackers_give_counts_in_the_system_of_record_alone(history: History) -> None:
    twins = tuple(Person(source=s, id="5", name="M", username="okafor") for s in ("jira", "gitlab"))
    both = History(**{**{name: getattr(history, name) for name in history.__slots__}, "people": twins})
    assert signed(both, product(), "jira", "5") == ("okafor", None)
    assert signed(both, product(), "gitlab", "5")[1] is not None


def test_a_bot_does_not_count_even_where_it_is_listed(history: History) -> None:
    by, why = signed(history, product(bots=["ci"]), "gitlab", "9")
    assert (by, "mirrored" in str(why)) == ("nobody", True)
    settings = product(bots=["ci"])
    assert authority(settings, identities(history, settings)).approvers == {"*": ("okafor",)}


def test_nobody_approves_under_one_name_what_they_asked_for_under_another(history: History) -> None:
    settings = product(people=PEOPLE)
    waiver = Waiver(
        milestone="1.0",
        rule=RuleName("runbook"),
        reason="later",
        author="m.o",
        approver="okafor",
        approved_at=AT,
        expires=date(2025, 7, 1),
    )
    who = identities(history, settings)
    decisions = by_one_name(Decisions(waivers=(waiver,)), who)
    (held,) = held_waivers(decisions.waivers, authority(settings, who), NOW)
    assert held.void == "its author approved it"
