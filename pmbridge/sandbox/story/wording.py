"""Titles, descriptions and comments in the words of the shop."""

from __future__ import annotations

from random import Random

from pmbridge.sandbox.story import vocabulary
from pmbridge.sandbox.story.scenario import Team
from pmbridge.sandbox.story.ticket import Body, Kind


class Wording:
    """Makes up texts; no title is given twice as long as there are others."""

    def __init__(self, dice: Random) -> None:
        self._dice = dice
        self._used: set[str] = set()

    def component(self, team: Team) -> str:
        """Return a component of ``team``."""
        return self._dice.choice(tuple(vocabulary.THINGS[team]))

    def title(self, kind: Kind, team: Team, component: str) -> str:
        """Return a title for work of ``kind`` on ``component``."""
        for _ in range(40):
            title = self._title(kind, team, vocabulary.THINGS[team][component])
            if title not in self._used:
                break
        self._used.add(title)
        return title

    def story(self, team: Team, title: str, criteria: int) -> Body:
        """Return the description of a requirement with acceptance criteria."""
        intent = f"{title}, {self._dice.choice(vocabulary.PURPOSES[team])}."
        chosen = self._dice.sample(vocabulary.CRITERIA[team], criteria)
        return Body((intent,), tuple((text, False) for text in chosen))

    def task(self, team: Team, title: str) -> Body:
        """Return the description of a task."""
        return Body((f"{title} {self._dice.choice(vocabulary.PURPOSES[team])}.",))

    def extended(self, team: Team, body: Body) -> Body:
        """Return ``body`` with one more acceptance criterion, while there are any."""
        known = {text for text, _ in body.criteria}
        fresh = [text for text in vocabulary.CRITERIA[team] if text not in known]
        more = ((self._dice.choice(fresh), False),) if fresh else ()
        return Body(body.paragraphs, (*body.criteria, *more))

    def report(self, team: Team, component: str, *, by_users: bool) -> tuple[str, Body]:
        """Return title and description of what a user or a tester saw."""
        thing = self._dice.choice(vocabulary.THINGS[team][component])
        symptom = self._dice.choice(vocabulary.SYMPTOMS)
        title = f"{thing[0].upper()}{thing[1:]}: {symptom}{self._occasion(team, 0.7)}"
        words = self._dice.choice(vocabulary.USER_WORDS if by_users else vocabulary.TESTER_WORDS)
        return title, Body((words.format(thing=thing, symptom=symptom), "Expected: as described on the help page."))

    def rephrased(self, title: str) -> str:
        """Return how somebody else would report the same thing."""
        opening = self._dice.choice(("Customer complaint: ", "Again: ", "Shop: ", "URGENT "))
        return f"{opening}{title[0].lower()}{title[1:]}"

    def remark(self, kind: Kind, component: str | None) -> str:
        """Return a comment on work under way."""
        remarks = vocabulary.BUG_REMARKS if kind is Kind.BUG else vocabulary.REMARKS
        return self._dice.choice(remarks).format(thing=(component or "shop").lower())

    def wait(self) -> str:
        """Return why somebody outside keeps the work waiting."""
        return self._dice.choice(vocabulary.WAITS)

    def objection(self) -> str:
        """Return what a reviewer wants changed."""
        return self._dice.choice(vocabulary.REVIEW_REMARKS)

    def _title(self, kind: Kind, team: Team, things: tuple[str, ...]) -> str:
        story = kind is Kind.STORY
        verb = self._dice.choice(vocabulary.STORY_VERBS[team] if story else vocabulary.TASK_VERBS)
        return f"{verb} {self._dice.choice(things)}{self._occasion(team, 0.8 if story else 0.25)}"

    def _occasion(self, team: Team, share: float) -> str:
        return f" {self._dice.choice(vocabulary.OCCASIONS[team])}" if self._dice.random() < share else ""
