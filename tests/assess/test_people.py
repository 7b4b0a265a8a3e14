"""One person over several trackers: what unites accounts, what does not, and who is nobody."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmbridge.assess.people import Identities, identities
from pmbridge.config.product import ProductSettings
from pmbridge.model import FORMER_USER, History, Person, Worklog

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
BOTH = {"title": "Shop", "projects": {"jira": ["SHOP"], "gitlab": ["acme/web"]}}


def account(source: str, id_: str, username: str | None = None, email: str | None = None, **more: Any) -> Person:
    return Person(source=source, id=id_, **{"name": f"Name of {id_}", "username": username, "email": email, **more})


def who(*people: Person, **settings: Any) -> Identities:
    """Let everybody have logged some time."""
    logs = tuple(
        Worklog(source=one.source, id=str(n), item="S-1", author=one.id, started_at=NOON, seconds=60)
        for n, one in enumerate(people)
    )
    history = History(people=people, worklogs=logs)
    return identities(history, ProductSettings.model_validate({**BOTH, **settings}))


def team(*people: str) -> dict[str, Any]:
    return {"teams": {"web": {"people": list(people)}}}


def kinds(found: Identities) -> list[str]:
    return [doubt.kind for doubt in found.doubts]


def test_one_visible_address_is_one_person_however_it_is_written() -> None:
    found = who(account("jira", "j1", None, "Ada@Acme.example"), account("gitlab", "7", "ada", "ada@acme.example "))
    assert found.name_of["jira", "j1"] == found.name_of["gitlab", "7"]
    assert found.doubts == ()


def test_a_user_name_alone_unites_nobody_and_is_told() -> None:
    found = who(account("jira", "j1", "ada"), account("gitlab", "7", "ada"))
    assert (found.name_of["jira", "j1"], found.name_of["gitlab", "7"]) == ("ada", "ada (gitlab)")
    (doubt,) = found.doubts
    assert doubt.kind == "people not united"
    assert "ada (gitlab) and ada (jira)" in doubt.text


def test_names_of_people_who_hold_nothing_are_no_doubt() -> None:
    people = (account("jira", "j1", "ada"), account("gitlab", "7", "ada"))
    found = identities(History(people=people), ProductSettings.model_validate(BOTH))
    assert len(set(found.name_of.values())) == 2
    assert found.doubts == ()


def test_two_people_with_addresses_of_their_own_are_no_doubt() -> None:
    found = who(account("jira", "j1", "ada", "ada@acme.example"), account("gitlab", "7", "ada", "ada@other.example"))
    assert len(set(found.name_of.values())) == 2
    assert found.doubts == ()


def test_the_map_unites_whom_no_address_does_by_user_name_id_or_address() -> None:
    people = {"ada": {"jira": "j1", "gitlab": ["ADA", "old@acme.example"]}}
    accounts = (
        account("jira", "j1"),
        account("gitlab", "7", "ada"),
        account("gitlab", "8", "lovelace", "old@acme.example"),
        account("gitlab", "9", "bob"),
    )
    found = who(*accounts, people=people)
    assert {key: name for key, name in found.name_of.items() if name == "ada"} == {
        ("jira", "j1"): "ada",
        ("gitlab", "7"): "ada",
        ("gitlab", "8"): "ada",
    }
    assert found.doubts == ()


def test_an_address_joins_an_account_to_somebody_whom_the_map_knows_in_another_tracker() -> None:
    found = who(
        account("jira", "j1", None, "ada@acme.example"),
        account("gitlab", "7", "x", "ada@acme.example"),
        people={"ada": {"jira": "j1"}},
    )
    assert found.name_of["gitlab", "7"] == "ada"


def test_one_address_on_two_accounts_of_one_tracker_unites_nobody() -> None:
    shared = "info@acme.example"
    found = who(
        account("jira", "j1", "ann", shared),
        account("jira", "j2", "bob", shared),
        account("gitlab", "7", "cem", shared),
    )
    assert len(set(found.name_of.values())) == 3
    assert kinds(found) == ["one address, two accounts"]
    assert "ann (jira) and bob (jira)" in found.doubts[0].text
    assert shared not in found.doubts[0].text


def test_a_map_that_parts_one_address_wins_and_is_told() -> None:
    shared = "ada@acme.example"
    found = who(
        account("jira", "j1", None, shared),
        account("gitlab", "7", "x", shared),
        people={"ada": {"jira": "j1"}, "eve": {"gitlab": "x"}},
    )
    assert (found.name_of["jira", "j1"], found.name_of["gitlab", "7"]) == ("ada", "eve")
    assert kinds(found) == ["people contradict addresses"]


def test_an_address_that_names_a_second_account_beside_the_mapped_one_is_told_and_not_united() -> None:
    found = who(
        account("gitlab", "7", "ada", "ada@acme.example"),
        account("jira", "j1"),
        account("jira", "j2", None, "ada@acme.example"),
        people={"ada": {"gitlab": "ada", "jira": "j1"}},
    )
    assert found.name_of["jira", "j2"] != "ada"
    assert kinds(found) == ["people contradict addresses"]


def test_a_map_that_means_one_account_twice_unites_nothing() -> None:
    found = who(
        account("jira", "j1", "ada", "ada@acme.example"),
        people={"ada": {"jira": "j1"}, "eve": {"jira": "ada@acme.example"}},
    )
    assert found.name_of["jira", "j1"] not in ("eve",)
    assert kinds(found) == ["people contradict themselves"]


def test_a_word_of_the_settings_means_the_system_of_record_and_says_so() -> None:
    found = who(account("gitlab", "7", "ada"), account("jira", "j1", "ada"), **team("ada"))
    assert found.name_of["jira", "j1"] == "ada"
    assert found.name_of["gitlab", "7"] == "ada (gitlab)"
    assert found.team_of == {"ada": "web"}
    assert kinds(found) == ["two people of one name"], "one doubt about one person, not two"


@pytest.mark.parametrize("word", ["Ada.L@acme.example", "ADA", "j1", "ada.l", "Ada Lovelace"])
def test_settings_may_call_somebody_by_address_user_name_id_mailbox_or_shown_name(word: str) -> None:
    ada = account("jira", "j1", "ada", "ada.l@acme.example", name="Ada Lovelace")
    found = who(ada, account("gitlab", "9", "bob"), **team(word))
    assert found.name_of["jira", "j1"] == word
    assert found.team_of == {word: "web"}


def test_teams_rates_and_absences_may_call_one_person_differently() -> None:
    away = [{"first": "2026-03-02", "last": "2026-03-03"}]
    teams = {"web": {"people": ["ada", "ada@acme.example"], "absences": {"j1": away}}}
    settings = ProductSettings.model_validate(
        {**BOTH, "teams": teams, "budget": {"rates": {"j1": 90, "web": 80, "default": 70}}, "people": {}}
    )
    found = identities(History(people=(account("jira", "j1", "ada", "ada@acme.example"),)), settings)
    settled = found.settled(settings)
    assert settled.teams["web"].people == ("ada",)
    assert list(settled.teams["web"].absences) == ["ada"]
    assert settled.budget is not None
    assert settled.budget.rates == {"ada": 90, "web": 80, "default": 70}


def test_who_decides_is_never_known_by_a_shown_name() -> None:
    impostor = account("jira", "j9", None, "eve@acme.example", name="m.okafor")
    gate = {"acceptance": {"approvers": {"*": ["m.okafor"]}}}
    found = who(impostor, **gate)
    assert found.name_of["jira", "j9"] == "m.okafor (jira)"
    assert found.called("m.okafor") == "m.okafor"
    real = account("gitlab", "4", "m.okafor")
    found = who(impostor, real, **gate)
    assert found.name_of["gitlab", "4"] == "m.okafor"


def test_bots_are_known_by_the_tracker_s_word_or_the_settings_patterns() -> None:
    found = who(
        account("gitlab", "1", "project_3_bot", bot=True),
        account("gitlab", "2", "renovate-acme"),
        account("jira", "3", name="Jenkins"),
        account("jira", "4", email="ci@acme.example"),
        account("jira", "5", "jenkinson"),
        bots=["Renovate*", "jenkins", "ci@*"],
    )
    assert found.bots == {("gitlab", "1"), ("gitlab", "2"), ("jira", "3"), ("jira", "4")}


def test_former_users_unite_with_nobody_and_are_shown_as_what_they_are() -> None:
    gone = [Person(source=source, id=id_, name=FORMER_USER) for source, id_ in (("jira", "unknown"), ("gitlab", "1"))]
    found = who(*gone, account("jira", "j1", name="Former User"))
    assert found.former == {("jira", "unknown"), ("gitlab", "1")}
    assert found.shown["jira", "unknown"] == found.shown["gitlab", "1"] == FORMER_USER
    assert found.name_of["jira", "j1"] == "Former User (jira)"
    assert kinds(found) == []


def test_accounts_that_only_work_shows_have_a_name_too(story: Any) -> None:
    tale = story()
    tale.item("S-1", "2025-01-02", assignees=("ghostwriter",))
    history = tale.history()
    found = identities(history, ProductSettings.model_validate({**BOTH, **team("ghostwriter")}), [("gitlab", "99")])
    assert found.name_of["jira", "ghostwriter"] == "ghostwriter"
    assert found.name_of["gitlab", "99"] == "99"


NAMES = st.sampled_from(["ada", "bob", "ada (jira)", "ada (gitlab)", "eve"])
ACCOUNTS = st.lists(
    st.builds(
        account,
        source=st.sampled_from(["jira", "gitlab", "other"]),
        id_=st.sampled_from(["1", "2", "3", "ada"]),
        username=st.none() | NAMES,
        email=st.none() | st.sampled_from(["a@x.example", "A@x.example", "b@x.example", "none"]),
        name=NAMES,
    ),
    unique_by=lambda one: (one.source, one.id),
    max_size=9,
)
MAPS = st.dictionaries(
    st.sampled_from(["ada", "bob"]),
    st.dictionaries(st.sampled_from(["jira", "gitlab"]), st.sampled_from(["1", "ada", "b@x.example"]), min_size=1),
)


def settled(accounts: list[Person], people: Any, words: list[str]) -> Identities | None:
    try:
        settings = ProductSettings.model_validate({**BOTH, "people": people, **team(*words)})
    except ValueError:
        return None
    return identities(History(people=tuple(accounts)), settings)


@given(ACCOUNTS, MAPS, st.lists(NAMES, max_size=3), st.randoms(use_true_random=False))
def test_the_order_of_rows_decides_nothing(accounts: list[Person], people: Any, words: list[str], dice: Random) -> None:
    first = settled(accounts, people, words)
    dice.shuffle(accounts)
    assert settled(accounts, people, words) == first


@given(ACCOUNTS, MAPS, st.lists(NAMES, max_size=3))
def test_accounts_share_a_name_only_by_the_map_or_by_an_address(
    accounts: list[Person], people: Any, words: list[str]
) -> None:
    found = settled(accounts, people, words)
    for one in accounts:
        for other in accounts:
            if found is None or (one.source, one.id) == (other.source, other.id):
                continue
            if found.name_of[one.source, one.id].casefold() == found.name_of[other.source, other.id].casefold():
                same = one.email is not None and one.email.casefold() == (other.email or "").casefold() != "none"
                assert same or found.name_of[one.source, one.id] in people


@given(ACCOUNTS, st.lists(NAMES, max_size=3))
def test_without_a_map_two_accounts_of_one_tracker_are_never_one(accounts: list[Person], words: list[str]) -> None:
    found = settled(accounts, {}, words)
    assert found is not None
    for source in ("jira", "gitlab", "other"):
        own = [name for (place, _), name in found.name_of.items() if place == source]
        assert len(own) == len(set(own))
