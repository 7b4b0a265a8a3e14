"""What a gate is told beside the store: the file of decisions, and reports from disk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from glob import glob
from pathlib import Path

from pmbridge.config import ProductSettings, Settings
from pmbridge.errors import UsageError
from pmbridge.evidence.decisions import load_decisions
from pmbridge.evidence.junit import Report, Run, read_file, together
from pmbridge.jobs.hearing import decided_in_comments
from pmbridge.model import Comment, Decisions, History


@dataclass(frozen=True, slots=True)
class Files:
    """JUnit reports on disk and what their runs were about; ``paths`` may hold patterns."""

    paths: Sequence[str] = ()
    build: str | None = None
    commit: str | None = None
    environment: str | None = None


NO_FILES = Files()


def with_evidence(
    history: History,
    settings: Settings,
    product: ProductSettings,
    files: Files = NO_FILES,
    comments: Sequence[Comment] = (),
) -> History:
    """Add decisions, reports and answers to a history; decisions from ``comments`` only where the settings allow it.

    Raises `ConfigError` for a file of decisions that cannot be used, `UsageError` for a report that cannot.
    """
    report = _reports(files)
    waivers = product.acceptance.waivers
    written = load_decisions(settings.path.parent / waivers) if waivers is not None else history.decisions
    heard = decided_in_comments(history, product, comments if product.acceptance.comments else ())
    return replace(
        history,
        tests=(*history.tests, *report.tests),
        executions=(*history.executions, *report.executions),
        decisions=_both(written, heard),
        comments=tuple(comments) if product.bugs.comments else (),
    )


def _both(one: Decisions, other: Decisions) -> Decisions:
    return Decisions(
        candidates=(*one.candidates, *other.candidates),
        waivers=(*one.waivers, *other.waivers),
        signoffs=(*one.signoffs, *other.signoffs),
        rulings=(*one.rulings, *other.rulings),
        rejected=(*one.rejected, *other.rejected),
    )


def _reports(files: Files) -> Report:
    return together(read_file(path, _run(path, files)) for word in files.paths for path in _matching(word))


def _matching(word: str) -> list[Path]:
    """Expand a pattern that the shell has left alone; a name that matches nothing is an error, not an empty report."""
    found = [Path(name) for name in sorted(glob(word, recursive=True))] or [Path(word)]
    if not found[0].exists() and any(mark in word for mark in "*?["):
        raise UsageError(f"No file matches {word}. Did the tests write their report?")
    return found


def _run(path: Path, files: Files) -> Run:
    try:
        at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}. Did the tests write their report?") from None
    return Run(at=at, build=files.build, commit=files.commit, environment=files.environment)
