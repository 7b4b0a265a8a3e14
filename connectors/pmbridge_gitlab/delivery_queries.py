"""The questions about code and its deliveries that are asked of GitLab's GraphQL interface."""

from __future__ import annotations

from collections.abc import Collection

#: The last remarks of a merge request, by which a review is known.
_REMARKS = 20
#: The newest pipelines of a merge request, by which one knows since when they fail.
_PIPELINES = 10
#: Issues whose merge requests are asked for in one question.
CLOSING = 50

#: Lists of merge requests, by what their answer is called: those touched since an instant, in the order of their
#: creation, which no update changes, and those that are open and were not, whose pipelines go on all the same.
_LISTS = {
    "changed": "updatedAfter: $since, sort: CREATED_ASC, first: 50",
    "waiting": "updatedBefore: $since, state: opened, sort: CREATED_ASC, first: 25",
}
LISTS = tuple(_LISTS)

_WAITS = f"""
        approved
        approvedBy(first: 1) {{ nodes {{ id }} }}
        headPipeline {{ status finishedAt }}
        pipelines(first: {_PIPELINES}) {{ nodes {{ status finishedAt }} }}
        resolvableDiscussionsCount resolvedDiscussionsCount"""
_NODE = f"""
        id iid title description state draft sourceBranch webUrl
        createdAt updatedAt mergedAt diffHeadSha mergeCommitSha
        author {{ id }}
        reviewers(first: 20) {{ nodes {{ id }} }}
        notes(last: {_REMARKS}) {{
          nodes {{
            createdAt system resolvable resolved discussion {{ id }} author {{ id bot }} systemNoteMetadata {{ action }}
          }}
        }}"""


def merge_requests(wanted: Collection[str], *, waits: bool) -> str:
    """Return a question for the next page of some `LISTS`, by project, instant and each list's own cursor.

    With ``waits`` it asks what keeps each from its merge, which some servers do not tell.
    """
    node = _NODE + _WAITS if waits else _NODE
    declared = "".join(f", ${name}: String" for name in wanted)
    parts = "".join(_listed(name, node) for name in wanted)
    inside = f"project(fullPath: $project) {{{parts}\n  }}"
    return f"query mergeRequests($project: ID!, $since: Time{declared}) {{\n  {inside}\n}}"


def _listed(name: str, node: str) -> str:
    return f"""
    {name}: mergeRequests({_LISTS[name]}, after: ${name}) {{
      pageInfo {{ hasNextPage endCursor }}
      nodes {{{node}
      }}
    }}"""


#: Asks which merge requests close some issues; servers before 17.2 do not know.
CLOSING_MERGE_REQUESTS = f"""query closing($project: ID!, $iids: [String!]) {{
  project(fullPath: $project) {{
    workItems(iids: $iids, first: {CLOSING}) {{
      nodes {{
        id
        widgets {{
          ... on WorkItemWidgetDevelopment {{
            closingMergeRequests(first: 30) {{
              pageInfo {{ hasNextPage }}
              nodes {{ mergeRequest {{ id }} }}
            }}
          }}
        }}
      }}
    }}
  }}
}}"""
