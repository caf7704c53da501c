"""Make the roles of staff what this release says they are."""

from typing import Any

from django.core.management.base import BaseCommand

from apps.platform import clock
from apps.platform.actors import Actor

from ... import services

_ACTOR = Actor(kind="system", key="identity.sync-roles")


class Command(BaseCommand):
    """manage.py sync_roles: run it after the migrations of a release; safe to repeat."""

    help = "Give each role the permissions that this release names, and take all others away."

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002, ANN401 - Django's signature
        """Make the roles anew; it is audited."""
        services.sync_roles(actor=_ACTOR, now=clock.now())
        self.stdout.write("The roles are as this release says.")
