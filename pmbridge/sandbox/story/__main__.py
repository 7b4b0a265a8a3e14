"""Print what the story leaves in the trackers: ``python -m pmbridge.sandbox.story [SEED]``."""

from __future__ import annotations

import sys
from collections import Counter
from datetime import UTC, datetime

from pmbridge.sandbox.clock import Clock
from pmbridge.sandbox.gitlab.state import GitlabSite
from pmbridge.sandbox.jira.state import JiraSite
from pmbridge.sandbox.story.build import build

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


def counts(jira: JiraSite, gitlab: GitlabSite) -> Counter[tuple[str, str, str]]:
    """Count the items of each project and milestone by state."""
    found: Counter[tuple[str, str, str]] = Counter()
    for issue in jira.issues.values():
        titles = [jira.versions[id].name for id in issue.fix_versions] or ["-"]
        found[issue.project, titles[0], jira.named("statuses", issue.status).name] += 1
    for other in gitlab.issues.values():
        title = "-" if other.milestone is None else gitlab.milestones[other.milestone].title
        found[gitlab.projects[other.project].path, title, other.state] += 1
    return found


def main() -> None:
    """Build a story and print it as a table."""
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    jira, gitlab = JiraSite(Clock(NOW)), GitlabSite(Clock(NOW))
    build(jira, gitlab, seed=seed, now=NOW, jira_url="http://jira.localhost", gitlab_url="http://gitlab.localhost")
    found = counts(jira, gitlab)
    for (project, title, state), number in sorted(found.items()):
        print(f"{project:16} {title:20} {state:12} {number:5}")
    print(f"{'all':16} {'':20} {'':12} {found.total():5}")


if __name__ == "__main__":
    main()
