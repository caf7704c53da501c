"""What identity knows of people: staff log-ins; and the tables of Django and of libraries."""

from typing import Literal

from apps.platform.privacy import public as privacy


def _staff(
    category: Literal["identity", "contact", "behavioural", "credential"],
    purpose: str,
    erase: Literal["delete", "redact", "restrict"] = "redact",
) -> privacy.Personal:
    return privacy.Personal(
        category=category,
        purpose=purpose,
        basis="contract of employment, GDPR art. 6(1)(b)",
        retention="staff",
        export="value",
        erase=erase,
    )


_PERSONAL = {
    "identity.User.username": _staff("identity", "log-in"),
    "identity.User.first_name": _staff("identity", "who acts"),
    "identity.User.last_name": _staff("identity", "who acts"),
    "identity.User.email": _staff("contact", "notices to staff"),
    "identity.User.password": _staff("credential", "log-in; a hash"),
    "identity.User.last_login": _staff("behavioural", "unused log-ins are closed"),
    "sessions.Session.session_data": _staff("behavioural", "being logged in", "delete"),
    "admin.LogEntry.user": _staff("behavioural", "who acted", "restrict"),
    "admin.LogEntry.object_repr": _staff("behavioural", "what was acted on"),
    "admin.LogEntry.change_message": _staff("behavioural", "what was done"),
}
_IMPERSONAL = {
    "identity.User": "id is_superuser is_staff is_active date_joined",
    "identity.User_groups": "id user group",
    "identity.User_user_permissions": "id user permission",
    "identity.ApiClient": "id public_id name user token_digest scopes all_rows active created_at",
    "sessions.Session": "session_key expire_date",
    "admin.LogEntry": "id action_time content_type object_id action_flag",
    "auth.Permission": "id name content_type codename",
    "auth.Group": "id name",
    "auth.Group_permissions": "id group permission",
    "contenttypes.ContentType": "id app_label model",
    "guardian.UserObjectPermission": "id permission content_type object_pk user",
    "guardian.GroupObjectPermission": "id permission content_type object_pk group",
}


def declare() -> None:
    """Declare every field of this house, of Django and of the libraries."""
    privacy.register(
        house="identity",
        personal=_PERSONAL,
        impersonal=(
            f"{model}.{name}" for model, names in _IMPERSONAL.items() for name in names.split()
        ),
    )
