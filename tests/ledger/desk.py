"""Staff at their desks: browsers of each role, and forms filled in as a browser does."""

import re
from html import unescape

from django.test import Client
from django.urls import reverse as url_of

from apps.identity import public as identity
from apps.ledger.models import Account, Hold, Transaction

from .books import ACTOR, NOW


def browser_of(role: str, *, username: str = "") -> Client:
    """Return a browser in which somebody of the role has logged in."""
    identity.sync_roles(actor=ACTOR, now=NOW)
    user = identity.create_staff(
        actor=ACTOR, now=NOW, username=username or role, role=role, password="a long passphrase"
    )
    browser = Client()
    browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    browser.user = user  # type: ignore[attr-defined]
    return browser


def page_of(row: Account | Transaction | Hold, *, act: str = "") -> str:
    """Return the URL of the row's page, or of an act on it."""
    name = f"ledger_{type(row).__name__.lower()}"
    return url_of(f"admin:{name}_{act or 'change'}", args=[row.pk])


def token_in(page: str) -> str:
    """Return the token of the form on a page."""
    found = re.search(r'name="token" value="([^"]+)"', page)
    assert found is not None, "no form on the page"
    return found[1]


def text_of(page: str) -> str:
    """Return what a page says, without its tags."""
    body = page.partition('id="content"')[2]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())
