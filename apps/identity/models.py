"""Tables of identity: who logs in. Roles are Django's groups, made from code."""

from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class User(AbstractUser):
    """One log-in, be it of staff or of an API client (which has no usable password)."""

    class Meta:
        """Rights come from roles; nobody has all of them by a flag."""

        db_table = "identity_user"
        verbose_name = "log-in"
        constraints: ClassVar = [
            models.CheckConstraint(name="user_has_roles_alone", condition=Q(is_superuser=False))
        ]


class ApiClient(models.Model):
    """A system that calls the API with a bearer token, of which only a digest is kept."""

    public_id = models.UUIDField(unique=True)
    name = models.CharField(max_length=100)
    user = models.OneToOneField(User, models.PROTECT, related_name="+")
    token_digest = models.CharField(max_length=64)
    scopes = ArrayField(models.CharField(max_length=40))
    all_rows = models.BooleanField(default=False)  # the company's own system: no grant per row
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    class Meta:
        """The digest is a SHA-256 in hexadecimal."""

        db_table = "identity_api_client"
        verbose_name = "API client"
        constraints: ClassVar = [
            models.CheckConstraint(
                name="api_client_digest", condition=Q(("token_digest__regex", "^[0-9a-f]{64}$"))
            )
        ]

    def __str__(self) -> str:
        """Identify the client."""
        return f"{self.name} {self.public_id}"

    @property
    def key(self) -> str:
        """The key of the client as an actor."""
        return str(self.public_id)
