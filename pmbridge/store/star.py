"""The store as a star schema: dimensions and facts in plain columns, for a warehouse or a notebook."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, select

from pmbridge.model.instants import from_micros
from pmbridge.store import schema

Row = tuple[Any, ...]

#: How a column is written: text, whole number, decimal, instant (UTC), date (yyyy-mm-dd), flag.
TYPES = ("text", "integer", "decimal", "instant", "date", "flag")


@dataclass(frozen=True, slots=True)
class View:
    """One table of the star: its columns with their types, and where its rows come from."""

    name: str
    columns: tuple[tuple[str, str], ...]
    rows: Callable[[Connection], Iterator[Row]]


def _plain(name: str, table: Table, columns: dict[str, str]) -> View:
    def rows(conn: Connection) -> Iterator[Row]:
        chosen = select(*(table.c[column] for column in columns)).order_by(*table.primary_key)
        for row in conn.execute(chosen, execution_options={"yield_per": 2000}):
            yield tuple(_value(v, kind) for v, kind in zip(row, columns.values(), strict=True))

    return View(name, tuple(columns.items()), rows)


def _bodies(name: str, table: Table, columns: dict[str, str], aside: dict[str, str] | None = None) -> View:
    own = aside or {}

    def rows(conn: Connection) -> Iterator[Row]:
        chosen = select(*(table.c[column] for column in own), table.c.body).order_by(*table.primary_key)
        for *values, body in conn.execute(chosen, execution_options={"yield_per": 2000}):
            given = json.loads(body)
            first = [_value(v, kind) for v, kind in zip(values, own.values(), strict=True)]
            yield (*first, *(_flat(given.get(column), kind) for column, kind in columns.items()))

    return View(name, (*own.items(), *columns.items()), rows)


def _value(value: Any, kind: str) -> Any:
    if value is None:
        return None
    if kind == "instant":
        return from_micros(value)
    return bool(value) if kind == "flag" else value


def _flat(value: Any, kind: str) -> Any:
    """Write what a body holds; lists become one text, an absent flag is false as in the model."""
    if kind == "flag":
        return bool(value)
    if isinstance(value, list):
        return ";".join(map(str, value))
    return float(value) if kind == "decimal" and value is not None else value


_ITEM = {
    "url": "text",
    "title": "text",
    "type": "text",
    "level": "text",
    "status": "text",
    "status_name": "text",
    "category": "text",
    "resolution": "text",
    "created_at": "text",
    "closed_at": "text",
    "author": "text",
    "assignees": "text",
    "priority": "text",
    "severity": "text",
    "labels": "text",
    "components": "text",
    "parent": "text",
    "points": "decimal",
    "estimate_seconds": "integer",
    "spent_seconds": "integer",
    "due": "date",
    "flagged": "flag",
    "restricted": "flag",
}
_MILESTONE = {
    "kind": "text",
    "title": "text",
    "state": "text",
    "start": "date",
    "due": "date",
    "released_at": "text",
    "closed_at": "text",
    "url": "text",
}
_MERGE_REQUEST = {
    "key": "text",
    "url": "text",
    "title": "text",
    "branch": "text",
    "state": "text",
    "draft": "flag",
    "author": "text",
    "reviewers": "text",
    "items": "text",
    "created_at": "text",
    "reviewed_at": "text",
    "merged_at": "text",
    "closed_at": "text",
    "commit": "text",
    "failing_since": "text",
    "approved_at": "text",
    "unresolved": "text",
}
_SOURCE = {"source": "text"}
_STAY = {"since": "instant", "until": "instant"}
_CHANGE = {
    "item": "text",
    "history": "text",
    "position": "integer",
    "at": "instant",
    "author": "text",
    "field": "text",
    "before": "text",
    "after": "text",
    "before_name": "text",
    "after_name": "text",
}

#: Every table of the star. Facts name dimensions by (source, id).
VIEWS = (
    _plain("dim_source", schema.sources, {"name": "text", "kind": "text", "url": "text"}),
    _bodies(
        "dim_item",
        schema.items,
        _ITEM,
        _SOURCE | {"id": "text", "key": "text", "project": "text", "updated_at": "instant", "seen_at": "instant"},
    ),
    _bodies(
        "dim_milestone",
        schema.milestones,
        _MILESTONE,
        _SOURCE | {"id": "text", "project": "text", "missing_since": "instant"},
    ),
    _plain("dim_person", schema.people, _SOURCE | {"id": "text", "name": "text", "username": "text", "bot": "flag"}),
    _plain("dim_status", schema.statuses, _SOURCE | {"id": "text", "name": "text", "category": "text"}),
    _plain("fact_change", schema.changes, _SOURCE | _CHANGE),
    _plain(
        "fact_interval",
        schema.intervals,
        _SOURCE | {"item": "text", "field": "text", "position": "integer", "value": "text"} | _STAY,
    ),
    _plain("fact_membership", schema.memberships, _SOURCE | {"item": "text", "milestone": "text"} | _STAY),
    _plain(
        "fact_milestone_date",
        schema.milestone_observations,
        _SOURCE | {"milestone": "text", "seen_at": "instant", "title": "text", "start": "date", "due": "date"},
    ),
    _plain(
        "fact_link",
        schema.links,
        _SOURCE | {"id": "text", "item": "text", "target": "text", "kind": "text", "type": "text"},
    ),
    _bodies(
        "fact_deployment",
        schema.deployments,
        {"environment": "text", "production": "flag", "status": "text", "ref": "text", "commit": "text", "url": "text"},
        _SOURCE | {"id": "text", "project": "text", "at": "instant"},
    ),
    _bodies(
        "fact_merge_request",
        schema.merge_requests,
        _MERGE_REQUEST,
        _SOURCE | {"id": "text", "project": "text", "updated_at": "instant"},
    ),
    _plain(
        "fact_worklog",
        schema.worklogs,
        _SOURCE | {"id": "text", "item": "text", "author": "text", "started_at": "instant", "seconds": "integer"},
    ),
)
