"""`pmbridge export`: the store for other tools."""

from __future__ import annotations

from pathlib import Path

import click

from pmbridge.cli.options import format_option


@click.command(epilog="Example: pmbridge export out/ --format parquet")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@format_option("csv", "parquet")
@click.pass_context
def export(context: click.Context, folder: Path, format_: str) -> None:
    """Write the store into FOLDER as a star schema, one file a table, all as of one instant."""
    from pmbridge.cli.opening import settings_of
    from pmbridge.jobs.export import Form
    from pmbridge.jobs.export import export as write
    from pmbridge.store import open_store

    with open_store(settings_of(context).store) as store:
        for name, rows in write(store, folder, Form(format_)).items():
            click.echo(f"{rows:>12,}  {name}.{format_}")
