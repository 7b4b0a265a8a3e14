"""Pictures and pages of a milestone as files."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from pmbridge.assessment import Assessment, MilestoneAssessment
from pmbridge.errors import UsageError

_NEEDED = ("altair", "jinja2", "vl_convert")


def require_charts() -> None:
    """Raise `UsageError` where the libraries that draw are not installed."""
    if any(find_spec(name) is None for name in _NEEDED):
        raise UsageError("Pictures and pages need libraries: pip install 'pmbridge[charts]'.")


def write_charts(milestone: MilestoneAssessment, folder: Path) -> list[Path]:
    """Write every picture of a milestone as SVG and PNG and return the files; raises `UsageError`."""
    require_charts()
    from pmbridge.reports.bug_pictures import pictures
    from pmbridge.reports.burnup_picture import burnup

    written = []
    for plot in (*pictures(milestone.bugs), *burnup(milestone)):
        for ending, content in ((".svg", plot.svg().encode()), (".png", plot.png())):
            written.append(_write(folder / f"{plot.name}{ending}", content))
    return written


def write_page(assessment: Assessment, milestone: MilestoneAssessment, file: Path) -> Path:
    """Write the daily hypercare page of a milestone; raises `UsageError`."""
    require_charts()
    from pmbridge.reports.bug_page import page

    return _write(file, page(assessment, milestone).encode())


def _write(file: Path, content: bytes) -> Path:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror}. Name another place.") from None
    return file
