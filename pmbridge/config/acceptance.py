"""What proves that a product may launch, and who may decide that it does."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from pmbridge.config.section import Section, Words
from pmbridge.model import RuleName


class PrioritySettings(Section):
    """The priorities and labels that say how much a launch depends on a requirement; ``otherwise`` of those without."""

    must: tuple[Words, ...] = (
        "must", "must-have", "moscow::must", "blocker", "critical", "highest", "high", "priority::1", "priority::2",
    )  # fmt: skip
    should: tuple[Words, ...] = ("should", "should-have", "moscow::should", "major", "medium", "priority::3")
    could: tuple[Words, ...] = (
        "could", "could-have", "moscow::could", "minor", "low", "lowest", "trivial", "priority::4", "priority::5",
    )  # fmt: skip
    otherwise: Literal["must", "should", "could"] = "must"


class ResultSettings(Section):
    """The labels and resolutions that tell how a test ended."""

    passed: tuple[Words, ...] = ("at::passed", "at::pass")
    failed: tuple[Words, ...] = ("at::failed", "at::fail")
    blocked: tuple[Words, ...] = ("at::blocked",)
    passed_resolutions: tuple[Words, ...] = ("done", "passed", "pass", "fixed", "resolved")
    failed_resolutions: tuple[Words, ...] = ("failed", "fail")


class LimitSettings(Section):
    """From where on the measured rules hold."""

    should_verified: float = Field(0.95, ge=0, le=1)
    pass_rate_lower: float = Field(0.90, ge=0, le=1)
    flaky_share: float = Field(0.02, ge=0, le=1)


class AcceptanceSettings(Section):
    """The release gate of a product.

    ``must`` and ``should`` choose rules; without them every rule is asked. ``waivers`` is the file of decisions, beside
    the configuration. ``links`` are phrases that lead from a test to its requirement, beside those that are known.
    ``results_of`` says whose runs count: the ``latest`` of any version, those of the milestone's ``version`` (and
    those that name none), or those made for the test ``plan``. ``components`` are patterns of files by component: where
    a candidate's changed files are known and touch none of a requirement's components, its older proof holds.
    ``environments`` must each have a run; runs that name none took place in ``unnamed_environment``. ``patterns`` are
    expressions that find requirements in names, ``quarantine`` patterns of tests that count for nothing.
    ``approvers`` lists user names by rule, ``*`` for any; ``accountable`` is who decides in the end. ``comments`` lets
    them decide in tracker comments too.
    """

    must: tuple[RuleName, ...] | None = None
    should: tuple[RuleName, ...] | None = None
    waivers: Path | None = None
    fresh_days: int = Field(30, ge=1)
    build: Words | None = None
    priorities: PrioritySettings = PrioritySettings()
    results: ResultSettings = ResultSettings()
    results_of: Literal["latest", "version", "plan"] = "latest"
    plan: Words | None = None
    components: dict[Words, tuple[Words, ...]] = Field(default_factory=dict)
    limits: LimitSettings = LimitSettings()
    links: tuple[Words, ...] = ()
    checklists: bool = True
    environments: tuple[Words, ...] = ()
    unnamed_environment: Words | None = None
    patterns: tuple[Words, ...] = ()
    quarantine: tuple[Words, ...] = ()
    characteristics: tuple[Words, ...] = ("security",)
    workaround: Words = "workaround"
    approvers: dict[Words, tuple[Words, ...]] = Field(default_factory=dict)
    accountable: Words | None = None
    comments: bool = False
    never_waived: tuple[RuleName, ...] = ()
