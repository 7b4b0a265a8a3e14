"""`pmbridge demo`: the whole product in a minute, without an account."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pmbridge.cli.exits import Exit

if TYPE_CHECKING:
    from rich.console import Console

    from pmbridge.jobs.demo import Demo
    from pmbridge.jobs.installation import Installation
    from pmbridge.jobs.run import Pass


@click.command(epilog="Example: pmbridge demo --serve, then open the printed pages in a browser")
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("pmbridge-demo"),
    show_default=True,
    help="Where the demo keeps its files.",
)
@click.option("--serve", is_flag=True, help="Keep the sandbox trackers running at the end, until Ctrl-C.")
@click.option("--clean", "only_clean", is_flag=True, help="Remove the demo's folder and stop.")
def demo(folder: Path, serve: bool, only_clean: bool) -> int:
    """See the whole product work: two sandbox trackers on this machine, a web shop inside, one comment out.

    Syncs, audits, plans, applies, shows the comment as the tracker holds it, runs again to show that nothing is
    written twice, then changes the trackers and shows that exactly the affected texts are edited.
    """
    from pmbridge.jobs import demo as demonstration

    if only_clean:
        removed = demonstration.clean(folder)
        click.echo(f"Removed {folder}." if removed else f"There is no demo in {folder}.")
        return Exit.WELL
    click.echo("Starting a Jira and a GitLab on this machine and telling them the story of a web shop ...", err=True)
    with demonstration.running(folder) as running:
        _show(running)
        if serve:
            _serve(running)
    return Exit.WELL


def _show(demo: Demo) -> None:
    from pmbridge.cli.screen import data
    from pmbridge.config import load
    from pmbridge.jobs.installation import open_installation
    from pmbridge.logs import configure

    screen = data()
    settings = load(demo.config)
    configure("warning", settings.secret_values)
    with open_installation(settings) as installation:
        _first_run(demo, installation, screen)
        _second_run(demo, installation, screen)
        _third_run(demo, installation, screen)
    demo.keep_pages()
    _farewell(demo)


def _first_run(demo: Demo, installation: Installation, screen: Console) -> None:
    from rich.markdown import Markdown
    from rich.panel import Panel

    from pmbridge.cli.opening import utc_now
    from pmbridge.cli.screen import reading_progress
    from pmbridge.jobs.assess import assess_product, remember, require_milestone
    from pmbridge.jobs.publish import carry_out, make_plan
    from pmbridge.jobs.recording import new_run_id
    from pmbridge.jobs.sync import sync_all
    from pmbridge.jobs.tell import certificates_page
    from pmbridge.reports.audit import milestone_page, overview
    from pmbridge.reports.text import show
    from pmbridge.writeback.tell import plan_page, rows_page

    _step(1, "Sync both trackers, and prove what was read", "pmbridge sync")
    with reading_progress() as report:
        certificates = sync_all(installation, holder="demo", report=report)
    show(certificates_page(certificates), screen)

    _step(2, "Audit: how does it stand, why, and what would turn it", f"pmbridge audit '{demo.trouble.title}'")
    assessment = assess_product(installation, "shop")
    show(overview(assessment), screen)
    show(milestone_page(*require_milestone([assessment], demo.trouble.title)), screen)

    _step(3, "Plan: what would be written, and who would be notified", "pmbridge plan")
    plan = make_plan(installation, [assessment])
    show(plan_page(plan), screen)

    _step(4, "Apply it", "pmbridge apply")
    rows = carry_out(installation, plan, run_id=new_run_id(), now=utc_now)
    remember(installation, assessment, published=True)
    show(rows_page(rows), screen)

    _step(5, "The comment on the tracking issue, as GitLab holds it now", demo.pages()["the tracking issue in GitLab"])
    screen.print(Panel(Markdown(demo.comment()), border_style="dim"))


def _second_run(demo: Demo, installation: Installation, screen: Console) -> None:
    from pmbridge.writeback.tell import summary

    _step(6, "The same pass again: nothing has changed, so nothing is written", "pmbridge run")
    before = demo.writes()
    done = _pass(installation)
    click.echo(f"{summary(done.plan)} Write requests sent to the trackers: {demo.writes() - before}.")


def _third_run(demo: Demo, installation: Installation, screen: Console) -> None:
    from pmbridge.connector import WRITING
    from pmbridge.jobs.demo import work_goes_on
    from pmbridge.reports.text import show
    from pmbridge.writeback.tell import plan_page

    _step(7, "People work on: one item leaves the milestone, a finished one is re-opened", "pmbridge run")
    done_by_people = work_goes_on(demo)
    click.echo(f"{done_by_people.moved_out} was moved out of {demo.trouble.title}.")
    click.echo(f"{done_by_people.reopened} was re-opened.")
    before = demo.writes()
    done = _pass(installation)
    show(plan_page(done.plan, only=WRITING), screen)
    click.echo(f"Write requests sent to the trackers: {demo.writes() - before}.")


def _pass(installation: Installation) -> Pass:
    from pmbridge.cli.opening import utc_now
    from pmbridge.jobs.recording import new_run_id
    from pmbridge.jobs.run import run_pass

    return run_pass(installation, run_id=new_run_id(), now=utc_now)


def _step(number: int, title: str, command: str) -> None:
    click.echo()
    click.secho(f"━━ {number} · {title} ", bold=True, nl=False)
    click.secho(f"({command})", dim=True)


def _farewell(demo: Demo) -> None:
    program, config = _program(), f"--config {demo.config}"
    click.echo()
    click.secho("Where to look next", bold=True)
    hints = (
        (f"{demo.folder}/", "configuration, store, and the trackers' pages as HTML"),
        (f"{program} {config} audit", "every milestone side by side"),
        (f"{program} {config} audit --format json", "the same for a program"),
        (f"{program} {config} log", "what was written, when and where"),
        (f"{program} demo --serve", "look at the tickets in a browser"),
        (f"{program} demo --clean", "remove the folder"),
        (f"{program} init", "your own trackers"),
    )
    width = max(len(command) for command, _ in hints)
    for command, text in hints:
        click.echo(f"  {command:<{width}}  {text}")


def _program() -> str:
    """Name the program as it can be called from here."""
    import os
    import shutil
    import sys

    return "pmbridge" if shutil.which("pmbridge") else os.path.relpath(sys.argv[0])


def _serve(demo: Demo) -> None:
    import threading

    click.echo()
    click.secho("The sandbox trackers are running. Open in a browser:", bold=True)
    for name, url in demo.pages().items():
        click.echo(f"  {name:<28} {url}")
    click.echo("Ctrl-C stops them.")
    threading.Event().wait()
