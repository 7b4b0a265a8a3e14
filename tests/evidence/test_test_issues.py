from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pmbridge.evidence.test_issues import Verdicts, changed_at, runs
from pmbridge.model import Change, ExecutionStatus, FieldName, Item, StatusCategory

PASS, FAIL = ExecutionStatus.PASS, ExecutionStatus.FAIL
VERDICTS = Verdicts({"at::passed": PASS, "at::failed": FAIL}, {"done": PASS, "failed": FAIL})


def at(day):
    return datetime(2026, 11, day, 12, tzinfo=UTC)


def issue(**more):
    values = {
        "source": "s", "id": "1", "key": "T-1", "project": "T", "url": "u", "title": "t", "type": "Test", "status": "1",
        "status_name": "x", "category": StatusCategory.TODO, "created_at": at(1), "updated_at": at(9), "author": "ann",
    }  # fmt: skip
    return Item(**{**values, **more})


def change(day, field, before, after, author="tom", position=0):
    return Change(
        source="s", item="1", history=str(day), position=position, at=at(day), author=author, field=field,
        before=before, after=after,
    )  # fmt: skip


def category(status):
    return StatusCategory.DONE if status == "done" else StatusCategory.ACTIVE


def told(item, *changes):
    found = runs(item, changes, VERDICTS, category)
    return [(run.at.day, run.status.value, run.executor) for run in found]


def test_each_verdict_label_is_a_run_by_whom_put_it_on():
    item = issue(labels=("at::passed",))
    changes = [
        change(3, FieldName.LABELS, None, "at::failed"),
        change(5, FieldName.LABELS, "at::failed", None, "eva"),
        change(5, FieldName.LABELS, None, "at::passed", "eva", 1),
    ]
    assert told(item, *changes) == [(3, "fail", "tom"), (5, "pass", "eva")]


def test_without_labels_the_end_tells_and_its_resolution():
    done = {"category": StatusCategory.DONE, "status": "done"}
    step = change(4, FieldName.STATUS, "1", "done")
    assert told(issue(**done), step) == [(4, "pass", "tom")]
    said = change(4, FieldName.RESOLUTION, None, "failed", position=1)
    assert told(issue(**done, resolution="failed"), step, said) == [(4, "fail", "tom")]
    odd = change(4, FieldName.RESOLUTION, None, "Won't Do", position=1)
    assert told(issue(**done, resolution="Won't Do"), step, odd) == [(4, "skipped", "tom")]


def test_a_test_that_is_opened_again_proves_nothing_any_more():
    steps = change(4, FieldName.STATUS, "1", "done"), change(6, FieldName.STATUS, "done", "2")
    assert told(issue(status="2", category=StatusCategory.ACTIVE), *steps) == [
        (4, "pass", "tom"),
        (6, "skipped", "tom"),
    ]


def test_a_label_that_is_taken_away_takes_its_proof_away():
    steps = change(3, FieldName.LABELS, None, "at::passed"), change(4, FieldName.LABELS, "at::passed", None)
    assert told(issue(), *steps) == [(3, "pass", "tom"), (4, "skipped", "tom")]


def test_labels_that_contradict_each_other_are_not_believed():
    assert told(issue(labels=("at::passed", "at::failed"))) == [(1, "unknown", "ann")]


def test_a_label_from_the_beginning_is_a_run_of_the_author():
    assert told(issue(labels=("AT::Passed",))) == [(1, "pass", "ann")]


def test_an_issue_that_says_nothing_was_not_run():
    assert told(issue(), change(2, FieldName.LABELS, None, "later")) == []


def test_for_requirements_labels_alone_tell():
    done = issue(category=StatusCategory.DONE, status="done")
    assert runs(done, [change(4, FieldName.STATUS, "1", "done")], VERDICTS, None) == []


@pytest.mark.parametrize("field", [FieldName.DESCRIPTION, FieldName.TITLE])
def test_a_test_changes_with_its_words(field):
    assert changed_at([change(3, field, "a", "b"), change(4, FieldName.STATUS, "1", "2")]) == at(3)
    assert changed_at([change(3, field, "a", "a")]) is None
