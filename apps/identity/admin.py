"""Staff screens of identity: log-ins and API clients, which services alone make and change."""

from typing import Any, Final

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from unfold.admin import ModelAdmin
from unfold.forms import AuthenticationForm

from apps.platform import clock
from apps.platform.actors import Actor
from apps.platform.screens import ReadOnly

from . import services
from .models import ApiClient, User

admin.site.unregister(Group)  # roles are made from code: identity.rules.ROLES


_DOOR: Final = Actor(kind="system", key="log-in")


class LogInForm(AuthenticationForm):
    """Where staff log in: each success and each refusal leaves its audit event."""

    def clean(self) -> dict[str, Any]:
        """Return the cleaned form. Raises ValidationError for whoever may not come in."""
        try:
            cleaned: dict[str, Any] = super().clean()
        except ValidationError:
            self._record(refused=True)
            raise
        self._record(refused=self.user_cache is None)
        return cleaned

    def _record(self, *, refused: bool) -> None:
        services.record_log_in(
            actor=_DOOR,
            now=clock.now(),
            username=self.cleaned_data.get("username", ""),
            refused=refused,
        )


admin.site.login_form = LogInForm


@admin.register(User)
class LoginAdmin(ReadOnly, UserAdmin[User], ModelAdmin):
    """Log-ins; who may do what is shown, and changed by services, which leave audit events."""

    list_display = ("username", "role", "is_active", "last_login")
    list_filter = ("is_active", "groups")
    search_fields = ("username",)
    ordering = ("username",)

    @admin.display(description="role")
    def role(self, user: User) -> str:
        """Show the role."""
        return ", ".join(group.name for group in user.groups.all())


@admin.register(ApiClient)
class ApiClientAdmin(ReadOnly, ModelAdmin):
    """API clients: their scopes and whether they are active; never their token.

    `create_client` makes them, and shows the token once.
    """

    list_display = ("name", "scopes", "all_rows", "active", "created_at")
    list_filter = ("active",)
    search_fields = ("name", "public_id")
    ordering = ("name",)
    fields = ("public_id", "name", "scopes", "all_rows", "active", "created_at")
