"""Negative control: every other transfer is acknowledged and rolled back."""

from config.settings import *  # noqa: F403
from config.settings import MIDDLEWARE as _MIDDLEWARE

MIDDLEWARE = ["tests.drills.controls.ForgottenCommits", *_MIDDLEWARE]
