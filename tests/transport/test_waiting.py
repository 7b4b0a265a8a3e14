from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from requests.structures import CaseInsensitiveDict

from pmbridge.transport.waiting import asked_wait, next_wait, quota_is_spent

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@given(st.integers(0, 10_000_000))
def test_all_forms_of_one_instant_mean_the_same_wait(seconds: int) -> None:
    until = NOW + timedelta(seconds=seconds)
    forms = [
        {"Retry-After": str(seconds)},
        {"Retry-After": format_datetime(until, usegmt=True)},
        {"RateLimit-Reset": str(int(until.timestamp()))},
        {"X-RateLimit-Reset": until.isoformat()},
    ]
    assert {asked_wait(form, NOW) for form in forms} == {float(seconds)}


def test_retry_after_wins_over_a_reset() -> None:
    assert asked_wait({"Retry-After": "3", "RateLimit-Reset": "100"}, NOW) == 3


def test_an_instant_gone_by_means_no_wait() -> None:
    assert asked_wait({"RateLimit-Reset": "1600000000"}, NOW) == 0


@pytest.mark.parametrize("text", ["", "soon", "nan", "inf", "2026-13-45T00:00:00Z", "Tue, 99 Foo"])
def test_what_cannot_be_read_says_nothing(text: str) -> None:
    assert asked_wait({"Retry-After": text, "X-RateLimit-Reset": text}, NOW) is None


@given(st.text(max_size=40))
def test_no_header_breaks_the_reading(text: str) -> None:
    wait = asked_wait({"Retry-After": text, "RateLimit-Reset": text, "X-RateLimit-Reset": text}, NOW)
    assert wait is None or wait >= 0


@given(st.integers(1, 10), st.floats(0, 3600))
def test_a_wait_never_undercuts_what_was_asked(attempt: int, asked: float) -> None:
    assert max(0.5, asked) <= next_wait(attempt, asked) <= max(0.5, asked) * 1.3


@given(st.integers(1, 10))
def test_without_a_word_the_wait_doubles(attempt: int) -> None:
    assert 0.7 * 2 ** (attempt - 1) <= next_wait(attempt, None) <= 1.3 * 2 ** (attempt - 1)


def test_only_a_quota_is_spent_for_long() -> None:
    assert quota_is_spent(CaseInsensitiveDict({"ratelimit-reason": "jira-quota-global-based"}))
    assert not quota_is_spent(CaseInsensitiveDict({"ratelimit-reason": "jira-burst-based"}))
    assert not quota_is_spent({})
