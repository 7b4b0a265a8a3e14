"""`pmbridge schema`: the contract of the JSON output."""

from __future__ import annotations

import json

import click


@click.command(epilog="Example: pmbridge schema > assessment.schema.json")
def schema() -> None:
    """Print the JSON Schema that `pmbridge audit --format json` keeps to."""
    from pmbridge.assessment import json_schema

    click.echo(json.dumps(json_schema(), indent=2))
