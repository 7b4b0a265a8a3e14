"""`pmbridge runs`: what ran, when, and how it ended."""

from __future__ import annotations

import click

from pmbridge.cli.options import format_option


@click.command(epilog="Example: pmbridge runs --limit 20")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="How many, newest first.")
@click.option("--kind", metavar="NAME", help="Only one kind: run, apply, remove, sync, assess, ...")
@format_option("text", "json")
@click.pass_context
def runs(context: click.Context, limit: int, kind: str | None, format_: str) -> None:
    """List passes and jobs: duration, requests, certificates, errors. JSON is one object a line."""
    import json

    from pmbridge.cli.opening import settings_of
    from pmbridge.store import open_store
    from pmbridge.store.runs import last_runs

    with open_store(settings_of(context).store) as store, store.read() as conn:
        found = last_runs(conn, limit=limit, kind=kind)
    if not found:
        what = f"No run of the kind {kind!r} is recorded." if kind else "No pass and no job has run yet."
        click.echo(f"{what} `pmbridge run` makes one whole pass.", err=True)
    for run in found:
        if format_ == "json":
            facts = {"id": run.id, "kind": run.kind, "subject": run.subject, "outcome": run.outcome}
            begun = {"started_at": run.started_at.isoformat(), "seconds": run.seconds}
            click.echo(json.dumps(facts | begun | {"facts": dict(run.facts)}))
        else:
            taken = "under way or killed" if run.seconds is None else f"{run.seconds:.1f} s"
            told = ", ".join(f"{name} {value}" for name, value in run.facts.items())
            click.echo(
                f"{run.started_at:%Y-%m-%d %H:%M:%S}  {run.kind:<16} {run.outcome or '-':<14} {taken:>9}  "
                f"{run.subject}  {told}  [{run.id}]"
            )
