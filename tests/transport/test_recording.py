from __future__ import annotations

import json
from pathlib import Path

import pytest
import requests
import responses

from pmbridge.errors import Rejected
from pmbridge.transport import mount, recording

URL = "https://tracker.example"


def asked(secret: str = "s3cret-token") -> None:
    session = requests.Session()
    mount(session, source="jira main", base_url=URL, secrets=(secret,))
    session.headers["Authorization"] = f"Bearer {secret}"
    session.get(f"{URL}/rest/api/3/search", params={"jql": "project = SHOP", "hint": secret})
    session.close()


def kept(folder: Path) -> list[dict[str, object]]:
    return [json.loads(file.read_text()) for file in sorted(folder.rglob("*.json"))]


@responses.activate
def test_an_exchange_is_kept_without_headers_and_secrets(tmp_path: Path) -> None:
    answer = {"total": 1, "echo": "your token is s3cret-token"}
    responses.get(f"{URL}/rest/api/3/search", json=answer)
    with recording(tmp_path):
        asked()
    (exchange,) = kept(tmp_path / "jira_main")
    assert (exchange["method"], exchange["path"], exchange["status"]) == ("GET", "/rest/api/3/search", 200)
    assert exchange["query"]["jql"] == ["project = SHOP"]  # type: ignore[index]
    text = next(tmp_path.rglob("*.json")).read_text()
    assert "s3cret" not in text
    assert "Authorization" not in text
    assert "total" in text


@responses.activate
def test_refusals_and_texts_are_kept_too_in_their_order(tmp_path: Path) -> None:
    responses.get(f"{URL}/rest/api/3/search", status=400, body="no such project", content_type="text/plain")
    responses.get(f"{URL}/rest/api/3/search", json={"total": 0})
    with recording(tmp_path):
        with pytest.raises(Rejected, match="refused"):
            asked()
        asked()
    assert [(e["status"], e["answer"]) for e in kept(tmp_path)] == [(400, "no such project"), (200, {"total": 0})]


@responses.activate
def test_nothing_is_kept_where_nobody_asked(tmp_path: Path) -> None:
    responses.get(f"{URL}/rest/api/3/search", json={})
    with recording(None):
        asked()
    asked()
    assert list(tmp_path.iterdir()) == []
