"""What every sandbox Jira knows from the start: statuses, types, priorities, resolutions, link types, fields."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Status:
    """A status; ``category`` is one of ``new``, ``indeterminate``, ``done``."""

    id: str
    name: str
    category: str


@dataclass(frozen=True, slots=True)
class IssueType:
    """A type; ``level`` is 1 for epics, 0 for standard issues, -1 for sub-tasks."""

    id: str
    name: str
    level: int = 0


@dataclass(frozen=True, slots=True)
class Named:
    """A priority or a resolution."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class LinkType:
    """A link type with the phrases of its two ends."""

    id: str
    name: str
    outward: str
    inward: str


@dataclass(frozen=True, slots=True)
class CustomField:
    """A custom field; ``kind`` is the key of its type, ``type`` (and ``items``) that of its values."""

    id: str
    name: str
    kind: str
    type: str
    items: str | None = None


STATUSES = (
    Status("10000", "To Do", "new"),
    Status("10001", "In Progress", "indeterminate"),
    Status("10002", "In Review", "indeterminate"),
    Status("10003", "Done", "done"),
)
CATEGORIES = {
    "new": (2, "To Do", "blue-gray"),
    "indeterminate": (4, "In Progress", "yellow"),
    "done": (3, "Done", "green"),
}
ISSUE_TYPES = (
    IssueType("10100", "Epic", 1),
    IssueType("10101", "Story"),
    IssueType("10102", "Task"),
    IssueType("10103", "Bug"),
    IssueType("10104", "Test"),
    IssueType("10105", "Sub-task", -1),
)
PRIORITIES = tuple(
    Named(str(rank), name) for rank, name in enumerate(("Highest", "High", "Medium", "Low", "Lowest"), 1)
)
RESOLUTIONS = (
    Named("10000", "Done"),
    Named("10001", "Won't Do"),
    Named("10002", "Duplicate"),
    Named("10003", "Cannot Reproduce"),
)
LINK_TYPES = (
    LinkType("10000", "Blocks", "blocks", "is blocked by"),
    LinkType("10001", "Duplicate", "duplicates", "is duplicated by"),
    LinkType("10002", "Relates", "relates to", "relates to"),
    LinkType("10003", "Test", "tests", "is tested by"),
    LinkType("10004", "Mirror", "mirrors", "is mirrored by"),
    LinkType("10005", "Issue split", "split to", "split from"),
)

GREENHOPPER = "com.pyxis.greenhopper.jira:"
BUILT_IN = "com.atlassian.jira.plugin.system.customfieldtypes:"
POINTS = "customfield_10016"
SPRINT = "customfield_10020"
FLAGGED = "customfield_10021"
FLAG = {"value": "Impediment", "id": "10019"}

_NOISE = (
    ("Team", "select", "option"),
    ("Environment tier", "select", "option"),
    ("Customer", "textfield", "string"),
    ("Release notes", "textarea", "string"),
    ("Root cause", "select", "option"),
    ("Target start", "datepicker", "date"),
    ("Target end", "datepicker", "date"),
    ("Business value", "float", "number"),
    ("Change risk", "select", "option"),
    ("Cost centre", "textfield", "string"),
    ("Approver", "userpicker", "user"),
    ("Design link", "url", "string"),
    ("Start date", "datepicker", "date"),
)
CUSTOM_FIELDS = (
    CustomField(POINTS, "Story Points", BUILT_IN + "float", "number"),
    CustomField(SPRINT, "Sprint", GREENHOPPER + "gh-sprint", "array", "json"),
    CustomField(FLAGGED, "Flagged", BUILT_IN + "multicheckboxes", "array", "option"),
    *(
        CustomField(f"customfield_{10030 + n}", name, BUILT_IN + kind, type_)
        for n, (name, kind, type_) in enumerate(_NOISE)
    ),
)
#: How a Data Center ties stories to epics.
EPIC_LINK = "customfield_10014"
EPIC_LINK_FIELD = CustomField(EPIC_LINK, "Epic Link", GREENHOPPER + "gh-epic-link", "any")
#: System fields in the order an issue shows them: id, name, type, type of its values.
SYSTEM_FIELDS = (
    ("summary", "Summary", "string", None),
    ("issuetype", "Issue Type", "issuetype", None),
    ("project", "Project", "project", None),
    ("parent", "Parent", "issuelink", None),
    ("subtasks", "Sub-tasks", "array", "issuelinks"),
    ("status", "Status", "status", None),
    ("statuscategorychangedate", "Status Category Changed", "datetime", None),
    ("resolution", "Resolution", "resolution", None),
    ("resolutiondate", "Resolved", "datetime", None),
    ("priority", "Priority", "priority", None),
    ("created", "Created", "datetime", None),
    ("updated", "Updated", "datetime", None),
    ("creator", "Creator", "user", None),
    ("reporter", "Reporter", "user", None),
    ("assignee", "Assignee", "user", None),
    ("labels", "Labels", "array", "string"),
    ("components", "Components", "array", "component"),
    ("fixVersions", "Fix versions", "array", "version"),
    ("versions", "Affects versions", "array", "version"),
    ("duedate", "Due date", "date", None),
    ("description", "Description", "string", None),
    ("environment", "Environment", "string", None),
    ("issuelinks", "Linked Issues", "array", "issuelinks"),
    ("security", "Security Level", "securitylevel", None),
    ("timespent", "Time Spent", "number", None),
    ("timeestimate", "Remaining Estimate", "number", None),
    ("timeoriginalestimate", "Original estimate", "number", None),
    ("comment", "Comment", "comments-page", None),
    ("worklog", "Log Work", "array", "worklog"),
    ("attachment", "Attachment", "array", "attachment"),
)
#: Fields that only an explicit ``*all`` or their own name brings.
NOT_NAVIGABLE = frozenset({"comment", "worklog", "attachment"})
SECURITY = {"id": "10010", "name": "Restricted", "description": "Only the security team"}
