"""Negative control of the failpoint drill: a transfer is written in two transactions."""

from tests.drills.settings_failpoints import *  # noqa: F403
from tests.drills.settings_failpoints import MIDDLEWARE as _MIDDLEWARE

MIDDLEWARE = ["tests.drills.controls.SplitWrites", *_MIDDLEWARE]
