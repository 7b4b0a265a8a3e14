"""Reading the small collections of a source, also when one of its projects stands in the way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from pmbridge.connector import Connector, Reference
from pmbridge.errors import AuthFailed, ConnectorError, Unavailable

#: After these errors the other projects of a source would fare no better.
STOPPING = (AuthFailed, Unavailable)


@dataclass(frozen=True, slots=True)
class ReferenceRead:
    """What was read, and the projects it could not be read of, with the reason."""

    reference: Reference
    failures: Mapping[str, ConnectorError] = field(default_factory=dict)


def read_reference(connector: Connector, projects: Sequence[str]) -> ReferenceRead:
    """Read the reference in one go; if that fails, find the culprit by reading project by project.

    Raises the connector's error if no project, or nothing at all, can be read.
    """
    try:
        return ReferenceRead(connector.fetch_reference(projects))
    except STOPPING:
        raise
    except ConnectorError:
        parts, failures = _one_by_one(connector, projects) if len(projects) > 1 else ([], {})
        if not parts:
            raise
        return ReferenceRead(_merged(parts), failures)


def _one_by_one(connector: Connector, projects: Sequence[str]) -> tuple[list[Reference], dict[str, ConnectorError]]:
    parts: list[Reference] = []
    failures: dict[str, ConnectorError] = {}
    for project in projects:
        try:
            parts.append(connector.fetch_reference([project]))
        except STOPPING:
            raise
        except ConnectorError as error:
            failures[project] = error
    return parts, failures


class _Identified(Protocol):
    @property
    def id(self) -> str: ...


R = TypeVar("R", bound=_Identified)


def _merged(parts: Sequence[Reference]) -> Reference:
    return Reference(
        statuses=_once(row for part in parts for row in part.statuses),
        people=_once(row for part in parts for row in part.people),
        milestones=_once(row for part in parts for row in part.milestones),
        missing_fields=tuple(dict.fromkeys(name for part in parts for name in part.missing_fields)),
        tallies=tuple(tally for part in parts for tally in part.tallies),
        unread=tuple(project for part in parts for project in part.unread),
    )


def _once(rows: Iterable[R]) -> tuple[R, ...]:
    return tuple({row.id: row for row in rows}.values())
