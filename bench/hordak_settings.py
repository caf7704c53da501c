"""Settings of a Django project that is django-hordak and nothing else."""

import os

import dj_database_url

SECRET_KEY = "bench"  # noqa: S105  signs nothing
DATABASES = {"default": dj_database_url.parse(os.environ["DATABASE_URL"], conn_max_age=60)}
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "mptt",
    "hordak",
]
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DEFAULT_CURRENCY = "EUR"
CURRENCIES = ["EUR"]
