"""Perceval reads GitLab."""

from __future__ import annotations

from measured import measure, place
from perceval.backends.core.gitlab import GitLab

told = place()
gitlab = GitLab(owner="acme", repository="shop-web", api_token=told["gitlab token"], base_url=told["gitlab"])
measure("perceval", lambda: sum(1 for _ in gitlab.fetch(category="issue")))
