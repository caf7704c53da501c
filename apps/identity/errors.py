"""Named failures of identity."""

from apps.platform.problems import Problem


class RoleUnknown(Problem):
    """A staff role that the code does not name."""

    slug, title, status = "identity/role-unknown", "Unknown role", 422


class ScopeUnknown(Problem):
    """A scope that the code does not name."""

    slug, title, status = "identity/scope-unknown", "Unknown scope", 422
