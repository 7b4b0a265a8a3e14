"""The list of commands, each imported only when it is called, so that help answers at once."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import click

from pmbridge import __version__

#: Command, the module it stands in, and its one line of help: known without importing it.
COMMANDS: dict[str, tuple[str, str]] = {
    "demo": ("pmbridge.cli.demo", "See the whole product work on two sandbox trackers."),
    "init": ("pmbridge.cli.init", "Ask for your trackers and write config.yaml."),
    "doctor": ("pmbridge.cli.doctor", "Check configuration, trackers, rights and fields."),
    "sync": ("pmbridge.cli.sync", "Read what changed in the trackers and prove it."),
    "audit": ("pmbridge.cli.audit", "Say how a milestone stands, why, and what would turn it."),
    "calibrate": ("pmbridge.cli.calibrate", "Say how often the forecasts were right before."),
    "freeze": ("pmbridge.cli.freeze", "Agree on what a milestone holds: its baseline."),
    "bugs": ("pmbridge.cli.bugs", "Say what came after a launch, who holds it, and what to do today."),
    "gate": ("pmbridge.cli.gate", "Say whether a milestone may launch, rule by rule."),
    "plan": ("pmbridge.cli.plan", "Show what would be written into the trackers."),
    "apply": ("pmbridge.cli.apply", "Write a plan into the trackers."),
    "remove": ("pmbridge.cli.remove", "Take everything pmbridge wrote out of the trackers."),
    "log": ("pmbridge.cli.log", "Show what was written, when and where."),
    "run": ("pmbridge.cli.run", "Sync, assess, plan and apply in one pass, for a schedule."),
    "schedule": ("pmbridge.cli.schedule", "Run by the clock on one machine."),
    "worker": ("pmbridge.cli.worker", "Do the jobs of the queue that many machines share."),
    "jobs": ("pmbridge.cli.jobs", "Look at that queue, retry dead jobs, ask for a project."),
    "runs": ("pmbridge.cli.runs", "List what ran, how long, and how it ended."),
    "store": ("pmbridge.cli.store", "Look after the store: status, check, backup, move, prune."),
    "normalize": ("pmbridge.cli.normalize", "Map the trackers' stored answers again, without a request."),
    "export": ("pmbridge.cli.export", "Write the store as CSV or Parquet for other tools."),
    "anonymize": ("pmbridge.cli.anonymize", "Copy the store without names and texts."),
    "connectors": ("pmbridge.cli.connectors", "List the installed connectors."),
    "schema": ("pmbridge.cli.schema", "Print the JSON Schema of `audit --format json`."),
}


class LazyGroup(click.Group):
    """A group whose commands are imported when one is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the commands in the order a newcomer meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command's module and take the function of its name."""
        if cmd_name not in COMMANDS:
            return None
        module, _ = COMMANDS[cmd_name]
        command: click.Command = getattr(import_module(module), cmd_name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that is called; refuse an unknown one with the name that was probably meant."""
        if args[0] not in COMMANDS and not args[0].startswith("-"):
            from pmbridge.config.nearest import suggestion

            ctx.fail(f"There is no command {args[0]}{suggestion(args[0], COMMANDS, listed=False)}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing one."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Example: pmbridge audit 'Checkout 2.0' --format json",
)
@click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The configuration file; else $PMBRIDGE_CONFIG, ./config.yaml, or the user's configuration folder.",
)
@click.option("-v", "--verbose", count=True, help="Tell more on stderr; twice for every request.")
@click.version_option(__version__, prog_name="pmbridge")
@click.pass_context
def pmbridge(context: click.Context, config: Path | None, verbose: int) -> None:
    """Bridge issue trackers and the person who answers for an IT product.

    Reads Jira and GitLab, works out how each milestone stands and why, and writes it back where people look.
    """
    context.obj = {"config": config, "verbose": verbose}
