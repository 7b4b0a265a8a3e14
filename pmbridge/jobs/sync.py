"""Reading all sources, one after the other, so that the trouble of one does not stop the next."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from pydantic import BaseModel

from pmbridge.config import ProductSettings
from pmbridge.jobs.answers import hear_answers
from pmbridge.jobs.hearing import hear_decisions
from pmbridge.jobs.installation import Installation
from pmbridge.store import read_history
from pmbridge.sync import Certificate, Report, sync_source
from pmbridge.sync.progress import say_nothing


def sync_all(
    installation: Installation,
    *,
    holder: str,
    sources: Sequence[str] = (),
    full: bool = False,
    accept_losses: bool = False,
    report: Report = say_nothing,
) -> list[Certificate]:
    """Read what changed in some sources, by default in all, and return each one's certificate.

    A source that fails has a certificate that says so; `StoreError` ends the whole run. Comments are read last, where
    approvers may decide in them or where answers to bugs are looked for.
    """
    chosen = installation.sources(sources)
    certificates = [
        sync_source(
            connector,
            installation.store,
            holder=holder,
            full=full,
            accept_losses=accept_losses,
            explicit_fields=_chosen_fields(installation, name),
            progress=report,
        )
        for name, connector in chosen.items()
    ]
    listen(installation, installation.settings.products.values())
    return certificates


def listen(installation: Installation, products: Collection[ProductSettings]) -> None:
    """Read the comments that some products decide by or measure answers with; what was read before stands."""
    for product in products:
        if product.bugs.comments or product.acceptance.comments:
            with installation.store.read() as conn:
                history = read_history(conn, product.projects)
            if product.bugs.comments:
                hear_answers(installation, product, history)
            if product.acceptance.comments:
                hear_decisions(installation, product, history)


def sync_project(
    installation: Installation,
    source: str,
    project: str,
    *,
    holder: str,
    full: bool = False,
    report: Report = say_nothing,
) -> Certificate:
    """Read what changed in one project, beside other runs that read other projects of its source."""
    return sync_source(
        installation.connectors[source],
        installation.store,
        holder=holder,
        project=project,
        full=full,
        explicit_fields=_chosen_fields(installation, source),
        progress=report,
    )


def _chosen_fields(installation: Installation, source: str) -> set[str]:
    """Return the meanings for which the configuration itself names a field, so that its absence is a gap."""
    fields = getattr(installation.settings.sources[source].options, "fields", None)
    if not isinstance(fields, BaseModel):
        return set()
    return {name for name in fields.model_fields_set if getattr(fields, name) != "auto"}
