"""What GitLab says when boxes of a description are ticked: a note for each, in place of one about the description."""

from __future__ import annotations

import re

_BOX = re.compile(r"^(\s*(?:[-*+]|\d+[.)])\s+\[)([ xX])(\]\s+)(\S.*)$", re.MULTILINE)


def task_notes(old: str | None, new: str | None) -> list[str]:
    """Return the notes about ticks; none where more than ticks has changed."""
    if _without_ticks(old) != _without_ticks(new):
        return []
    pairs = zip(_BOX.findall(old or ""), _BOX.findall(new or ""), strict=True)
    return [
        f"marked the checklist item **{after[3].strip()}** as {'incomplete' if after[1] == ' ' else 'completed'}"
        for before, after in pairs
        if (before[1] == " ") is not (after[1] == " ")
    ]


def _without_ticks(text: str | None) -> str:
    return _BOX.sub(r"\1\3\4", text or "")
