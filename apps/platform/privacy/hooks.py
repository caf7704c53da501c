"""The registry of personal data; filled at start-up by each house's privacy.py."""

from collections.abc import Iterable, Mapping

from .rules import Personal

_declared: dict[str, Personal | None] = {}


def register(*, house: str, personal: Mapping[str, Personal], impersonal: Iterable[str]) -> None:
    """Declare fields of `house`: "accounts.Customer.name", "event:ledger.transfer.posted.v1.id".

    Every concrete field of every model and every field of every event is one or the other. There
    are no wildcards: a new field is to be thought about. Raises ValueError for a name declared
    before, be it by another house.
    """
    for name, verdict in [*personal.items(), *((name, None) for name in impersonal)]:
        if name in _declared:
            raise ValueError(f"{house} declares {name}, which is declared already")
        _declared[name] = verdict


def declared() -> dict[str, Personal | None]:
    """Return what is declared: a Personal, or None for a field that tells of nobody."""
    return dict(_declared)
