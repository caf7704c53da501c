"""Negative control: every Idempotency-Key is replaced by a fresh one; nothing is a repeat."""

from config.settings import *  # noqa: F403
from config.settings import MIDDLEWARE as _MIDDLEWARE

MIDDLEWARE = ["tests.drills.controls.ForgetfulKeys", *_MIDDLEWARE]
