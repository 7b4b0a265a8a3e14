"""Boxes and Gherkin scenarios in an item's description."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_FENCE = re.compile(r"^\s{0,3}(`{3,}|~{3,})")
_BOX = re.compile(r"^[\s>]*(?:(?:[-*+•]|\d{1,9}[.)])\s*)?(?:\[(?P<mark>[ xX]?)\]|\((?P<sign>[/x])\))\s+(?P<text>\S.*)$")
_HEADING = re.compile(r"^\s*(?:#{1,6}\s+|h[1-6]\.\s+|\*\*)?(?P<text>[^\s*#\[(-].{0,80}?)(?:\*\*)?:?\s*$")
_MARKED = re.compile(r"^\s*(?:#{1,6}\s|h[1-6]\.\s|\*\*.+\*\*:?\s*$)")
_SCENARIO = re.compile(r"^\s*(?:Scenario(?: Outline| Template)?|Example)\s*:\s*(?P<name>\S.*?)\s*$", re.IGNORECASE)
_STEP = re.compile(r"^\s*(?:Given|When|Then|And|But|\*)\s+\S", re.IGNORECASE)
_ACCEPTANCE = re.compile(r"accept|criteri|definition of done|\bdod\b|abnahme", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Box:
    """One line with a box; ``heading`` is the last heading above it."""

    text: str
    ticked: bool
    heading: str | None


@dataclass(frozen=True, slots=True)
class Scenario:
    """A scenario with its steps, in the words of its author."""

    name: str
    steps: tuple[str, ...]

    @property
    def text(self) -> str:
        """Name and steps, so that a changed step is another test."""
        return "\n".join((self.name, *self.steps))


def boxes(text: str | None) -> tuple[Box, ...]:
    """Return the boxes outside code, in order: ``[ ]`` and ``[x]``, and Jira's ``(/)`` and ``(x)`` signs."""
    return tuple(_boxes((text or "").splitlines()))


def _boxes(lines: Sequence[str]) -> Iterator[Box]:
    heading = None
    for line in _outside_code(lines):
        box = _BOX.match(line)
        if box:
            ticked = box["mark"] in ("x", "X") or box["sign"] == "/"
            yield Box(" ".join(box["text"].split()), ticked, heading)
        elif _is_heading(line):
            found = _HEADING.match(line)
            heading = found["text"].strip() if found else heading


def _is_heading(line: str) -> bool:
    """Take marked lines for headings, and plain short ones that speak of acceptance: texts lose their marks."""
    plain = len(line) <= 60 and _ACCEPTANCE.search(line) is not None and not line.rstrip().endswith((".", ";", ","))
    return _MARKED.match(line) is not None or plain


def acceptance_boxes(text: str | None) -> tuple[Box, ...]:
    """Return the boxes under headings that speak of acceptance; where there is no such heading, all."""
    found = boxes(text)
    named = tuple(box for box in found if box.heading and _ACCEPTANCE.search(box.heading))
    return named or found


def scenarios(text: str | None) -> tuple[Scenario, ...]:
    """Return the Gherkin scenarios, inside code blocks too: that is where people put them."""
    found: list[tuple[str, list[str]]] = []
    for line in (text or "").splitlines():
        name = _SCENARIO.match(line)
        if name:
            found.append((" ".join(name["name"].split()), []))
        elif found and _STEP.match(line):
            found[-1][1].append(" ".join(line.split()))
    return tuple(Scenario(name, tuple(steps)) for name, steps in found)


def _outside_code(lines: Sequence[str]) -> Iterator[str]:
    fence = ""
    for line in lines:
        mark = _FENCE.match(line)
        if mark and not fence:
            fence = mark[1][0]
        elif mark and mark[1][0] == fence:
            fence = ""
        elif not fence:
            yield line
