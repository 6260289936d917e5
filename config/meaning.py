"""What a setting means, as its model says: in the field's own words, or in the section's sentences that name it."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from functools import cache
from typing import Any, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

_SENTENCE = re.compile(r"(?<=\.)\s+(?=[A-Z`])")
_BOUNDS = {"ge": "from {}", "le": "to {}", "min_length": "at least {} characters", "max_length": "at most {}"}


def meaning_of(model: type[BaseModel], name: str) -> str:
    """One or a few sentences in English; "" where nothing names the key."""
    own = _beside_fields(model).get(name) or model.model_fields[name].description
    if own:
        return own
    sentences = _SENTENCE.split(" ".join((inspect.getdoc(model) or "").split()))
    return " ".join(said for said in sentences if f"``{name}``" in said)


def type_of(field: FieldInfo) -> str:
    """Its type for people: ``int from 1 to 65535``, ``live or demo or drill``."""
    bounds = [
        text.format(value)
        for part in field.metadata
        for key, text in _BOUNDS.items()
        if (value := getattr(part, key, None)) is not None
    ]
    return " ".join([_word(field.annotation), *bounds])


def default_of(field: FieldInfo) -> Any:
    """Its default; PydanticUndefined where it has to be given."""
    return field.get_default(call_default_factory=True, validated_data={})


def _word(annotation: Any) -> str:
    if annotation is type(None):
        return "nothing"
    arguments = get_args(annotation)
    if get_origin(annotation) is list:
        return f"list of {_word(arguments[0])}"
    if get_origin(annotation) is dict:
        return "table"
    if arguments:
        words = [argument if isinstance(argument, str) else _word(argument) for argument in arguments]
        return " or ".join(words)
    name = str(annotation.__name__)
    return {"str": "text", "bool": "true or false", "Path": "path"}.get(name, name)


@cache
def _beside_fields(model: type[BaseModel]) -> dict[str, str]:
    """The string below each field that has one."""
    (body,) = ast.parse(textwrap.dedent(inspect.getsource(model))).body
    assert isinstance(body, ast.ClassDef)  # noqa: S101 - the source of a class is one
    said: dict[str, str] = {}
    for field, below in zip(body.body, body.body[1:], strict=False):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(below, ast.Expr):
            text = below.value.value if isinstance(below.value, ast.Constant) else None
            if isinstance(text, str):
                said[field.target.id] = inspect.cleandoc(text)
    return said
