"""Who ticked which box of a description, and when, from GitLab's notes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pmbridge.model import Execution, ExecutionStatus, Item, Origin, TestCase, text_id
from pmbridge_gitlab.rows import Row, instant, user_id

_TOLD = re.compile(
    r"\Amarked the (?:checklist item|task) \*\*(?P<text>.+)\*\* as (?P<how>completed|incomplete)\Z", re.DOTALL
)


def task_of(body: str) -> Row | None:
    """Read a note about a box; ``None`` for one that is worded differently: then nobody saw the tick."""
    told = _TOLD.match(body)
    return None if told is None else {"text": " ".join(told["text"].split()), "done": told["how"] == "completed"}


def tests(item: Item, events: Iterable[Row]) -> Iterator[TestCase]:
    """Yield each box that was ever ticked or unticked; those that still stand there are known from the text too."""
    first: dict[str, Row] = {}
    for event in events:
        first.setdefault(event["text"], event)
    present = {" ".join(box.text.split()) for box in item.checklist}
    for text, event in first.items():
        if text in present:
            yield TestCase(
                source=item.source,
                id=text_id(item.id, text),
                key=f"{item.key}: {text}"[:120],
                title=text[:300],
                origin=Origin.CHECKLIST,
                project=item.project,
                url=item.url,
                covers=(item.id,),
                created_at=min(item.created_at, instant(event["created_at"])),
            )


def runs(item: Item, events: Iterable[Row]) -> Iterator[Execution]:
    """Yield every tick as a pass and every untick as a run that proves nothing any more."""
    for event in events:
        test = text_id(item.id, event["text"])
        yield Execution(
            source=item.source,
            id=f"{test}@{event['id']}",
            test=test,
            status=ExecutionStatus.PASS if event["done"] else ExecutionStatus.SKIPPED,
            at=instant(event["created_at"]),
            executor=user_id(event.get("user")),
            note=None if event["done"] else "the tick was taken back",
        )
