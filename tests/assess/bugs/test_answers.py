"""What comments, incidents and closings tell: first response, restored service, customers who were told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

L = datetime(2026, 9, 1, 8, tzinfo=UTC)


def at(days):
    return L + timedelta(days=days)


def clock(found, name):
    return next(one for one in found.clocks if one.clock == name)


def test_every_clock_stands_in_the_contract_by_its_name(tale, flow):
    told = tale()
    told.bug("B-1", 1)
    names = ["acknowledge", "first response", "restore", "resolve", "deployed", "told"]
    assert [one.clock for one in flow(told).clocks] == names


# --- first response


def many(told, number=10, **fields):
    for n in range(number):
        told.bug(f"B-{n:02}", 1, 9, **fields)
    return [f"B-{n:02}" for n in range(number)]


def test_the_first_word_of_somebody_else_is_the_first_response(tale, flow):
    told = tale()
    for key in many(told):
        told.say(key, 1.1, author="u1")
        told.say(key, 3)
        told.say(key, 5)
    assert clock(flow(told), "first response").p50.value == pytest.approx(2)


def test_programs_and_words_kept_among_staff_answer_nobody(tale, flow):
    told = tale()
    for key in many(told):
        told.say(key, 1.5, by_bot=True)
        told.say(key, 1.6, author="robot")
        told.say(key, 2, internal=True)
        told.say(key, 5)
    found = flow(told)
    assert clock(found, "first response").p50.value == pytest.approx(4)
    assert clock(found, "acknowledge").p50.value == pytest.approx(1)


def test_who_writes_a_ticket_down_and_works_on_it_answers_the_customer(tale, flow):
    told = tale()
    for n in range(10):
        told.bug(f"B-{n}", 1, 9)
        told.ticket(f"H-{n}", 1, to=f"B-{n}", author="agent", assignees=("agent",))
        told.say(f"H-{n}", 4, author="agent")
    assert clock(flow(told), "first response").p50.value == pytest.approx(3)


def test_unanswered_bugs_count_with_their_age(tale, flow):
    told = tale()
    keys = [*many(told), *(f"X-{n}" for n in range(25))]
    for key in keys[10:]:
        told.bug(key, 1)
    for key in keys[:10]:
        told.say(key, 2)
    figure = clock(flow(told), "first response").p50
    assert figure.value is None
    assert figure.status == "insufficient"


def test_without_comments_nobody_knows_of_an_answer(tale, flow):
    told = tale()
    many(told)
    figure = clock(flow(told), "first response").p50
    assert figure.status == "not_applicable"
    assert "set bugs.comments" in figure.reasons[0]


def test_an_assessment_of_the_past_has_not_heard_what_was_said_later(tale, flow):
    told = tale()
    for key in many(told):
        told.say(key, 20)
    assert clock(flow(told, 15), "first response").p50.status == "not_applicable"
    assert clock(flow(told, 21), "first response").p50.value == pytest.approx(19)


# --- restored service


@pytest.fixture
def outage(tale, flow):
    """Tell ten incidents that end on their tenth day, with what else happened to each; return the restore clock."""

    def read(happened, settings=None, **fields):
        told = tale()
        for n in range(10):
            key = f"S-{n}"
            told.bug(key, 1, **{"type": "Incident", "severity": "blocker", **fields})
            happened(told, key)
            told.status(key, at(11), "done")
        bugs = {"restored": ["label:restored"], **(settings or {})}
        return clock(flow(told, types={"bug": ["Bug", "Incident"]}, bugs=bugs), "restore")

    return read


def test_a_mark_says_when_the_service_was_back(outage):
    assert outage(lambda told, key: told.change(key, at(1.5), "labels", "restored")).p50.value == pytest.approx(0.5)


def test_a_lowered_severity_says_it_too(outage):
    assert outage(lambda told, key: told.change(key, at(3), "severity", "minor")).p50.value == pytest.approx(2)


def test_a_rollback_brings_the_service_back(outage):
    def roll_back(told, key):
        if key == "S-0":
            for day, commit in ((0, "a"), (0.9, "b"), (1.25, "a")):
                told.deploy(day, commit=commit)

    assert outage(roll_back).p50.value == pytest.approx(0.25)


def test_at_the_latest_the_service_is_back_when_the_incident_ends(outage):
    assert outage(lambda told, key: None).p50.value == pytest.approx(10)


def test_a_label_makes_an_incident_and_other_bugs_are_not_on_this_clock(outage, tale, flow):
    assert outage(lambda told, key: None, type="Bug", labels=("type::incident",)).p50.n == 10
    told = tale()
    many(told)
    assert "bugs.incident" in clock(flow(told), "restore").p50.reasons[0]


# --- told


def handed(told, closed=None, **fields):
    for n in range(10):
        told.bug(f"B-{n}", 1, 5)
        told.ticket(f"H-{n}", 1, to=f"B-{n}", **fields)
        if closed is not None:
            told.status(f"H-{n}", at(closed), "done")


def test_closing_the_ticket_after_the_repair_tells_the_customer(tale, flow):
    told = tale()
    handed(told, closed=7)
    assert clock(flow(told), "told").p50.value == pytest.approx(6)


def test_a_ticket_closed_before_the_repair_told_nobody(tale, flow):
    told = tale()
    handed(told, closed=3)
    assert clock(flow(told), "told").p50.value is None


def test_a_public_word_on_the_ticket_after_the_repair_tells_it_too(tale, flow):
    told = tale()
    handed(told, customer_facing=True)
    for n in range(10):
        told.say(f"H-{n}", 4)
        told.say(f"H-{n}", 6, internal=True)
        told.say(f"H-{n}", 8)
    found = flow(told)
    assert clock(found, "told").p50.value == pytest.approx(7)
    assert found.handoffs == () or all(one.step == "none" for one in found.handoffs)


def test_what_was_said_before_the_deployment_is_true_from_then_on(tale, flow):
    told = tale()
    told.deploy(0, "v2.0.0", "a")
    handed(told, closed=7)
    for n in range(10):
        told.merge(f"B-{n}", 4.9)
    assert clock(flow(told), "told").p50.status == "not_applicable"
    told.deploy(9, "v2.0.1", "b")
    assert clock(flow(told), "told").p50.value == pytest.approx(8)


def test_a_customer_who_wrote_to_engineering_hears_it_there(tale, flow):
    told = tale()
    for key in many(told, labels=("found-in-production",)):
        told.say(key, 2)
        told.say(key, 10)
    assert clock(flow(told), "told").p50.value == pytest.approx(9)
