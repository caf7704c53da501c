"""Dice: a small deterministic generator, so that the same seed makes the same company."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Final, TypeVar
from uuid import UUID

SEED: Final = 20_261_124  # of the company: another number makes another one
_T = TypeVar("_T")
_64 = (1 << 64) - 1
_FIRST_MS = 1_735_689_600_000  # 2025-01-01: the time within made-up ids, which sort by number


class Dice:
    """SplitMix64 (Steele, Lea and Flood, 2014). Not for secrets."""

    def __init__(self, seed: int) -> None:
        """Start from `seed`."""
        self._state = seed & _64

    def below(self, limit: int) -> int:
        """Return 0 <= n < limit."""
        self._state = (self._state + 0x9E3779B97F4A7C15) & _64
        mixed = self._state
        mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9 & _64
        mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EB & _64
        return (mixed ^ mixed >> 31) % limit

    def between(self, low: int, high: int) -> int:
        """Return low <= n <= high."""
        return low + self.below(high - low + 1)

    def percent(self, chance: int) -> bool:
        """Return True `chance` times of a hundred."""
        return self.below(100) < chance

    def pick(self, choices: Sequence[_T]) -> _T:
        """Return one of the choices."""
        return choices[self.below(len(choices))]


def made_up_id(*, region: str, kind: str, number: int) -> UUID:
    """Return the UUIDv7 of the `number`-th seeded thing of a kind; the same in every run."""
    noise = int.from_bytes(sha256(f"{SEED}|{region}|{kind}|{number}".encode()).digest()[:10])
    high, low = noise >> 68, noise & ((1 << 62) - 1)
    milliseconds = _FIRST_MS + number
    return UUID(int=milliseconds << 80 | 0x7 << 76 | high << 64 | 0b10 << 62 | low)
