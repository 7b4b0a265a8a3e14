"""The places pmbridge writes to in GitLab, behind one door for looking and one for writing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from pmbridge.connector import WRITING, Observation, Place, Step, Surface, Written
from pmbridge.errors import Rejected
from pmbridge.model import RefKind
from pmbridge_gitlab.comments import CommentObserver, write_comment
from pmbridge_gitlab.descriptions import look_at_description, write_description
from pmbridge_gitlab.rights import Rights

if TYPE_CHECKING:
    from pmbridge_gitlab.client import GitlabClient

CAPABILITIES: frozenset[tuple[Surface, RefKind]] = frozenset(
    {(Surface.COMMENT, RefKind.ITEM), (Surface.DESCRIPTION, RefKind.MILESTONE)}
)


def _is(place: Place, surface: Surface, kind: RefKind) -> bool:
    return place.surface is surface and place.target.kind is kind


def observe(
    client: GitlabClient, rights: Rights, owner: str, places: Sequence[Place], *, internal: bool
) -> Iterator[Observation]:
    """Report what stands at each place, in the order given."""
    comments = CommentObserver(client, rights, owner, internal)
    comments.prepare(place.target for place in places if _is(place, Surface.COMMENT, RefKind.ITEM))
    for place in places:
        if _is(place, Surface.COMMENT, RefKind.ITEM):
            yield comments.look(place)
        elif _is(place, Surface.DESCRIPTION, RefKind.MILESTONE):
            yield look_at_description(client, rights, owner, place)
        else:
            yield Observation(place=place, denied=_nowhere(place))


def write(client: GitlabClient, owner: str, step: Step, *, internal: bool) -> Written:
    """Carry out one step; raises the `ConnectorError` family."""
    if step.action not in WRITING:
        return Written(remote_id=step.remote_id)
    if _is(step.place, Surface.COMMENT, RefKind.ITEM):
        return write_comment(client, owner, step, internal=internal)
    if _is(step.place, Surface.DESCRIPTION, RefKind.MILESTONE):
        return write_description(client, owner, step)
    raise Rejected(_nowhere(step.place), source=step.place.target.source)


def _nowhere(place: Place) -> str:
    return f"GitLab has no {place.surface.value} on a {place.target.kind.value} that pmbridge could write"
