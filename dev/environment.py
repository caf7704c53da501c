"""The environment of a local instance: its secrets, its servers and the variables programs read.

An instance (`demo`, or `smoke` beside it) has a directory in `var/` for its secrets, log-ins and
mail, and one for its servers' data. Secrets are made at the first start and kept with mode 0600.
"""

import base64
import json
import os
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

from dev import database, places, ports
from dev.servers import Postgres, Redis

REGION = "eu"
_SECRETS = ("superuser", "owner", "app", "report", "redis", "secret_key", "metrics")


@dataclass(frozen=True, slots=True)
class Instance:
    """One local Probity, by name."""

    name: str

    @property
    def directory(self) -> Path:
        """What a person may look into: log-ins, mail."""
        return places.ROOT / "var" / self.name

    @property
    def servers(self) -> Path:
        """The data of PostgreSQL and Redis."""
        return places.servers_home() / f"{self.name}-servers"

    @property
    def credentials(self) -> Path:
        """The log-ins that the seed wrote."""
        return self.directory / "credentials"

    @property
    def mail(self) -> Path:
        """The messages the mail sink kept."""
        return self.directory / "mail"

    @property
    def variables(self) -> Path:
        """The environment of the running instance, for other programs."""
        return self.directory / "environment.json"

    def secrets(self) -> dict[str, str]:
        """Return the generated secrets; made and kept (0600) when there are none."""
        path = places.private(self.directory) / "secrets.json"
        if path.exists():
            kept: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
            return kept
        made = {name: secrets.token_hex(24) for name in _SECRETS}
        key = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
        made["keks"] = f"1:{key}"
        places.private_file(path, json.dumps(made, indent=1))
        return made

    def forget(self) -> None:
        """Remove everything the instance has, secrets included."""
        shutil.rmtree(self.directory, ignore_errors=True)
        shutil.rmtree(self.servers, ignore_errors=True)

    def running_environment(self) -> dict[str, str]:
        """Return the environment of the instance as last started; SystemExit if it never was."""
        if not self.variables.exists():
            raise SystemExit(f"There is no {self.name} yet: start it with `make {self.name}`.")
        kept: dict[str, str] = json.loads(self.variables.read_text(encoding="utf-8"))
        return {**os.environ, **kept}


@dataclass(frozen=True, slots=True)
class Plan:
    """Where an instance's parts will be: our own servers, or those the environment names."""

    instance: Instance
    web: int
    smtp: int
    postgres: Postgres | None
    redis: Redis | None
    app_url: str
    owner_url: str
    redis_url: str

    def variables(self) -> dict[str, str]:
        """Return what Probity's programs read."""
        secret = self.instance.secrets()
        return {
            "DATABASE_URL": self.app_url,
            "DATABASE_OWNER_URL": self.owner_url,
            "REDIS_URL": self.redis_url,
            "CACHE_URL": os.environ.get("CACHE_URL") or f"{self.redis_url.rsplit('/', 1)[0]}/1",
            "SECRET_KEY": secret["secret_key"],
            "PROBITY_KEKS": os.environ.get("PROBITY_KEKS") or secret["keks"],
            "METRICS_TOKEN": secret["metrics"],
            "PROBITY_ENV": "development",
            "PROBITY_REGION": REGION,
            "PROBITY_PUBLIC_URL": f"http://127.0.0.1:{self.web}",
            "PROBITY_CREDENTIALS_FILE": str(self.instance.credentials),
            "EMAIL_URL": f"smtp://127.0.0.1:{self.smtp}",
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DEBUG": "false",
            "PORT": str(self.web),
        }

    def keep_variables(self) -> None:
        """Leave the variables where `python -m dev.shell` finds them."""
        places.private_file(self.instance.variables, json.dumps(self.variables(), indent=1))

    def environment(self) -> dict[str, str]:
        """Return the whole environment of a program of this instance."""
        return {**os.environ, "PYTHONUNBUFFERED": "1", **self.variables()}


def plan(instance: Instance) -> Plan:
    """Choose ports and servers; SystemExit, with the way out, when a port is taken."""
    secret = instance.secrets()
    app_url, owner_url, postgres = _postgres(instance, secret)
    redis_url, redis = _redis(instance, secret)
    ours = {ports.POSTGRES: postgres, ports.REDIS: redis}
    ports.require_free(ports.WEB, ports.SMTP, *(port for port, server in ours.items() if server))
    web, smtp = ports.WEB.number(), ports.SMTP.number()
    return Plan(instance, web, smtp, postgres, redis, app_url, owner_url, redis_url)


def _postgres(instance: Instance, secret: dict[str, str]) -> tuple[str, str, Postgres | None]:
    given, owner = os.environ.get("DATABASE_URL"), os.environ.get("DATABASE_OWNER_URL")
    if given and owner:
        return given, owner, None
    if given or owner:
        raise SystemExit(
            "Set both DATABASE_URL (log-in of probity_app) and DATABASE_OWNER_URL (log-in of"
            " probity_owner, for migrations), or neither."
        )
    server = Postgres(
        home=places.handed_over(instance.servers) / "postgres",
        port=ports.POSTGRES.number(),
        password=secret["superuser"],
    )
    name = f"probity_{REGION}"
    app = server.url(database=name, user=database.APP, password=secret["app"])
    return app, server.url(database=name, user=database.OWNER, password=secret["owner"]), server


def _redis(instance: Instance, secret: dict[str, str]) -> tuple[str, Redis | None]:
    if given := os.environ.get("REDIS_URL"):
        return given, None
    server = Redis(
        home=places.handed_over(instance.servers) / "redis",
        port=ports.REDIS.number(),
        password=secret["redis"],
    )
    return server.url(), server
