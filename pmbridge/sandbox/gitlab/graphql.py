"""The part of GitLab's GraphQL interface that the sandbox has: how questions are answered, and what they cost."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any

from pmbridge.sandbox.exchange import Refusal, Route
from pmbridge.sandbox.gitlab import graphql_delivery, graphql_issue
from pmbridge.sandbox.gitlab.graphql_shape import Answered, Context, Types
from pmbridge.sandbox.gitlab.graphql_text import Field, GraphqlError, parse
from pmbridge.sandbox.gitlab.lookup import GitlabCall, body_object

#: What a question may cost an account that is known.
MOST_COMPLEX = 250
_LONGEST, _MOST_NODES = 10_000, 100


def answer(call: GitlabCall) -> Any:
    """Answer one question; what is wrong with it comes as ``errors`` with a good status, as in GitLab."""
    if call.site.widgets is None:
        raise Refusal(404, {"error": "404 Not Found"})
    asked = body_object(call)
    try:
        text = str(asked.get("query") or "")
        if len(text) > _LONGEST:
            raise GraphqlError(f"Query too large, at most {_LONGEST} characters are allowed")
        fields = parse(text, asked.get("variables") or {})
        cost = complexity(fields, "Query", call.site.widgets)
        if cost > MOST_COMPLEX:
            raise GraphqlError(f"Query has complexity of {cost}, which exceeds max complexity of {MOST_COMPLEX}")
        return {"data": _object(Context(call), None, "Query", fields)}
    except GraphqlError as error:
        return {"errors": [{"message": str(error)}]}


def complexity(fields: Sequence[Field], kind: str, widgets: frozenset[str]) -> int:
    """Add up what fields cost: one each, and a list its content once more for each hundred of its entries."""
    total = 0
    for field in fields:
        if field.type is not None:
            if field.type not in widgets:
                raise GraphqlError(f"No such type {field.type}, so it can't be a fragment condition")
            total += complexity(field.selection, field.type, widgets)
            continue
        shape = _shape(kind, field.name)
        inside = complexity(field.selection, shape.type or "", widgets) if field.selection else 0
        total += 1 + inside
        if shape.connection:
            first = field.arguments.get("last", field.arguments.get("first"))
            if not isinstance(first, int) or not 0 < first <= _MOST_NODES:
                raise GraphqlError(f"'first' of {field.name} must be given, from 1 to {_MOST_NODES}")
            total += int(inside * first * 0.01)
    return total


def _shape(kind: str, name: str) -> Answered:
    if name == "count":
        return Answered(lambda context, thing, arguments: thing)
    if name in ("nodes", "pageInfo"):
        return Answered(lambda context, thing, arguments: thing, kind if name == "nodes" else "PageInfo")
    try:
        return _TYPES[kind][name]
    except KeyError:
        raise GraphqlError(f"Field '{name}' doesn't exist on type '{kind}'") from None


def _object(context: Context, thing: Any, kind: str, fields: Sequence[Field]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for field in fields:
        if field.type is not None:
            found |= _object(context, thing, kind, field.selection) if field.type == kind else {}
            continue
        shape = _shape(kind, field.name)
        value = shape.resolve(context, thing, field.arguments)
        found[field.key] = _value(context, value, shape, field)
    return found


def _value(context: Context, value: Any, shape: Answered, field: Field) -> Any:
    if value is None or shape.type is None:
        return value
    if shape.connection:
        return _connection(context, list(value), shape.type, field)
    if shape.many:
        return [_object(context, entry, kind, field.selection) for kind, entry in value]
    return _object(context, value, shape.type, field.selection)


def _connection(context: Context, rows: list[Any], kind: str, field: Field) -> dict[str, Any]:
    start, end = _cut(rows, field.arguments)
    found: dict[str, Any] = {}
    for part in field.selection:
        if part.name == "pageInfo":
            found[part.key] = {"hasNextPage": end < len(rows), "endCursor": _seal(min(end, len(rows)))}
        elif part.name == "count":
            found[part.key] = len(rows)
        else:
            found[part.key] = [_object(context, row, kind, part.selection) for row in rows[start:end]]
    return found


def _cut(rows: list[Any], arguments: Mapping[str, Any]) -> tuple[int, int]:
    """Return where the rows asked for begin and end: the ``first`` after a cursor, or the ``last`` of all."""
    if "last" in arguments:
        return max(0, len(rows) - int(arguments["last"])), len(rows)
    start = _unseal(arguments.get("after"))
    return start, start + int(arguments["first"])


def _seal(place: int) -> str:
    return base64.urlsafe_b64encode(str(place).encode()).decode()


def _unseal(cursor: str | None) -> int:
    try:
        return int(base64.urlsafe_b64decode(cursor.encode())) if cursor else 0
    except ValueError:
        raise GraphqlError("Invalid cursor provided") from None


def _together(*tables: Types) -> Types:
    found: Types = {}
    for table in tables:
        for kind, fields in table.items():
            found[kind] = {**found.get(kind, {}), **fields}
    return found


_TYPES = _together(graphql_issue.TYPES, graphql_delivery.TYPES)
ROUTES = (Route("POST", "/api/graphql", answer, reads=True),)
