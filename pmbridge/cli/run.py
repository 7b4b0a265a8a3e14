"""`pmbridge run`: one whole pass, for cron and CI."""

from __future__ import annotations

from pathlib import Path

import click

from pmbridge.cli.exits import Exit


@click.command(epilog="Example, every 15 minutes in a crontab: */15 * * * * pmbridge --config /etc/pmbridge.yaml run")
@click.option(
    "--metrics-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Also write figures for Prometheus into this file, for the node exporter's textfile collector.",
)
@click.pass_context
def run(context: click.Context, metrics_file: Path | None) -> int:
    """Sync every source, assess every product, and write what changed. Asks nothing.

    Exit code: 0 well, 4 a source or a write is incomplete, 1 nothing could be done.
    """
    from pmbridge.cli import apply, sync
    from pmbridge.cli.opening import opened, utc_now
    from pmbridge.cli.screen import data, reading_progress
    from pmbridge.jobs.recording import recorded
    from pmbridge.jobs.run import run_pass
    from pmbridge.reports.text import show
    from pmbridge.writeback.tell import plan_page, rows_page

    with opened(context) as installation, reading_progress() as progress:
        with recorded(installation.store, "run", "all sources") as recording:
            done = run_pass(installation, run_id=recording.id, now=utc_now, report=progress)
            recording.facts.update(done.figures)
        if metrics_file is not None:
            from pmbridge.jobs.telemetry import write_figures

            write_figures(installation.store, installation.settings, metrics_file)
    sync.show(done.certificates)
    show(plan_page(done.plan), data())
    if done.rows:
        show(rows_page(done.rows), data())
    codes = {sync.exit_of(done.certificates), apply.exit_of(done.rows), apply.hindered(done.plan)} - {Exit.WELL}
    if not codes:
        return Exit.WELL
    nothing = sync.exit_of(done.certificates) is Exit.ERROR and not any(row.outcome == "done" for row in done.rows)
    return Exit.ERROR if nothing else Exit.PARTLY
