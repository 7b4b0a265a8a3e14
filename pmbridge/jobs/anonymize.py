"""Making a copy of the store that may be shown to anybody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pmbridge.config import ProductSettings, Settings
from pmbridge.errors import StoreError
from pmbridge.history.merging import normal_title
from pmbridge.store import Store, open_store
from pmbridge.store.anonymous import Pseudonyms, copy_anonymous
from pmbridge.store.upkeep import vacuum


@dataclass(frozen=True, slots=True)
class Anonymous:
    """What was copied: rows by table, and each project's pseudonym, which stays with the one who made the copy."""

    rows: dict[str, int]
    projects: dict[str, str]


def anonymize(store: Store, settings: Settings, file: Path) -> Anonymous:
    """Write a new SQLite store without names, texts and keys, of the same shape.

    Kept are the words of the process: statuses, types, priorities, and labels that the configuration maps to a
    meaning, since assessments rest on them.
    """
    if file.exists():
        raise StoreError(f"{file} exists already. Name a new file.")
    names = Pseudonyms(kept=frozenset(_mapped(settings)), same=normal_title)
    try:
        with open_store(f"sqlite:///{file}") as target:
            rows = copy_anonymous(store, target, names)
            vacuum(target)
    except BaseException:
        file.unlink(missing_ok=True)
        raise
    used = {p for product in settings.products.values() for listed in product.projects.values() for p in listed}
    return Anonymous(rows, {project: str(names.of("project", project)) for project in sorted(used)})


def disguised(product: ProductSettings, projects: dict[str, str]) -> ProductSettings:
    """Return a product's settings as they fit the copy."""
    renamed = {source: tuple(projects.get(p, p) for p in names) for source, names in product.projects.items()}
    return product.model_copy(update={"projects": renamed, "publish": ()})


def _mapped(settings: Settings) -> Iterator[str]:
    """Yield the words of the configuration that give labels and types their meaning."""
    for product in settings.products.values():
        given = product.model_dump(mode="json", include={"types", "status", "acceptance", "bugs", "levels"})
        yield from _words(given)
        yield product.milestones.tracking_label


def _words(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        # A label among statuses is written with what it is before it.
        yield value.casefold().removeprefix("label:").strip()
        yield value.removeprefix("label:")
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _words(key)
            yield from _words(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _words(inner)
