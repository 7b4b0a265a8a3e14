from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pmbridge.assessment import Risk
from pmbridge.history.categories import Categories
from pmbridge.history.mirrors import canonical_items
from pmbridge.history.phases import Life
from pmbridge.history.records import records
from pmbridge.history.walk import lives
from pmbridge.metrics.late_closing import closed_late
from pmbridge.metrics.proof_signals import unmerged, unproven, untested, without_merge
from pmbridge.metrics.reviews import ReviewPace, last_activity, stuck_reviews
from pmbridge.metrics.risks import Watched
from pmbridge.model import MergeRequest

NOW = datetime(2026, 3, 20, 9, tzinfo=UTC)
DAY = timedelta(days=1)


def ago(days: float) -> datetime:
    return NOW - days * DAY


def open_days(begin: datetime, end: datetime) -> float:
    return (end - begin) / DAY


def asked(number: int = 1, created: float = 10, **fields: Any) -> MergeRequest:
    state = fields.pop("state", "merged" if "merged" in fields else "open")
    times = {f"{name}_at": ago(fields.pop(name)) for name in ("reviewed", "merged", "approved") if name in fields}
    fields |= {"failing_since": ago(fields.pop("failing"))} if "failing" in fields else {}
    fields |= {"unresolved": tuple(map(ago, fields.pop("threads")))} if "threads" in fields else {}
    updated = ago(fields.pop("updated")) if "updated" in fields else max([ago(created), *times.values()])
    return MergeRequest(
        source="gitlab", id=str(number), key=f"web!{number}", project="web", url="https://g.example", title="T",
        branch="b", state=state, created_at=ago(created), updated_at=updated, **times, **fields,
    )  # fmt: skip


@pytest.fixture
def work(story: Any) -> dict[str, Life]:
    tale = story()
    for n in range(12):
        key = f"S-{n:02}"
        tale.item(key, ago(60), type="Bug" if n > 10 else "Story")
        if n:
            tale.status(key, ago(20), "active")
            tale.status(key, ago(5), "done")
    history = tale.history()
    walked = lives(canonical_items(records(history), (), ()), Categories(history.statuses))
    return {life.item.key: life for life in walked}


def stuck(life: Life, *requests: MergeRequest, usual: float = 2.0) -> tuple[Risk, ...]:
    watched = [Watched(life, (), ago(60))]
    return stuck_reviews(watched, {life.item.key: requests}, ReviewPace(usual), open_days, NOW)


@pytest.mark.parametrize(
    ("request_", "words", "since"),
    [
        (asked(created=1.5), "has had no reviewer since", 1.5),
        (asked(created=4), "has waited for a review since", 4),
        (asked(created=4, reviewers=("u2",)), "85 % are merged within 2 working days", 4),
        (asked(created=9, reviewed=6), "was reviewed on 14 Mar 2026 and is still not merged", 6),
        (asked(created=9, failing=5, updated=1), "has had failing pipelines since 15 Mar 2026", 5),
        (asked(created=9, reviewed=4, threads=(4, 3), updated=1), "has 2 unresolved threads since 16 Mar 2026", 4),
        (asked(created=9, reviewed=5, approved=5, updated=1), "was approved on 15 Mar 2026 and is still not merged", 5),
        (asked(failing=4, reviewed=6, threads=(6,)), "since 16 Mar 2026 and has 1 unresolved thread since 14", 6),
    ],
)
def test_a_request_that_waits_is_told_with_its_age(work, request_: MergeRequest, words: str, since: float) -> None:
    (risk,) = stuck(work["S-00"], request_)
    assert words in risk.text
    assert (risk.signal, risk.item, risk.since) == ("review stuck", "S-00", ago(since))


@pytest.mark.parametrize(
    "request_",
    [
        asked(created=0.5),
        asked(created=1.5, reviewers=("u2",)),
        asked(created=9, draft=True),
        asked(created=9, merged=1),
        asked(created=9, reviewed=6, updated=1),
        asked(created=9, state="closed"),
        asked(created=9, reviewed=1.9, failing=1.9, threads=(1.9,), approved=1.9),
        asked(created=9, reviewed=1, threads=()),
        asked(created=9, draft=True, failing=5, threads=(5,)),
    ],
)
def test_a_request_that_moves_is_no_signal(work, request_: MergeRequest) -> None:
    assert stuck(work["S-00"], request_) == ()


def test_of_several_requests_the_oldest_wait_is_told_once(work) -> None:
    (risk,) = stuck(work["S-00"], asked(1, 4), asked(2, 8))
    assert risk.since == ago(8)


def test_what_hinders_the_merge_is_told_in_place_of_the_wait_itself(work) -> None:
    (risk,) = stuck(work["S-00"], asked(created=9, reviewed=6, failing=5, approved=6))
    assert risk.text == (
        "S-00: web!1 has had failing pipelines since 15 Mar 2026 "
        "and was approved on 14 Mar 2026 and is still not merged."
    )
    assert risk.since == ago(6)


def test_the_usual_time_is_learned_from_twenty_merges() -> None:
    slow = [asked(n, 30, merged=30 - n) for n in range(1, 21)]
    assert ReviewPace.of(slow, open_days).usual == 17
    assert ReviewPace.of(slow[:19], open_days).usual == 2
    assert ReviewPace.of([asked(n, 30, merged=29.9) for n in range(20)], open_days).usual == 2


def test_code_that_moved_is_activity() -> None:
    assert last_activity({"S-1": (asked(1, 9), asked(2, 5, updated=2)), "S-2": ()}) == {"S-1": ago(2)}


def test_finished_work_with_an_open_request_or_a_failing_test_is_not_proven(work) -> None:
    done = [work["S-01"], work["S-02"]]
    (risk,) = unmerged(done, {"S-01": (asked(7), asked(8, merged=6))})
    assert risk.text == "S-01 is done, yet web!7 is not merged."
    assert risk.since == ago(5)
    (risk,) = untested(done, {"S-02": "NOK", "S-01": "OK"})
    assert (risk.severity, risk.text) == ("high", "S-02 is done, yet its acceptance tests fail.")


def test_work_without_a_merge_is_told_where_its_type_usually_has_one(work) -> None:
    done = [life for key, life in work.items() if key != "S-00"]
    requests = {f"S-{n:02}": (asked(n, 9, merged=6),) for n in range(1, 10)}
    assert [risk.item for risk in without_merge(done, requests)] == ["S-10"]
    assert without_merge(done, dict(list(requests.items())[:7])) == ()
    assert [risk.item for risk in without_merge(done, requests, ["bug"])] == ["S-10", "S-11"]


def test_work_of_a_type_that_needs_a_test_is_told_until_one_was_run(work) -> None:
    done = [work["S-01"], work["S-02"], work["S-03"], work["S-11"]]
    found = unproven(done, {"S-01": "OK", "S-02": "NOTRUN"}, ["story"])
    assert [risk.item for risk in found] == ["S-02", "S-03"]
    assert found[0].text == "S-02 is done, yet no test of it was run."
    assert unproven(done, {}, []) == ()


def test_late_closing_is_a_habit_and_not_a_single_case(work) -> None:
    done = [work[f"S-{n:02}"] for n in range(1, 4)]
    late = {"S-01": (asked(1, 20, merged=15),), "S-02": (asked(2, 20, merged=12),), "S-03": (asked(3, 20, merged=5.5),)}
    assert [one.item.key for one in closed_late(done, late, open_days)[0]] == ["S-01", "S-02"]
    assert closed_late(done, late, open_days)[1] == 3
    assert closed_late(done, {**late, "S-02": (asked(2, 20, merged=6),)}, open_days) == ((), 3)
    assert closed_late(done, {}, open_days) == ((), 0)
