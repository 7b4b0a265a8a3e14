"""Compares requests and answers with the trackers' own machine-readable descriptions of their interfaces."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4

FOLDER = Path(os.environ.get("PMBRIDGE_SPECS") or Path(__file__).resolve().parents[3] / "shared" / "specs")
FILES = {
    "jira": "jira-cloud-platform.v3.json",
    "agile": "jira-software-cloud.2022-07.json",
    "gitlab": "gitlab-rest.v18.openapi2.yaml",
}
MISSING = "tracker descriptions not found; set PMBRIDGE_SPECS to the folder that holds " + ", ".join(FILES.values())

#: Addresses that a description leaves out although the tracker answers at them: pattern, reason.
UNDESCRIBED = (
    (r"^/api/v4/user$", "the GitLab description lacks users"),
    (r"^/api/v4/(projects|groups)/[^/]+/milestones", "the GitLab description lacks milestones"),
    (r"^/api/v4/(projects|groups)/[^/]+/labels", "the GitLab description lacks labels"),
    (r"/issues/\d+/notes", "the GitLab description lacks notes"),
    (r"^/api/graphql$", "questions in GraphQL are held against its own schema, with the connector's tests"),
    (r"/resource_(state|label|weight|iteration)_events$", "the GitLab description has milestone events only"),
    (r"^/api/v4/(projects|groups)/[^/]+/iterations$", "the GitLab description lacks iterations"),
    (r"^/api/v4/groups/[^/]+/members/all$", "the GitLab description lacks a group's members"),
    (r"^/rest/api/[23]/issuetype$", "named differently in the description's oldest parts"),
)

#: Findings that are faults of a description, not of a request or an answer: operation, finding, reason.
KNOWN = (
    (r"GET /api/v4/.*/closes_issues$", r"is not described", "issues are listed, and a note is described"),
    (r"GET /api/v4/.*/merge_requests", r"is not of type 'string'", "lists and flags are described as texts"),
    (r"GET /api/v4/.*/issues$", r"query parameter 'pagination'", "keyset pages are documented, not described"),
    (r"GET /api/v4/projects$", r"'(archived|issues_enabled)' is not", "lists give full details unless simple=true"),
    (r"PUT /api/v4/.*/issues/", r"labels': '.*' is not of type 'array'", "labels may be one text with commas"),
    (r"/test_report", r"_?time': [\d.]+ is not of type 'integer'", "a time is a fraction of seconds"),
    (r"/rest/api/3/", r"None is not of type|None for not nullable", "null stands where a text is described"),
    (r"/rest/api/3/changelog/bulkfetch", r"created.*not of type 'string'", "the example shows an integer"),
    (r"GET /rest/api/3/issue/.*/remotelink", r"response at '': \[", "a list without a globalId"),
    (r"GET /rest/agile/1.0/board$", r"'self' was unexpected", "pages carry their address, boards too"),
)


@dataclass(frozen=True)
class Operation:
    """One described operation: its own part of the description, and the description it stands in."""

    spec: str
    path: str
    detail: Mapping[str, Any]


def available() -> bool:
    """Tell whether the descriptions are on this machine."""
    return all((FOLDER / name).exists() for name in FILES.values())


def validate_exchange(
    method: str,
    path: str,
    query: Iterable[str] | Mapping[str, Any],
    request_body: Any,
    status: int,
    response_body: Any,
) -> list[str]:
    """Return everything in which an exchange departs from the tracker's description; an empty list is agreement.

    ``path`` is without host and query. A body of ``None`` is no body; answers of a status of 400 and above are not
    looked at, and neither is a request the tracker refused.
    """
    if any(re.search(pattern, path) for pattern, _ in UNDESCRIBED):
        return []
    operation = find(method, path)
    if operation is None:
        return [f"{method} {path}: the tracker has no such operation"]
    found = [*_query(operation, query)]
    if status < 400:
        found += [*_request(operation, request_body), *_response(operation, status, response_body)]
    name = f"{method} {operation.path if '{' not in path else path}"
    return [f"{name}: {finding}" for finding in found if not _known(method, path, finding)]


def validate_log(log: Iterable[Any]) -> list[str]:
    """Return the findings of every request of a sandbox tracker's log, pages for people and drops left out."""
    found: list[str] = []
    for entry in log:
        if entry.status and entry.path.startswith(("/rest/", "/api/")):
            found += validate_exchange(entry.method, entry.path, entry.query, entry.body, entry.status, entry.answer)
    return found


def find(method: str, path: str) -> Operation | None:
    """Return the described operation an address belongs to, the one with the fewest placeholders first."""
    spec, described = _which(path)
    for pattern, template in _templates(spec):
        if pattern.fullmatch(described):
            detail = load(spec)["paths"][template].get(method.lower())
            if detail is not None:
                return Operation(spec, template, detail)
    return None


def _which(path: str) -> tuple[str, str]:
    if path.startswith("/api/v4/"):
        return "gitlab", path
    if path.startswith("/rest/agile/"):
        return "agile", path
    return "jira", re.sub(r"^/rest/api/(2|latest)/", "/rest/api/3/", path)


@cache
def load(spec: str) -> dict[str, Any]:
    """Read a description, once a run."""
    text = (FOLDER / FILES[spec]).read_text(encoding="utf-8")
    if FILES[spec].endswith(".json"):
        return json.loads(text)
    import yaml

    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


@cache
def _templates(spec: str) -> list[tuple[re.Pattern[str], str]]:
    found = sorted(load(spec)["paths"], key=lambda path: (path.count("{"), -len(path)))
    return [(re.compile(re.sub(r"\\\{[^/]+?\\\}", "[^/]+", re.escape(path))), path) for path in found]


@cache
def _registry(spec: str) -> Registry[Any]:
    return Registry().with_resource("urn:spec", Resource(contents=load(spec), specification=DRAFT4))


def _query(operation: Operation, query: Iterable[str] | Mapping[str, Any]) -> Iterator[str]:
    known = {parameter["name"] for parameter in operation.detail.get("parameters", ()) if parameter["in"] == "query"}
    for name in query:
        if name not in known and name.removesuffix("[]") not in known:
            yield f"query parameter '{name}' is not known"


def _request(operation: Operation, body: Any) -> Iterator[str]:
    schema = _request_schema(operation)
    if schema is None:
        if body not in (None, {}):
            yield "a body was sent where none is described"
        return
    if body is not None:
        yield from (f"request {finding}" for finding in _check(operation, schema, body, "request"))


def _request_schema(operation: Operation) -> Any:
    if operation.spec != "gitlab":
        content = operation.detail.get("requestBody", {}).get("content", {})
        return content.get("application/json", {}).get("schema")
    bodies = [row for row in operation.detail.get("parameters", ()) if row["in"] == "body"]
    if bodies:
        return bodies[0]["schema"]
    fields = {row["name"]: row for row in operation.detail.get("parameters", ()) if row["in"] in ("formData", "query")}
    return {"type": "object", "properties": {name: {} for name in fields}} if fields else None


def _response(operation: Operation, status: int, body: Any) -> Iterator[str]:
    answers = operation.detail["responses"]
    described = answers.get(str(status)) or answers.get("default")
    if described is None:
        if str(status) not in answers and not (operation.spec == "gitlab" and status < 300):
            yield f"status {status} is not described"
        return
    schema = described.get("schema")
    if schema is None:
        content = described.get("content", {})
        schema = next((row.get("schema") for name, row in content.items() if "json" in name), None)
    if schema and body not in (None, ""):
        yield from (f"response {finding}" for finding in _check(operation, schema, body, "response"))


def _check(operation: Operation, schema: Any, body: Any, side: str) -> Iterator[str]:
    for error in _validator(operation.spec, json.dumps(schema), side).iter_errors(body):
        place = "/".join(str(part) for part in error.absolute_path)
        yield f"at '{place}': {error.message[:160]}"


@cache
def _validator(spec: str, schema: str, side: str) -> Any:
    rooted = json.loads(schema.replace('"#/', '"urn:spec#/'))
    if spec == "gitlab":
        return _gitlab_validator()(rooted, registry=_registry(spec))
    from openapi_schema_validator import OAS30ReadValidator, OAS30WriteValidator

    kind = OAS30WriteValidator if side == "request" else OAS30ReadValidator
    return kind(rooted, registry=_registry(spec))


@cache
def _gitlab_validator() -> Any:
    """Make a validator for Swagger 2, which cannot say that a value may be null: here every one may."""
    from jsonschema import Draft4Validator, validators

    def type_or_null(validator: Any, types: Any, instance: Any, schema: Any) -> Iterator[Any]:
        # A text without an example is what the generator writes where no type is known, and the type of one
        # row often stands for the list of them.
        untyped = schema == {"type": "string"}
        if types == "object" and isinstance(instance, list):
            for number, row in enumerate(instance):
                yield from validator.descend(row, schema, path=number)
        elif instance is not None and not untyped:
            yield from Draft4Validator.VALIDATORS["type"](validator, types, instance, schema)

    def known_only(validator: Any, properties: Any, instance: Any, schema: Any) -> Iterator[Any]:
        yield from Draft4Validator.VALIDATORS["properties"](validator, properties, instance, schema)
        if isinstance(instance, dict):
            for name in sorted(set(instance) - set(properties)):
                yield _unknown(name)

    return validators.extend(Draft4Validator, {"type": type_or_null, "properties": known_only})


def _unknown(name: str) -> Any:
    from jsonschema import ValidationError

    return ValidationError(f"the property '{name}' is not described")


def _known(method: str, path: str, finding: str) -> bool:
    place = f"{method} {path}"
    return any(re.search(where, place) and re.search(what, finding) for where, what, _ in KNOWN)
