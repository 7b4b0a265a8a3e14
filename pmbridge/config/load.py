"""Reading of the configuration: one file in, settings or a list of findings out."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from pmbridge import connector
from pmbridge.config.check import check
from pmbridge.config.everybody import with_everybody
from pmbridge.config.find import find
from pmbridge.config.nearest import suggestion
from pmbridge.config.people import People
from pmbridge.config.problems import KeyPath, Problem, as_error
from pmbridge.config.product import ProductSettings
from pmbridge.config.references import literal_passwords, resolve
from pmbridge.config.settings import Settings, SourceSettings
from pmbridge.config.source_text import read

#: The keys beside sources and products, as they stand in the file.
_PLAIN = ("owner", "store", "schedule", "worker", "retention", "people", "bots")


def load(path: Path | None = None, environ: Mapping[str, str] | None = None, *, tokens: bool = True) -> Settings:
    """Read and validate the configuration.

    Without ``path`` it is searched for (see `find`); ``environ`` is the process's own by default. Raises
    `ConfigError` with every problem found: place, what is wrong, how to mend it. No message holds a secret. Without
    ``tokens`` those of the trackers may be wanting, for work that asks no tracker anything.
    """
    environ = os.environ if environ is None else environ
    file = find(path, environ)
    text = read(file)
    resolved = resolve(text.data, environ, file.parent, tokens=tokens)
    problems = [*text.problems, *literal_passwords(text.data), *resolved.problems]
    settings, found = _validate(resolved.data, file, resolved.secrets)
    problems += _news(found, problems)
    if problems or settings is None:
        raise as_error(file, problems, text.lines, resolved.secrets)
    return settings


def _news(found: list[Problem], known: list[Problem]) -> list[Problem]:
    """Leave out what only follows from a problem already known at the same place."""
    places = {problem.path for problem in known}
    return [problem for problem in found if problem.path not in places]


def _validate(data: Any, file: Path, secrets: list[str]) -> tuple[Settings | None, list[Problem]]:
    if not isinstance(data, dict):
        return None, [Problem((), "is empty or no mapping: begin with `sources:` and `products:`")]
    sources, problems = _sources(data.get("sources"))
    products, more = _products(data.get("products"))
    plain = {key: data[key] for key in _PLAIN if data.get(key) is not None}
    whole = {**plain, "sources": sources, "products": products, "path": file, "secrets": _secret(secrets)}
    settings, top = check(Settings, whole, ())
    crossed = [problem for name, product in products.items() for problem in _projects(name, product, sources, data)]
    if settings is not None:
        crossed += _strangers(settings, data)
        settings, doubles = with_everybody(settings)
        crossed += doubles
    return settings, [*problems, *more, *top, *_unknown(data), *crossed]


def _strangers(settings: Settings, data: Mapping[str, Any]) -> Iterator[Problem]:
    """Check that people have their accounts in trackers that are configured."""
    configured = data["sources"] if isinstance(data.get("sources"), dict) else {}
    places: list[tuple[KeyPath, People]] = [((), settings.people)]
    places += [(("products", name), product.people) for name, product in settings.products.items()]
    for at, people in places:
        for name, accounts in people.items():
            for source in (source for source in accounts if source not in configured):
                text = f"there is no source {source}{suggestion(source, configured)}"
                yield Problem((*at, "people", name, source), text)


def _unknown(data: Mapping[str, Any]) -> Iterator[Problem]:
    known = (*_PLAIN, "sources", "products")
    for key in data:
        if key not in known:
            yield Problem((key,), f"the key {key} is not known{suggestion(key, known)}")


def _secret(values: list[str]) -> tuple[SecretStr, ...]:
    return tuple(SecretStr(value) for value in dict.fromkeys(values))


def _sources(data: Any) -> tuple[dict[str, SourceSettings], list[Problem]]:
    entries, problems = _entries("sources", data, "name at least one tracker")
    sources = {}
    for name, section in entries.items():
        source, found = _source(name, section)
        problems += found
        if source is not None:
            sources[name] = source
    return sources, problems


def _source(name: str, section: Any) -> tuple[SourceSettings | None, list[Problem]]:
    at: KeyPath = ("sources", name)
    if not isinstance(section, dict):
        return None, [Problem(at, "must be a section with connector, url and auth")]
    kind = section.get("connector")
    if not isinstance(kind, str):
        return None, [Problem((*at, "connector"), f"is missing: {_installed()}")]
    try:
        model = connector.load(kind).Settings
    except KeyError:
        text = f"{kind} is no installed connector{suggestion(kind, connector.names())}"
        return None, [Problem((*at, "connector"), text)]
    except ImportError as error:
        text = f"the connector {kind} cannot be loaded ({error}): install what it needs"
        return None, [Problem((*at, "connector"), text)]
    own = {key: value for key, value in section.items() if key != "connector" and value is not None}
    options, found = check(model, own, at)
    return (SourceSettings(connector=kind, options=options) if options is not None else None), found


def _installed() -> str:
    return f"name one of {', '.join(connector.names())}"


def _products(data: Any) -> tuple[dict[str, ProductSettings], list[Problem]]:
    entries, problems = _entries("products", data, "name at least one product")
    products = {}
    for name, section in entries.items():
        product, found = check(ProductSettings, _filled(section), ("products", name))
        problems += found
        if product is not None:
            products[name] = product
    return products, problems


def _filled(data: Any) -> Any:
    """Leave out keys without a value: a section whose lines are all commented out is not there."""
    if isinstance(data, dict):
        return {key: _filled(value) for key, value in data.items() if value is not None}
    return data


def _entries(key: str, data: Any, cure: str) -> tuple[dict[str, Any], list[Problem]]:
    if isinstance(data, dict) and data:
        return data, []
    return {}, [Problem((key,), f"is missing or empty: {cure}")]


def _projects(
    name: str, product: ProductSettings, sources: Mapping[str, SourceSettings], data: Mapping[str, Any]
) -> Iterator[Problem]:
    """Check that a product's projects are read at all."""
    at: KeyPath = ("products", name, "projects")
    configured = data["sources"] if isinstance(data.get("sources"), dict) else {}
    for source, projects in product.projects.items():
        if source not in configured:
            yield Problem((*at, source), f"there is no source {source}{suggestion(source, configured)}")
        elif source in sources:
            yield from (
                Problem((*at, source, place), f"{project} is not among the projects of {source}: add it there")
                for place, project in enumerate(projects)
                if not _reads(sources[source], project)
            )


def _reads(source: SourceSettings, project: str) -> bool:
    """Tell whether a source lists a project, by its name or by a group it lies in."""
    listed = getattr(source.options, "projects", None) or ()
    groups = getattr(source.options, "groups", None) or ()
    if not listed and not groups:
        return True
    return project in listed or any(project.startswith(f"{group}/") for group in groups)
