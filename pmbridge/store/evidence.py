"""Tests and their executions in the store."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from operator import attrgetter

from sqlalchemy import Connection, select

from pmbridge.model import Execution, TestCase
from pmbridge.model.instants import to_micros
from pmbridge.store import schema
from pmbridge.store.differing import write_differing
from pmbridge.store.revisions import touch


def write_evidence(conn: Connection, tests: Iterable[TestCase], executions: Iterable[Execution]) -> None:
    """Store tests and executions; doing it twice is the same as doing it once."""
    changed = store_evidence(conn, tests, executions)
    for source in sorted({source for source, _ in changed}):
        touch(conn, source, [project for of, project in changed if of == source])


def store_evidence(
    conn: Connection, tests: Iterable[TestCase], executions: Iterable[Execution]
) -> set[tuple[str, str]]:
    """Store tests and executions without noting it; return the projects that change by it, with their sources."""
    bodies = ((test, test.model_dump_json(exclude_defaults=True)) for test in tests)
    given = [(test.source, test.id, test.project, body) for test, body in bodies]
    touched = {(row[0], row[2]) for row in write_differing(conn, schema.tests, given) if row[2] is not None}
    rows = [
        (run.source, run.id, run.test, to_micros(run.at), run.model_dump_json(exclude_defaults=True))
        for run in executions
    ]
    return touched | _places(conn, {(row[0], row[2]) for row in write_differing(conn, schema.executions, rows)})


def _places(conn: Connection, tests: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
    """Return the projects of some tests, given by source and id; a test of no project is read by nobody."""
    table, found = schema.tests.c, set()
    for source in sorted({source for source, _ in tests}):
        ids = [id_ for of, id_ in tests if of == source]
        own = select(table.project).where(table.source == source, table.id.in_(ids), table.project.is_not(None))
        found |= {(source, project) for project in conn.execute(own.distinct()).scalars() if project is not None}
    return found


def read_tests(conn: Connection, projects: Mapping[str, Sequence[str]]) -> tuple[TestCase, ...]:
    """Return the tests of some projects, given by source, in the order of their ids."""
    table, found = schema.tests.c, []
    for source, names in sorted(projects.items()):
        chosen = select(table.body).where(table.source == source, table.project.in_(names))
        own = [TestCase.model_validate_json(body) for (body,) in conn.execute(chosen)]
        found += sorted(own, key=attrgetter("id"))
    return tuple(found)


def read_executions(conn: Connection, projects: Mapping[str, Sequence[str]]) -> tuple[Execution, ...]:
    """Return the executions of the tests of some projects, in the order in which they ended."""
    rows, tests, found = schema.executions.c, schema.tests.c, []
    for source, names in sorted(projects.items()):
        own = select(tests.id).where(tests.source == source, tests.project.in_(names))
        chosen = select(rows.body).where(rows.source == source, rows.test.in_(own)).order_by(rows.at, rows.id)
        found += [Execution.model_validate_json(body) for (body,) in conn.execute(chosen)]
    return tuple(found)
