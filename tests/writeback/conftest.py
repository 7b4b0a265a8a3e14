"""Small makers of artifacts and observations, so that a test names only what it is about."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pmbridge.connector import Artifact, Observation, Place, Surface
from pmbridge.document import Document, Paragraph, fingerprint, line
from pmbridge.model import Ref, RefKind

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def make_artifact():
    """Make an artifact: ``make_artifact("SHOP-1", says="red")``."""

    def make(
        key="SHOP-1",
        *,
        says="red",
        surface=Surface.COMMENT,
        source="jira-main",
        watermark=NOON,
        worth=True,
        slot="milestone-health",
        **more,
    ):
        kind = RefKind.ITEM if surface is Surface.COMMENT else RefKind.VERSION
        document = Document(blocks=(Paragraph(content=line(says)),))
        return Artifact(
            target=Ref(source=source, kind=kind, id=key, project="SHOP", key=key),
            surface=surface,
            slot=slot,
            document=document,
            fingerprint=fingerprint(document),
            watermark=watermark,
            worth_saying=worth,
            **more,
        )

    return make


@pytest.fixture
def make_observation():
    """Make an observation of the artifact's place: nothing there unless said otherwise."""

    def make(artifact, **seen):
        place = Place(target=artifact.target, surface=artifact.surface, slot=artifact.slot)
        return Observation(place=place, **seen)

    return make
