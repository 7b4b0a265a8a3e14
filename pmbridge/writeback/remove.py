"""The plan that takes away everything we wrote."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pmbridge.connector import Action, Observation, Step


def removals(observations: Iterable[Observation]) -> Iterator[Step]:
    """Yield one deletion a text of ours, copies first; texts of others and broken markers are left alone."""
    for seen in observations:
        if seen.remote_id is None or not seen.author_is_me:
            continue
        if seen.malformed:
            reason = f"the marker there is broken: {seen.malformed}"
            yield Step(place=seen.place, action=Action.CONFLICT, reason=reason, remote_id=seen.remote_id)
            continue
        for copy in seen.copies:
            yield Step(place=seen.place, action=Action.PRUNE, reason="a second copy", remote_id=copy)
        yield Step(
            place=seen.place,
            action=Action.DELETE,
            reason="removal asked for",
            remote_id=seen.remote_id,
            before=seen.fingerprint,
        )
