"""What makes two requests the same, and what an answer is."""

import hashlib
import json
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it was sent: HTTP status, body, media type."""

    status: int
    body: str
    media_type: str


def fingerprint(data: object) -> str:
    """Return the SHA-256, in hexadecimal, of a JSON value with keys sorted and no white space."""
    canonical = json.dumps(data, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(canonical.encode()).hexdigest()
