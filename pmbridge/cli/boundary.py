"""The one place where errors become a sentence and an exit code."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

import click

from pmbridge.cli.commands import pmbridge
from pmbridge.cli.exits import Exit
from pmbridge.cli.extras import what_lacks
from pmbridge.errors import PmbridgeError, UsageError


def run(arguments: list[str] | None = None) -> NoReturn:
    """Run a command line; an error pmbridge can explain is one sentence on stderr and never a traceback."""
    sys.exit(exit_code(arguments))


def exit_code(arguments: list[str] | None = None) -> int:
    """Run a command line and return its code."""
    try:
        code = pmbridge.main(arguments, standalone_mode=False, auto_envvar_prefix="PMBRIDGE")
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        return Exit.USAGE
    except click.UsageError as error:
        error.show()
        return Exit.USAGE
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt) as stopped:
        click.echo(_stopped(stopped), err=True)
        return Exit.INTERRUPTED
    except PmbridgeError as error:
        click.echo(f"Error: {error}", err=True)
        return Exit.USAGE if isinstance(error, UsageError) else Exit.ERROR
    except ModuleNotFoundError as error:
        if (told := what_lacks(error)) is None:
            raise
        click.echo(f"Error: {told}", err=True)
        return Exit.ERROR
    except BrokenPipeError:
        # The reader of a pipe has left, as in `pmbridge audit | head`; nothing is wrong.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.WELL
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        click.echo(f"Error: {where}{error.strerror or error}. Check the path, its rights and the free space.", err=True)
        return Exit.ERROR
    return int(code or 0)


def _stopped(stopped: BaseException) -> str:
    """Tell a no, or no answer to a question, from Ctrl-C in the middle of the work."""
    if isinstance(stopped, click.Abort) and not isinstance(stopped.__cause__, KeyboardInterrupt):
        return "\nStopped at the question; nothing was done."
    return "\nStopped. What was finished before stays; the next run goes on from there."
