"""What the account may do in a project, and which of our surfaces that unlocks."""

from __future__ import annotations

from dataclasses import dataclass

from pmbridge_jira.client import Client
from pmbridge_jira.shape import mapping


@dataclass(frozen=True, slots=True)
class Right:
    """One of Jira's permissions: its key, its name on the screen, what it unlocks for us."""

    key: str
    name: str
    unlocks: str


BROWSE = Right("BROWSE_PROJECTS", "Browse projects", "reading the project")
ADD_COMMENTS = Right("ADD_COMMENTS", "Add comments", "comments on tickets")
EDIT_OWN = Right("EDIT_OWN_COMMENTS", "Edit own comments", "keeping comments up to date")
DELETE_OWN = Right("DELETE_OWN_COMMENTS", "Delete own comments", "removing comments and second copies")
ADMINISTER = Right(
    "ADMINISTER_PROJECTS",
    "Administer projects",
    "the line in a version's description, and silent edits of comments where the site asks for this right",
)

ALL = (BROWSE, ADD_COMMENTS, EDIT_OWN, DELETE_OWN, ADMINISTER)
FOR_COMMENTS = (BROWSE, ADD_COMMENTS, EDIT_OWN)
FOR_VERSIONS = (BROWSE, ADMINISTER)


class Rights:
    """The account's rights by project, asked once each."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._known: dict[str, frozenset[str]] = {}

    def held(self, project: str) -> frozenset[str]:
        """Return the keys of the rights the account has in a project."""
        if project not in self._known:
            wanted = ",".join(right.key for right in ALL)
            answer = mapping(self._client.get("mypermissions", projectKey=project, permissions=wanted), "mypermissions")
            granted = answer.get("permissions") or {}
            self._known[project] = frozenset(key for key, entry in granted.items() if entry.get("havePermission"))
        return self._known[project]

    def missing(self, project: str, needed: tuple[Right, ...]) -> str | None:
        """Name the rights that are needed and absent, as Jira's screens call them."""
        held = self.held(project)
        return ", ".join(right.name for right in needed if right.key not in held) or None
