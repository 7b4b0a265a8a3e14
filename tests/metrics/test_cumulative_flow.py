from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from pmbridge.history.categories import Categories
from pmbridge.history.mirrors import canonical_items
from pmbridge.history.phases import Life
from pmbridge.history.records import records
from pmbridge.history.walk import lives
from pmbridge.metrics.burnup import burnup
from pmbridge.metrics.cumulative_flow import STAGES, cumulative_flow
from pmbridge.model import StatusCategory

ZONE = ZoneInfo("Europe/Berlin")
FACES = frozenset({("jira", "version:1")})
BEGIN, AS_OF = datetime(2026, 3, 27, 23, tzinfo=UTC), datetime(2026, 4, 2, 15, tzinfo=UTC)


@pytest.fixture
def walked(story: Any) -> tuple[Life, ...]:
    told = story()
    told.milestone("version:1", "1.0")
    for n in range(4):
        told.item(f"A-{n}", "2026-03-20", milestones=("version:1",))
    told.change("A-0", "2026-03-28T21:30", "status", "active")
    told.change("A-0", "2026-03-29T21:30", "status", "done")
    told.change("A-1", "2026-03-29T22:30", "status", "done")
    told.change("A-1", "2026-03-31", "status", "active")
    told.change("A-2", "2026-04-01", "status", "review")
    told.change("A-3", "2026-03-30", "milestones", None, out="version:1")
    history = told.history()
    return lives(canonical_items(records(history), history.links, ()), Categories(history.statuses))


def test_bands_add_up_to_the_scope_and_the_lowest_is_what_is_done(walked: tuple[Life, ...]) -> None:
    flow = cumulative_flow(walked, FACES, BEGIN, AS_OF, ZONE)
    both = burnup(walked, FACES, BEGIN, AS_OF, ZONE)
    assert flow.dates == both.dates
    lines = flow.lines()
    assert lines[STAGES[-1]] == both.scope
    assert lines[StatusCategory.DONE] == both.done


def test_work_that_moves_back_shows_as_a_dip(walked: tuple[Life, ...]) -> None:
    flow = cumulative_flow(walked, FACES, BEGIN, AS_OF, ZONE)
    assert flow.bands[StatusCategory.DONE] == (0, 1, 2, 1, 1, 1)
    assert flow.bands[StatusCategory.ACTIVE] == (1, 0, 0, 1, 1, 1)
    assert flow.bands[StatusCategory.WAITING] == (0, 0, 0, 0, 1, 1)


def test_without_a_beginning_there_is_no_picture(walked: tuple[Life, ...]) -> None:
    assert cumulative_flow(walked, FACES, None, AS_OF, ZONE).dates == ()
    assert cumulative_flow(walked, FACES, AS_OF, BEGIN, ZONE).lines()[StatusCategory.DONE] == ()
