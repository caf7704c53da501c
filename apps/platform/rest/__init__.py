"""DRF glue: problems out, actors and money in, scopes, limits, idempotent POSTs, pages."""

from .access import ClientThrottle, HasScope, ScopedView, actor_of
from .fields import (
    BoundedJSONParser,
    ExactSerializer,
    MoneyField,
    PublicIdField,
    id_from_path,
    id_schema,
    public_id,
)
from .idempotent import key_of, once
from .paging import LIMIT_MAX, LIMIT_USUAL, Page, page_of
from .responses import (
    bad_request,
    csrf_failure,
    not_found,
    permission_denied,
    problem_response,
    server_error,
)

__all__ = [
    "LIMIT_MAX",
    "LIMIT_USUAL",
    "BoundedJSONParser",
    "ClientThrottle",
    "ExactSerializer",
    "HasScope",
    "MoneyField",
    "Page",
    "PublicIdField",
    "ScopedView",
    "actor_of",
    "bad_request",
    "csrf_failure",
    "id_from_path",
    "id_schema",
    "key_of",
    "not_found",
    "once",
    "page_of",
    "permission_denied",
    "problem_response",
    "public_id",
    "server_error",
]
