"""What somebody has to do today about the bugs of a launch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pmbridge.assessment import Bugs, Handoff
from pmbridge.document import Line, Link, Text, line
from pmbridge.reports import phrases
from pmbridge.reports.handoff_words import wrong
from pmbridge.reports.sections import strong

#: How many hand-offs and promises a text names.
NAMED = 5
_ALARMS = {"rise": "Alarm", "silence": "Silence"}


def actions(bugs: Bugs) -> Iterator[Line]:
    """List what somebody has to do today; one line says so if there is nothing.

    No measure that moves by itself is in it, so that a text is not edited because a day has passed.
    """
    found = [
        *(line(strong(f"{_ALARMS[alert.kind]}: "), alert.text) for alert in bugs.alerts if alert.ongoing),
        *_grave(bugs),
        *_late(bugs),
        *_undelivered(bugs),
        *(_chain(one) for one in _pressing(bugs)),
    ]
    left = len([h for h in bugs.handoffs if h.findings]) - len(_pressing(bugs))
    if left > 0:
        found.append(line(f"… and {phrases.count(left, 'more hand-off')} with something wrong."))
    yield from found or [line("Nothing presses: no alarm, nothing grave open, no broken promise, no stuck hand-off.")]


def _grave(bugs: Bugs) -> Iterator[Line]:
    if bugs.grave:
        yield line(strong("Grave and open: "), f"{_first(bugs.grave)}.")


def _late(bugs: Bugs) -> Iterator[Line]:
    for state, words in (("breached", "Promise broken"), ("at risk", "Promise at risk")):
        own = [p for p in bugs.promises if p.state == state]
        if own:
            yield line(strong(f"{words}: "), f"{_first([p.item for p in own])}.")


def _undelivered(bugs: Bugs) -> Iterator[Line]:
    if bugs.not_deployed:
        number = phrases.count(len(bugs.not_deployed), "repair")
        yield line(strong("Release management: "), f"{number} not with users yet, first {_first(bugs.not_deployed)}.")


def _pressing(bugs: Bugs) -> Sequence[Handoff]:
    return [one for one in bugs.handoffs if one.findings][:NAMED]


def _chain(one: Handoff) -> Line:
    owner = one.owner or "nobody"
    parts: list[str | Text | Link] = [strong(f"{owner[0].upper()}{owner[1:]}: "), named(one.report, one.report_url)]
    if one.defect:
        parts += [" → ", named(one.defect, one.defect_url)]
    return line(*parts, f" waits for the step “{one.step}” ({wrong(one)}).")


def named(key: str, url: str | None) -> Text | Link:
    """Write a key, as a link where its address is known."""
    return Link(text=key, url=url) if url else Text(text=key)


def _first(keys: Sequence[str]) -> str:
    more = f" and {len(keys) - NAMED} more" if len(keys) > NAMED else ""
    return f"{', '.join(keys[:NAMED])}{more}"
