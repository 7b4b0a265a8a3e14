"""A folder of JSON files behind the contract that every connector fulfils."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from pmbridge.connector import (
    CheckResult,
    CheckStatus,
    Finding,
    Observation,
    Page,
    Place,
    Reference,
    Step,
    Surface,
    Usage,
    Whereabouts,
    Written,
)
from pmbridge.errors import ConnectorError, Rejected
from pmbridge.model import Change, Item, Link, Milestone, MilestoneKind, Person, RefKind, StatusDefinition, Worklog
from pmbridge_folder.files import rows

PAGE = 500
_READ_ONLY = "a folder of files is read and not written to"


class FolderSettings(BaseModel):
    """Where the files are; ``projects`` are all that the items name, unless some are chosen."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: Path
    projects: tuple[str, ...] = ()


class FolderConnector:
    """Reads ``items.json``, and what stands beside it: changes, milestones, statuses, people, links, worklogs.

    Every file is a list of rows in the words of pmbridge's model; only items are needed.
    """

    Settings: ClassVar[type[BaseModel]] = FolderSettings
    kind: ClassVar[str] = "folder"
    capabilities: ClassVar[frozenset[tuple[Surface, RefKind]]] = frozenset()
    milestone_kinds: ClassVar[frozenset[MilestoneKind]] = frozenset(MilestoneKind)

    def __init__(self, name: str, settings: FolderSettings, *, owner: str) -> None:
        self.name = name
        self.url = settings.path.resolve().as_uri()
        self._folder = settings.path
        self._chosen = settings.projects

    def whoami(self) -> Person:
        """Return nobody in particular: files have no accounts."""
        return Person(source=self.name, id="reader", name="reader of files", bot=True)

    def now(self) -> datetime:
        """Return this machine's clock: files have none."""
        return datetime.now(UTC)

    def diagnose(self, projects: Sequence[str]) -> Iterator[CheckResult]:
        """Say how many items each project has, or what is wrong with the files."""
        try:
            for project in projects:
                text = f"{self.count(project)} items"
                yield CheckResult(name=f"project {project}", status=CheckStatus.OK, text=text)
        except ConnectorError as error:
            yield CheckResult(name="files", status=CheckStatus.FAILED, text=str(error))

    def projects(self) -> Sequence[str]:
        """List the projects."""
        return self._chosen or tuple(sorted({item.project for item in self._items()}))

    def fetch_reference(self, projects: Sequence[str]) -> Reference:
        """Read statuses, people and milestones."""
        return Reference(
            statuses=rows(self._folder, "statuses", StatusDefinition, self.name),
            people=rows(self._folder, "people", Person, self.name),
            milestones=rows(self._folder, "milestones", Milestone, self.name),
        )

    def fetch_pages(
        self, project: str, *, since: datetime | None, cursor: str | None, reference: Reference
    ) -> Iterator[Page]:
        """Yield pages in the order of ids; the cursor is the last id of a page."""
        wanted = [item for item in self._of(project) if since is None or item.updated_at >= since]
        left = [item for item in wanted if cursor is None or item.id > cursor]
        changes = rows(self._folder, "changes", Change, self.name)
        links = rows(self._folder, "links", Link, self.name)
        worklogs = rows(self._folder, "worklogs", Worklog, self.name)
        for start in range(0, max(1, len(left)), PAGE):
            page = left[start : start + PAGE]
            ids = {item.id for item in page}
            yield Page(
                items=tuple(page),
                changes=tuple(change for change in changes if change.item in ids),
                links=tuple(link for link in links if link.item in ids),
                worklogs=tuple(log for log in worklogs if log.item in ids),
                cursor=page[-1].id if start + PAGE < len(left) else None,
            )

    def count(self, project: str) -> int:
        """Return how many items a project has."""
        return len(self._of(project))

    def list_ids(self, project: str) -> Iterator[str]:
        """Yield the ids of a project's items."""
        yield from (item.id for item in self._of(project))

    def find(self, project: str, items: Mapping[str, str]) -> Iterator[Whereabouts]:
        """Look for items in all projects of the files."""
        known = {item.id: item for item in self._items()}
        for native in items:
            item = known.get(native)
            here = Finding.GONE if item is None else Finding.HERE if item.project == project else Finding.MOVED
            yield Whereabouts(item=native, finding=here, key=item.key if item else None)

    def observe(self, places: Sequence[Place]) -> Iterator[Observation]:
        """Say that nothing can be written."""
        yield from (Observation(place=place, denied=_READ_ONLY) for place in places)

    def write(self, step: Step) -> Written:
        """Refuse."""
        raise Rejected(f"Nothing is written at {step.place.target.key}: {_READ_ONLY}.", source=self.name)

    def usage(self) -> Usage:
        """Return nothing: files cost no requests."""
        return Usage()

    def close(self) -> None:
        """Do nothing: no file stays open."""

    def _items(self) -> tuple[Item, ...]:
        return rows(self._folder, "items", Item, self.name, needed=True)

    def _of(self, project: str) -> list[Item]:
        return sorted((item for item in self._items() if item.project == project), key=lambda item: item.id)
