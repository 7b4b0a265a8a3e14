"""The import rule of the house, held against the tree and against planted violations."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

#: What each room may import of ours, besides itself. `*` is everything but the command line.
ALLOWED: dict[str, frozenset[str]] = {
    "errors": frozenset(),
    "document": frozenset(),
    "collector": frozenset(),
    "model": frozenset(),
    "logs": frozenset({"transport"}),
    "connector": frozenset({"model", "document"}),
    "transport": frozenset({"errors"}),
    "config": frozenset({"connector", "errors", "model", "document"}),
    "assessment": frozenset({"model"}),
    "store": frozenset({"model", "errors", "collector"}),
    "history": frozenset({"model"}),
    "sync": frozenset({"model", "connector", "store", "errors", "evidence", "collector"}),
    "metrics": frozenset({"model", "history", "assessment"}),
    "evidence": frozenset({"model", "errors"}),
    "assess": frozenset({"model", "history", "metrics", "config", "assessment", "errors", "evidence", "collector"}),
    "reports": frozenset({"document", "assessment"}),
    "writeback": frozenset({"document", "connector", "store", "model", "errors"}),
    "sandbox": frozenset({"errors"}),
    "jobs": frozenset({"*"}),
    "cli": frozenset({"*", "cli"}),
    "pmbridge_jira": frozenset({"model", "document", "connector", "transport", "errors"}),
    "pmbridge_gitlab": frozenset({"model", "document", "connector", "transport", "errors"}),
    "pmbridge_folder": frozenset({"model", "document", "connector", "transport", "errors"}),
}

#: Libraries that live behind one door, and the door.
DOORS: dict[str, tuple[str, ...]] = {
    "jira": ("pmbridge_jira.client",),
    "gitlab": ("pmbridge_gitlab.client",),
    "click": ("pmbridge.cli",),
    "sqlalchemy": ("pmbridge.store",),
    "alembic": ("pmbridge.store",),
    "werkzeug": ("pmbridge.sandbox",),
    "psycopg": ("pmbridge.store",),
    "procrastinate": ("pmbridge.jobs.queue",),
    "apscheduler": ("pmbridge.jobs.schedule",),
    "prometheus_client": ("pmbridge.jobs.telemetry",),
    "pyarrow": ("pmbridge.jobs.export",),
    "altair": ("pmbridge.reports",),
    "vl_convert": ("pmbridge.reports",),
    "jinja2": ("pmbridge.reports",),
}

OURS = ("pmbridge", "pmbridge_jira", "pmbridge_gitlab", "pmbridge_folder")


def module_name(path: Path, root: Path) -> str:
    """Turn a file's path into the name it is imported by."""
    parts = path.relative_to(root).with_suffix("").parts
    parts = parts[1:] if parts[0] == "connectors" else parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def source_tree(root: Path) -> dict[str, str]:
    """Read every module of ours below the root."""
    folders = (root / "pmbridge", root / "connectors")
    files = (path for folder in folders for path in sorted(folder.rglob("*.py")))
    return {module_name(path, root): path.read_text(encoding="utf-8") for path in files}


def imports(source: str) -> Iterator[str]:
    """Yield the absolute name of everything a module imports, wherever in the file it does so."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def room(name: str) -> str:
    """Name the room a module stands in."""
    first, _, rest = name.partition(".")
    return first if first != "pmbridge" else (rest.partition(".")[0] or "pmbridge")


def violations(tree: Mapping[str, str]) -> list[str]:
    """List every import that goes in a direction the house does not have."""
    return [line for name, source in tree.items() for line in _of_module(name, source)]


def _of_module(name: str, source: str) -> Iterator[str]:
    for target in imports(source):
        top = target.partition(".")[0]
        if top == "connectors":
            yield f"{name} imports {target}: connectors/ is a shelf, not a package"
        elif top in DOORS and not name.startswith(DOORS[top]):
            yield f"{name} imports {target}: only {DOORS[top][0]} may"
        elif top in OURS:
            yield from _of_ours(name, target)


def _of_ours(name: str, target: str) -> Iterator[str]:
    here, there = room(name), room(target)
    if here in (there, "pmbridge") or target.startswith("pmbridge.__version__"):
        return
    if here not in ALLOWED:
        yield f"{name} stands in a room the import rule does not know: {here}"
    elif there not in ALLOWED[here] and ("*" not in ALLOWED[here] or there == "cli"):
        yield f"{name} imports {target}: {here} may not import {there}"


def test_every_import_goes_in_a_direction_the_house_has():
    assert violations(source_tree(ROOT)) == []


def test_every_room_that_the_rule_names_is_in_the_tree():
    rooms = {room(name) for name in source_tree(ROOT)} - {"pmbridge"}
    assert rooms == set(ALLOWED)


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("pmbridge.metrics.scope", "from pmbridge.store.reading import read"),
        ("pmbridge.metrics.scope", "def f():\n    import pmbridge.connector"),
        ("pmbridge.reports.ticket", "from pmbridge.model import Item"),
        ("pmbridge.store.schema", "from pmbridge.connector import Page"),
        ("pmbridge.jobs.run", "from pmbridge.cli import main"),
        ("pmbridge.sync.pull", "import jira"),
        ("pmbridge_jira.normalize", "from jira import JIRA"),
        ("pmbridge_jira.client", "import pmbridge_gitlab.client"),
        ("pmbridge_jira.connector", "from pmbridge.store import Store"),
        ("pmbridge.jobs.run", "import click"),
        ("pmbridge.history.timeline", "from sqlalchemy import select"),
        ("pmbridge.cli.demo", "import connectors.pmbridge_jira"),
        ("pmbridge.newroom.thing", "from pmbridge.model import Item"),
    ],
)
def test_a_planted_violation_is_found(module, source):
    assert violations({module: source})


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("pmbridge_jira.client", "from jira import JIRA\nfrom pmbridge.transport import mount"),
        ("pmbridge.cli.sync", "import click\nfrom pmbridge.sync.run import sync_source"),
        ("pmbridge.metrics.scope", "from pmbridge.history.timeline import state_at\nimport numpy"),
        ("pmbridge.sync.run", "from pmbridge import __version__"),
    ],
)
def test_an_allowed_import_passes(module, source):
    assert violations({module: source}) == []
