"""The questions about code and its deliveries that are asked of GitLab's GraphQL interface."""

from __future__ import annotations

#: Merge requests in one question, and the last remarks of each by which a review is known.
MERGE_REQUESTS = 50
_REMARKS = 20
#: Issues whose merge requests are asked for in one question.
CLOSING = 50

#: Asks for merge requests that were touched since an instant, in the order of their creation, which no update changes.
CHANGED_MERGE_REQUESTS = f"""query mergeRequests($project: ID!, $since: Time, $after: String) {{
  project(fullPath: $project) {{
    mergeRequests(updatedAfter: $since, sort: CREATED_ASC, first: {MERGE_REQUESTS}, after: $after) {{
      pageInfo {{ hasNextPage endCursor }}
      nodes {{
        id iid title description state draft sourceBranch webUrl
        createdAt updatedAt mergedAt diffHeadSha mergeCommitSha
        author {{ id }}
        reviewers(first: 20) {{ nodes {{ id }} }}
        notes(last: {_REMARKS}) {{
          nodes {{ createdAt system author {{ id bot }} systemNoteMetadata {{ action }} }}
        }}
      }}
    }}
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
