"""`pmbridge init`: from questions to a configuration."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from pmbridge.jobs.first_config import Answers, TrackerAnswers


@click.command(epilog="Example: pmbridge init --out config.yaml")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("config.yaml"),
    show_default=True,
    help="The file.",
)
@click.option("--force", is_flag=True, help="Overwrite the file if it exists.")
def init(out: Path, force: bool) -> int:
    """Ask for your trackers and write a configuration. Tokens are named, never typed in.

    Where the token's variable is already set, the tracker is asked at once whether it works, and which fields hold
    story points, sprints and epics.
    """
    from pmbridge.errors import UsageError
    from pmbridge.jobs.first_config import render

    if out.exists() and not force:
        raise UsageError(f"{out} exists. Choose another file with --out, or overwrite it with --force.")
    if not os.access(out.parent, os.W_OK):
        raise UsageError(f"{out} cannot be written. Look at {out.parent}, or choose another file with --out.")
    answers = _ask()
    out.write_text(render(answers), encoding="utf-8")
    click.echo(f"\nWrote {out}.")
    for tracker in answers.trackers:
        _try(tracker)
    click.echo("\nNext: pmbridge doctor, then pmbridge sync, then pmbridge audit.")
    return 0


def _ask() -> Answers:
    from pmbridge.errors import UsageError
    from pmbridge.jobs.first_config import Answers, slug

    title = click.prompt("What is the product called", default="My product")
    zone = click.prompt("In which time zone do its days begin", default=_local_zone(), value_proc=_zone)
    trackers = tuple(_ask_trackers())
    if not trackers:
        raise UsageError("Without a tracker there is nothing to configure. Run `pmbridge demo` to see one first.")
    owner = click.prompt("A name for this installation, shown in every marker", default=slug(title))
    return Answers(title=title, zone=zone, owner=owner, trackers=trackers)


def _ask_trackers() -> Iterator[TrackerAnswers]:
    from pmbridge.jobs.first_config import TrackerAnswers

    if click.confirm("Do you use Jira", default=True):
        yield TrackerAnswers(
            name="jira-main",
            connector="jira",
            url=click.prompt("  Address", default="https://acme.atlassian.net"),
            email=click.prompt("  E-mail of the account that reads and comments"),
            token_variable=click.prompt("  Environment variable that holds its API token", default="JIRA_TOKEN"),
            projects=_names(click.prompt("  Project keys, separated by commas", default="SHOP")),
        )
    if click.confirm("Do you use GitLab", default=True):
        yield TrackerAnswers(
            name="gitlab-main",
            connector="gitlab",
            url=click.prompt("  Address", default="https://gitlab.com"),
            email=None,
            token_variable=click.prompt("  Environment variable that holds its access token", default="GITLAB_TOKEN"),
            projects=_names(click.prompt("  Project paths, separated by commas", default="acme/shop-web")),
        )


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _zone(word: str) -> str:
    """Take a time zone by its name, so that a slip is seen while one can still mend it."""
    from zoneinfo import available_timezones

    from pmbridge.config.nearest import suggestion

    known = available_timezones()
    if word not in known:
        cities = {name.rpartition("/")[2]: name for name in sorted(known)}
        meant = cities.get(word.strip().capitalize())
        end = f": did you mean {meant}?" if meant else suggestion(word, sorted(known), listed=False)
        raise click.BadParameter(f"{word} is no time zone{end or ': write it like Europe/Berlin'}")
    return word


def _local_zone() -> str:
    link = Path("/etc/localtime")
    _, found, zone = str(link.resolve()).partition("zoneinfo/")
    return os.environ.get("TZ") or (zone if found else "UTC")


def _try(tracker: TrackerAnswers) -> None:
    """Ask the tracker at once, if its token is at hand."""
    from pmbridge.cli.screen import data
    from pmbridge.errors import PmbridgeError
    from pmbridge.jobs.doctor import Section, examination_page
    from pmbridge.jobs.first_config import examine
    from pmbridge.reports.text import show

    if not os.environ.get(tracker.token_variable):
        click.echo(f"{tracker.name}: put the token into ${tracker.token_variable} before you run pmbridge.")
        return
    try:
        show(examination_page([Section(tracker.name, list(examine(tracker)))]), data())
    except PmbridgeError as error:
        click.echo(f"{tracker.name}: {error}", err=True)
