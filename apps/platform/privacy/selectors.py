"""Reads of the registry, against what is really installed."""

import sys
from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from django.apps import apps

from . import hooks
from .rules import Personal


def undeclared() -> list[str]:
    """Return the names of installed fields that nobody declared, sorted; the build wants none."""
    return sorted(set(_installed()) - hooks.declared().keys())


def orphaned() -> list[str]:
    """Return the declared names that no installed field has, sorted: left over, or misspelled."""
    return sorted(hooks.declared().keys() - set(_installed()))


def personal_fields() -> dict[str, Personal]:
    """Return {name: Personal} of every field with personal data, in order of name."""
    return {name: held for name, held in sorted(hooks.declared().items()) if held is not None}


def _installed() -> Iterator[str]:
    for model in apps.get_models(include_auto_created=True):
        options = model._meta  # noqa: SLF001 - Django's documented interface
        if not options.proxy:
            for field in options.concrete_fields:
                yield f"{options.label}.{field.name}"
    for event_type in _event_types():
        for told in fields(event_type):
            yield f"event:{event_type.event_name}.{told.name}"  # type: ignore[attr-defined]


def _event_types() -> set[type]:
    """Return every dataclass with an event_name in a loaded `events` room, subscribed to or not."""
    rooms = [
        room
        for name, room in list(sys.modules.items())
        if name.startswith("apps.") and "events" in name.split(".")
    ]
    return {
        found
        for room in rooms
        for found in vars(room).values()
        if isinstance(found, type) and is_dataclass(found) and hasattr(found, "event_name")
    }
