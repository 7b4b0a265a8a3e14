"""`pmbridge worker`: this machine as one of many."""

from __future__ import annotations

import click


@click.command(epilog="Example: pmbridge worker --metrics-port 9464")
@click.option("--once", is_flag=True, help="Stop when no job is left.")
@click.option("--metrics-port", type=click.IntRange(0, 65535), help="Answer /metrics and /health on this port.")
@click.option("--metrics-host", default="127.0.0.1", show_default=True, help="Address the port listens on.")
@click.pass_context
def worker(context: click.Context, once: bool, metrics_port: int | None, metrics_host: str) -> None:
    """Do the jobs of the shared queue until SIGTERM; needs a store in PostgreSQL.

    Start as many as you like, on any machines: a project is read by one at a time, and what the clock asks for is
    queued once.
    """
    from pmbridge.cli.opening import settings_of
    from pmbridge.cli.serving import metrics
    from pmbridge.jobs.queue.worker import work_off

    settings = settings_of(context, tokens=True)
    with metrics(settings, metrics_port, metrics_host) as beat:
        work_off(settings, forever=not once, beat=beat)
