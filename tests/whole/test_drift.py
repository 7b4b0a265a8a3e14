"""Every request our connectors send and every answer they get, held against the trackers' own descriptions."""

from __future__ import annotations

import pytest

from pmbridge.jobs.demo import work_goes_on
from tests.sandbox import contract

needs_descriptions = pytest.mark.skipif(
    not contract.available(),
    reason="tracker descriptions not found; set PMBRIDGE_SPECS to the folder that holds them",
)


@needs_descriptions
def test_two_whole_passes_speak_as_the_trackers_describe(demo, call):
    trackers = (demo.sandbox.jira, demo.sandbox.gitlab)
    for tracker in trackers:
        tracker.requests.keep_answers = True
    assert call("doctor", config=demo.config).code == 0
    assert call("run", config=demo.config).code == 0
    work_goes_on(demo)
    assert call("run", config=demo.config).code == 0
    assert call("remove", "--yes", config=demo.config).code == 0
    for tracker in trackers:
        assert len(tracker.requests) > 20
        assert len(tracker.requests.writes()) > 3
        assert contract.validate_log(tracker.requests) == []
