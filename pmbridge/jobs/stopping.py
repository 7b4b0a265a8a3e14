"""Stopping a pass between two pages, where nothing is half done."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from pmbridge.errors import PmbridgeError
from pmbridge.sync import Progress, Report
from pmbridge.sync.progress import say_nothing


class Stopped(PmbridgeError):
    """The run was asked to stop; what was committed stays, and the next one goes on from there."""


class Stopping:
    """A wish to stop that anybody may utter and that a pass looks at after every page."""

    def __init__(self) -> None:
        self.wished = threading.Event()

    def wish(self, *_: object) -> None:
        """Ask to stop soon."""
        self.wished.set()

    def check(self) -> None:
        """Raise `Stopped` if it was asked for."""
        if self.wished.is_set():
            raise Stopped("Stopped as asked. What was read stays; the next run goes on from there.")

    def watching(self, report: Report = say_nothing) -> Report:
        """Pass reports on, and stop the pass at the first one after the wish."""

        def told(progress: Progress) -> None:
            report(progress)
            self.check()

        return told

    def wait(self, seconds: float) -> None:
        """Wait, but not longer than until the wish."""
        self.wished.wait(seconds)
        self.check()


@contextmanager
def on_signals(stopping: Stopping) -> Iterator[Stopping]:
    """Take SIGTERM and SIGINT as a wish to stop; a second one ends the program as it would without us."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}

    def heard(number: int, _frame: object) -> None:
        stopping.wish()
        signal.signal(number, before[signal.Signals(number)])

    for number in before:
        signal.signal(number, heard)
    try:
        yield stopping
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
