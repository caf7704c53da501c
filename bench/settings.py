"""Settings of a measurement: the product's, and the views to compare with."""

from config.settings import *  # noqa: F403

ROOT_URLCONF = "bench.urls"
