"""`pmbridge connectors`: what is installed."""

from __future__ import annotations

import json

import click

from pmbridge.cli.options import format_option


@click.command(epilog="Example: pmbridge connectors --format json")
@format_option("text", "json")
def connectors(format_: str) -> None:
    """List the installed connectors and where each comes from.

    A connector is any installed package with an entry point in the group pmbridge.connectors.
    """
    from pmbridge.connector import names

    rows = [
        {"name": name, "package": point.dist.name if point.dist else None, "class": point.value}
        for name, point in names().items()
    ]
    if format_ == "json":
        click.echo(json.dumps(rows, indent=2))
        return
    for row in rows:
        click.echo(f"{row['name']:<12} {row['class']:<40} {row['package'] or ''}")
