"""The first configuration file of an installation, from a person's answers."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import ValidationError

from pmbridge.connector import CheckResult, load
from pmbridge.errors import ConfigError


@dataclass(frozen=True, slots=True)
class TrackerAnswers:
    """What a person said of one tracker; the token is only named by its environment variable."""

    name: str
    connector: str
    url: str
    email: str | None
    token_variable: str
    projects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answers:
    """What a person said of the installation."""

    title: str
    zone: str
    owner: str
    trackers: tuple[TrackerAnswers, ...]


#: A name in the configuration is no longer than this.
LONGEST = 63


def slug(text: str) -> str:
    """Turn a title into a name for files and markers, which are short."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:LONGEST].rstrip("-") or "product"


def render(answers: Answers) -> str:
    """Write the YAML file: every answer quoted as a JSON string, which YAML reads literally."""
    sources = "".join(_source(tracker) for tracker in answers.trackers)
    projects = ", ".join(f"{tracker.name}: {json.dumps(tracker.projects)}" for tracker in answers.trackers)
    return f"""\
# Written by `pmbridge init`. config.example.yaml explains every key there is.
owner: {json.dumps(answers.owner)}
store: sqlite:///pmbridge.db
sources:
{sources}products:
  {slug(answers.title)}:
    title: {json.dumps(answers.title, ensure_ascii=False)}
    zone: {json.dumps(answers.zone)}
    projects: {{{projects}}}
    publish:                         # nothing is written unless it is listed here
      - {{slot: milestone-health, surface: comment}}
      - {{slot: milestone-health, surface: description}}
"""


def _source(tracker: TrackerAnswers) -> str:
    email = f"email: {json.dumps(tracker.email)}, " if tracker.email else ""
    return f"""\
  {tracker.name}:
    connector: {tracker.connector}
    url: {json.dumps(tracker.url)}
    auth: {{{email}token: "${{{tracker.token_variable}}}"}}
    projects: {json.dumps(tracker.projects)}
"""


def examine(tracker: TrackerAnswers) -> Iterator[CheckResult]:
    """Ask the tracker what it thinks of these answers; the token is taken from the environment."""
    connector_class = load(tracker.connector)
    auth = {"token": os.environ[tracker.token_variable]} | ({"email": tracker.email} if tracker.email else {})
    try:
        settings = connector_class.Settings.model_validate(
            {"url": tracker.url, "auth": auth, "projects": tracker.projects}
        )
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ConfigError(f"{where}: {first['msg']}") from None
    connector = connector_class(tracker.name, settings, owner="pmbridge-init")
    try:
        yield from connector.diagnose(connector.projects())
    finally:
        connector.close()
