"""The fictitious people of the simulated project."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pmbridge.sandbox.story.scenario import Team


class Duty(StrEnum):
    """What a person does."""

    DEVELOPER = "developer"
    TESTER = "tester"
    OWNER = "owner"
    SUPPORT = "support"
    MANAGER = "manager"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account in both trackers; ``joined`` is in days from now, ``pace`` relative to the average."""

    handle: str
    name: str
    duty: Duty
    team: Team | None = None
    joined: int = -10_000
    pace: float = 1.0

    @property
    def email(self) -> str:
        """The address of the account."""
        return f"{self.handle}@meridian-shop.example"


CAST = (
    Person("h.lindqvist", "Hanna Lindqvist", Duty.DEVELOPER, Team.CHECKOUT, pace=1.15),
    Person("t.okonjo", "Tobi Okonjo", Duty.DEVELOPER, Team.CHECKOUT),
    Person("s.marchetti", "Sara Marchetti", Duty.DEVELOPER, Team.CHECKOUT, pace=0.9),
    Person("j.vandael", "Jonas van Dael", Duty.DEVELOPER, Team.CHECKOUT, joined=-150, pace=0.95),
    Person("r.achterberg", "Ruben Achterberg", Duty.DEVELOPER, Team.CATALOGUE, pace=1.1),
    Person("l.moreau", "Lucie Moreau", Duty.DEVELOPER, Team.CATALOGUE),
    Person("k.brzezinska", "Kinga Brzezińska", Duty.DEVELOPER, Team.CATALOGUE),
    Person("d.oyelaran", "Dayo Oyelaran", Duty.DEVELOPER, Team.CATALOGUE, joined=-190, pace=0.85),
    Person("m.halvorsen", "Mats Halvorsen", Duty.DEVELOPER, Team.PLATFORM, pace=1.1),
    Person("a.ferreira", "Ana Ferreira", Duty.DEVELOPER, Team.PLATFORM),
    Person("p.nakagawa", "Paul Nakagawa", Duty.DEVELOPER, Team.PLATFORM, joined=-235),
    Person("o.steinmetz", "Olga Steinmetz", Duty.DEVELOPER, Team.PLATFORM, joined=-120, pace=0.9),
    Person("g.ivanova", "Galina Ivanova", Duty.TESTER),
    Person("b.quist", "Bram Quist", Duty.TESTER),
    Person("c.demir", "Ceyda Demir", Duty.OWNER, Team.CHECKOUT),
    Person("f.delacroix", "Fabien Delacroix", Duty.OWNER, Team.CATALOGUE),
    Person("w.thorne", "Wendy Thorne", Duty.OWNER, Team.PLATFORM),
    Person("n.abara", "Nnamdi Abara", Duty.SUPPORT),
    Person("e.sorensen", "Ellen Sørensen", Duty.SUPPORT),
    Person("i.castellanos", "Inés Castellanos", Duty.SUPPORT),
    Person("v.rademacher", "Viktor Rademacher", Duty.MANAGER),
)
