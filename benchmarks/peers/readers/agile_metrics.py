"""jira-agile-metrics works through the milestones of one product, from issues in the types of its own client library.

Every milestone is a query of its own, as its users configure it; nothing is written or drawn. The answer counts the
finished items that its throughput holds, so that nobody is measured who counted something else.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any, ClassVar

from jira.resources import Issue
from jira_agile_metrics.calculators.burnup import BurnupCalculator
from jira_agile_metrics.calculators.cfd import CFDCalculator
from jira_agile_metrics.calculators.cycletime import CycleTimeCalculator
from jira_agile_metrics.calculators.throughput import ThroughputCalculator
from jira_agile_metrics.querymanager import QueryManager
from measured import measure

_CALCULATORS = (CycleTimeCalculator, CFDCalculator, BurnupCalculator, ThroughputCalculator)
_CYCLE = [
    {"name": "To Do", "statuses": ["To Do"], "type": "backlog"},
    {"name": "In Progress", "statuses": ["In Progress"], "type": "accepted"},
    {"name": "Done", "statuses": ["Done"], "type": "complete"},
]
_SETTINGS = {
    "attributes": {},
    "backlog_column": "To Do",
    "cycle": _CYCLE,
    "done_column": "Done",
    "query_attribute": None,
    "throughput_frequency": "1W-MON",
    "throughput_window": None,
}


class Tracker:
    """Answers queries as the client library does, from what is known already."""

    _options: ClassVar = {"server": "https://jira.example"}

    def __init__(self, milestones: dict[str, list[dict[str, Any]]]) -> None:
        self._issues = {
            name: [Issue(self._options, None, raw=raw) for raw in issues] for name, issues in milestones.items()
        }

    def fields(self) -> list[dict[str, str]]:
        """Name the fields whose changes are asked for."""
        return [{"id": name.lower(), "name": name} for name in ("status", "Flagged")]

    def search_issues(self, jql: str, **_: Any) -> list[Issue]:
        """Return the issues of a milestone."""
        return self._issues[jql]


def finished(tracker: Tracker, names: list[str]) -> int:
    """Compute cycle times, cumulative flow, burn-up and throughput of every milestone."""
    count = 0
    for name in names:
        settings: dict[str, Any] = defaultdict(lambda: None, _SETTINGS, queries=[{"jql": name}])
        results: dict[Any, Any] = {}
        manager = QueryManager(tracker, {"attributes": {}, "known_values": {}, "max_results": False})
        for calculator in _CALCULATORS:
            results[calculator] = calculator(manager, settings, results).run()
        count += int(results[ThroughputCalculator]["count"].sum())
    return count


milestones = json.loads(Path(sys.argv[1]).read_text())
known = Tracker(milestones)
measure("jira-agile-metrics", lambda: finished(known, list(milestones)))
