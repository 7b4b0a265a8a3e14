"""The folder of files keeps the contract."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

import pmbridge_folder.connector
from pmbridge.errors import BadAnswer, NotFound
from pmbridge_folder import FolderConnector
from pmbridge_folder.connector import FolderSettings
from tests.contract.connector_contract import START, ConnectorContract


class FolderStage:
    kind, project, secret, several_pages = "folder", "SHOP", None, 7

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.items: dict[str, dict[str, Any]] = {}
        self.changes: list[dict[str, Any]] = []
        self.others: tuple[str, ...] = ()
        self._save()
        statuses = [{"id": "1", "name": "Open", "category": "todo"}, {"id": "2", "name": "Done", "category": "done"}]
        (folder / "statuses.json").write_text(json.dumps(statuses))

    def _save(self) -> None:
        (self.folder / "items.json").write_text(json.dumps(list(self.items.values())))
        (self.folder / "changes.json").write_text(json.dumps(self.changes))

    def connector(self) -> FolderConnector:
        settings = FolderSettings(path=self.folder, projects=(self.project, *self.others))
        return FolderConnector("source-x", settings, owner="acme")

    def create(self, title: str, at: datetime) -> str:
        number = f"{len(self.items) + 1:06}"
        when = at.isoformat()
        status = {"status": "1", "status_name": "Open", "category": "todo"}
        where = {"project": self.project, "key": f"SHOP-{number}", "url": f"file:///{number}"}
        self.items[number] = {
            "id": number,
            **where,
            **status,
            "title": title,
            "type": "Story",
            "created_at": when,
            "updated_at": when,
        }
        self._save()
        return number

    def create_bare(self, at: datetime) -> str:
        return self.create("", at)

    def finish(self, item: str, at: datetime) -> None:
        when = at.isoformat()
        self.items[item] |= {"status": "2", "status_name": "Done", "category": "done", "updated_at": when}
        change = {"item": item, "history": f"h{len(self.changes)}", "position": 0, "at": when, "field": "status"}
        self.changes.append({**change, "before": "1", "after": "2"})
        self._save()

    def forget_author(self, item: str) -> None:
        self.items[item] |= {"author": None}
        self._save()

    def delete(self, item: str) -> None:
        del self.items[item]
        self._save()

    def move(self, item: str, at: datetime) -> None:
        self.items[item] |= {"project": "PAY", "key": "PAY-1", "updated_at": at.isoformat()}
        self._save()

    def key(self, item: str) -> str:
        return str(self.items[item]["key"])

    def add_projects(self, count: int) -> dict[str, str]:
        self.others = tuple(f"PART{n}" for n in range(count))
        made = {project: self.create("x", START) for project in self.others}
        for project, item in made.items():
            self.items[item] |= {"project": project}
        self._save()
        return made

    def misbehave(self, fault: str, *, everywhere: bool = False) -> None:
        damaged = {"cut": '[{"id": "1", "tit', "an object": "{}", "a row": '[{"id": "1"}]'}
        if fault == "nothing":
            self._save()
        elif fault == "missing":
            (self.folder / "items.json").unlink()
        else:
            (self.folder / "items.json").write_text(damaged[fault])


class TestFolder(ConnectorContract):
    faults = {"cut": (BadAnswer,), "an object": (BadAnswer,), "a row": (BadAnswer,), "missing": (NotFound,)}  # noqa: RUF012

    @pytest.fixture
    def stage(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FolderStage:
        monkeypatch.setattr(pmbridge_folder.connector, "PAGE", 3)
        folder = tmp_path / "export"
        folder.mkdir()
        return FolderStage(folder)


def test_a_wrong_row_is_named_with_its_file_and_field(tmp_path: Path) -> None:
    (tmp_path / "items.json").write_text('[{"id": "1", "created_at": "yesterday"}]')
    connector = FolderConnector("files", FolderSettings(path=tmp_path), owner="acme")
    with pytest.raises(BadAnswer, match=r"row 1 of .*items\.json: key: Field required"):
        connector.projects()
