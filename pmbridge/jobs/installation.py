"""An open installation: its settings, its store and its connectors."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from pmbridge.config import ProductSettings, Settings
from pmbridge.config.nearest import suggestion
from pmbridge.connector import Connector, load
from pmbridge.errors import UsageError
from pmbridge.jobs.sharing import Share, sharing
from pmbridge.store import Store, open_store
from pmbridge.transport import Redactor


@dataclass(frozen=True, slots=True)
class Installation:
    """What every job works with."""

    settings: Settings
    store: Store
    connectors: Mapping[str, Connector]

    def products(self, name: str | None = None) -> dict[str, ProductSettings]:
        """Return the configured products, or the one of that name; raises `UsageError` for an unknown one."""
        if name is None:
            return dict(self.settings.products)
        if name not in self.settings.products:
            raise UsageError(unknown("product", name, self.settings.products))
        return {name: self.settings.products[name]}

    def sources(self, names: Sequence[str] = ()) -> dict[str, Connector]:
        """Return the connectors of some sources, by default of all; raises `UsageError` for an unknown one."""
        for name in names:
            if name not in self.connectors:
                raise UsageError(unknown("source", name, self.connectors))
        return {name: c for name, c in self.connectors.items() if not names or name in names}

    def mask(self, text: str) -> str:
        """Hide every configured secret in a text."""
        return Redactor(self.settings.secret_values)(text)

    def source_projects(self, name: str) -> list[str]:
        """List the projects of a source that some product uses."""
        used = {p for product in self.settings.products.values() for p in product.projects.get(name, ())}
        return sorted(used)


def unknown(what: str, name: str, known: Mapping[str, object]) -> str:
    """Say that something is not configured and what is."""
    listed = ", ".join(sorted(known)) or "none"
    meant = suggestion(name, known, listed=False) or "."
    return f"There is no {what} called {name!r} in the configuration{meant} Configured: {listed}."


@contextmanager
def open_installation(
    settings: Settings, *, store_url: str | None = None, share: Callable[[Store, str], Share] | None = None
) -> Iterator[Installation]:
    """Open the store and make the connectors; nothing is sent yet.

    With ``share`` each source's connector draws on the budget of all workers.
    """
    with open_store(store_url or settings.store) as store:
        connectors = {
            name: _connector(settings, name, share(store, name) if share else None) for name in settings.sources
        }
        try:
            yield Installation(settings, store, connectors)
        finally:
            for connector in connectors.values():
                connector.close()


def _connector(settings: Settings, name: str, share: Share | None) -> Connector:
    source = settings.sources[name]
    kind = load(source.connector)
    return (sharing(kind, share) if share else kind)(name, source.options, owner=settings.owner)
