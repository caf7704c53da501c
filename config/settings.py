"""Settings of Probity, from the environment (django-environ). No secrets, no logic.

Every variable is listed in `.env.example`; what production must set has no default there.
"""

from base64 import urlsafe_b64decode
from pathlib import Path

import django_stubs_ext
import environ

from config.csp import CONTENT_SECURITY_POLICY  # noqa: F401 - a setting
from config.unfold import UNFOLD  # noqa: F401 - a setting

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

# --- where we are
PROBITY_ENV = env.str("PROBITY_ENV", "production")  # development | test | production
PROBITY_REGION = env.str("PROBITY_REGION", "eu")  # the cell: see docs/architecture.md
PROBITY_PUBLIC_URL = env.str("PROBITY_PUBLIC_URL", "http://127.0.0.1:8000")
DEBUG = env.bool("DEBUG", False)
SECRET_KEY = env.str("SECRET_KEY")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# --- what runs
INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.filters",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_prometheus",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "guardian",
    "csp",
    "apps.platform.audit",
    "apps.platform.outbox",
    "apps.platform.idempotency",
    "apps.platform.privacy",
    "apps.identity",
    "apps.ledger",
    "apps.accounts",
    "apps.notifications",
    "apps.payments",
    "apps.backoffice",
]
MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "apps.platform.observability.RequestContext",
    "django.middleware.security.SecurityMiddleware",
    "config.csp.PolicyByPath",
    "apps.platform.screens.RefuseNul",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# --- PostgreSQL: web and worker log in as probity_app; time-outs are the roles' (deploy/roles.sql)
DATABASES = {"default": env.db_url("DATABASE_URL")}
DATABASES["default"].update(
    {
        "ATOMIC_REQUESTS": False,
        "CONN_MAX_AGE": env.int("CONN_MAX_AGE", 60),
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": True,
    }
)
DATABASES["default"]["OPTIONS"] = {  # a half-open connection is noticed within seconds
    "connect_timeout": 3,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
} | DATABASES["default"].get("OPTIONS", {})
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Redis: the broker (noeviction) and the cache are two databases, two servers in production
REDIS_URL = env.str("REDIS_URL", "redis://127.0.0.1:6379/0")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": env.str("CACHE_URL", "redis://127.0.0.1:6379/1"),
        "OPTIONS": {"socket_timeout": 0.5, "socket_connect_timeout": 0.5},
        "KEY_PREFIX": "probity",
    }
}

# --- people
AUTH_USER_MODEL = "identity.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "guardian.backends.ObjectPermissionBackend",
]
ANONYMOUS_USER_NAME = None
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.ScryptPasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 15},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"

# --- the browser: secure unless development says that there is no TLS
SECURE = env.bool("SECURE", PROBITY_ENV == "production")
SESSION_COOKIE_NAME = "__Host-session" if SECURE else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if SECURE else "csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 8 * 60 * 60
SESSION_ENGINE = "django.contrib.sessions.backends.db"  # staff work on without Redis
SECURE_SSL_REDIRECT = SECURE
SECURE_REDIRECT_EXEMPT = [r"^health/"]
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_PROXY", False) else None
)
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
CSRF_FAILURE_VIEW = "apps.platform.rest.csrf_failure"

# --- files
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "var" / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": env.str(
            "STATICFILES_BACKEND", "whitenoise.storage.CompressedManifestStaticFilesStorage"
        )
    },
}
ASSURANCE_DIR = Path(env.str("ASSURANCE_DIR", str(BASE_DIR / "var" / "assurance")))

# --- time and language
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en"
FORMAT_MODULE_PATH = "config.formats"

# --- the API
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["apps.identity.authentication.BearerToken"],
    # what is not a ScopedView (apps.platform.rest) lets nobody in
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAdminUser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_METADATA_CLASS": None,  # the contract describes the API, not OPTIONS
    "EXCEPTION_HANDLER": "apps.platform.rest.problem_response",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "COERCE_DECIMAL_TO_STRING": False,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Probity",
    "VERSION": "1.0.0",
    "DESCRIPTION": "Accounts, transfers and the ledger. Money is integer minor units.",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_AUTHENTICATION": [],  # the contract is public: no token is looked at
    "SCHEMA_PATH_PREFIX": r"/v1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "validatorUrl": None},  # asks no foreign host
    "COMPONENT_SPLIT_REQUEST": True,
}
RATE_PER_SECOND = env.int("RATE_PER_SECOND", 100)  # requests of one API client
RATE_PER_DAY = env.int("RATE_PER_DAY", 2_000_000)
# A reversal of more minor units than this takes two people.
LEDGER_REVERSAL_FOUR_EYES_MINOR = env.int("LEDGER_REVERSAL_FOUR_EYES_MINOR", 1_000_000)
# The house's trading account of a currency is this and its code: fx.EUR.
LEDGER_TRADING_PREFIX = env.str("LEDGER_TRADING_PREFIX", "fx.")
IDEMPOTENCY_DAYS = env.int("IDEMPOTENCY_DAYS", 90)
OUTBOX_LEASE_SECONDS = env.int("OUTBOX_LEASE_SECONDS", 90)  # above the time limit of a task (60)
METRICS_TOKEN = env.str("METRICS_TOKEN", "")  # empty: /metrics answers in development alone

# --- secrets that encrypt: generation -> key-encryption key; the highest generation encrypts
PROBITY_KEKS = {
    int(number): urlsafe_b64decode(key)
    for number, _, key in (item.partition(":") for item in env.list("PROBITY_KEKS", default=[]))
}

# --- mail
EMAIL_CONFIG = env.email_url("EMAIL_URL", "smtp://127.0.0.1:1025")
vars().update(EMAIL_CONFIG)
EMAIL_TIMEOUT = 5
ALERT_EMAILS = env.list("ALERT_EMAILS", default=[])  # who is told when the ledger's proof fails
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "no-reply@probity.example")

# --- logs: JSON lines on standard output, without personal data
LOGGING_CONFIG = "apps.platform.observability.configure_logging"
LOGGING = {"level": env.str("LOG_LEVEL", "INFO")}
PROMETHEUS_EXPORT_MIGRATIONS = False

# --- warnings that are decisions
SILENCED_SYSTEM_CHECKS: list[str] = []
