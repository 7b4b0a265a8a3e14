"""`pmbridge sync`: read the trackers and prove it."""

from __future__ import annotations

import json
from pathlib import Path
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
@click.option(
    "--accept-losses",
    is_flag=True,
    help="Believe that items are gone, however many at once; without it a mass loss is refused and reported.",
)
@click.option(
    "--record",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Keep every answer of the trackers in a folder, without tokens, for a report that others can reproduce.",
)
@format_option("text", "json")
@click.pass_context
def sync(
    context: click.Context,
    sources: tuple[str, ...],
    full: bool,
    accept_losses: bool,
    record: Path | None,
    format_: str,
) -> int:
    """Read what changed in the trackers since the last sync, and print a certificate for each source.

    Exit code: 0 everything is proven, 4 something is missing and named, 1 a source could not be read.
    """
    from pmbridge.cli.opening import opened
    from pmbridge.cli.screen import reading_progress
    from pmbridge.jobs.sync import sync_all
    from pmbridge.store.holder import this_run
    from pmbridge.transport import recording

    with opened(context) as installation, recording(record), reading_progress() as progress:
        certificates = sync_all(
            installation,
            holder=this_run(),
            sources=sources,
            full=full,
            accept_losses=accept_losses,
            report=progress,
        )
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
