"""The questions that are asked of GitLab's GraphQL interface."""

from __future__ import annotations

#: Issues in one question. GitLab bounds the cost of a question and the time it may take to answer.
BATCH = 50
#: Entries of an issue's activity that come at once; what is longer is continued issue by issue.
ACTIVITY = 40
_LINKS, _LOGS = 40, 40

_NOTE = "id createdAt body author { id username name } systemNoteMetadata { action }"
_DISCUSSIONS = f"pageInfo {{ hasNextPage endCursor }} nodes {{ notes(first: 5) {{ nodes {{ {_NOTE} }} }} }}"
_LINKED = f"""
          ... on WorkItemWidgetLinkedItems {{
            linkedItems(first: {_LINKS}) {{
              pageInfo {{ hasNextPage }}
              nodes {{ linkId linkType workItem {{ id }} }}
            }}
          }}"""
_PARENT = """
          ... on WorkItemWidgetHierarchy { parent { id workItemType { name } } }"""
_LOG = "id timeSpent spentAt user { id username name }"


def histories(*, linked: bool) -> str:
    """Ask for the activity of up to `BATCH` issues, the time logged on some, and their links if the server can tell.

    Widgets that a server does not know make the whole question invalid, so that it must be asked without them.
    """
    return f"""query histories($project: ID!, $iids: [String!], $timed: [String!], $logs: Boolean!) {{
  project(fullPath: $project) {{
    workItems(iids: $iids, first: {BATCH}) {{
      nodes {{
        iid
        widgets {{
          ... on WorkItemWidgetNotes {{
            discussions(filter: ONLY_ACTIVITY, first: {ACTIVITY}) {{ {_DISCUSSIONS} }}
          }}{_PARENT}{_LINKED if linked else ""}
        }}
      }}
    }}
    issues(iids: $timed, first: {BATCH}) @include(if: $logs) {{
      nodes {{ iid timelogs(first: {_LOGS}) {{ pageInfo {{ hasNextPage endCursor }} nodes {{ {_LOG} }} }} }}
    }}
  }}
}}"""


#: Asks for the rest of one issue's activity.
MORE_ACTIVITY = f"""query activity($project: ID!, $iids: [String!], $after: String) {{
  project(fullPath: $project) {{
    workItems(iids: $iids, first: 1) {{
      nodes {{
        widgets {{
          ... on WorkItemWidgetNotes {{
            discussions(filter: ONLY_ACTIVITY, first: 100, after: $after) {{ {_DISCUSSIONS} }}
          }}
        }}
      }}
    }}
  }}
}}"""

#: Asks for the rest of the time logged on one issue.
MORE_LOGS = f"""query timelogs($project: ID!, $iids: [String!], $after: String) {{
  project(fullPath: $project) {{
    issues(iids: $iids, first: 1) {{
      nodes {{ timelogs(first: 100, after: $after) {{ pageInfo {{ hasNextPage endCursor }} nodes {{ {_LOG} }} }} }}
    }}
  }}
}}"""

#: Asks for the ids of a project's issues and nothing else.
IDS = """query ids($project: ID!, $after: String) {
  project(fullPath: $project) {
    workItems(first: 100, after: $after, sort: CREATED_ASC) {
      pageInfo { hasNextPage endCursor }
      nodes { id iid }
    }
  }
}"""
