"""Looking at the places of many sources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pmbridge.connector import Connector, Observation, Place
from pmbridge.errors import ConnectorError
from pmbridge.writeback.memory import address


def observe(connectors: Mapping[str, Connector], places: Sequence[Place]) -> list[Observation]:
    """Look at all places, each source in one go, and answer in the order asked.

    The trouble of one source hides its own places only.
    """
    found: dict[str, Observation] = {}
    for name, connector in connectors.items():
        mine = [place for place in places if place.target.source == name]
        if mine:
            found |= zip(map(address, mine), _look(connector, mine), strict=True)
    return [found[address(place)] for place in places]


def _look(connector: Connector, places: Sequence[Place]) -> list[Observation]:
    try:
        return list(connector.observe(places))
    except ConnectorError as error:
        return [Observation(place=place, unseen=str(error)) for place in places]
