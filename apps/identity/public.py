"""Front door of identity."""

from .errors import RoleUnknown, ScopeUnknown
from .events import ClientId
from .models import ApiClient, User
from .selectors import client_of_token, may, staff_names, visible
from .services import create_client, create_staff, grant, stop_client, sync_roles

__all__ = [
    "ApiClient",
    "ClientId",
    "RoleUnknown",
    "ScopeUnknown",
    "User",
    "client_of_token",
    "create_client",
    "create_staff",
    "grant",
    "may",
    "staff_names",
    "stop_client",
    "sync_roles",
    "visible",
]
