"""Settings of the outbox drill: the product's, with a subscriber that counts."""

from config.settings import *  # noqa: F403
from config.settings import INSTALLED_APPS as _INSTALLED_APPS

INSTALLED_APPS = [*_INSTALLED_APPS, "tests.drills.witness.Witness"]
