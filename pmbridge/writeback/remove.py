"""The plan that takes away everything we wrote."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pmbridge.connector import Action, Observation, Step
from pmbridge.writeback.plan import state_of


def removals(observations: Iterable[Observation], *, take_over: bool = False) -> Iterator[Step]:
    """Yield one deletion a text of ours, copies first.

    Texts of others are left alone; so are broken markers and, without ``take_over``, texts that a person has edited.
    """
    for seen in observations:
        if seen.unseen:
            yield Step(place=seen.place, action=Action.SKIP, reason=f"not looked at: {seen.unseen}")
        reason = _objection(seen, take_over)
        if (seen.remote_id is None and reason is None) or not seen.author_is_me:
            continue
        if reason is not None:
            yield Step(place=seen.place, action=Action.CONFLICT, reason=reason, remote_id=seen.remote_id)
            continue
        for copy in seen.copies:
            yield Step(place=seen.place, action=Action.PRUNE, reason="a second copy", remote_id=copy)
        yield Step(
            place=seen.place,
            action=Action.DELETE,
            reason="removal asked for",
            remote_id=seen.remote_id,
            before=state_of(seen),
            takes_over=seen.edited_by_other,
        )


def _objection(seen: Observation, take_over: bool) -> str | None:
    if seen.malformed:
        return f"the marker there is broken: {seen.malformed}"
    if seen.edited_by_other and not take_over:
        return "edited by a person; `remove --take-over` would delete it"
    return None
