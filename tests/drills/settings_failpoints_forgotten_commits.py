"""Negative control of the failpoint drill: every other transfer is rolled back."""

from tests.drills.settings_failpoints import *  # noqa: F403
from tests.drills.settings_failpoints import MIDDLEWARE as _MIDDLEWARE

MIDDLEWARE = ["tests.drills.controls.ForgottenCommits", *_MIDDLEWARE]
