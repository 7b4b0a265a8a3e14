"""One line on what a launch left to do, where the page speaks of something else."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from pmbridge.assessment import Bugs, MilestoneAssessment
from pmbridge.document import Block, Paragraph, Text, line
from pmbridge.reports import phrases
from pmbridge.reports.sections import strong
from pmbridge.reports.stable_words import stable_since


def after_launch(milestone: MilestoneAssessment) -> Iterator[Block]:
    """Count the defects still open and say whether hypercare goes on; nothing where no bug is known."""
    bugs = milestone.bugs
    if bugs.launched_at is None or not bugs.reports:
        return
    stable = f", {stable_since(bugs)}" if bugs.stabilised_on else ""
    text = f"{phrases.count(bugs.backlog or 0, 'defect')} open{stable}{_care(bugs)}; see "
    call = Text(text=f"pmbridge bugs {shlex.quote(milestone.title)}", code=True)
    yield Paragraph(content=line(strong("After the launch: "), text, call))


def _care(bugs: Bugs) -> str:
    if bugs.hypercare is None:
        return ""
    return ", hypercare may end" if bugs.hypercare.may_end else ", hypercare goes on"
