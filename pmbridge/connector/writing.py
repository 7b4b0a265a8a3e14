"""What stands at a place, and one step of a plan that changes it."""

from __future__ import annotations

from enum import StrEnum

from pmbridge.document import Document, Gist
from pmbridge.model import Frozen, Instant, Ref


class Surface(StrEnum):
    """The kinds of places we write to, from quiet to loud."""

    DESCRIPTION = "description"
    WIKI = "wiki"
    LABELS = "labels"
    COMMENT = "comment"


class Artifact(Frozen):
    """A text we want to stand somewhere: ``slot`` names it for good, ``watermark`` is the newest datum it rests on.

    ``worth_saying`` is false when there is nothing that would justify a first notification (all green). ``gist`` is
    what a reader takes from it: while that holds, the text that stands there is not edited. ``product`` is whose
    budget it counts against.
    """

    target: Ref
    surface: Surface
    slot: str
    document: Document
    fingerprint: str
    watermark: Instant
    worth_saying: bool = True
    gist: Gist | None = None
    product: str = ""


class Place(Frozen):
    """Where to look for one artifact."""

    target: Ref
    surface: Surface
    slot: str


class Observation(Frozen):
    """What stands at a place now.

    ``remote_id`` is ``None`` when nothing of ours is there. ``copies`` are the ids of further texts with the same
    marker, oldest first, without ``remote_id``, the oldest. ``fingerprint`` and ``watermark`` come from the marker.
    ``text`` is the visible text on surfaces that cannot hide a marker. ``malformed`` says why a marker that is
    there cannot be trusted (an end without a beginning, for one). ``muted`` is true where people asked us to be silent.
    ``customer_facing`` is true where a comment would reach customers. ``denied`` names the right that is missing to
    write there, ``unseen`` why the place could not be looked at at all. ``url`` leads to our text.
    """

    place: Place
    remote_id: str | None = None
    fingerprint: str | None = None
    watermark: Instant | None = None
    author_is_me: bool = True
    edited_by_other: bool = False
    copies: tuple[str, ...] = ()
    text: str | None = None
    malformed: str | None = None
    muted: bool = False
    customer_facing: bool = False
    denied: str | None = None
    unseen: str | None = None
    url: str | None = None


class Action(StrEnum):
    """What a step of a plan does."""

    CREATE = "CREATE"
    UPDATE = "UPDATE"
    KEEP = "KEEP"
    PRUNE = "PRUNE"
    SKIP = "SKIP"
    CONFLICT = "CONFLICT"
    DELETE = "DELETE"


#: The actions that send something to a tracker.
WRITING = frozenset({Action.CREATE, Action.UPDATE, Action.PRUNE, Action.DELETE})


class Step(Frozen):
    """One row of a plan: what will happen at one place, why, and who will be notified of it.

    ``remote_id`` names what is updated or deleted. ``before`` is what stood there when the plan was made: its
    fingerprint, or its visible line. ``takes_over`` says that a person's edit is knowingly overwritten. ``unsure``
    says that the same was sent before without an answer, so that the place is looked at right before. ``artifact`` is
    ``None`` for a deletion.
    """

    place: Place
    action: Action
    reason: str
    artifact: Artifact | None = None
    remote_id: str | None = None
    before: str | None = None
    notifies: str = "nobody"
    takes_over: bool = False
    unsure: bool = False


class Written(Frozen):
    """What a write left in the tracker; ``previous_text`` is what it replaced there, where that was read."""

    remote_id: str | None
    url: str | None = None
    previous_text: str | None = None
