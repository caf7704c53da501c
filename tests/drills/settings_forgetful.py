"""Negative control of the outbox drill: nothing remembers that an event was handled."""

from tests.drills.settings_witness import *  # noqa: F403
from tests.drills.settings_witness import INSTALLED_APPS as _INSTALLED_APPS

INSTALLED_APPS = [*_INSTALLED_APPS, "tests.drills.controls.Forgetful"]
