"""What the token may do: its account, its scopes, its role in a project or group."""

from __future__ import annotations

from enum import IntEnum
from functools import cached_property
from typing import TYPE_CHECKING

from pmbridge.errors import NotFound, PermissionDenied, Rejected
from pmbridge_gitlab.rows import Row

if TYPE_CHECKING:
    from pmbridge_gitlab.client import GitlabClient


class Role(IntEnum):
    """GitLab's roles by their access levels."""

    NONE = 0
    MINIMAL = 5
    GUEST = 10
    PLANNER = 15
    REPORTER = 20
    DEVELOPER = 30
    MAINTAINER = 40
    OWNER = 50

    @classmethod
    def of(cls, level: int) -> Role:
        """Return the highest role that an access level reaches."""
        return max(role for role in cls if role <= level)

    @property
    def label(self) -> str:
        """The role's name as GitLab shows it."""
        return "no member" if self is Role.NONE else self.name.capitalize()


class Rights:
    """Asks the server once for each thing."""

    def __init__(self, client: GitlabClient) -> None:
        self._client = client
        self._things: dict[str, Row] = {}

    @cached_property
    def account(self) -> Row:
        """The account the token belongs to; project and group tokens have accounts of their own."""
        found: Row = self._client.get("/user")
        return found

    @cached_property
    def scopes(self) -> frozenset[str] | None:
        """The token's scopes; ``None`` where the server does not tell, as for OAuth tokens."""
        try:
            token = self._client.get("/personal_access_tokens/self")
        except (NotFound, PermissionDenied, Rejected):
            return None
        return frozenset(token.get("scopes") or ())

    @property
    def read_only(self) -> bool:
        """Tell whether the token is known to be for reading only."""
        return self.scopes is not None and "api" not in self.scopes

    def role(self, address: str) -> Role | None:
        """Return our role at the address of a project or group, that of groups above it included.

        ``None`` where the server does not tell: it also says "not found" when it will not say.
        """
        if self.account.get("is_admin"):
            return Role.OWNER
        permissions = self.thing(address).get("permissions") or {}
        granted = [permissions.get("project_access"), permissions.get("group_access")]
        levels = [grant["access_level"] for grant in granted if grant] or self._levels_as_member(address)
        return None if levels is None else Role.of(max(levels, default=0))

    def lacks(self, address: str, needed: Role) -> Role | None:
        """Return our role if it is known to be lower than the one that is needed."""
        role = self.role(address)
        return role if role is not None and role < needed else None

    def _levels_as_member(self, address: str) -> list[int] | None:
        mine = self.account["id"]
        try:
            members = list(self._client.every(f"{address}/members/all", **{"user_ids[]": mine}))
        except (NotFound, PermissionDenied):
            return None
        return [member["access_level"] for member in members if member["id"] == mine]

    def archived(self, address: str) -> bool:
        """Tell whether a project takes no changes any more."""
        return bool(self.thing(address).get("archived"))

    def thing(self, address: str) -> Row:
        """Return a project or group; raises `NotFound` where the token cannot see it."""
        if address not in self._things:
            self._things[address] = self._client.get(address)
        return self._things[address]
