from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmbridge.metrics.calibration import TrackRecord
from pmbridge.metrics.forecast import Snapshot
from pmbridge.metrics.judgement import Answer, Granularity, Trust, is_paused, judge, widening

OPEN = Snapshot(remaining=10, weekly_finishes=(1, 2, 3))


def record(n: int, hits: int) -> TrackRecord:
    return TrackRecord(n, 0.5, hits / n, hits, (0.0, 1.0), None)


GOOD, BAD, SHORT = record(10, 9), record(10, 7), record(7, 0)


def test_where_nothing_is_open_it_is_done_and_no_date_is_given() -> None:
    judgement = judge(Snapshot(0, (3,)), 0, 0, paused=False)
    assert judgement.status is Answer.DONE
    assert judgement.granularity is None


@pytest.mark.parametrize(
    ("past", "words"),
    [
        (0, "there is no earlier milestone"),
        (1, "there is only 1 earlier milestone"),
        (2, "there are only 2 earlier ones"),
    ],
)
def test_without_a_finish_and_a_past_the_refusal_names_what_is_missing(past: int, words: str) -> None:
    judgement = judge(OPEN, past, 0, paused=False)
    assert judgement.status is Answer.REFUSED
    assert judgement.confidence is None
    assert judgement.refusal is not None
    assert words in judgement.refusal
    assert "no item of this milestone is finished" in judgement.refusal
    assert "The first finished item, or 3 such milestones" in judgement.refusal


def test_three_earlier_milestones_are_enough_to_answer_with_little_trust() -> None:
    judgement = judge(OPEN, 3, 0, paused=False)
    assert (judgement.status, judgement.confidence, judgement.widen) == (Answer.OK, Trust.LOW, 1.0)
    assert "rest on earlier milestones alone" in " ".join(judgement.reasons)


def test_without_a_past_the_pattern_is_borrowed_widened_and_printed_in_weeks() -> None:
    judgement = judge(OPEN, 0, 4, paused=False, p50=20, p85=30)
    assert judgement.borrowed
    assert (judgement.widen, judgement.confidence) == (1.3, Trust.LOW)
    assert judgement.granularity is Granularity.WEEK
    assert "other products" in judgement.reasons[0]


@pytest.mark.parametrize(
    ("past", "finishes", "shown", "trust"),
    [
        (1, 20, GOOD, Trust.MEDIUM),
        (5, 20, GOOD, Trust.MEDIUM),
        (6, 5, GOOD, Trust.MEDIUM),
        (6, 6, GOOD, Trust.HIGH),
        (6, 6, None, Trust.MEDIUM),
        (6, 6, SHORT, Trust.MEDIUM),
        (9, 9, BAD, Trust.MEDIUM),
    ],
)
def test_trust_grows_with_the_past_the_finishes_and_the_record(
    past: int, finishes: int, shown: TrackRecord | None, trust: Trust
) -> None:
    assert judge(OPEN, past, finishes, paused=False, record=shown).confidence is trust


def test_a_pause_is_asked_about_and_widens() -> None:
    judgement = judge(OPEN, 9, 9, paused=True, record=GOOD)
    assert (judgement.widen, judgement.confidence) == (1.3, Trust.LOW)
    assert "Is work paused?" in " ".join(judgement.reasons)


def test_a_record_of_misses_widens_and_says_so() -> None:
    judgement = judge(OPEN, 10, 9, paused=False, record=BAD)
    assert judgement.widen == 1.3
    assert "held for 7 of 10" in " ".join(judgement.reasons)
    assert "less often than it should" in " ".join(judgement.reasons)


def test_a_record_of_three_in_four_is_just_good_enough() -> None:
    assert judge(OPEN, 10, 9, paused=False, record=record(8, 6)).widen == 1.0


def test_a_record_that_is_too_good_leaves_the_range_as_it_is() -> None:
    assert judge(OPEN, 10, 9, paused=False, record=record(40, 40)).widen == 1.0


def test_a_short_record_is_not_mentioned() -> None:
    assert judge(OPEN, 7, 9, paused=False, record=SHORT).reasons == ()


@pytest.mark.parametrize(
    ("p50", "p85", "granularity"),
    [(20, 40, Granularity.DAY), (20, 41, Granularity.MONTH), (None, None, Granularity.DAY)],
)
def test_a_range_longer_than_its_centre_is_printed_in_months(
    p50: int | None, p85: int | None, granularity: Granularity
) -> None:
    assert judge(OPEN, 4, 9, paused=False, p50=p50, p85=p85).granularity is granularity


@pytest.mark.parametrize(
    ("weeks", "finishes", "paused"),
    [
        ((1, 0, 0, 0, 0), 1, True),
        ((0, 0, 0, 0, 0), 1, True),
        ((1, 0, 0, 0), 1, False),
        ((0, 0, 0, 0, 0), 0, False),
        ((0, 0, 0, 0, 1), 1, False),
    ],
    ids=["four empty weeks", "long ago", "three empty weeks", "never began", "last week"],
)
def test_work_seems_to_rest_after_four_weeks_without_a_finish(
    weeks: tuple[int, ...], finishes: int, paused: bool
) -> None:
    assert is_paused(Snapshot(5, weeks), finishes) is paused


@given(
    past=st.integers(0, 30), finishes=st.integers(0, 50), paused=st.booleans(), shown=st.sampled_from([None, GOOD, BAD])
)
def test_the_range_is_widened_once_or_not_at_all(
    past: int, finishes: int, paused: bool, shown: TrackRecord | None
) -> None:
    judgement = judge(OPEN, past, finishes, paused, record=shown)
    assert judgement.widen in (1.0, 1.3)
    if judgement.status is Answer.OK:
        assert judgement.widen == widening(past, paused, shown)
        assert judgement.confidence is not None
    else:
        assert judgement.refusal
