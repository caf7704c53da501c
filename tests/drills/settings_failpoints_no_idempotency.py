"""Negative control of the failpoint drill: requests die, and a retry is taken for a new request."""

from tests.drills.settings_failpoints import *  # noqa: F403
from tests.drills.settings_failpoints import MIDDLEWARE as _MIDDLEWARE

# First: Django keeps a request's headers as they are when somebody first looks.
MIDDLEWARE = ["tests.drills.controls.ForgetfulKeys", *_MIDDLEWARE]
