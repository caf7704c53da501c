"""Settings of the failpoint drill: the product's, with the middleware that dies on request."""

from config.settings import *  # noqa: F403
from config.settings import MIDDLEWARE as _MIDDLEWARE

MIDDLEWARE = ["tests.drills.failpoints.middleware.Failpoints", *_MIDDLEWARE]
