"""Settings of a test run: the environment that points at throw-away servers, then the product's.

pytest-django reads the settings before any conftest.py, so this is the place.
"""

import os

from dev import throwaway

servers = throwaway.prepare(os.environ)

from config.settings import *  # noqa: E402, F403

STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # noqa: F405 - whitenoise warns where there is none
