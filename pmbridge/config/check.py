"""Validation of one section against its model, with findings in plain words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from pmbridge.config.nearest import suggestion
from pmbridge.config.problems import KeyPath, Problem

Model = TypeVar("Model", bound=BaseModel)

_WORDS = {
    "string_type": "must be a text: put it in quotes",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "tuple_type": "must be a list: write [a, b]",
    "list_type": "must be a list: write [a, b]",
    "dict_type": "must be a section of keys and values",
    "model_type": "must be a section of keys and values",
    "model_attributes_type": "must be a section of keys and values",
    "too_short": "must not be empty",
    "string_too_short": "must not be empty",
    "missing": "is missing: add it",
    "date_from_datetime_parsing": "must be a date: write it like 2026-12-25",
    "date_parsing": "must be a date: write it like 2026-12-25",
    "date_type": "must be a date: write it like 2026-12-25",
}


def check(model: type[Model], data: Any, at: KeyPath) -> tuple[Model | None, list[Problem]]:
    """Validate a section that stands at ``at``; return the model, or else what is wrong."""
    unknown = list(_ignored(model, data, at))
    try:
        return model.model_validate(data), unknown
    except ValidationError as error:
        details = error.errors(include_url=False)
    return None, [*unknown, *_without_echo(_problem(model, detail, data, at) for detail in details)]


def _ignored(model: type[BaseModel], data: Any, at: KeyPath) -> Iterator[Problem]:
    """Find keys that a model which forgets to forbid them would silently drop."""
    if model.model_config.get("extra") in ("forbid", "allow") or not isinstance(data, Mapping):
        return
    known = _keys(model)
    for key in data:
        if key not in known:
            yield Problem((*at, key), _unknown(str(key), known))


def _problem(model: type[BaseModel], detail: Mapping[str, Any], data: Any, at: KeyPath) -> Problem:
    path = _place(detail["loc"], data, missing=detail["type"] in ("missing", "extra_forbidden"))
    return Problem((*at, *path), _text(model, detail, path))


def _text(model: type[BaseModel], detail: Mapping[str, Any], path: KeyPath) -> str:
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "extra_forbidden":
        return _unknown(str(path[-1]), _keys_at(model, path[:-1]))
    if kind in ("literal_error", "enum"):
        return _choice(detail["input"], str(context["expected"]))
    if kind == "value_error":
        return str(context["error"])
    if kind == "string_pattern_mismatch":
        return f"does not fit the pattern {context['pattern']}: mend it"
    return _WORDS.get(kind) or f"{detail['msg'][:1].lower()}{detail['msg'][1:]}: mend it"


def _unknown(key: str, known: Iterable[str]) -> str:
    return f"the key {key} is not known{suggestion(key, known)}"


def _choice(given: Any, expected: str) -> str:
    known = [word.strip().strip("'") for word in expected.replace(" or ", ",").split(",")]
    return f"{given} is not possible here{suggestion(str(given), known)}"


def _place(loc: Iterable[str | int], data: Any, *, missing: bool) -> KeyPath:
    """Keep the steps that lead through the data; pydantic also names the members of unions it tried."""
    path: list[str | int] = []
    steps = list(loc)
    for number, step in enumerate(steps, 1):
        if _leads_on(data, step):
            path.append(step)
            data = data[step]
        elif missing and number == len(steps):
            path.append(step)
    return tuple(path)


def _leads_on(data: Any, step: str | int) -> bool:
    if isinstance(data, Mapping):
        return step in data
    return isinstance(data, list) and isinstance(step, int) and step < len(data)


def _without_echo(problems: Iterable[Problem]) -> list[Problem]:
    """Keep one finding a place, and none about a whole value where a deeper one says more: unions give several."""
    found = list({problem.path: problem for problem in reversed(list(problems))}.values())[::-1]
    deeper = {problem.path[:depth] for problem in found for depth in range(len(problem.path))}
    return [problem for problem in found if problem.path not in deeper]


def _keys(model: type[BaseModel]) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items()]


def _keys_at(model: type[BaseModel], path: KeyPath) -> list[str]:
    """List the keys of the section that a path leads to, following annotations."""
    sections: list[type[BaseModel]] = [model]
    for step in path:
        fields = [field for section in sections if (field := _field(section, step)) is not None]
        inner = [found for field in fields for found in _models(field)]
        sections = inner or sections
    return [key for section in sections for key in _keys(section)]


def _field(model: type[BaseModel], step: str | int) -> Any:
    for name, field in model.model_fields.items():
        if step in (name, field.alias):
            return field.annotation
    return None


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)
