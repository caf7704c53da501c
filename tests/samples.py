"""The collection of real statements, schemas and lists, which lies beside the checkout.

Its files are others', so none is committed here. PROBITY_SAMPLES names another folder. Where it is
missing, what needs it is skipped visibly; under CI=true it fails.
"""

import os
from pathlib import Path

import pytest

_BESIDE = Path(__file__).resolve().parents[2] / "shared" / "samples"
SAMPLES = Path(os.environ.get("PROBITY_SAMPLES", _BESIDE))


def sample(name: str) -> Path:
    """Return the path of a sample; skip the test where there is none."""
    path = SAMPLES / name
    if not path.exists():
        message = f"no {name} in {SAMPLES} (PROBITY_SAMPLES names another folder)"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return path
