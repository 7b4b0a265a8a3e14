"""The contract between pmbridge and a tracker: what a connector reads, shows and writes, and how it is found.

A connector is a class behind an entry point of the group ``pmbridge.connectors``. It reads pages of normalized rows,
reports what it sees of our own texts, and carries out one step of a plan at a time. It knows no metric.
"""

from pmbridge.connector.abilities import (
    AcceptanceSource,
    Delivering,
    Delivery,
    Evidence,
    Hearing,
    Held,
    JUnitFile,
    Normalizing,
    Proving,
    Reconciling,
    Scouting,
    Tallying,
)
from pmbridge.connector.contract import Connector
from pmbridge.connector.doctor import CheckResult, CheckStatus, compared_clocks
from pmbridge.connector.installed import ENTRY_POINT_GROUP, load, names
from pmbridge.connector.reading import Finding, Page, Reference, Tally, Usage, Whereabouts
from pmbridge.connector.writing import WRITING, Action, Artifact, Observation, Place, Step, Surface, Written

__all__ = [
    "ENTRY_POINT_GROUP",
    "WRITING",
    "AcceptanceSource",
    "Action",
    "Artifact",
    "CheckResult",
    "CheckStatus",
    "Connector",
    "Delivering",
    "Delivery",
    "Evidence",
    "Finding",
    "Hearing",
    "Held",
    "JUnitFile",
    "Normalizing",
    "Observation",
    "Page",
    "Place",
    "Proving",
    "Reconciling",
    "Reference",
    "Scouting",
    "Step",
    "Surface",
    "Tally",
    "Tallying",
    "Usage",
    "Whereabouts",
    "Written",
    "compared_clocks",
    "load",
    "names",
]
