"""What is declared of a field that tells of a person."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Personal:
    """One field with personal data, as the record of processing (GDPR art. 30) lists it.

    `basis` is a lawful basis (art. 6); `retention` names the class that says how long; `export`
    says how it is handed to its subject (art. 15, 20), `erase` what erasure does (art. 17): delete
    the row, shred the key, redact the value, or keep it under restriction.
    """

    category: Literal["identity", "contact", "financial", "behavioural", "credential"]
    purpose: str
    basis: str
    retention: str
    export: str
    erase: Literal["delete", "shred", "redact", "restrict"]
