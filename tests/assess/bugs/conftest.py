"""Tells launches, bugs, deployments, merge requests and comments, and assesses them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from runpy import run_path
from typing import Any

import pytest

from pmbridge.assess import assess
from pmbridge.assessment import Bugs
from pmbridge.config.product import ProductSettings
from pmbridge.model import Comment, Deployment, DeploymentStatus, History, MergeRequest, MergeRequestState, Person

L = datetime(2026, 9, 1, 8, tzinfo=UTC)
STORY = run_path(str(Path(__file__).parents[2] / "story.py"))["Story"]


def at(days: float) -> datetime:
    """Return the instant so many days after the launch."""
    return L + timedelta(days=days)


class Tale(STORY):  # type: ignore[misc,valid-type]
    """A story of one release and what came after it."""

    def __init__(self, released: datetime | None = L) -> None:
        super().__init__()
        self.deployments: list[Deployment] = []
        self.merged: list[MergeRequest] = []
        self.comments: list[Comment] = []
        self._numbers = count(1)
        self.milestone("version:2", "2.0", start=date(2026, 7, 1), due=date(2026, 9, 1), released=released)

    def bug(self, key: str, created: float, fixed: float | None = None, **fields: Any) -> None:
        fields = {"type": "Bug", "affects": ("version:2",), "severity": "major", **fields}
        self.item(key, at(created), **fields)
        if fixed is not None:
            self.status(key, at(fixed), "done", source=fields.get("source", "jira"))

    def ticket(self, key: str, created: float, to: str | None = None, **fields: Any) -> None:
        self.item(key, at(created), **{"project": "HELP", "type": "Task", **fields})
        if to is not None:
            self.link(key, to, "relates", phrase="relates to")

    def deploy(self, day: float, ref: str | None = None, commit: str | None = None, **more: Any) -> None:
        fields = {"environment": "production", "production": True, "project": "acme/web", "status": "success", **more}
        fields["status"] = DeploymentStatus(fields["status"])
        self.deployments.append(
            Deployment(source="gitlab", id=f"d{next(self._numbers)}", at=at(day), ref=ref, commit=commit, **fields)
        )

    def merge(self, key: str, day: float, **more: Any) -> None:
        number = f"m{next(self._numbers)}"
        fields = {"project": "acme/web", "title": f"{key} mend it", "branch": "mend", **more}
        self.merged.append(
            MergeRequest(
                source="gitlab",
                id=number,
                key=f"!{number}",
                url="https://gitlab.example/x",
                state=MergeRequestState.MERGED,
                created_at=at(day - 0.5),
                updated_at=at(day),
                merged_at=at(day),
                **fields,
            )
        )

    def say(self, key: str, day: float, author: str | None = "u2", source: str = "jira", **more: Any) -> None:
        id_ = f"c{next(self._numbers)}"
        self.comments.append(
            Comment(source=source, id=id_, item=key, author=author, at=at(day), text="", url="https://x", **more)
        )

    def history(self) -> History:
        told: History = super().history()
        people = (Person(source="jira", id="robot", name="Robot", bot=True),)
        return replace(
            told,
            people=(*told.people, *people),
            deployments=tuple(self.deployments),
            merge_requests=tuple(self.merged),
            comments=tuple(sorted(self.comments, key=lambda said: said.at)),
        )


@pytest.fixture
def tale() -> Callable[..., Tale]:
    return Tale


@pytest.fixture
def product() -> Callable[..., ProductSettings]:
    def make(**more: Any) -> ProductSettings:
        base: dict[str, Any] = {
            "title": "Web shop",
            "zone": "Europe/Berlin",
            "projects": {"jira": ["SHOP", "HELP"], "gitlab": ["acme/web"]},
            "bugs": {"handoff": {"support": {"jira": ["HELP"]}}, **more.pop("bugs", {})},
        }
        return ProductSettings.model_validate({**base, **more})

    return make


@pytest.fixture
def flow(product: Callable[..., ProductSettings]) -> Callable[..., Bugs]:
    """Assess a tale so many days after the launch; settings of the product go by name."""

    def assessed(told: Tale, as_of: float = 40.0, key: str = "2.0", **more: Any) -> Bugs:
        settings = product(**more)
        history = told.history()
        found = assess(history, settings, product="shop", as_of=at(as_of), config_digest="c0ffee", version="1.0")
        return next(one.bugs for one in found.milestones if one.key == key)

    return assessed
