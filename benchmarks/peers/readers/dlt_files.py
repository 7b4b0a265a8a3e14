"""What a REST source of dlt reads goes into local files."""

from __future__ import annotations

import os
import tempfile
from typing import Any

import dlt
from measured import measure

os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"


def measure_source(name: str, source: Any) -> None:
    """Measure a source, and count its issues."""
    folder = tempfile.mkdtemp()

    def read() -> int:
        place = dlt.destinations.filesystem(f"file://{folder}/out")
        pipeline = dlt.pipeline("bench", destination=place, dataset_name=name, pipelines_dir=f"{folder}/work")
        pipeline.run(source)
        return int(pipeline.last_trace.last_normalize_info.row_counts["issues"])

    measure("dlt", read)
