"""The file in which people keep waivers, sign-offs and rulings."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

from pmbridge.errors import ConfigError
from pmbridge.model import Candidate, Decisions, Ruling, Signoff, Waiver

_MAX_BYTES = 2**20
_SECTIONS: Mapping[str, type[BaseModel]] = {
    "candidates": Candidate,
    "waivers": Waiver,
    "signoffs": Signoff,
    "rulings": Ruling,
}


def load_decisions(path: Path) -> Decisions:
    """Read ``decisions.yaml``; raises `ConfigError` with every place that cannot be understood.

    What can be understood and is still worth nothing (no expiry, an author who approves, somebody not listed) is left
    to the gate, which shows it with the reason.
    """
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise ConfigError(f"{path} is larger than 1 MiB: is it the file of decisions?")
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(
            f"{path} cannot be read: {error.strerror}. Mend acceptance.waivers or write the file."
        ) from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path} is not UTF-8: save it as UTF-8.") from None
    return parse_decisions(text, str(path))


def parse_decisions(text: str, name: str) -> Decisions:
    """Read the text of such a file; see `load_decisions`."""
    try:
        data = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 1}" if mark else ""
        raise ConfigError(f"{name} is no YAML{where}: {getattr(error, 'problem', None) or 'mend it'}.") from None
    if data is None:
        return Decisions()
    if not isinstance(data, dict):
        raise ConfigError(f"{name} must hold sections: {', '.join(_SECTIONS)}.")
    problems: list[str] = []
    found = {key: _section(key, data[key], problems) for key in data if key in _SECTIONS}
    problems += [f"{key} is no section; there are {', '.join(_SECTIONS)}" for key in data if key not in _SECTIONS]
    if problems:
        raise ConfigError(f"{name} cannot be used:\n" + "\n".join(f"  {problem}" for problem in problems))
    return Decisions.model_validate({key: tuple(rows) for key, rows in found.items()})


def written(decisions: Decisions) -> str:
    """Return the text of such a file."""
    body = decisions.model_dump(mode="json", include=set(_SECTIONS), exclude_none=True)
    kept = {part: [{k: v for k, v in row.items() if k != "where"} for row in rows] for part, rows in body.items()}
    text: str = yaml.safe_dump(kept, sort_keys=False, allow_unicode=True)
    return text


def _section(key: str, rows: Any, problems: list[str]) -> list[Any]:
    if rows is None:
        return []
    if not isinstance(rows, list):
        problems.append(f"{key} must be a list: begin each entry with a dash")
        return []
    made = (_entry(key, place, row, problems) for place, row in enumerate(rows, 1))
    return [one for one in made if one is not None]


def _entry(key: str, place: int, row: Any, problems: list[str]) -> BaseModel | None:
    if not isinstance(row, dict):
        problems.append(f"{key}, entry {place}: must be keys and values")
        return None
    try:
        return _SECTIONS[key].model_validate(row)
    except ValidationError as error:
        for detail in error.errors(include_url=False, include_input=False):
            at = ".".join(str(step) for step in detail["loc"])
            problems.append(f"{key}, entry {place}, {at}: {_words(detail)}")
        return None


def _words(detail: Mapping[str, Any]) -> str:
    match detail["type"]:
        case "extra_forbidden":
            return "is not known here"
        case "missing":
            return "is missing: add it"
        case "timezone_aware":
            return "needs a time zone: write 2026-11-20T09:00+01:00"
        case _:
            return str(detail["msg"])
