"""Content Security Policies: one strict policy, and the two screens that cannot live under it.

What a policy does not name falls back to default-src, which is 'none'. None of them names a
foreign host, lets anybody frame us, or allows inline script.
"""

from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from csp.middleware import CSPMiddleware, PolicyParts
from django.http import HttpRequest, HttpResponseBase

Policy = dict[str, list[str]]

STRICT: Policy = {
    "default-src": [NONE],
    "style-src": [SELF],
    "img-src": [SELF],
    "font-src": [SELF],
    "base-uri": [NONE],
    "form-action": [SELF],
    "frame-ancestors": [NONE],
}
ADMIN: Policy = STRICT | {
    # unfold: Alpine evaluates the x- attributes of the templates; the colours are a <style> element
    "script-src": [SELF, UNSAFE_EVAL],
    "style-src": [SELF, UNSAFE_INLINE],
    "img-src": [SELF, "data:"],
    "connect-src": [SELF],
}
DOCS: Policy = STRICT | {
    # Swagger UI: styles its own elements, draws icons from data: URLs, fetches the API document
    "script-src": [SELF],
    "style-src": [SELF, UNSAFE_INLINE],
    "img-src": [SELF, "data:"],
    "connect-src": [SELF],
}
BY_PREFIX: dict[str, Policy] = {"/admin/": ADMIN, "/v1/docs/": DOCS}

CONTENT_SECURITY_POLICY: dict[str, Policy] = {"DIRECTIVES": STRICT}


class PolicyByPath(CSPMiddleware):
    """Send the policy of the prefix the path begins with, else the strict one."""

    def get_policy_parts(
        self,
        request: HttpRequest,
        response: HttpResponseBase,
        report_only: bool = False,  # noqa: FBT001, FBT002 - django-csp's signature
    ) -> PolicyParts:
        """Return the parts of the policy; what a view says of its own response goes first."""
        parts = super().get_policy_parts(request, response, report_only)
        if parts.config is None and not report_only:
            found = (p for prefix, p in BY_PREFIX.items() if request.path_info.startswith(prefix))
            parts.config = next(found, None)
        return parts
