"""The simulation: from parameters and a seed to everything that happened."""

from __future__ import annotations

from datetime import datetime

from pmbridge.sandbox.story.acceptance import Acceptance
from pmbridge.sandbox.story.authoring import Author
from pmbridge.sandbox.story.board import Board
from pmbridge.sandbox.story.desk import Desk
from pmbridge.sandbox.story.development import Development
from pmbridge.sandbox.story.hypercare import Hypercare
from pmbridge.sandbox.story.pipelines import Pipelines
from pmbridge.sandbox.story.planning import Planning
from pmbridge.sandbox.story.quality import Quality
from pmbridge.sandbox.story.releasing import Releasing
from pmbridge.sandbox.story.scenario import Scenario
from pmbridge.sandbox.story.wording import Wording
from pmbridge.sandbox.story.world import World, found_world


def simulate(scenario: Scenario, seed: int, now: datetime) -> World:
    """Let the project of ``scenario`` run until ``now`` and return its world with the script of events."""
    world = found_world(scenario, seed, now)
    board = Board(world)
    author = Author(world, board, Wording(world.dice("wording")))
    quality = Quality(world, board, author)
    Acceptance(world, board, author)
    hypercare = Hypercare(world, board, author, Desk(world, board))
    Planning(world, board, author).prepare()
    Development(world, board, author, quality).prepare()
    Releasing(world, board, author, hypercare).prepare()
    Pipelines(world).prepare()
    world.agenda.run()
    return world
