"""Values of JSON as records: objects with dotted keys, found in whatever holds them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

DEEPEST_KEY = 4  # objects within objects whose keys are joined by dots
LONGEST_LABELLED = 60  # characters of a value that its key stands before

Record = Mapping[str, tuple[str, ...]]


def parse(text: str) -> Any:
    """The value, its numbers as they are written. Raises ValueError, RecursionError."""
    return json.loads(text, parse_int=str, parse_float=str, parse_constant=str)


def flatten(value: Mapping[str, Any], *, deep: int = DEEPEST_KEY) -> dict[str, tuple[str, ...]]:
    """What an object's keys hold that can be written, ``meta.author`` for a key within another.

    A list of names, or of objects with a ``name``, gives several.
    """
    record: dict[str, tuple[str, ...]] = {}
    for key, held in value.items():
        if isinstance(held, dict):
            inner = flatten(held, deep=deep - 1) if deep > 1 else {}
            record |= {f"{key}.{name}": texts for name, texts in inner.items()}
        elif isinstance(held, list):
            named = [one.get("name") if isinstance(one, dict) else one for one in held]
            texts = tuple(filter(None, map(scalar, named)))
            if texts and len(texts) == len(held):
                record[key] = texts
        elif text := scalar(held):
            record[key] = (text,)
    return record


def scalar(value: Any) -> str:
    """A string or a number as it is written; nothing for what is neither."""
    if isinstance(value, bool):
        return str(value).lower()
    return value if isinstance(value, str) else ""


def is_flat(value: Mapping[str, Any]) -> bool:
    """Whether an object holds no other objects."""
    return not any(
        isinstance(held, dict) or (isinstance(held, list) and any(map(_is_nested, held)))
        for held in value.values()
    )


def _is_nested(value: Any) -> bool:
    return isinstance(value, dict | list)


def find_records(value: Any) -> list[dict[str, Any]] | None:
    """The list of objects that ``value`` is or wraps; None if there is none, or more than one."""
    if isinstance(value, list):
        objects = [one for one in value if isinstance(one, dict)]
        return objects if objects and len(objects) == len(value) else None
    if not isinstance(value, dict):
        return None
    lists = [one for one in value.values() if isinstance(one, list) and find_records(one)]
    if lists:
        return find_records(lists[0]) if len(lists) == 1 else None
    objects = [one for one in value.values() if isinstance(one, dict)]
    return find_records(objects[0]) if len(objects) == 1 else None


def are_elements(values: Sequence[Mapping[str, Any]]) -> bool:
    """Whether objects are the pieces of one document, each with its type and its text.

    So tools write it that take the text out of files.
    """
    return all(
        isinstance(one.get("type"), str)
        and isinstance(one.get("text"), str)
        and ("element_id" in one or "metadata" in one)
        for one in values
    )


def written(value: Any, label: str = "") -> Iterator[str]:
    """All strings and numbers in their order, short ones after their keys: ``price: 12.5``."""
    if isinstance(value, dict):
        for key, held in value.items():
            yield from written(held, key)
    elif isinstance(value, list):
        for held in value:
            yield from written(held, label)
    else:
        lines = [line.strip() for line in scalar(value).splitlines() if line.strip()]
        if len(lines) == 1 and label and len(lines[0]) <= LONGEST_LABELLED:
            yield f"{label}: {lines[0]}"
        else:
            yield from lines
