"""`pmbridge run`: one whole pass, for cron and CI."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pmbridge.cli.exits import Exit

if TYPE_CHECKING:
    from pmbridge.jobs.installation import Installation
    from pmbridge.jobs.run import Pass


@click.command(epilog="Example, every 15 minutes in a crontab: */15 * * * * pmbridge --config /etc/pmbridge.yaml run")
@click.option("--again", is_flag=True, help="Assess every product, also those of which nothing has changed.")
@click.option(
    "--metrics-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Also write figures for Prometheus into this file, for the node exporter's textfile collector.",
)
@click.pass_context
def run(context: click.Context, again: bool, metrics_file: Path | None) -> int:
    """Sync every source, assess every product, and write what changed. Asks nothing.

    A product of which nothing has changed since its last assessment keeps that one until the day is over.

    Exit code: 0 well, 4 a source or a write is incomplete, 1 nothing could be done.
    """
    from pmbridge.cli.opening import opened, utc_now
    from pmbridge.cli.screen import reading_progress
    from pmbridge.jobs.recording import recorded
    from pmbridge.jobs.run import run_pass

    keep_figures = _figures(metrics_file)
    with opened(context) as installation:
        with reading_progress() as progress, recorded(installation.store, "run", "all sources") as recording:
            done = run_pass(installation, run_id=recording.id, now=utc_now, again=again, report=progress)
            recording.facts.update(done.figures)
        _show(installation, done)
        keep_figures(installation)
    return _exit(done)


def _figures(file: Path | None) -> Callable[[Installation], None]:
    """Give what writes the figures; the library it needs is asked for before anything is done."""
    if file is None:
        return lambda installation: None
    from pmbridge.jobs.telemetry import write_figures

    return lambda installation: write_figures(installation.store, installation.settings, file)


def _show(installation: Installation, done: Pass) -> None:
    from pmbridge.cli import apply, sync
    from pmbridge.cli.screen import data
    from pmbridge.reports.text import show
    from pmbridge.writeback.tell import plan_page, rows_page

    sync.show(done.certificates)
    if done.unchanged:
        counted = f"{done.unchanged} of {len(done.tellings)}"
        click.echo(f"Products of which nothing has changed, so that the last assessment stands: {counted}.", err=True)
    show(plan_page(done.plan), data())
    apply.tell_silence(installation, done.tellings)
    if done.rows:
        show(rows_page(done.rows), data())


def _exit(done: Pass) -> Exit:
    from pmbridge.cli import apply, sync

    codes = {sync.exit_of(done.certificates), apply.exit_of(done.rows), apply.hindered(done.plan)} - {Exit.WELL}
    if not codes:
        return Exit.WELL
    nothing = sync.exit_of(done.certificates) is Exit.ERROR and not any(row.outcome == "done" for row in done.rows)
    return Exit.ERROR if nothing else Exit.PARTLY
