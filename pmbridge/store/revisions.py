"""How often what is stored of a project has changed, so that nobody has to read it to know that it has not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, select, text

from pmbridge.store.schema import revisions, sources

#: Stands for what all projects of a source share: its people and statuses, and what its last run proved.
SHARED = ""

_TOUCH = text(
    "INSERT INTO revisions (source, project, revision) VALUES (:source, :project, 1) "
    "ON CONFLICT (source, project) DO UPDATE SET revision = revisions.revision + 1"
)


def touch(conn: Connection, source: str, projects: Iterable[str]) -> None:
    """Note that something of some projects has changed, in the transaction that changes it and after the change.

    They are taken in their order, what is shared last, so that two writers wait for one another instead of locking
    each other out.
    """
    for project in sorted(set(projects), key=lambda project: (project == SHARED, project)):
        conn.execute(_TOUCH, {"source": source, "project": project})


def touch_everything(conn: Connection) -> None:
    """Note that any project of any source may have changed."""
    for name in conn.execute(select(sources.c.name).order_by(sources.c.name)).scalars().all():
        touch(conn, name, [SHARED])


def revision_of(conn: Connection, source: str, project: str) -> int:
    """Return the revision of one project, 0 before the first change."""
    here = (revisions.c.source == source) & (revisions.c.project == project)
    return conn.execute(select(revisions.c.revision).where(here)).scalar() or 0


def revisions_of(conn: Connection, projects: Mapping[str, Sequence[str]]) -> dict[str, dict[str, int]]:
    """Return the revisions of some projects, given by source, of the groups above them and of what they share."""
    found: dict[str, dict[str, int]] = {}
    for source, names in sorted(projects.items()):
        wanted = sorted({SHARED, *names, *(group for name in names for group in _groups(name))})
        table = revisions.c
        chosen = select(table.project, table.revision).where(table.source == source, table.project.in_(wanted))
        rows = conn.execute(chosen.order_by(table.project))
        found[source] = {project: revision for project, revision in rows}  # noqa: C416 - rows are no pairs to a type checker
    return found


def _groups(project: str) -> Iterable[str]:
    parts = project.split("/")
    return ("/".join(parts[:depth]) for depth in range(1, len(parts)))
