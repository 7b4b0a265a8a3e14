"""`pmbridge sync`: read the trackers and prove it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from pmbridge.cli.exits import Exit
from pmbridge.cli.options import format_option, source_option

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pmbridge.sync import Certificate


@click.command(epilog="Example: pmbridge sync --source jira-main")
@source_option()
@click.option("--full", is_flag=True, help="Read everything again instead of only what changed.")
@format_option("text", "json")
@click.pass_context
def sync(context: click.Context, sources: tuple[str, ...], full: bool, format_: str) -> int:
    """Read what changed in the trackers since the last sync, and print a certificate for each source.

    Exit code: 0 everything is proven, 4 something is missing and named, 1 a source could not be read.
    """
    from pmbridge.cli.opening import new_run_id, opened
    from pmbridge.cli.screen import reading_progress
    from pmbridge.jobs.sync import sync_all

    with opened(context) as installation, reading_progress() as progress:
        certificates = sync_all(installation, holder=new_run_id(), sources=sources, full=full, report=progress)
    if format_ == "json":
        click.echo(json.dumps([c.model_dump(mode="json") for c in certificates], indent=2))
    else:
        show(certificates)
    return exit_of(certificates)


def show(certificates: Sequence[Certificate]) -> None:
    """Print certificates as a table, with every gap below it."""
    from pmbridge.cli.screen import data
    from pmbridge.jobs.tell import certificates_page
    from pmbridge.reports.text import show as show_document

    show_document(certificates_page(certificates), data())


def exit_of(certificates: Sequence[Certificate]) -> Exit:
    """Tell a schedule how a sync ended."""
    states = {certificate.status for certificate in certificates}
    if "failed" in states:
        return Exit.ERROR if states == {"failed"} else Exit.PARTLY
    return Exit.PARTLY if "partial" in states else Exit.WELL
