"""`pmbridge normalize`: map what is stored again."""

from __future__ import annotations

import click

from pmbridge.cli.options import source_option


@click.command(epilog="Example: pmbridge normalize --source jira-main, after a change of `fields` or an update")
@source_option()
@click.pass_context
def normalize(context: click.Context, sources: tuple[str, ...]) -> None:
    """Derive every item and its history anew from the trackers' stored answers, without a request.

    A source changes whole or not at all.
    """
    from pmbridge.cli.opening import opened
    from pmbridge.store.holder import this_run
    from pmbridge.sync.normalize import normalize_source

    with opened(context, tokens=False) as installation:
        for name, connector in installation.sources(sources).items():
            done = normalize_source(connector, installation.store, holder=this_run())
            kept = f", {done.kept} without a payload stay as they were" if done.kept else ""
            click.echo(f"{name}: {done.items} items derived anew{kept}.")
