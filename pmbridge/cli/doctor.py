"""`pmbridge doctor`: look before trusting."""

from __future__ import annotations

import click

from pmbridge.cli.exits import Exit
from pmbridge.cli.options import format_option


@click.command(epilog="Example: pmbridge doctor")
@format_option("text", "json")
@click.pass_context
def doctor(context: click.Context, format_: str) -> int:
    """Check configuration, store, trackers, rights, clocks and fields, and say what can be reported today.

    Writes nothing. Exit code 1: something is broken; warnings alone end well.
    """
    import json

    from pmbridge.cli.opening import opened
    from pmbridge.cli.screen import data
    from pmbridge.connector import CheckStatus
    from pmbridge.jobs.doctor import examination_page, examine, worst
    from pmbridge.reports.text import show

    with opened(context) as installation:
        sections = list(examine(installation))
    if format_ == "json":
        rows = [{"subject": s.subject, **c.model_dump(mode="json")} for s in sections for c in s.checks]
        click.echo(json.dumps(rows, indent=2))
    else:
        show(examination_page(sections), data())
    return Exit.ERROR if worst(sections) is CheckStatus.FAILED else Exit.WELL
