"""Quick actions: the commands GitLab carries out when it finds them in a text."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from pmbridge.sandbox.gitlab.records import Issue

if TYPE_CHECKING:
    from pmbridge.sandbox.gitlab.state import GitlabSite


@dataclass(frozen=True, slots=True)
class Command:
    """A command's name in lower case and the rest of its line."""

    name: str
    argument: str


@dataclass(frozen=True, slots=True)
class Act:
    """Who carries out a command where and when."""

    site: GitlabSite
    issue: Issue
    at: datetime
    by: int


#: A region that commands are not looked for in: fences, block quotes, HTML blocks, comments kept as text.
_SHIELD = re.compile(
    r"""(?mx)
    ^```.*?\n(?:.*\n)*?```[ ]*$
    | ^>>>[ ]*\n(?:.*\n)*?>>>[ ]*$
    | ^<[a-zA-Z][^>]*>[ ]*\n(?:.*\n)*?</[a-zA-Z]+>[ ]*$
    | `[^`\n]*(?:\n(?!\n)[^`\n]*)+`
    """
)


def extract(text: str) -> tuple[str, list[Command]]:
    """Split a text into what remains of it and the commands in it.

    A command is a line that starts with ``/name`` of a known one, whatever the case. Carriage returns are dropped
    before, so a line that only they separate counts too.
    """
    text = text.replace("\r", "")
    shielded = [match.span() for match in _SHIELD.finditer(text)]
    commands: list[Command] = []

    def take(match: re.Match[str]) -> str:
        if any(start <= match.start() < end for start, end in shielded):
            return match[0]
        commands.append(Command(match[1].lower(), (match[2] or "").strip()))
        return ""

    remains = _COMMAND.sub(take, text)
    return (remains.strip() if commands else text.rstrip()), commands


def execute(act: Act, commands: list[Command]) -> None:
    """Carry commands out in their order; those the sandbox has no use for do nothing."""
    for command in commands:
        perform = _COMMANDS[command.name]
        if perform is not None:
            perform(act, command.argument)


def _close(act: Act, argument: str) -> None:
    act.site.close_issue(act.issue.id, at=act.at, by=act.by)


def _reopen(act: Act, argument: str) -> None:
    act.site.reopen_issue(act.issue.id, at=act.at, by=act.by)


def _label(act: Act, argument: str) -> None:
    known = [name for name in _labels(argument) if (act.issue.project, name) in act.site.labels]
    act.site.add_labels(act.issue.id, known, at=act.at, by=act.by)


def _unlabel(act: Act, argument: str) -> None:
    act.site.remove_labels(act.issue.id, _labels(argument) or list(act.issue.labels), at=act.at, by=act.by)


def _labels(argument: str) -> list[str]:
    return [quoted or bare for quoted, bare in re.findall(r'~?(?:"([^"]+)"|([^\s~"]+))', argument)]


def _milestone(act: Act, argument: str) -> None:
    title = argument.lstrip("%").strip('"')
    for milestone in act.site.milestones.values():
        if milestone.project == act.issue.project and milestone.title == title:
            act.site.set_milestone(act.issue.id, milestone.id, at=act.at, by=act.by)


def _no_milestone(act: Act, argument: str) -> None:
    act.site.set_milestone(act.issue.id, None, at=act.at, by=act.by)


def _weight(act: Act, argument: str) -> None:
    if argument.isdigit():
        act.site.set_weight(act.issue.id, int(argument), at=act.at, by=act.by)


def _no_weight(act: Act, argument: str) -> None:
    act.site.set_weight(act.issue.id, None, at=act.at, by=act.by)


def _title(act: Act, argument: str) -> None:
    if argument:
        act.site.edit(act.issue.id, at=act.at, by=act.by, title=argument)


def _confidential(act: Act, argument: str) -> None:
    act.site.edit(act.issue.id, at=act.at, by=act.by, confidential=True)


def _assign(act: Act, argument: str) -> None:
    names = set(re.findall(r"@([\w.-]+)", argument))
    found = [user.id for user in act.site.users.values() if user.username in names]
    act.site.assign(act.issue.id, [*act.issue.assignees, *found], at=act.at, by=act.by)


def _unassign(act: Act, argument: str) -> None:
    act.site.assign(act.issue.id, [], at=act.at, by=act.by)


_INERT = (
    "relabel",
    "spend",
    "spent",
    "spend_time",
    "remove_time_spent",
    "estimate",
    "estimate_time",
    "remove_estimate",
    "due",
    "remove_due_date",
    "todo",
    "done",
    "subscribe",
    "unsubscribe",
    "lock",
    "unlock",
    "duplicate",
    "move",
    "clone",
    "relate",
    "blocks",
    "blocked_by",
    "award",
    "react",
    "epic",
    "remove_epic",
    "iteration",
    "health_status",
    "promote",
    "promote_to",
    "promote_to_incident",
    "severity",
    "type",
    "parent",
    "set_parent",
    "remove_parent",
    "children",
    "zoom",
    "remove_zoom",
    "cc",
    "copy_metadata",
    "create_merge_request",
    "page",
)
#: The commands by name; ``None`` is taken out of the text like the others, and nothing comes of it here.
_COMMANDS: dict[str, Callable[[Act, str], None] | None] = {
    "close": _close,
    "reopen": _reopen,
    "label": _label,
    "labels": _label,
    "unlabel": _unlabel,
    "remove_label": _unlabel,
    "milestone": _milestone,
    "remove_milestone": _no_milestone,
    "weight": _weight,
    "clear_weight": _no_weight,
    "title": _title,
    "confidential": _confidential,
    "assign": _assign,
    "unassign": _unassign,
    **dict.fromkeys(_INERT),
}
_COMMAND = re.compile(rf"(?im)^/({'|'.join(sorted(_COMMANDS, key=len, reverse=True))})(?:[ ]+([^\n]*?))?[ ]*(?:\n|\Z)")
