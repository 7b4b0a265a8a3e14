"""What is left of a text under pseudonyms: its boxes, its scenarios, and the lines that name a mirror."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from pmbridge.evidence.checklists import acceptance_boxes, boxes, scenarios
from pmbridge.evidence.scenario_runs import scenario_name

_MIRROR = re.compile(
    r"^\W*(?:mirrors|mirrored by|is mirrored by|mirror of)\W*?:\W*?(https?://[^\s)>\]]+|[\w./-]*\w[-#]\d+\b)",
    re.IGNORECASE | re.MULTILINE,
)

Word = Callable[[str], str]


def outline(text: str, word: Word, place: Word) -> tuple[str, Mapping[str, str]]:
    """Write anew what assessments read in a text, and return it with the new words of each test by the old ones.

    ``word`` gives pseudonyms of texts, ``place`` of keys and addresses.
    """
    replaced: dict[str, str] = {}
    lines = [word(text), *_mirrors(text, place), *_boxes(text, word, replaced), *_scenarios(text, word, replaced)]
    return "\n".join(lines), replaced


def _mirrors(text: str, place: Word) -> Iterator[str]:
    for named in _MIRROR.findall(text):
        yield f"Mirror of: {place(named.rstrip('.,;'))}"


def _boxes(text: str, word: Word, replaced: dict[str, str]) -> Iterator[str]:
    accepted, heading = set(acceptance_boxes(text)), None
    for box in boxes(text):
        if box.heading != heading:
            heading = box.heading
            yield "## Acceptance criteria" if box in accepted else f"## {word(heading or '')}"
        replaced[box.text] = word(box.text)
        yield f"- [{'x' if box.ticked else ' '}] {replaced[box.text]}"


def _scenarios(text: str, word: Word, replaced: dict[str, str]) -> Iterator[str]:
    for scenario in scenarios(text):
        name, steps = word(scenario_name(scenario.name)), [f"Given {word(step)}" for step in scenario.steps]
        replaced[scenario.text] = "\n".join((name, *steps))
        yield f"Scenario: {name}"
        yield from steps
