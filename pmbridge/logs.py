"""Set-up of the program's log: structured, on stderr, without secrets."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from typing import Any

import structlog
from structlog.typing import EventDict, Processor

from pmbridge.transport.redact import Redactor

_HANDLER = "pmbridge"

#: What stands in every line of this process, whichever thread or library writes it.
_EVERYWHERE: dict[str, str] = {}


def everywhere(**facts: str) -> None:
    """Put facts such as a worker's name into every line from now on."""
    _EVERYWHERE.update(facts)


def _with_facts(_logger: Any, _method: str, event: EventDict) -> EventDict:
    for name, value in _EVERYWHERE.items():
        event.setdefault(name, value)
    return event


_SHARED: tuple[Processor, ...] = (
    structlog.contextvars.merge_contextvars,
    _with_facts,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
)


def configure(level: str = "warning", secrets: Sequence[str] = (), json: bool | None = None) -> None:
    """Send all logging from ``level`` (debug, info, warning, error) upward to stderr.

    It comes as lines for people on a terminal, else as a JSON object a line (``json`` decides otherwise).
    Secrets are masked in the finished line, so in tracebacks too. Libraries speak from warnings upward only, since
    below that they log bodies and headers. A second call replaces the first.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.set_name(_HANDLER)
    handler.setFormatter(_formatter(Redactor(secrets), not sys.stderr.isatty() if json is None else json))
    handler.addFilter(_ours_or_serious)
    root = logging.getLogger()
    for earlier in [known for known in root.handlers if known.get_name() == _HANDLER]:
        root.removeHandler(earlier)
    root.addHandler(handler)
    root.setLevel(level.upper())
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )


def _formatter(redact: Redactor, json: bool) -> logging.Formatter:
    rendering: list[Processor] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if json:
        rendering += [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
    else:
        # The default shows the values of local variables in tracebacks, tokens among them.
        plain = structlog.dev.plain_traceback
        rendering.append(structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=plain))

    def masked(logger: Any, method: str, event: EventDict) -> str:
        line = rendering[-1](logger, method, event)
        return redact(str(line))

    return structlog.stdlib.ProcessorFormatter(processors=[*rendering[:-1], masked], foreign_pre_chain=list(_SHARED))


def _ours_or_serious(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.WARNING or record.name.startswith("pmbridge")
