"""The command line: parse, call, print, exit."""

from __future__ import annotations


def main() -> None:
    """Run the program and exit with its code."""
    from pmbridge.cli.boundary import run

    run()
