"""What is unclear about the people of a product, as findings."""

from __future__ import annotations

from collections.abc import Iterator

from pmbridge.assess.reading import Reading
from pmbridge.assessment import HygieneFinding
from pmbridge.history.phases import Life
from pmbridge.metrics import wording
from pmbridge.model import StatusCategory

_ENDED = (StatusCategory.DONE, StatusCategory.CANCELLED)
_MOST_ITEMS = 20


def doubtful(reading: Reading) -> Iterator[HygieneFinding]:
    """Yield each doubt about who is who, and the open work that only deleted accounts hold."""
    for doubt in reading.who.doubts:
        yield HygieneFinding(gap=doubt.kind, share=None, text=doubt.text)
    left = sorted(life.item.key for life in reading.lives if _is_left(life, reading))
    if left:
        items = wording.count(len(left), "open item")
        text = f"{items} assigned to nobody but a former user: {wording.listed(left)}. Assign them anew."
        yield HygieneFinding(gap="former user holds work", share=None, items=tuple(left[:_MOST_ITEMS]), text=text)


def _is_left(life: Life, reading: Reading) -> bool:
    former = reading.who.former
    if not former or reading.now[life.canonical.primary.id].category in _ENDED:
        return False
    held = [(face.item.source, account) for face in life.canonical.faces for account in face.item.assignees]
    return bool(held) and former.issuperset(held)
