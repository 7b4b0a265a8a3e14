"""`pmbridge anonymize`: a store to show around."""

from __future__ import annotations

from pathlib import Path

import click


@click.command(epilog="Example: pmbridge anonymize shared.db")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.pass_context
def anonymize(context: click.Context, file: Path) -> None:
    """Copy the store into FILE without names, texts and keys; counts, dates and assessments stay the same.

    Decisions about gates are written into files beside it. Prints the pseudonyms of what the configuration names: keep
    them to yourself, and use them in the configuration of the copy.
    """
    from pmbridge.cli.opening import settings_of
    from pmbridge.jobs.anonymize import anonymize as copy
    from pmbridge.store import open_store

    settings = settings_of(context)
    with open_store(settings.store) as store:
        made = copy(store, settings, file)
    for word, pseudonym in made.told.items():
        click.echo(f"{word} -> {pseudonym}")
    for path in made.decisions:
        click.echo(f"Decisions: {path}", err=True)
