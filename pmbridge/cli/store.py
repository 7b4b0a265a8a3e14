"""`pmbridge store`: the state of the store, its upkeep, and its way to another database."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pmbridge.cli.exits import Exit
from pmbridge.cli.options import format_option, yes_option

if TYPE_CHECKING:
    from pmbridge.store import Store


@click.group(epilog="Example: pmbridge store status")
def store() -> None:
    """Look after the store: its state, its schema, its space, its copies."""


def _open(context: click.Context, *, migrate: bool = True) -> Store:
    from pmbridge.cli.opening import settings_of
    from pmbridge.store import open_store

    return open_store(settings_of(context).store, migrate=migrate)


@store.command(epilog="Example: pmbridge store status --format json")
@format_option("text", "json")
@click.pass_context
def status(context: click.Context, format_: str) -> None:
    """Say where the store is, which schema it has, and how many rows of what it holds."""
    import json
    from dataclasses import asdict

    from pmbridge.store.upkeep import status as look

    with _open(context, migrate=False) as opened:
        found = look(opened)
    if format_ == "json":
        click.echo(json.dumps(asdict(found), indent=2))
        return
    click.echo(f"{found.place}\n{found.engine}, schema {found.revision}, {found.size / 2**20:,.1f} MiB")
    for name, count in found.rows.items():
        click.echo(f"{count:>12,}  {name}")


@store.command(epilog="Example: pmbridge store migrate, after an update and before the workers start")
@click.pass_context
def migrate(context: click.Context) -> None:
    """Bring the schema to the one this pmbridge works with; take a backup first."""
    from pmbridge.store.schema import REVISION

    with _open(context) as opened:
        click.echo(f"{opened.place} has schema {REVISION}.")


@store.command(epilog="Example: pmbridge store vacuum")
@click.pass_context
def vacuum(context: click.Context) -> None:
    """Give unused space back."""
    from pmbridge.store.upkeep import vacuum as clean

    with _open(context) as opened:
        before, after = clean(opened)
    click.echo(f"{before / 2**20:,.1f} MiB before, {after / 2**20:,.1f} MiB now.")


@store.command(epilog="Example: pmbridge store check")
@click.pass_context
def check(context: click.Context) -> Exit:
    """Read everything once and verify that it hangs together; prints a digest of every table.

    Exit code: 0 all holds, 3 something does not.
    """
    from pmbridge.store.check import check as verify

    with _open(context) as opened, opened.read() as conn:
        found = verify(conn)
    for digest in found.digests:
        click.echo(f"{digest.sum}  {digest.rows:>12,}  {digest.table}")
    for finding in found.findings:
        click.echo(f"{finding.table}: {finding.count} {finding.text} ({', '.join(finding.places)})", err=True)
    return Exit.FINDING if found.findings else Exit.WELL


@store.command(epilog="Example: pmbridge store backup /backups/pmbridge-2026-11-24.db")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.pass_context
def backup(context: click.Context, file: Path) -> None:
    """Write one instant of the store into a new SQLite FILE, while others go on working."""
    from pmbridge.store.upkeep import backup as copy

    with _open(context) as opened:
        copy(opened, file)
    click.echo(f"{file}: {file.stat().st_size / 2**20:,.1f} MiB. To go back to it, name it in `store`.")


@store.command(epilog="Example: pmbridge store move postgresql://pmbridge@db.example/pmbridge")
@click.argument("url")
@click.pass_context
def move(context: click.Context, url: str) -> None:
    """Copy the store into the empty database at URL, and prove that both hold the same.

    The old store stays as it is: change `store` in the configuration when the copy is proven.
    """
    from pmbridge.store import open_store
    from pmbridge.store.transfer import copy_store

    with _open(context) as source, open_store(url) as target:
        digests = copy_store(source, target)
        place = target.place
    for digest in digests:
        click.echo(f"{digest.sum}  {digest.rows:>12,}  {digest.table}")
    click.echo(f"Equal in {place}. Name it in `store` now.", err=True)


@store.command(epilog="Example: pmbridge store prune --unconfigured")
@click.option("--unconfigured", is_flag=True, help="Also delete projects that have left the configuration.")
@yes_option()
@click.pass_context
def prune(context: click.Context, unconfigured: bool, yes: bool) -> None:
    """Delete results and runs that are older than `retention` says."""
    from pmbridge.cli.opening import settings_of, utc_now
    from pmbridge.jobs.retain import forget_places, prune_store, unconfigured_places

    settings = settings_of(context)
    with _open(context) as opened:
        places = unconfigured_places(opened, settings) if unconfigured else []
        if places and not yes:
            click.confirm(f"Delete {', '.join('/'.join(p) for p in places)}?", abort=True, err=True)
        for name, count in prune_store(opened, settings, utc_now()).items():
            click.echo(f"{count:>12,}  {name}")
        if places:
            click.echo(f"{forget_places(opened, places):>12,}  items")


@store.command(epilog="Example: pmbridge store erase jira-main jane.doe@acme.example")
@click.argument("source")
@click.argument("person")
@yes_option()
@click.pass_context
def erase(context: click.Context, source: str, person: str, yes: bool) -> None:
    """Replace PERSON (id, username, address or name) of SOURCE by a pseudonym everywhere in the store.

    Erase the person in the tracker first: a sync brings back what the tracker still shows.
    """
    from pmbridge.errors import UsageError
    from pmbridge.jobs.retain import erase as carry_out

    if not yes:
        click.confirm(f"Erase {person} of {source}? This cannot be undone.", abort=True, err=True)
    with _open(context) as opened:
        erased = carry_out(opened, source, person)
    if erased is None:
        raise UsageError(f"{source} has no person {person!r}, or several of that name: give the account's id.")
    click.echo(f"{erased.pseudonym} in {erased.rows} rows. Copies made earlier still name the person.")
