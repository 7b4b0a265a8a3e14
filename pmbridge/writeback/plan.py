"""The decision what to write: a pure function of what we want, what stands there and what we remember.

Every place gets exactly one decision. The table it follows, first match wins:

======================================  =============  ===========================================
what is observed                        content        decision
======================================  =============  ===========================================
muted, no right to write, out of reach  –              SKIP with the reason
customers would read it                 –              SKIP
marker broken                           –              CONFLICT
ours, edited by a person                –              CONFLICT (``take_over`` overwrites it)
our marker under another author         –              SKIP "mirrored copy"
nothing, and we remember writing it     –              SKIP "deleted by a person"
nothing, never written                  worth saying   CREATE, else SKIP "nothing to say"
one copy                                equal          KEEP
one copy resting on newer data          different      SKIP "a newer run already wrote"
one copy                                different      UPDATE
several copies                          –              UPDATE or KEEP the oldest, PRUNE the others
======================================  =============  ===========================================
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Literal

from pmbridge.connector import Action, Artifact, Observation, Place, Step, Surface
from pmbridge.document import MUTE_LABEL, one_line
from pmbridge.errors import Amnesia
from pmbridge.model import Frozen, Instant, RefKind

#: Fewer remembered texts than this can all have been deleted by people; more can not.
AMNESIA_FROM = 3

#: The surfaces whose first text notifies nobody.
QUIET = frozenset({Surface.DESCRIPTION})

CreateWhen = Literal["not-green", "always"]


@dataclass(frozen=True, slots=True)
class Policy:
    """How freely we write: ``create_when`` by surface and slot, and whether texts that people edited are taken over.

    ``restless`` holds the `address` of every place that was rewritten so often lately that it rests for a day.
    """

    create_when: Mapping[tuple[Surface, str], CreateWhen]
    take_over: bool = False
    restless: Set[str] = frozenset()


class Plan(Frozen):
    """Every decision of one run, in the order in which it would be carried out."""

    owner: str
    made_at: Instant
    steps: tuple[Step, ...] = ()

    @property
    def writes(self) -> tuple[Step, ...]:
        """The steps that would send something."""
        return tuple(step for step in self.steps if step.action not in _SILENT)


_SILENT = frozenset({Action.KEEP, Action.SKIP, Action.CONFLICT})


def address(place: Place) -> str:
    """Name a place for good; the ledger remembers texts under this name."""
    return f"{place.target.address}|{place.surface.value}|{place.slot}"


def decide(
    artifacts: Sequence[Artifact],
    observations: Sequence[Observation],
    *,
    remembered: Set[str],
    policy: Policy,
    capabilities: Mapping[str, frozenset[tuple[Surface, RefKind]]],
) -> tuple[Step, ...]:
    """Decide every place; raises `Amnesia` when many remembered texts are all out of sight.

    ``observations`` answer ``artifacts`` one to one, in order. ``remembered`` holds the `address` of every text the
    ledger says we wrote and did not take away. ``capabilities`` tells per source what its connector can write.
    """
    _guard_memory(artifacts, observations, remembered)
    steps = [
        step
        for artifact, seen in zip(artifacts, observations, strict=True)
        for step in _decide_one(
            artifact, seen, remembered, policy, capabilities.get(artifact.target.source, frozenset())
        )
    ]
    return tuple(sorted(steps, key=_order))


def _order(step: Step) -> tuple[str, str, int]:
    loudness = list(Surface).index(step.place.surface)
    return (step.place.target.source, step.place.target.address, loudness)


def _guard_memory(artifacts: Sequence[Artifact], observations: Sequence[Observation], remembered: Set[str]) -> None:
    known: Counter[tuple[str, Surface]] = Counter()
    seen: Counter[tuple[str, Surface]] = Counter()
    for artifact, observation in zip(artifacts, observations, strict=True):
        group = (artifact.target.source, artifact.surface)
        known[group] += observation.unseen is None and address(observation.place) in remembered
        seen[group] += observation.remote_id is not None or observation.malformed is not None
    for (source, surface), count in known.items():
        if count >= AMNESIA_FROM and not seen[source, surface]:
            raise Amnesia(
                f"{source}: the ledger says we wrote {count} texts ({surface.value}), and not one of them is seen. "
                "Is the token of another account in use, or was the project restored from a backup? "
                "Nothing was written; run `pmbridge doctor`. "
                f"If people deleted them, `pmbridge remove --source {source}` forgets them."
            )


def _decide_one(
    artifact: Artifact,
    seen: Observation,
    remembered: Set[str],
    policy: Policy,
    can: frozenset[tuple[Surface, RefKind]],
) -> Iterator[Step]:
    reason = _refusal(artifact, seen, policy, can)
    if reason is not None:
        yield _step(artifact, seen, *reason)
    elif seen.remote_id is None:
        yield _absent(artifact, seen, address(seen.place) in remembered, policy)
    else:
        yield _present(artifact, seen, policy)
        yield from (_prune(artifact, seen, copy) for copy in seen.copies)


def _refusal(
    artifact: Artifact, seen: Observation, policy: Policy, can: frozenset[tuple[Surface, RefKind]]
) -> tuple[Action, str] | None:
    """Give the decision for a place that must be left as it is, if it must."""
    own = (
        () if (artifact.surface, artifact.target.kind) in can else ((Action.SKIP, "this tracker has no such surface"),)
    )
    return next(iter((*own, *objections(seen, take_over=policy.take_over))), None)


def objections(seen: Observation, *, take_over: bool) -> tuple[tuple[Action, str], ...]:
    """List why a place must be left as it is, the strongest reason first."""
    edited = seen.remote_id is not None and seen.edited_by_other and not take_over
    table: tuple[tuple[object, Action, str], ...] = (
        (seen.unseen, Action.SKIP, f"not looked at: {seen.unseen}"),
        (seen.muted, Action.SKIP, f"muted by the label {MUTE_LABEL}"),
        (seen.denied, Action.SKIP, f"no permission: {seen.denied}"),
        (seen.customer_facing, Action.SKIP, "customers would read it"),
        (seen.malformed, Action.CONFLICT, f"the marker there is broken: {seen.malformed}"),
        (not seen.author_is_me, Action.SKIP, "mirrored copy: our marker under another author"),
        (edited, Action.CONFLICT, "edited by a person; `--take-over` would overwrite it"),
    )
    return tuple((action, text) for holds, action, text in table if holds)


def _absent(artifact: Artifact, seen: Observation, remembered: bool, policy: Policy) -> Step:
    if remembered:
        return _step(artifact, seen, Action.SKIP, "deleted by a person; not written again")
    quiet = artifact.surface in QUIET
    when = policy.create_when.get((artifact.surface, artifact.slot), "always" if quiet else "not-green")
    if when == "not-green" and not artifact.worth_saying:
        return _step(artifact, seen, Action.SKIP, "nothing to say: all is well")
    return _step(artifact, seen, Action.CREATE, "not there yet", "nobody" if quiet else "watchers")


def _present(artifact: Artifact, seen: Observation, policy: Policy) -> Step:
    if same_content(artifact, seen):
        return _step(artifact, seen, Action.KEEP, "unchanged")
    if address(seen.place) in policy.restless:
        return _step(artifact, seen, Action.SKIP, "rewritten too often in a day; it rests, and tells again tomorrow")
    if seen.watermark is not None and seen.watermark > artifact.watermark:
        return _step(artifact, seen, Action.SKIP, "a newer run already wrote")
    return _step(artifact, seen, Action.UPDATE, "taken over" if seen.edited_by_other else "content changed")


def same_content(artifact: Artifact, seen: Observation) -> bool:
    """Tell whether what stands there says what we want to say; the body itself is never compared.

    The one exception is a surface that cannot hide a marker: there the visible line is all there is.
    """
    if seen.text is not None:
        return seen.text == one_line(artifact.document)
    return seen.fingerprint == artifact.fingerprint and not seen.edited_by_other


def state_of(seen: Observation) -> str | None:
    """Tell what stands at a place in a form that can be compared later: the fingerprint, or the visible line."""
    return seen.fingerprint if seen.text is None else seen.text


def _prune(artifact: Artifact, seen: Observation, copy: str) -> Step:
    return Step(place=seen.place, action=Action.PRUNE, reason="a second copy of our own text", remote_id=copy)


def _step(artifact: Artifact, seen: Observation, action: Action, reason: str, notifies: str = "nobody") -> Step:
    return Step(
        place=seen.place,
        action=action,
        reason=reason,
        artifact=artifact,
        remote_id=seen.remote_id,
        before=state_of(seen),
        notifies=notifies,
        takes_over=seen.edited_by_other and action is Action.UPDATE,
    )
