"""What goes through a whole store, or one project of it: by name, or as a program that tells its peak of memory."""

from __future__ import annotations

import sys
import tempfile
from collections import deque
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from pmbridge.connector import Page
from pmbridge.model import Change, FieldName, Item, StatusCategory
from pmbridge.store import Store, open_store, read_history
from pmbridge.store.anonymous import copy_anonymous
from pmbridge.store.check import check
from pmbridge.store.counts import count
from pmbridge.store.ingest import write_page, write_source
from pmbridge.store.payloads import batches
from pmbridge.store.pseudonyms import Pseudonyms
from pmbridge.store.star import VIEWS
from pmbridge.store.temporal import rebuild
from pmbridge.store.transfer import copy_store

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
#: Items in every project, and on every page of it.
SIZE, PAGE = 500, 100


def fill(store: Store, projects: int) -> None:
    """Store an organisation of some projects."""
    with store.write() as conn:
        write_source(conn, "jira", "jira", "https://tracker.example")
    for project in range(projects):
        for page in pages(project):
            with store.write("jira") as conn:
                write_page(conn, "jira", page, seen_at=NOON)


def pages(project: int, title: str = "Story") -> Iterator[Page]:
    """Yield the pages of a project."""
    for start in range(0, SIZE, PAGE):
        items = tuple(_item(project, n, title) for n in range(start, start + PAGE))
        changes = tuple(change for item in items for change in _changes(item))
        raw = {item.id: {"id": item.id, "text": item.description} for item in items}
        yield Page(items=items, changes=changes, raw=raw)


def _item(project: int, number: int, title: str) -> Item:
    return Item(
        source="jira",
        id=f"{project}-{number}",
        key=f"P{project}-{number}",
        project=f"P{project}",
        url=f"https://tracker.example/P{project}-{number}",
        title=f"{title} {number}",
        description=f"Text {project} {number} " * 40,
        type="Story",
        status="3",
        status_name="Doing",
        category=StatusCategory.ACTIVE,
        created_at=NOON,
        updated_at=NOON,
    )


def _changes(item: Item) -> Iterator[Change]:
    for place, field in enumerate(list(FieldName)[:3]):
        yield Change(
            source="jira", item=item.id, history=f"{item.id}.{place}", position=0, at=NOON, field=field, after="3"
        )


def checked(store: Store, _other: Store) -> None:
    with store.read() as conn:
        assert check(conn).findings == ()


def moved(store: Store, other: Store) -> None:
    assert copy_store(store, other)


def anonymized(store: Store, other: Store) -> None:
    assert copy_anonymous(store, other, Pseudonyms())["items"]


def exported(store: Store, _other: Store) -> None:
    with store.read() as conn:
        for view in VIEWS:
            deque(view.rows(conn), maxlen=0)


def normalized(store: Store, _other: Store) -> None:
    with store.write() as conn:
        deque(batches(conn, "jira"), maxlen=0)
        rebuild(conn, "jira")


def read(store: Store, _other: Store) -> None:
    with store.read() as conn:
        assert len(read_history(conn, {"jira": ["P1"]}).items) == SIZE


def ingested(store: Store, _other: Store) -> None:
    for page in pages(1, "Tale"):
        with store.write("jira") as conn:
            write_page(conn, "jira", page, seen_at=NOON)
    with store.read() as conn:
        assert count(conn, "jira", "P1").items == SIZE


Work = Callable[[Store, Store], None]
WORKS: dict[str, Work] = {
    one.__name__: one for one in (checked, moved, anonymized, exported, normalized, read, ingested)
}


def main() -> None:
    """Do one work and print the most memory that the process ever held, in bytes."""
    name, url = sys.argv[1:]
    with (
        tempfile.TemporaryDirectory() as folder,
        open_store(f"sqlite:///{folder}/other.db") as other,
        open_store(url) as store,
    ):
        WORKS[name](store, other)
    told = Path("/proc/self/status").read_text(encoding="ascii")
    print(next(1024 * int(line.split()[1]) for line in told.splitlines() if line.startswith("VmHWM")))


if __name__ == "__main__":
    main()
