"""`pmbridge schedule`: passes by the clock on one machine."""

from __future__ import annotations

import click


@click.command(epilog="Example: pmbridge schedule --metrics-port 9464")
@click.option("--metrics-port", type=click.IntRange(0, 65535), help="Answer /metrics and /health on this port.")
@click.option("--metrics-host", default="127.0.0.1", show_default=True, help="Address the port listens on.")
@click.pass_context
def schedule(context: click.Context, metrics_port: int | None, metrics_host: str) -> None:
    """Run the cron lines of `schedule` until SIGTERM: sync and assess, and whole passes that write.

    One pass at a time. What came due while the machine slept is made up for once.
    """
    from pmbridge.cli.opening import settings_of
    from pmbridge.cli.serving import metrics
    from pmbridge.jobs.schedule import serve
    from pmbridge.jobs.stopping import Stopping, on_signals

    settings = settings_of(context, tokens=True)
    with on_signals(Stopping()) as stopping, metrics(settings, metrics_port, metrics_host) as beat:
        serve(settings, stopping, beat=beat)
