"""`pmbridge run`: one whole pass, for cron and CI."""

from __future__ import annotations

import click

from pmbridge.cli.exits import Exit


@click.command(epilog="Example, every 15 minutes in a crontab: */15 * * * * pmbridge --config /etc/pmbridge.yaml run")
@click.pass_context
def run(context: click.Context) -> int:
    """Sync every source, assess every product, and write what changed. Asks nothing.

    Exit code: 0 well, 4 a source or a write is incomplete, 1 nothing could be done.
    """
    from pmbridge.cli import apply, sync
    from pmbridge.cli.opening import new_run_id, opened, utc_now
    from pmbridge.cli.screen import data, reading_progress
    from pmbridge.jobs.run import run_pass
    from pmbridge.reports.text import show
    from pmbridge.writeback.tell import plan_page, rows_page

    with opened(context) as installation, reading_progress() as progress:
        done = run_pass(installation, run_id=new_run_id(), now=utc_now, report=progress)
    sync.show(done.certificates)
    show(plan_page(done.plan), data())
    if done.rows:
        show(rows_page(done.rows), data())
    codes = {sync.exit_of(done.certificates), apply.exit_of(done.rows)} - {Exit.WELL}
    return max(codes, default=Exit.WELL)
