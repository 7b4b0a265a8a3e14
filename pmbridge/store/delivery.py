"""Deployments and merge requests in the store."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from sqlalchemy import Connection, Table, select

from pmbridge.model import Deployment, MergeRequest
from pmbridge.model.instants import to_micros
from pmbridge.store import schema
from pmbridge.store.differing import write_differing
from pmbridge.store.revisions import touch

_SOURCE, _PROJECT = 0, 2


def write_delivery(conn: Connection, deployments: Iterable[Deployment], merge_requests: Iterable[MergeRequest]) -> None:
    """Store both; doing it twice is the same as doing it once."""
    made = [(d.source, d.id, d.project, to_micros(d.at), d.model_dump_json(exclude_defaults=True)) for d in deployments]
    differing = write_differing(conn, schema.deployments, made)
    asked = [
        (m.source, m.id, m.project, to_micros(m.updated_at), m.model_dump_json(exclude_defaults=True))
        for m in merge_requests
    ]
    differing += write_differing(conn, schema.merge_requests, asked)
    for source in sorted({row[_SOURCE] for row in differing}):
        touch(conn, source, {row[_PROJECT] for row in differing if row[_SOURCE] == source})


def read_deployments(conn: Connection, projects: Mapping[str, Sequence[str]]) -> tuple[Deployment, ...]:
    """Return the deployments of some projects, given by source, in the order in which they ended."""
    bodies = _bodies(conn, schema.deployments, "at", projects)
    return tuple(Deployment.model_validate_json(body) for body in bodies)


def read_merge_requests(conn: Connection, projects: Mapping[str, Sequence[str]]) -> tuple[MergeRequest, ...]:
    """Return the merge requests of some projects, those that were touched last at the end."""
    bodies = _bodies(conn, schema.merge_requests, "updated_at", projects)
    return tuple(MergeRequest.model_validate_json(body) for body in bodies)


def _bodies(conn: Connection, table: Table, order: str, projects: Mapping[str, Sequence[str]]) -> Iterator[str]:
    rows = table.c
    for source, names in sorted(projects.items()):
        here = (rows.source == source) & rows.project.in_(names)
        yield from conn.execute(select(rows.body).where(here).order_by(rows[order], rows.id)).scalars()
