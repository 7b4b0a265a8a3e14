"""The question that tells at a glance what projects hold, and what of it was touched last."""

from __future__ import annotations

from collections.abc import Sequence

#: Projects in one question: newer servers find so many by their paths, and count a list of them little more than one.
MANY = 50
#: Where each project must be asked for by itself, what one costs leaves room for two.
FEW = 2
#: How many of each are told; of what has more, the list is read by itself.
MOST = 100
ENVIRONMENTS, PIPELINES = 20, 50
_STATUSES = ("SUCCESS", "FAILED", "RUNNING", "CANCELED")
_MORE = "pageInfo { hasNextPage }"

_DEPLOYED = " ".join(f"{status.lower()}: lastDeployment(status: {status}) {{ updatedAt }}" for status in _STATUSES)
_PROJECT = f"""
    fullPath
    issueStatusCounts {{ all }}
    issues(sort: UPDATED_DESC, first: 1) {{ nodes {{ updatedAt }} }}
    mergeRequests(sort: UPDATED_DESC, first: 1) {{ nodes {{ updatedAt }} }}
    milestones(includeAncestors: true, first: {MOST}) {{
      {_MORE} nodes {{ id iid title description state startDate dueDate updatedAt webPath groupMilestone }}
    }}
    releases(first: {MOST}) {{
      {_MORE} nodes {{ releasedAt upcomingRelease milestones(first: 10) {{ nodes {{ id }} }} }}
    }}
    projectMembers(relations: [DIRECT, INHERITED, INVITED_GROUPS], first: {MOST}) {{
      {_MORE} nodes {{ user {{ id username name publicEmail bot emails(first: 1) {{ nodes {{ email }} }} }} }}
    }}
    requirements: workItems(types: [REQUIREMENT], first: 1) {{ nodes {{ id }} }}
    environments(first: {ENVIRONMENTS}) {{ {_MORE} nodes {{ name tier {_DEPLOYED} }} }}
    pipelines(first: {PIPELINES}) {{ nodes {{ id ref sha status createdAt updatedAt }} }}"""


def glance(projects: Sequence[str]) -> tuple[str, dict[str, str]]:
    """Return a question about some projects, and its values; each is answered under its place in the sequence."""
    names = [f"p{place}" for place in range(len(projects))]
    declared = ", ".join(f"${name}: ID!" for name in names)
    parts = "".join(f"\n  {name}: project(fullPath: ${name}) {{{_PROJECT}\n  }}" for name in names)
    return f"query glance({declared}) {{{parts}\n}}", dict(zip(names, projects, strict=True))


def many(projects: Sequence[str]) -> tuple[str, dict[str, list[str]]]:
    """Return a question about up to `MANY` projects, and its values; those that are not shown are missing.

    Servers before 16.6 do not know it.
    """
    listing = f"projects(fullPaths: $paths, first: {MANY})"
    question = f"query glances($paths: [String!]) {{\n  {listing} {{ nodes {{{_PROJECT}\n  }} }}\n}}"
    return question, {"paths": list(projects)}
