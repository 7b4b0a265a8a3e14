from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from pmbridge.store import Store
from pmbridge.store.assessments import StoredAssessment, last_published, save_assessment

DAY = timedelta(days=1)


@pytest.fixture
def made(noon: datetime) -> StoredAssessment:
    return StoredAssessment("shop", noon, "d1", '{"as_of": "2026-03-02", "title": "Läden"}')


def test_an_assessment_is_given_back_byte_for_byte(store: Store, made: StoredAssessment) -> None:
    shown = replace(made, published=True)
    with store.write() as conn:
        save_assessment(conn, shown)
    with store.read() as conn:
        assert last_published(conn, "shop", before=made.as_of + DAY) == shown
        assert last_published(conn, "shop", before=made.as_of) is None
        assert last_published(conn, "other", before=made.as_of + DAY) is None


def test_the_last_published_one_is_the_latest_before_the_instant(
    store: Store, made: StoredAssessment, noon: datetime
) -> None:
    with store.write() as conn:
        for days in (3, 1, 2):
            save_assessment(conn, replace(made, as_of=noon + days * DAY, published=days != 2))
        found = [last_published(conn, "shop", before=noon + days * DAY) for days in (1, 2, 3, 4)]
    assert [f and (f.as_of - noon).days for f in found] == [None, 1, 1, 3]


def test_a_published_one_stays_published_when_it_is_computed_again(store: Store, made: StoredAssessment) -> None:
    with store.write() as conn:
        save_assessment(conn, made)
        assert last_published(conn, "shop", before=made.as_of + DAY) is None
        save_assessment(conn, replace(made, published=True))
        save_assessment(conn, made)
        assert last_published(conn, "shop", before=made.as_of + DAY) == replace(made, published=True)


def test_two_assessments_of_one_instant_are_told_apart_by_their_digest(store: Store, made: StoredAssessment) -> None:
    second = replace(made, digest="d2", body="{}", published=True)
    with store.write() as conn:
        save_assessment(conn, second)
        save_assessment(conn, made)
        assert last_published(conn, "shop", before=made.as_of + DAY) == second
