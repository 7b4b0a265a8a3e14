"""`pmbridge log`: the audit trail of writes."""

from __future__ import annotations

import click

from pmbridge.cli.options import format_option


@click.command(epilog="Example: pmbridge log --target SHOP-12")
@click.option("--target", metavar="KEY", help="Only writes to this ticket or milestone.")
@click.option("--run", "run_id", metavar="ID", help="Only writes of this run.")
@click.option("--source", metavar="NAME", help="Only writes to this source.")
@format_option("text", "json")
@click.pass_context
def log(context: click.Context, target: str | None, run_id: str | None, source: str | None, format_: str) -> None:
    """Show what was written into the trackers: when, where, what became of it. JSON is one object a line.

    For one target also what stood there before, where it was kept: blocks and lines that were replaced, and words of
    people that were taken over.
    """
    from pmbridge.cli.opening import settings_of
    from pmbridge.cli.screen import data
    from pmbridge.errors import UsageError
    from pmbridge.jobs.installation import unknown
    from pmbridge.reports.text import show
    from pmbridge.store import open_store
    from pmbridge.store.ledger import iter_receipts
    from pmbridge.writeback.tell import log_page

    settings = settings_of(context)
    if source is not None and source not in settings.sources:
        raise UsageError(unknown("source", source, settings.sources))
    with open_store(settings.store) as store, store.read() as conn:
        receipts = list(iter_receipts(conn, source=source, run_id=run_id, target=target))
    if format_ == "json":
        for receipt in receipts:
            click.echo(receipt.model_dump_json())
    else:
        show(log_page(receipts, texts=target is not None), data())
