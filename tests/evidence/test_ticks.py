from __future__ import annotations

from datetime import UTC, datetime

from pmbridge.evidence.ticks import described, normative_change
from pmbridge.model import Change, Execution, ExecutionStatus, FieldName, Item, StatusCategory, text_id


def at(day):
    return datetime(2026, 11, day, 12, tzinfo=UTC)


def item(text):
    return Item(
        source="s", id="1", key="R-1", project="R", url="u", title="t", type="Story", status="1", status_name="x",
        category=StatusCategory.TODO, created_at=at(1), updated_at=at(9), author="ann", description=text,
    )  # fmt: skip


def edit(day, before, after, author="bob"):
    return Change(
        source="s", item="1", history=str(day), position=0, at=at(day), author=author,
        field=FieldName.DESCRIPTION, before=before, after=after,
    )  # fmt: skip


def tick(text, day, status="pass"):
    id_ = text_id("1", text)
    return Execution(
        source="s", id=f"{id_}@{day}", test=id_, status=ExecutionStatus(status), at=at(day), executor="tom"
    )


def runs(text, changes=(), *ticks):
    known = {}
    for one in ticks:
        known.setdefault(one.test, []).append(one)
    return described(item(text), changes, known)


def test_a_known_tick_has_its_own_author_and_time():
    (run,) = runs("- [x] pays", [edit(5, "a", "b")], tick("pays", 3)).executions
    assert (run.executor, run.at, run.status) == ("tom", at(3), "pass")


def test_a_tick_nobody_saw_counts_from_the_last_edit():
    (run,) = runs("- [x] pays", [edit(5, "a", "b")]).executions
    assert (run.executor, run.at) == ("bob", at(5))
    assert "nobody saw it happen" in run.note
    (run,) = runs("- [x] pays").executions
    assert (run.executor, run.at) == ("ann", at(1))


def test_an_open_box_is_a_test_that_was_not_run():
    found = runs("- [ ] pays")
    assert (len(found.tests), found.executions) == (1, ())


def test_a_checklist_edited_after_it_was_ticked_is_another_test():
    known = tick("pays", 3)
    found = runs("- [ ] pays and refunds", [], known)
    assert found.executions == ()
    assert found.tests[0].id != known.test


def test_a_box_that_was_unticked_again_is_not_proven():
    found = runs("- [ ] pays", [], tick("pays", 3), tick("pays", 4, "skipped"))
    assert max(found.executions, key=lambda run: run.at).status == "skipped"


def test_a_box_that_was_reworded_after_its_tick_stays_unproven():
    (run,) = runs("- [x] pays", [edit(5, "a", "b")], tick("pays", 3, "skipped")).executions
    assert run.status == "skipped"


def test_a_tick_that_is_gone_without_a_trace_is_not_believed():
    found = runs("- [ ] pays", [edit(5, "a", "b")], tick("pays", 3)).executions
    assert [run.status.value for run in found] == ["pass", "skipped"]


def test_scenarios_are_tests_without_a_run():
    found = runs("Scenario: pays\nGiven a basket")
    assert [(test.title, test.origin.value) for test in found.tests] == [("pays", "scenario")]


def test_a_tick_alone_leaves_the_words_as_they_were():
    assert normative_change([edit(3, "a", "b"), edit(5, "b", "b")]) == at(3)
    assert normative_change([edit(5, "b", "b")]) is None


def test_the_words_not_their_spacing_name_a_box():
    assert text_id("1", "pays  by card") == text_id("1", "pays by card") != text_id("2", "pays by card")
