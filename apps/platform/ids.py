"""Ids: time-ordered UUIDs inside, typed and regional text outside.

A public id is `<kind>_<region>_<26 characters>`: a UUIDv7 (RFC 9562) in Crockford's base 32, lower
case. A gateway routes on it with no look-up, and a reader sees what it names. Ids are not secrets:
tokens come from `secrets`.
"""

import os
import re
import time
from datetime import datetime
from uuid import UUID

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_VALUE = {letter: value for value, letter in enumerate(_ALPHABET)}
_PAIRS = [one + other for one in _ALPHABET for other in _ALPHABET]  # ten bits at a time
_LENGTH = 26
_SHAPE = re.compile(rf"([a-z]+)_([a-z]{{2,8}})_([{_ALPHABET}]{{{_LENGTH}}})")


class MalformedId(ValueError):
    """The text is not a public id of the wanted kind."""


def new_id() -> UUID:
    """Return a UUIDv7: 48 bits of Unix milliseconds, then 74 random bits."""
    milliseconds = time.time_ns() // 1_000_000
    noise = int.from_bytes(os.urandom(10))
    high, low = noise >> 68, noise & ((1 << 62) - 1)
    return UUID(int=milliseconds << 80 | 0x7 << 76 | high << 64 | 0b10 << 62 | low)


def first_id(at: datetime) -> UUID:
    """Return the least UUIDv7 of a moment: ids made from then on are not below it."""
    return UUID(int=int(at.timestamp() * 1000) << 80 | 0x7 << 76 | 0b10 << 62)


def encode(kind: str, value: UUID, *, region: str) -> str:
    """Return the public id, for instance `acct_eu_01jd…`."""
    number = value.int
    pairs = [_PAIRS[number >> shift & 1023] for shift in range(120, -1, -10)]
    return f"{kind}_{region}_{''.join(pairs)}"


def decode(text: str, *, kind: str) -> tuple[str, UUID]:
    """Return the region and the UUID of a public id. Raises MalformedId."""
    found = _SHAPE.fullmatch(text)
    if found is None or found[1] != kind:
        raise MalformedId(f"not an id of the form {kind}_<region>_<{_LENGTH} characters>")
    number = 0
    for letter in found[3]:
        number = number << 5 | _VALUE[letter]
    if number >> 128:
        raise MalformedId("the id is out of range")
    return found[2], UUID(int=number)
