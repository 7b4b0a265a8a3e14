"""What is asked of a Jira in a way that depends on how it is deployed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import ClassVar, Protocol

from pmbridge_jira.client import Client
from pmbridge_jira.shape import Json


class Deployment(Protocol):
    """Reads one kind of Jira through one client."""

    rich: ClassVar[bool]
    client: Client

    def __init__(self, client: Client) -> None:
        """Keep the client; send nothing."""

    def search(
        self, jql: str, fields: Sequence[str], token: str | None, *, histories: bool = False
    ) -> tuple[list[Json], str | None]:
        """Read one page in the order of creation; returns its issues and the token of the next, ``None`` at the end.

        With ``histories`` each issue brings as much of its own as this Jira gives with a search.
        """

    def ids(self, jql: str) -> Iterator[str]:
        """Yield the ids of the issues of a query, and nothing else of them."""

    def keys(self, jql: str) -> dict[str, str] | None:
        """Return the keys of the issues of a query by id, or ``None`` if they do not fit into one answer."""

    def count(self, jql: str) -> int:
        """Return the tracker's own count."""

    def issues(self, ids: Iterable[str], fields: Sequence[str]) -> dict[str, Json]:
        """Read known issues by id; those that are gone or hidden are absent."""

    def complete(self, issues: Sequence[Json], fields: Sequence[str]) -> None:
        """Give every issue its whole ``changelog``, oldest first; ``fields`` bounds it where that makes it cheaper."""

    def versions(self, project: str) -> Iterator[Json]:
        """Yield the versions of a project."""
