"""`pmbridge jobs`: the queue of the workers."""

from __future__ import annotations

import click

from pmbridge.cli.options import format_option


@click.group(epilog="Example: pmbridge jobs list --status failed")
def jobs() -> None:
    """Look at the queue of the workers, retry dead jobs, ask for a project."""


@jobs.command("list", epilog="Example: pmbridge jobs list --status failed")
@click.option("--status", type=click.Choice(["todo", "doing", "failed", "succeeded"]), help="Only these.")
@format_option("text", "json")
@click.pass_context
def list_(context: click.Context, status: str | None, format_: str) -> None:
    """List jobs, oldest first; failed ones are dead, with the error they died of."""
    import json
    from dataclasses import asdict

    from pmbridge.cli.opening import settings_of
    from pmbridge.jobs.queue.inspect import open_queue

    with open_queue(settings_of(context).store) as queue:
        found = queue.jobs(status)
    for job in found:
        if format_ == "json":
            click.echo(json.dumps(asdict(job), default=str))
        else:
            since = f"{job.at:%Y-%m-%d %H:%M:%S}" if job.at else "-"
            click.echo(f"{job.id:>8}  {job.status:<10} {since}  {job.task} {job.subject}  {job.error or ''}")


@jobs.command(epilog="Example: pmbridge jobs retry 4711")
@click.argument("job", type=int, required=False)
@click.pass_context
def retry(context: click.Context, job: int | None) -> None:
    """Queue the dead JOB again, or all dead jobs."""
    from pmbridge.cli.opening import settings_of
    from pmbridge.jobs.queue.inspect import open_queue

    with open_queue(settings_of(context).store) as queue:
        click.echo(f"{queue.retry(job)} queued again.")


@jobs.command(epilog="Example: pmbridge jobs ask jira-main SHOP")
@click.argument("source")
@click.argument("projects", nargs=-1, required=True)
@click.pass_context
def ask(context: click.Context, source: str, projects: tuple[str, ...]) -> None:
    """Queue PROJECTS of SOURCE before everything that waits, and write what comes of it."""
    from pmbridge.cli.opening import settings_of
    from pmbridge.errors import UsageError
    from pmbridge.jobs.installation import unknown
    from pmbridge.jobs.queue.inspect import open_queue

    settings = settings_of(context)
    if source not in settings.sources:
        raise UsageError(unknown("source", source, settings.sources))
    with open_queue(settings.store) as queue:
        click.echo(f"{queue.ask([(source, project) for project in projects])} queued.")
