"""Addresses within GitLab's REST interface, always built here and never taken from an answer."""

from __future__ import annotations

import re
from urllib.parse import quote

from pmbridge.errors import NotFound
from pmbridge.model import Ref

_NUMBER = re.compile(r"#([0-9]{1,18})\Z")


def segment(value: str | int) -> str:
    """Encode one part of a path: ``acme/shop-web`` becomes ``acme%2Fshop-web``."""
    return quote(str(value), safe="")


def segments(path: str) -> str:
    """Encode a path of several parts, each by itself."""
    return "/".join(segment(part) for part in path.split("/"))


def project(path: str) -> str:
    """Return the address of a project."""
    return f"/projects/{segment(path)}"


def group(path: str | int) -> str:
    """Return the address of a group."""
    return f"/groups/{segment(path)}"


def issues(path: str) -> str:
    """Return the address of a project's issues."""
    return f"{project(path)}/issues"


def issue(ref: Ref) -> str:
    """Return the address of an issue, which GitLab finds by its number within the project."""
    return f"{issues(ref.project)}/{number(ref)}"


def is_issue(ref: Ref) -> bool:
    """Tell whether a reference carries the number of an issue: 12 of ``acme/shop-web#12``."""
    return _NUMBER.search(ref.key) is not None


def number(ref: Ref) -> int:
    """Return the number of an issue within its project."""
    found = _NUMBER.search(ref.key)
    if found is None:
        raise NotFound(f"{ref.key!r} is no issue of GitLab: it must end like #12.", source=ref.source)
    return int(found[1])


def in_group(ref: Ref) -> bool:
    """Tell whether a milestone belongs to a group; a group's pages live under ``/groups/``."""
    return f"/groups/{ref.project}/-/milestones/" in (ref.url or "")


def milestone(ref: Ref) -> str:
    """Return the address of a milestone of a project or a group."""
    owner = group(ref.project) if in_group(ref) else project(ref.project)
    return f"{owner}/milestones/{segment(ref.id)}"
