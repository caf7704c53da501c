"""How a system says who it is: a bearer token (RFC 6750)."""

from rest_framework.authentication import TokenAuthentication
from rest_framework.exceptions import AuthenticationFailed

from . import selectors
from .models import ApiClient, User


class BearerToken(TokenAuthentication):
    """`Authorization: Bearer probity_…`; every wrong token reads the same: 401."""

    keyword = "Bearer"

    def authenticate_credentials(self, key: str) -> tuple[User, ApiClient]:
        """Return the client and its user. Raises AuthenticationFailed."""
        client = selectors.client_of_token(token=key)
        if client is None:
            raise AuthenticationFailed("The token is not valid.")
        return client.user, client
