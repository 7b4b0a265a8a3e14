"""What a slot says at one place, before it becomes something to be written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from pmbridge.assessment import Assessment, MilestoneAssessment
from pmbridge.config.publish import PublishRule
from pmbridge.document import Document, Gist
from pmbridge.model import Ref


@dataclass(frozen=True, slots=True)
class Said:
    """A text for one target; ``watermark`` is the newest datum it rests on.

    ``current`` tells whether it is about something that has not ended; else it only replaces an older text.
    ``worth_saying`` is false where nothing would justify a first notification. Without a ``gist`` every word counts.
    """

    target: Ref
    document: Document
    watermark: datetime
    current: bool
    worth_saying: bool = True
    gist: Gist | None = None


#: How a slot speaks of one milestone, as a rule of the configuration wants it.
Speaker = Callable[[Assessment, MilestoneAssessment, PublishRule], Iterator[Said]]
