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
nothing, sent without an answer         worth saying   CREATE after one more look
nothing, never written                  worth saying   CREATE, else SKIP "nothing to say"
one copy                                equal          KEEP
one copy                                same gist      KEEP: a reader would not be misled
one copy resting on newer data          different      SKIP "a newer run already wrote"
one copy                                different      UPDATE
several copies                          –              UPDATE or KEEP the oldest, PRUNE the others
======================================  =============  ===========================================
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import Field

from pmbridge.connector import Action, Artifact, Observation, Step, Surface
from pmbridge.document import MUTE_LABEL, one_line
from pmbridge.errors import Amnesia
from pmbridge.model import Frozen, Instant, RefKind
from pmbridge.writeback.memory import Memory, address

#: Fewer remembered texts than this can all have been deleted by people; more can not.
AMNESIA_FROM = 3

#: The surfaces whose first text notifies nobody.
QUIET = frozenset({Surface.DESCRIPTION})

CreateWhen = Literal["not-green", "always"]


@dataclass(frozen=True, slots=True)
class Policy:
    """How freely we write: ``create_when`` by surface and slot, and whether texts that people edited are taken over."""

    create_when: Mapping[tuple[Surface, str], CreateWhen]
    take_over: bool = False


class Plan(Frozen):
    """Every decision of one run, in the order in which it would be carried out.

    ``as_of`` holds the instant of each product's assessment that it was made from.
    """

    owner: str
    made_at: Instant
    steps: tuple[Step, ...] = ()
    as_of: dict[str, Instant] = Field(default_factory=dict)

    @property
    def writes(self) -> tuple[Step, ...]:
        """The steps that would send something."""
        return tuple(step for step in self.steps if step.action not in _SILENT)


_SILENT = frozenset({Action.KEEP, Action.SKIP, Action.CONFLICT})


def decide(
    artifacts: Sequence[Artifact],
    observations: Sequence[Observation],
    *,
    memory: Memory,
    policy: Policy,
    capabilities: Mapping[str, frozenset[tuple[Surface, RefKind]]],
) -> tuple[Step, ...]:
    """Decide every place; raises `Amnesia` when many remembered texts are all out of sight.

    ``observations`` answer ``artifacts`` one to one, in order. ``capabilities`` tells per source what its connector
    can write. Quiet surfaces come before loud ones, over all targets: if a run ends early, fewer were mailed.
    """
    _guard_memory(artifacts, observations, memory)
    steps = [
        step
        for artifact, seen in zip(artifacts, observations, strict=True)
        for step in _decide_one(artifact, seen, memory, policy, capabilities.get(artifact.target.source, frozenset()))
    ]
    return tuple(sorted(steps, key=_order))


def _order(step: Step) -> tuple[int, str, str]:
    loudness = list(Surface).index(step.place.surface)
    return (loudness, step.place.target.source, step.place.target.address)


def _guard_memory(artifacts: Sequence[Artifact], observations: Sequence[Observation], memory: Memory) -> None:
    known: Counter[tuple[str, Surface, str]] = Counter()
    seen: Counter[tuple[str, Surface, str]] = Counter()
    for artifact, observation in zip(artifacts, observations, strict=True):
        group = (artifact.target.source, artifact.surface, artifact.slot)
        known[group] += observation.unseen is None and address(observation.place) in memory.written
        seen[group] += observation.remote_id is not None or observation.malformed is not None
    for group, count in known.items():
        source, surface, slot = group
        if count >= AMNESIA_FROM and not seen[group]:
            raise Amnesia(
                f"{source}: the ledger says we wrote {count} texts ({slot}, {surface.value}), and not one is seen. "
                "Is the token of another account in use, or was the project restored from a backup? "
                "Nothing was written; run `pmbridge doctor`. "
                f"If people deleted them, `pmbridge remove --source {source}` forgets them."
            )


def _decide_one(
    artifact: Artifact,
    seen: Observation,
    memory: Memory,
    policy: Policy,
    can: frozenset[tuple[Surface, RefKind]],
) -> Iterator[Step]:
    reason = _refusal(artifact, seen, policy, can)
    if reason is not None:
        yield _step(artifact, seen, *reason)
    elif seen.remote_id is None:
        yield _absent(artifact, seen, memory, policy)
    else:
        yield _present(artifact, seen, memory)
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


def _absent(artifact: Artifact, seen: Observation, memory: Memory, policy: Policy) -> Step:
    if address(seen.place) in memory.written:
        return _step(artifact, seen, Action.SKIP, "deleted by a person; not written again")
    quiet = artifact.surface in QUIET
    when = policy.create_when.get((artifact.surface, artifact.slot), "always" if quiet else "not-green")
    if when == "not-green" and not artifact.worth_saying:
        return _step(artifact, seen, Action.SKIP, "nothing to say: all is well")
    notifies = "nobody" if quiet else "watchers"
    if address(seen.place) in memory.unsure:
        step = _step(artifact, seen, Action.CREATE, "sent before without an answer, and not there", notifies)
        return step.model_copy(update={"unsure": True})
    return _step(artifact, seen, Action.CREATE, "not there yet", notifies)


def _present(artifact: Artifact, seen: Observation, memory: Memory) -> Step:
    if same_content(artifact, seen):
        return _step(artifact, seen, Action.KEEP, "unchanged")
    if _still_holds(artifact, seen, memory):
        return _step(artifact, seen, Action.KEEP, "nothing has changed that a reader would miss")
    if address(seen.place) in memory.restless:
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


def _still_holds(artifact: Artifact, seen: Observation, memory: Memory) -> bool:
    """Tell whether the text that stands there, as the ledger knows it, says all that matters of what we would say."""
    shown = memory.shown.get(address(seen.place))
    if artifact.gist is None or shown is None or seen.edited_by_other:
        return False
    # A surface without a marker has no fingerprint to compare: that no person has edited it must do.
    known = seen.text is not None or seen.fingerprint == shown.fingerprint
    return known and not artifact.gist.differs(shown.gist)


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
