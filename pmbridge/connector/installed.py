"""The connectors that are installed, found through their entry points."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib.metadata import EntryPoint, entry_points

from pmbridge.connector.contract import Connector

ENTRY_POINT_GROUP = "pmbridge.connectors"


def names(group: Callable[[], Iterable[EntryPoint]] | None = None) -> dict[str, EntryPoint]:
    """List the installed connectors by name without importing one."""
    found = group() if group else entry_points(group=ENTRY_POINT_GROUP)
    return {point.name: point for point in sorted(found, key=lambda p: p.name)}


def load(name: str) -> type[Connector]:
    """Import one connector; raises `KeyError` for an unknown name and `ImportError` if its client is missing."""
    loaded: type[Connector] = names()[name].load()
    return loaded
