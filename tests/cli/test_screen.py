"""Progress is drawn for people at a terminal, and for nobody else."""

from __future__ import annotations

import io
import sys

import pytest

from pmbridge.cli.screen import reading_progress
from pmbridge.sync import Progress


class Terminal(io.StringIO):
    """A stream that says whether somebody sits before it."""

    def __init__(self, *, attended: bool) -> None:
        super().__init__()
        self._attended = attended

    def isatty(self) -> bool:
        return self._attended


@pytest.mark.parametrize("attended", [True, False])
def test_a_sync_draws_a_bar_a_project_on_a_terminal_and_nothing_in_a_pipe(
    attended: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    stream = Terminal(attended=attended)
    monkeypatch.setattr(sys, "stderr", stream)
    with reading_progress() as report:
        report(Progress("jira-main", "SHOP", 100, 400))
        report(Progress("jira-main", "[PAY]", 7, None))
        report(Progress("jira-main", "SHOP", 400, 400))
    drawn = stream.getvalue()
    if attended:
        assert "jira-main SHOP" in drawn
        assert "jira-main [PAY]" in drawn
        assert "400/400" in drawn
    else:
        assert drawn == ""
