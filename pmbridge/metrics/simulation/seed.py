"""Random numbers that are the same for the same question, on every machine."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from numpy.random import Generator

#: A change of what the trials do is a new version.
MODEL_VERSION = 1


@dataclass(frozen=True, slots=True)
class Seed:
    """What a run of trials depends on: the product's seed, the milestone, the day."""

    project: int
    milestone: str
    day: int

    @property
    def words(self) -> tuple[int, int, int, int]:
        """The numbers that are printed beside the result and that start the generator."""
        key = int.from_bytes(blake2b(self.milestone.encode(), digest_size=8).digest(), "big")
        return (self.project, key, self.day, MODEL_VERSION)

    def generator(self) -> Generator:
        """Start a generator."""
        from numpy.random import PCG64, Generator, SeedSequence

        return Generator(PCG64(SeedSequence(list(self.words))))
