from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pmbridge.jobs.outline import outline
from pmbridge.model import Execution, ExecutionStatus, Origin, Person, TestCase, text_id
from pmbridge.store import Store, open_store, read_history
from pmbridge.store.anonymous import account_ids, copy_anonymous
from pmbridge.store.ingest import write_page
from pmbridge.store.pseudonyms import Pseudonyms

Make = Callable[..., Any]
TEXT = """Shoppers pay by card.

Mirror of: https://gitlab.example/acme/shop/-/issues/7

## Acceptance criteria
- [x] A receipt is mailed
- [ ] Refunds reach the card

Scenario: Card declined
  Given a declined card
  Then the basket stays
"""


@pytest.fixture
def names() -> Pseudonyms:
    made = Pseudonyms(
        kept={"staging"},
        spoken=lambda text: [word for word in text.split() if word.startswith("SHOP-")],
        set_aside=lambda word: word.startswith("Flaky"),
    )
    made.outlining = lambda text, word: outline(text, word, lambda place: str(made.url(place)))
    return made


@pytest.fixture
def shared(store: Store, page: Make, item: Make, names: Pseudonyms, tmp_path: Path, noon: Any) -> Any:
    box = text_id("10001", "A receipt is mailed")
    tests = [
        TestCase(source="jira", id=box, key="SHOP-1: A", title="A receipt", origin=Origin.CHECKLIST, project="SHOP"),
        TestCase(
            source="jira",
            id="checkout.CardTest.declined",
            key="CardTest",
            title="SHOP-2 declined card",
            origin=Origin.PIPELINE,
            project="SHOP",
            suite="checkout",
            covers=("10001", "shop-1"),
        ),
        TestCase(source="jira", id="10003", key="SHOP-3", title="Flaky login", origin=Origin.XRAY, project="SHOP"),
    ]
    runs = [
        Execution(
            source="jira",
            id=f"run {n}",
            test=test.id,
            status=ExecutionStatus.PASS,
            at=noon + timedelta(minutes=n),
            build="2026.3-rc1",
            commit="2026.3-rc1" if n else None,
            environment="staging" if n else "Berlin rack",
            executor="jane",
            defects=("SHOP-2",),
            note="Jane saw it herself",
        )
        for n, test in enumerate(tests)
    ]
    people = [Person(source="jira", id="jane", name="Jane Doe", username="jdoe", email="jane@acme.example")]
    items = [item(1, description=TEXT), item(2), item(3, type="Test")]
    with store.write() as conn:
        write_page(conn, "jira", page(items=items, tests=tests, executions=runs, people=people), seen_at=noon)
    file = tmp_path / "shared.db"
    with open_store(f"sqlite:///{file}") as target:
        counts = copy_anonymous(store, target, names)
        with target.read() as conn:
            yield counts, read_history(conn, {"jira": [str(names.of("project", "SHOP"))]}), file


def test_tests_cover_under_pseudonyms_what_they_covered(shared: Any, names: Pseudonyms) -> None:
    counts, history, _ = shared
    keys = {one.id: one.key for one in history.items}
    assert (counts["tests"], counts["executions"]) == (3, 3)
    by_origin = {test.origin: test for test in history.tests}
    case = by_origin[Origin.PIPELINE]
    assert case.covers == ("10001", keys["10001"], keys["10002"])
    assert case.suite == names.of("suite", "checkout")
    assert by_origin[Origin.XRAY].id == "10003"
    assert by_origin[Origin.XRAY].key == keys["10003"]
    assert by_origin[Origin.XRAY].title.startswith("quarantined-")
    assert not case.title.startswith("quarantined-")


def test_executions_stay_with_their_tests_and_lose_their_words(shared: Any, names: Pseudonyms) -> None:
    _, history, _ = shared
    assert {run.test for run in history.executions} == {test.id for test in history.tests}
    assert len(history.executions) == 3
    first, second = history.executions[:2]
    assert [run.at for run in history.executions] == sorted(run.at for run in history.executions)
    assert (first.environment, second.environment) == (names.of("environment", "Berlin rack"), "staging")
    assert second.build == second.commit == first.build
    assert second.executor == names.of("person", "jane")
    assert second.defects == (names.of("key", "SHOP-2"),)
    assert second.note is None


def test_a_box_is_the_same_test_in_the_text_of_the_copy(shared: Any) -> None:
    from pmbridge.evidence.checklists import acceptance_boxes, scenarios

    _, history, _ = shared
    (told,) = [one.description for one in history.items if one.id == "10001"]
    boxes = acceptance_boxes(told)
    assert [box.ticked for box in boxes] == [True, False]
    assert text_id("10001", boxes[0].text) in {run.test for run in history.executions}
    (scenario,) = scenarios(told)
    assert len(scenario.steps) == 2
    assert "Mirror of: https://tracker.invalid/page-" in told


def test_nothing_readable_is_left(shared: Any) -> None:
    _, _, file = shared
    found = file.read_bytes().decode("utf-8", "replace") + Path(f"{file}-wal").read_bytes().decode("utf-8", "replace")
    words = (
        "mailed",
        "declined",
        "checkout",
        "CardTest",
        "SHOP-",
        "Shoppers",
        "rc1",
        "Berlin",
        "jane",
        "Jane",
        "login",
    )
    assert [word for word in words if word in found] == []


def test_accounts_are_found_by_any_of_their_names(store: Store, page: Make, noon: Any) -> None:
    jane = Person(source="jira", id="u1", name="Jane Doe", username="jdoe", email="jane@acme.example")
    with store.write() as conn:
        write_page(conn, "jira", page(people=[jane]), seen_at=noon)
        found = account_ids(conn, ["jdoe", "Jane Doe", "jane@acme.example", "u1", "nobody"])
    named = ("jdoe", "Jane Doe", "jane@acme.example", "u1")
    assert found == dict.fromkeys((("jira", word) for word in named), "u1")


def test_two_copies_have_no_pseudonym_of_a_text_in_common() -> None:
    assert Pseudonyms().of("text", "Pay by card") != Pseudonyms().of("text", "Pay by card")
    assert "secret" not in repr(Pseudonyms())
