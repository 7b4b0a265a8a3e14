"""How work moves through one milestone, with the diagnosis of its flow."""

from __future__ import annotations

from pmbridge.assess.reading import Reading
from pmbridge.assess.standing import Standing
from pmbridge.assessment import CumulativeFlow, Flow, StageCounts
from pmbridge.metrics.cumulative_flow import STAGES, cumulative_flow
from pmbridge.metrics.flow import flow
from pmbridge.metrics.flow_times import aggregate_age, efficiency, lead_times
from pmbridge.metrics.outlook import Outlook
from pmbridge.metrics.stability import Stability


def movement(stands: Standing, expected: Outlook, steady: Stability, reading: Reading) -> Flow:
    """Describe pace, times, work in progress and its stages."""
    ids = stands.milestone.ids
    plain = flow(stands.lives, ids, expected.snapshot.weekly_finishes, reading.as_of)
    stages = cumulative_flow(stands.lives, ids, stands.baseline.at, reading.as_of, reading.zone)
    p50, p85 = lead_times(stands.lives, ids)
    return plain.model_copy(
        update={
            "lead_time_p50": p50,
            "lead_time_p85": p85,
            "efficiency": efficiency(stands.lives, ids),
            "aggregate_age": aggregate_age(stands.lives, ids, reading.as_of),
            "steady": steady.is_steady,
            "diagnosis": steady.text,
            "cumulative": CumulativeFlow(
                dates=stages.dates,
                stages=tuple(StageCounts(stage=one.value, items=stages.bands[one]) for one in STAGES),
            ),
        }
    )
