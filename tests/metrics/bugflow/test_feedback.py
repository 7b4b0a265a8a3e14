from __future__ import annotations

from pmbridge.metrics.bugflow.bug import Defect
from pmbridge.metrics.bugflow.feedback import unlinked, voices
from pmbridge.metrics.bugflow.lessons import Basis, Gap, by_component, lessons
from pmbridge.metrics.bugflow.severity import Ranks

RANKS = Ranks.of()


def test_the_loudest_voice_is_people_times_severity_times_recency(bug, at):
    many = [bug(n, severity="major") for n in range(1, 6)]
    loud, single = Defect(many[0], tuple(many), at(1)), bug(1, severity="blocker")
    quiet = Defect(single, (single,), at(1))
    closed = bug(1, ended=2)
    accounts = {one.id: "customer-1" for one in many}
    found = voices([quiet, loud, Defect(closed, (closed,), at(1))], accounts, RANKS, at(5))
    assert [voice.defect for voice in found] == [quiet, loud]
    assert found[1].customers == 1
    assert found[1].reports == 5
    assert (found[1].first_heard, found[1].last_heard) == (at(1), at(5))
    by_reports = voices([quiet, loud], {}, RANKS, at(5))
    assert by_reports[0].defect == loud
    assert by_reports[0].customers is None


def test_a_voice_fades_by_half_in_thirty_days(defect, at):
    one = defect(0, severity="major")
    (now,), (later,) = voices([one], {}, RANKS, at(0)), voices([one], {}, RANKS, at(30))
    assert later.score == now.score / 2


def test_feedback_that_leads_nowhere_is_a_share():
    assert unlinked([True, False, False]).value == 2 / 3
    assert unlinked([]).value is None


def test_each_escaped_defect_says_what_was_missing(defect):
    rows = {
        Gap.NO_REQUIREMENT: [],
        Gap.NO_TEST: [Basis("R-1", late=False)],
        Gap.LATE_REQUIREMENT: [Basis("R-2", late=True)],
        Gap.NOT_RUN: [Basis("R-3", late=False, tests=("T-1",))],
        Gap.MISSED: [Basis("R-4", late=True, tests=("T-2", "T-3"), passed=("T-3",))],
    }
    defects = {gap: defect(1) for gap in rows}
    found = lessons(defects.values(), {defects[gap].root.id: bases for gap, bases in rows.items() if bases})
    assert [lesson.gap for lesson in found] == list(rows)
    assert found[-1].tests == ("T-3",)
    assert found[1].requirement == "R-1"


def test_a_requirement_without_any_test_weighs_more_than_a_tested_one(defect):
    one = defect(1)
    bases = {one.root.id: [Basis("R-1", late=False, tests=("T",)), Basis("R-2", late=False)]}
    assert lessons([one], bases)[0].requirement == "R-2"


def test_components_are_set_beside_their_requirements(defect):
    defects = [defect(1, component="Cart"), defect(2, component="Cart"), defect(3, component="API"), defect(4)]
    bases = [
        ("Cart", Basis("R-1", late=True)),
        ("Cart", Basis("R-2", late=False, tests=("T",))),
        (None, Basis("R-3", late=False)),
    ]
    found = by_component(defects, bases)
    assert [(row.component, row.escaped, row.requirements, row.tested, row.late) for row in found] == [
        ("Cart", 2, 2, 1, 1),
        ("API", 1, 0, 0, 0),
    ]
