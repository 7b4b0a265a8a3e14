from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from pmbridge_gitlab.settings import GitlabSettings


def made(**changes: Any) -> GitlabSettings:
    return GitlabSettings.model_validate({"auth": {"token": "t0p"}, "projects": ["acme/a"]} | changes)


def test_gitlab_com_is_the_default_and_paths_are_tidied() -> None:
    settings = made(projects=["/acme/a/", "acme/a", "acme/b"])
    assert settings.url == "https://gitlab.com"
    assert settings.projects == ("acme/a", "acme/b")
    assert made(url="https://git.example.com/gitlab/api/v4/").url == "https://git.example.com/gitlab"


@pytest.mark.parametrize(
    ("changes", "hint"),
    [
        ({"url": "gitlab.com"}, "write it like"),
        ({"url": "https://me:pw@gitlab.com"}, "auth.token"),
        ({"projects": ["https://gitlab.com/acme/a"]}, "without the server's address"),
        ({"projects": [" / "]}, "is no path"),
        ({"projects": []}, "name what to read"),
        ({"project": ["acme/a"]}, "project"),
        ({"auth": {}}, "token"),
        ({"timeout_seconds": 0}, "greater than 0"),
    ],
)
def test_what_cannot_work_is_refused_with_a_hint(changes: dict[str, Any], hint: str) -> None:
    with pytest.raises(ValidationError, match=hint):
        made(**changes)


def test_the_token_never_shows() -> None:
    assert "t0p" not in f"{made()!r} {made()} {made().model_dump_json()}"
