"""Perceval reads Jira."""

from __future__ import annotations

from measured import measure, place
from perceval.backends.core.jira import Jira

told = place()
jira = Jira(told["jira"], project="SHOP", user=told["email"], password=told["token"], max_results=100)
measure("perceval", lambda: sum(1 for _ in jira.fetch(category="issue")))
