"""Decisions of the outbox: how events travel as JSON, when to try again, when to give up."""

import types
from collections.abc import Mapping
from dataclasses import Field, fields
from datetime import date, datetime, timedelta
from typing import (
    Any,
    ClassVar,
    Final,
    NamedTuple,
    Protocol,
    TypeAlias,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)
from uuid import UUID

MAX_ATTEMPTS: Final = 12  # with the waits below: about two and a half hours
FIRST_WAIT: Final = timedelta(seconds=5)
LONGEST_WAIT: Final = timedelta(hours=1)
BROKER_WAIT: Final = timedelta(seconds=2)
MAX_LEASE_FACTOR: Final = 8
_SCALARS: Final = (str, int, bool, UUID, datetime, date)


JSON: TypeAlias = "str | int | list[JSON] | None"


class Event(Protocol):
    """A frozen dataclass with a versioned name; events need not import the platform."""

    event_name: ClassVar[str]
    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


E = TypeVar("E", bound=Event)


def back_off(*, attempts: int, jitter: float) -> timedelta:
    """Return how long to wait after the `attempts`-th failure (from 1).

    Doubling from 5 s to 1 h; `jitter` in [0, 1) takes off up to half, so that what failed together
    does not come back together.
    """
    wait: timedelta = min(FIRST_WAIT * (1 << min(attempts - 1, 30)), LONGEST_WAIT)
    return wait * (1 - jitter / 2)


def is_dead(*, attempts: int) -> bool:
    """Say whether a delivery that failed `attempts` times is given up."""
    return attempts >= MAX_ATTEMPTS


def error_code(error: Exception) -> str:
    """Return an exception's class and short code; never its text, which may quote personal data."""
    for holder in (error, error.__cause__):
        for name in ("slug", "sqlstate", "smtp_code"):
            if code := getattr(holder, name, None):
                return f"{type(error).__name__} {code}"[:200]
    return type(error).__name__[:200]


class Kind(NamedTuple):
    """What a field of an event holds: a scalar, or none, or several."""

    scalar: type
    optional: bool = False
    many: bool = False


def shape(event_type: type[Event]) -> dict[str, Kind]:
    """Return what each field holds. Raises TypeError for what does not travel.

    Scalars alone: str, int, bool, UUID, datetime, date, a NewType of one, one `| None`, or a
    `tuple[one, ...]`. Money travels as minor units and currency.
    """
    hints = get_type_hints(event_type)
    return {field.name: _kind(hints[field.name]) for field in fields(event_type)}


def encode(event: Event) -> dict[str, JSON]:
    """Return the event as JSON values; times need an offset."""
    return {name: _to_json(getattr(event, name)) for name in shape(type(event))}


def decode(event_type: type[E], payload: Mapping[str, Any]) -> E:
    """Return the event again. Raises ValueError or TypeError when the payload is not of its shape.

    Fields that the type does not know are ignored: an event may grow within its version.
    """
    known = shape(event_type)
    told = {name: _from_json(known[name], payload[name]) for name in known if name in payload}
    return event_type(**told)


def _kind(hint: Any) -> Kind:  # noqa: ANN401 - a type hint may be anything
    optional = many = False
    if get_origin(hint) in (Union, types.UnionType):
        optional = type(None) in get_args(hint)
        rest = [arm for arm in get_args(hint) if arm is not type(None)]
        hint = rest[0] if len(rest) == 1 else None
    elif get_origin(hint) is tuple and get_args(hint)[1:] == (...,):
        many, hint = True, get_args(hint)[0]
    while hasattr(hint, "__supertype__"):
        hint = hint.__supertype__
    if hint not in _SCALARS:
        raise TypeError(f"{hint} does not travel in an event")
    return Kind(hint, optional=optional, many=many)


def _to_json(value: object) -> JSON:
    match value:
        case tuple():
            return [_to_json(one) for one in value]
        case None | bool() | int() | str():
            return value
        case datetime() if value.tzinfo is None:
            raise TypeError("a time without an offset does not travel in an event")
        case date():  # a datetime is one
            return value.isoformat()
        case UUID():
            return str(value)
        case _:
            raise TypeError(f"{type(value).__name__} does not travel in an event")


def _from_json(wanted: Kind, value: Any) -> object:  # noqa: ANN401 - JSON
    scalar = wanted.scalar
    if value is None and wanted.optional:
        return None
    if wanted.many:
        if not isinstance(value, list):
            raise TypeError(f"expected a list, got {type(value).__name__}")
        return tuple(_from_json(Kind(scalar), one) for one in value)
    if scalar in (datetime, date):
        return scalar.fromisoformat(value)
    if scalar is UUID:
        return UUID(value)
    if type(value) is not scalar:
        raise TypeError(f"expected {scalar.__name__}, got {type(value).__name__}")
    return value
