"""Decisions of identity: what a role may do, what a token is. Pure."""

import hashlib
import hmac
from fnmatch import fnmatchcase
from typing import Final

from .errors import RoleUnknown, ScopeUnknown

_LEDGER: Final = (  # what staff may do in the ledger
    "ledger.*_period",
    "ledger.change_limits",
    "ledger.reverse_transaction",
    "ledger.capture_hold",
    "ledger.void_hold",
    "ledger.extend_hold",
    "ledger.freeze_account",
    "ledger.close_account",
)
# Role -> patterns over "app_label.codename". A pattern that begins with "!" takes away.
ROLES: Final = {
    "administrator": (
        "*.view_*", "identity.*", "auth.*", "payments.*", "outbox.*", *_LEDGER,
        "ledger.add_interestversion", "ledger.add_feeversion",
    ),
    "operations": ("*.view_*", "payments.*", "outbox.*", *_LEDGER, "!identity.*", "!auth.*"),
    "auditor": ("*.view_*", "!accounts.view_customer", "!identity.*", "!auth.*"),
}  # fmt: skip
SCOPES: Final = frozenset({"ledger:read", "ledger:write"})
_PREFIX: Final = "probity"


def permitted(role: str, permission: str) -> bool:
    """Return whether the role grants the permission ("ledger.view_account").

    Raises RoleUnknown.
    """
    if role not in ROLES:
        raise RoleUnknown(f"the roles are {', '.join(sorted(ROLES))}")
    given = [p for p in ROLES[role] if not p.startswith("!") and fnmatchcase(permission, p)]
    taken = [p for p in ROLES[role] if p.startswith("!") and fnmatchcase(permission, p[1:])]
    return bool(given) and not taken


def check_scopes(scopes: frozenset[str]) -> None:
    """Return when every scope is known. Raises ScopeUnknown."""
    if unknown := scopes - SCOPES:
        raise ScopeUnknown(f"unknown: {', '.join(sorted(unknown))}")


def write_token(client: str, secret: str) -> str:
    """Return the bearer token: `probity_<client>.<secret>`; scanners know it by its prefix."""
    return f"{_PREFIX}_{client}.{secret}"


def read_token(token: str) -> tuple[str, str] | None:
    """Return the client and the secret of a bearer token, or None where it is none."""
    head, _, secret = token.partition(".")
    prefix, _, client = head.partition("_")
    return (client, secret) if prefix == _PREFIX and client and secret else None


def digest(secret: str) -> str:
    """Return what is stored of a secret: SHA-256 is enough for 256 random bits."""
    return hashlib.sha256(secret.encode()).hexdigest()


def matches(secret: str, stored: str) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(digest(secret), stored)
