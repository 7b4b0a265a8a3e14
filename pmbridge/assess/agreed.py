"""The baselines that people agreed on, by the milestones of today."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pmbridge.assess.reading import Reading
from pmbridge.history.merging import slug
from pmbridge.model import Freeze


def agreed(freezes: Mapping[str, Sequence[Freeze]], reading: Reading) -> dict[str, tuple[Freeze, ...]]:
    """Return the baselines by the key of their milestone, oldest first, of those before the instant of the reading.

    A milestone that was renamed keeps those under the names it was seen with before, unless another has that name now.
    """
    own = {one.key: list(freezes.get(one.key, ())) for one in reading.milestones}
    lost = freezes.keys() - own.keys()
    if lost:
        owner = {(face.source, face.id): one.key for one in reading.milestones for face in one.faces}
        seen = {(owner.get((o.source, o.milestone)), slug(o.title)) for o in reading.history.observations}
        for key, before in sorted((key, before) for key, before in seen if key is not None and before in lost):
            own[key] += freezes[before]
    return {
        key: tuple(sorted((freeze for freeze in found if freeze.at <= reading.as_of), key=lambda freeze: freeze.at))
        for key, found in own.items()
    }
