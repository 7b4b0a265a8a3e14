"""How a field of the GraphQL interface of a sandbox GitLab is declared."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pmbridge.sandbox.gitlab.lookup import GitlabCall
from pmbridge.sandbox.gitlab.state import GitlabSite

Resolve = Callable[["Context", Any, Mapping[str, Any]], Any]


@dataclass(frozen=True, slots=True)
class Context:
    """The call a question came with."""

    call: GitlabCall

    @property
    def site(self) -> GitlabSite:
        """The site that is asked."""
        return self.call.site


@dataclass(frozen=True, slots=True)
class Answered:
    """How a field is answered: by ``resolve``, as an object of ``type``, as a ``connection`` of them, as a ``list``."""

    resolve: Resolve
    type: str | None = None
    connection: bool = False
    many: bool = False


Types = dict[str, dict[str, Answered]]


def plain(get: Callable[[Any], Any]) -> Answered:
    """Declare a field that is a single value."""
    return Answered(lambda context, thing, arguments: get(thing))


def account(get: Callable[[Any], int | None]) -> Answered:
    """Declare a field that is an account; one that was deleted is null."""
    return Answered(lambda context, thing, arguments: context.site.users.get(get(thing) or 0), "User")


def rows(type: str, get: Callable[[GitlabSite, Any], Any]) -> Answered:
    """Declare a field that is a list, cut into pages."""
    return Answered(lambda context, thing, arguments: get(context.site, thing), type, connection=True)


def second(at: datetime | None) -> str | None:
    """Draw an instant as this interface does: without parts of a second."""
    return None if at is None else f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
